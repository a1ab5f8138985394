"""Reading and writing the flow language, finding what is wrong with a flow, and running flows that others wrote."""

import json
import os
import random
from pathlib import Path

import pytest

from app.domain.events import DigitReceived, Event, PlaybackFinished, TimerFired
from app.domain.figures import QueueFigures
from app.domain.ids import ChannelId, FlowId
from app.domain.instance import FlowContent, FlowType
from app.domain.requests import Answered
from app.errors import BadInput
from app.flow.checks import publish_findings
from app.flow.formats.language import parse, serialise
from app.flow.graph import compile_flow
from app.flow.registry import all_blocks
from tests.unit.flow.driving import Run, action, flow, instance, say
from tests.unit.flow.exploring import answers_to

pytestmark = pytest.mark.unit

SHIPPED = sorted((Path(__file__).parents[3] / "flows").glob("*.json"))
REAL = os.environ.get("TRUNKLINE_REAL_FLOWS", "")
REAL_FILES = sorted(path for path in Path(REAL).rglob("*") if path.is_file()) if REAL else []


def is_flow_language(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_text()).get("Actions"), list)
    except (ValueError, AttributeError):
        return False


def drive(flow_: FlowContent, seed: int) -> None:
    """Runs a flow under random events. Every state passes through JSON; a run ends once at most, and then takes nothing."""
    chance = random.Random(seed)
    run = Run(flow_, figures=lambda queue_id: QueueFigures(contacts_in_queue=chance.randrange(3)))
    for _ in range(60):
        if run.state.ended:
            break
        events: list[Event | Answered] = [DigitReceived(ChannelId("n1-ch"), chance.choice("12#"))]
        if run.state.playback_id:
            events += [PlaybackFinished(run.state.playback_id), PlaybackFinished(run.state.playback_id, failed=True)]
        events += [TimerFired(timer_id) for timer_id in run.state.timers.values()]
        asked = run.state.invocation_id
        if asked is not None:
            events += answers_to(next(each for each in run.every if getattr(each, "invocation_id", None) == asked))
        run.send(chance.choice(events), after_ms=chance.randrange(5_000))
        waits = run.state.playback_id or run.state.timers or run.state.invocation_id
        assert run.state.ended or waits, f"{run.state.block} waits for nothing"
    assert len(run.endings) == run.state.ended
    run.cancel()
    assert run.state.ended
    assert run.state.playback_id is None
    assert run.state.timers == {}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_flows_survive_anything(path: Path) -> None:
    document = parse(path.read_text())
    for seed in range(20):
        drive(FlowContent(FlowId("f"), 1, path.stem, FlowType(document.type), path.read_text()), seed)


@pytest.mark.skipif(not REAL, reason="TRUNKLINE_REAL_FLOWS names no directory of exported flows")
def test_real_flows_are_read_without_loss_and_run() -> None:
    files = [path for path in REAL_FILES if is_flow_language(path)]
    assert files, f"no flow in {REAL}"
    for path in files:
        text = path.read_text()
        assert json.loads(serialise(parse(text))) == json.loads(text), path
        for seed in range(5):
            drive(FlowContent(FlowId(path.name), 1, path.name, FlowType.CONTACT, text), seed)


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "3", "{}", '{"Actions":{}}', '{"modules":[],"version":"1"}'])
def test_what_is_no_flow_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse(text)


def test_odd_shapes_are_read() -> None:
    odd = {
        "Actions": [
            7,
            {},
            {"Identifier": "a", "Type": None, "Parameters": [], "Transitions": None},
            {
                "Identifier": "b",
                "Type": "Compare",
                "Transitions": {"Conditions": [{"Condition": None}, 5], "Errors": {}},
            },
            {"Identifier": "c", "Type": "MessageParticipant", "Transitions": {"NextAction": 5, "Errors": [{}]}},
        ],
        "Metadata": [],
        "StartAction": 3,
    }
    document = parse(json.dumps(odd))
    assert [item.identifier for item in document.actions()] == ["", "a", "b", "c"]
    graph = compile_flow(FlowContent(FlowId("f"), 1, "Odd", FlowType.CONTACT, json.dumps(odd)), all_blocks())
    assert graph.start is None


def words(content: FlowContent) -> list[str]:
    return [finding.words for finding in publish_findings(content, instance(), all_blocks())]


def test_findings_name_what_keeps_a_flow_from_being_published() -> None:
    assert words(flow(say("a", "x", to="end"))) == []
    assert words(flow(action("a", "MessageParticipant", {"Text": "x"}))) == [
        "The branch Okay is not connected.",
        "The branch Error is not connected.",
        "No block leads here.",
    ]
    assert words(
        flow(action("a", "UpdateContactTargetQueue", {"QueueId": "gone"}, to="end", errors={"NoMatchingError": "end"}))
    ) == ["Queue: there is no queue gone."]
    assert words(flow(say("a", "x", to="nowhere")))[0] == "The branch Okay leads to nowhere, which does not exist."
    assert words(flow(action("a", "SummonGenie", to="end")))[0] == "Unsupported block type: SummonGenie."
    ask = action("a", "GetParticipantInput", {"Text": "x", "InputTimeLimitSeconds": "soon"}, to="end")
    assert "it is not a whole number" in words(flow(ask))[0]
    whisper = flow(say("a", "x", to="end"), type_=FlowType.AGENT_WHISPER)
    assert words(whisper) == ["This block cannot be used in a flow of type agentWhisper."]


def test_references_that_only_a_call_can_resolve_are_no_findings() -> None:
    dynamic = action(
        "a", "UpdateContactTargetQueue", {"QueueId": "$.Attributes.q"}, to="end", errors={"NoMatchingError": "end"}
    )
    assert words(flow(dynamic)) == []


def test_a_duplicate_identifier_is_found_and_the_first_runs() -> None:
    content = flow(say("a", "first", to="end"), say("a", "second", to="end"))
    assert words(content)[0] == "Two blocks have this identifier; the first one runs."
    assert Run(content).heard == ["first"]
