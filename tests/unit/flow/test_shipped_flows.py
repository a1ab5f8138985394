"""The flows that ship: publishable as they are, and doing what they promise."""

from pathlib import Path

import pytest

from app.cli.demo_content import demo_instance, shipped_flows
from app.domain.contact import Recorded
from app.domain.figures import QueueFigures
from app.domain.ids import FlowId, QueueId
from app.domain.instance import FlowContent, FlowType
from app.domain.requests import EnterQueue, FlowEnded, FlowOutcome
from app.flow.checks import publish_findings
from app.flow.formats.language import parse
from app.flow.registry import all_blocks
from tests.unit.flow.driving import Run, contact, instance

pytestmark = pytest.mark.unit

FILES = sorted((Path(__file__).parents[3] / "flows").glob("*.json"))


def shipped(path: Path) -> FlowContent:
    document = parse(path.read_text())
    return FlowContent(FlowId(path.stem), 1, document.name, FlowType(document.type), path.read_text())


SAMPLE = shipped(next(path for path in FILES if path.stem == "sample_inbound"))


def test_the_nine_types_have_a_default_each() -> None:
    defaults = [flow.type for flow in shipped_flows() if flow.flow_id.startswith("default_")]
    assert sorted(defaults) == sorted(set(FlowType) - {FlowType.MODULE})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_can_be_published_in_a_new_instance(path: Path) -> None:
    world = demo_instance(shipped_flows(), Path("prompts"))
    assert publish_findings(shipped(path), world, all_blocks()) == ()


def test_the_sample_leads_to_the_sales_queue() -> None:
    run = Run(SAMPLE)
    assert run.heard == ["Welcome to Trunkline. This call may be recorded."]
    assert run.contact.recorded is Recorded.BOTH
    run.played()
    assert run.heard[0].startswith("Press 1 for sales")
    run.press("1")
    (ending,) = run.endings
    assert isinstance(ending, EnterQueue)
    assert ending.queue_id == "q-sales"
    assert run.contact.attributes == {"topic": "sales", "dialled": "+15550000001"}


def test_the_sample_leads_to_the_support_queue_after_detours() -> None:
    run = Run(SAMPLE).played().press("7")
    assert run.heard == ["Sorry, that is not one of the choices."]
    run.played().press("9").played().ring_out()
    assert run.heard == ["Sorry, we did not hear a key."]
    run.played().press("2")
    (ending,) = run.endings
    assert isinstance(ending, EnterQueue)
    assert ending.queue_id == "q-support"


def test_the_sample_gives_up_on_silence() -> None:
    run = Run(SAMPLE).played()
    for _ in range(3):
        run.played().ring_out()
        if run.heard != ["Goodbye."]:
            run.played()
    assert run.heard == ["Goodbye."]
    run.played()
    assert [ending.outcome for ending in run.endings if isinstance(ending, FlowEnded)] == [FlowOutcome.DISCONNECT]


def test_the_sample_says_when_the_queue_is_full() -> None:
    run = Run(SAMPLE, figures=lambda queue_id: QueueFigures(contacts_in_queue=2)).played().press("2")
    assert run.heard == ["All lines to Support are taken. Please call again later."]


def test_the_default_queue_plays_music_and_speaks_every_half_minute() -> None:
    run = Run(shipped(next(path for path in FILES if path.stem == "default_customer_queue")))
    assert run.heard == ["CustomerQueue"]
    run.played(after_ms=20_000)
    assert run.heard == ["CustomerQueue"]
    run.ring_out()
    assert run.heard[0].startswith("Thank you for waiting.")
    run.played()
    assert run.heard == ["CustomerQueue"]
    assert not run.endings


def test_the_default_queue_speaks_when_there_is_no_music() -> None:
    flow = shipped(next(path for path in FILES if path.stem == "default_customer_queue"))
    run = Run(flow, world=instance(flow, prompts={}))
    assert run.heard[0] == "Thank you for waiting. Please stay on the line."


def test_the_agent_whisper_names_the_queue() -> None:
    flow = shipped(next(path for path in FILES if path.stem == "default_agent_whisper"))
    run = Run(flow, caller=contact(queue_id=QueueId("q-sales")))
    assert run.heard == ["Sales"]
    run.played()
    assert [ending.outcome for ending in run.endings if isinstance(ending, FlowEnded)] == [FlowOutcome.ENDED]
