"""What the benchmarks reckon with, without a call."""

from dataclasses import replace

import pytest

from app.cli.benchmarks.content import FLOW, GREETING, WAITING, contact_flow, talk_flow, waiting_flow
from app.cli.benchmarks.flow import BLOCKS, Production, bare_call, bare_talk
from app.cli.benchmarks.measure import NEVER_MS, Step, highest_clean_rate, percentiles, spread
from app.cli.benchmarks.telephones import moments, phones
from app.domain.ids import ContactId, ExecutionId, FlowId, HoursId, QueueId
from app.domain.instance import FlowContent, FlowType, Hours, Queue
from app.domain.requests import EnterQueue
from app.flow.checks import publish_findings
from app.flow.graph import compile_flow
from app.flow.registry import all_blocks
from tests.unit.flow.driving import WEEK, instance

pytestmark = pytest.mark.unit

STEP = Step(
    target="x",
    rate=10.0,
    calls=100,
    failed=0,
    refused=0,
    retransmissions=0,
    kept_rate=10.0,
    answer={"p50": 2.0, "p95": 3.0, "p99": 4.0},
    ring={"p50": 2.0, "p95": 3.0, "p99": 4.0},
    application_cpu_ms=1.0,
    asterisk_cpu_ms=5.0,
)


def test_a_step_is_clean_only_when_nothing_is_wrong() -> None:
    assert STEP.clean
    assert not replace(STEP, failed=1).clean
    assert not replace(STEP, left=1).clean
    assert not replace(STEP, kept_rate=9.0).clean
    assert not replace(STEP, answer={**STEP.answer, "p99": 200.1}).clean
    assert replace(STEP, failed=1, calls=1000).clean


@pytest.mark.parametrize("limit", [1.5, 3.0, 29.0, 64.0, 119.0])
def test_the_search_finds_the_highest_clean_rate(limit: float) -> None:
    def step(rate: float) -> Step:
        return replace(STEP, rate=rate, kept_rate=rate, failed=0 if rate <= limit else 50)

    found, steps = highest_clean_rate(step, start=30.0, cap=200.0)
    assert found <= limit
    assert found >= limit / 1.1 - 0.3
    assert len(steps) <= 16


def test_the_search_stops_at_its_cap_and_when_nothing_is_clean() -> None:
    found, _ = highest_clean_rate(lambda rate: replace(STEP, rate=rate, kept_rate=rate), start=30.0, cap=50.0)
    assert found == 50.0
    found, steps = highest_clean_rate(lambda rate: replace(STEP, rate=rate, failed=100), start=30.0, cap=50.0)
    assert found == 0.0
    assert len(steps) <= 8


def test_percentiles_and_spread() -> None:
    assert percentiles(range(1, 101)) == {"p50": 51, "p95": 96, "p99": 100}
    assert percentiles([])["p99"] == NEVER_MS
    assert spread([3.0, 1.0, 2.0]) == {"median": 2.0, "low": 1.0, "high": 3.0}


def test_the_telephones_log_is_read_by_word_and_number() -> None:
    text = "rung +1202 2026-11-20\t17:46:44.1\t100.5\njoined +1202 x 101.5\nrung +1202 x 109.0\nbroken\n"
    assert moments(text) == {"rung": {"+1202": 100.5}, "joined": {"+1202": 101.5}}


def test_every_phone_has_a_name_of_its_own() -> None:
    assert len({phone.name for phone in phones(300)}) == 300


@pytest.mark.parametrize("content", [contact_flow(), talk_flow()])
def test_the_calls_that_are_measured_end_in_the_queue_after_twelve_blocks(content: str) -> None:
    call = Production(content)
    last = call.call()
    assert isinstance(last.commands[-1], EnterQueue)
    graph = compile_flow(call.flow, all_blocks())
    assert len(graph.nodes) - 1 == BLOCKS
    program = bare_talk() if content == talk_flow() else bare_call()
    next(program)
    asked = [command for event in call.events for command in program.send(event)]
    assert asked[-1] == EnterQueue(ContactId("c-1"), ExecutionId("c-1.1"), QueueId("bench"))


def test_the_flow_has_twelve_blocks_and_can_be_published() -> None:
    flow = FlowContent(FLOW, 1, "Bench", FlowType.CONTACT, contact_flow())
    waiting = FlowContent(WAITING, 1, "Waiting", FlowType.CUSTOMER_QUEUE, waiting_flow())
    given = replace(
        instance(flow),
        flows={FlowId(FLOW): flow, FlowId(WAITING): waiting},
        hours={HoursId("always"): Hours(HoursId("always"), "Always", "UTC", WEEK)},
        queues={QueueId("bench"): Queue(QueueId("bench"), "Bench", HoursId("always"))},
        prompts={GREETING: "greeting.wav", "bench-music": "music.wav"},
    )
    assert publish_findings(flow, given, all_blocks()) == ()
    assert publish_findings(waiting, given, all_blocks()) == ()
    graph = compile_flow(flow, all_blocks())
    assert len(graph.nodes) - 1 == 12
