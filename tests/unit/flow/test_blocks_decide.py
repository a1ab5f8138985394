"""The blocks that set, check and transfer."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.contact import Contact, Hook, Recorded
from app.domain.figures import QueueFigures
from app.domain.ids import HoursId, QueueId
from app.domain.instance import FlowContent, Hours, OpenHours
from app.domain.requests import EnterQueue
from tests.unit.flow.driving import Run, action, contact, flow, instance, say

pytestmark = pytest.mark.unit

PLACES = [say(name, name, to="end") for name in ("ok", "bad", "yes", "no", "full")]
ERROR = {"NoMatchingError": "bad"}
SALES_ARN = "arn:aws:connect:us-east-1:1:instance/i/queue/q-sales"


def run_block(
    type_: str,
    parameters: dict[str, Any] | None = None,
    *,
    metadata: dict[str, Any] | None = None,
    caller: Contact | None = None,
    also: tuple[FlowContent, ...] = (),
    world: dict[str, Any] | None = None,
    edges: dict[str, Any] | None = None,
    **more: Any,
) -> Run:
    """Runs one block whose way on is `ok` and whose error branch is `bad`; both are prompts that say so."""
    way = {"to": "ok", "errors": ERROR} | (edges or {})
    written = flow(action("a", type_, parameters, **way), *PLACES, metadata={"a": metadata or {}})
    return Run(written, world=instance(written, *also, **(world or {})), caller=caller, **more)


# -- Set working queue, Transfer to queue ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("queue", "metadata"),
    [
        ("q-sales", {}),
        ("Sales", {}),
        (SALES_ARN, {}),
        ("$.Attributes.queue", {}),
        ("arn:aws:connect:us-east-1:1:instance/other/queue/zz", {"queue": {"text": "Sales"}}),
        ("arn:x/queue/zz", {"parameters": {"QueueId": {"displayName": "Sales"}}}),
        ("", {"queue": {"id": "", "text": "Sales"}}),
    ],
)
def test_a_queue_is_found_by_id_arn_or_name(queue: str, metadata: dict[str, Any]) -> None:
    caller = contact(attributes={"queue": SALES_ARN})
    run = run_block("UpdateContactTargetQueue", {"QueueId": queue}, metadata=metadata, caller=caller)
    assert run.contact.queue_id == "q-sales"
    assert run.heard == ["ok"]


@pytest.mark.parametrize(
    "parameters", [{}, {"QueueId": "nowhere"}, {"QueueId": "$.Attributes.none"}, {"AgentId": "a-1"}]
)
def test_a_queue_that_is_not_there_takes_the_error_branch(parameters: dict[str, str]) -> None:
    run = run_block("UpdateContactTargetQueue", parameters)
    assert run.contact.queue_id is None
    assert run.heard == ["bad"]


def transfer(queue: str | None, waiting: int = 0) -> Run:
    caller = contact(queue_id=QueueId(queue) if queue else None)
    edges = {"to": "ok", "errors": ERROR | {"QueueAtCapacity": "full"}}
    figures = QueueFigures(contacts_in_queue=waiting)
    return run_block("TransferContactToQueue", caller=caller, edges=edges, figures=lambda queue_id: figures)


def test_transfer_to_queue_ends_the_run() -> None:
    run = transfer("q-support", waiting=1)
    (ending,) = run.endings
    assert isinstance(ending, EnterQueue)
    assert ending.queue_id == "q-support"
    assert run.state.ended


@pytest.mark.parametrize(
    ("queue", "waiting", "place"),
    [("q-support", 2, "full"), ("q-support", 3, "full"), ("q-closed", 0, "bad"), ("gone", 0, "bad"), (None, 0, "bad")],
)
def test_transfer_to_queue_that_cannot_be(queue: str | None, waiting: int, place: str) -> None:
    run = transfer(queue, waiting)
    assert run.heard == [place]
    assert not run.endings


# -- Set ... ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "recorded"),
    [
        (["Agent", "Customer"], Recorded.BOTH),
        (["Agent"], Recorded.AGENT),
        (["Customer"], Recorded.CUSTOMER),
        ([], Recorded.NONE),
    ],
)
def test_set_call_recording_behavior(who: list[str], recorded: Recorded) -> None:
    parameters = {"RecordingBehavior": {"RecordedParticipants": who, "IVRRecordingBehavior": "Enabled"}}
    run = run_block("UpdateContactRecordingBehavior", parameters, caller=contact(recorded=Recorded.BOTH))
    assert run.contact.recorded is recorded
    assert run.heard == ["ok"]


def test_set_contact_attributes() -> None:
    caller = contact(attributes={"old": "stays", "b": "before"}, stored_input="42")
    parameters = {"Attributes": {"a": "$.StoredCustomerInput!", "b": "after", "n": 5}, "TargetContact": "Current"}
    run = run_block("UpdateContactAttributes", parameters, caller=caller)
    assert run.contact.attributes == {"old": "stays", "a": "42!", "b": "after", "n": "5"}
    assert caller.attributes == {"old": "stays", "b": "before"}


@pytest.mark.parametrize(
    "parameters", [{"Attributes": {"a": "x" * 33_000}}, {"Attributes": {"a": "1"}, "TargetContact": "Related"}]
)
def test_attributes_that_cannot_be_set(parameters: dict[str, Any]) -> None:
    run = run_block("UpdateContactAttributes", parameters)
    assert run.contact.attributes == {}
    assert run.heard == ["bad"]


@pytest.mark.parametrize(
    ("voice", "language", "spoken"),
    [("Matthew", None, "en-US"), ("Mizuki", None, "ja-JP"), ("Joanna", "es-US", "es-US"), ("Nobody", None, "en-US")],
)
def test_set_voice(voice: str, language: str | None, spoken: str) -> None:
    metadata = {"parameters": {"TextToSpeechVoice": {"languageCode": language}}} if language else {}
    run = run_block("UpdateContactTextToSpeechVoice", {"TextToSpeechVoice": voice}, metadata=metadata)
    assert (run.contact.voice, run.contact.language) == (voice, spoken)


@pytest.mark.parametrize("hook", list(Hook))
def test_set_flow_for_an_event(hook: Hook) -> None:
    other = flow(say("x", "x", to="end"), flow_id="other")
    caller = contact(hooks={Hook.CUSTOMER_QUEUE: "kept"})
    run = run_block("UpdateContactEventHooks", {"EventHooks": {hook.value: "Flow other"}}, also=(other,), caller=caller)
    assert run.contact.hooks == {Hook.CUSTOMER_QUEUE: "kept"} | {hook: "other"}
    assert run.heard == ["ok"]


@pytest.mark.parametrize("hooks", [{"CustomerQueue": "nowhere"}, {"CustomerQueue": ""}, {}])
def test_a_flow_for_an_event_that_cannot_be_set(hooks: dict[str, str]) -> None:
    run = run_block("UpdateContactEventHooks", {"EventHooks": hooks})
    assert run.contact.hooks == {}
    assert run.heard == ["bad"]


# -- Check ... -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "operator", "operand", "holds"),
    [
        ("green", "Equals", "green", True),
        ("Green", "Equals", "green", False),
        ("evergreen", "TextContains", "green", True),
        ("evergreen", "TextStartsWith", "ever", True),
        ("evergreen", "TextStartsWith", "green", False),
        ("evergreen", "TextEndsWith", "green", True),
        ("x", "KeyExists", "", True),
        ("", "KeyExists", "", False),
        ("10", "NumberGreaterThan", "9", True),
        ("10", "NumberGreaterThan", "10", False),
        ("10", "NumberGreaterOrEqualTo", "10.0", True),
        ("9", "NumberLessThan", "10", True),
        ("10", "NumberLessOrEqualTo", "10", True),
        ("many", "NumberGreaterThan", "9", False),
        ("", "NumberLessThan", "9", False),
        ("42", "Equals", "$.StoredCustomerInput", True),
        ("x", "Resembles", "x", False),
    ],
)
def test_check_contact_attributes(value: str, operator: str, operand: str, holds: bool) -> None:
    edges = {"to": "no", "errors": {"NoMatchingCondition": "no"}, "conditions": [(operator, operand, "yes")]}
    caller = contact(attributes={"v": value}, stored_input="42")
    run = run_block("Compare", {"ComparisonValue": "$.Attributes.v"}, edges=edges, caller=caller)
    assert run.heard == ["yes" if holds else "no"]


def test_conditions_are_tried_in_their_order() -> None:
    conditions = [("NumberGreaterThan", "60", "no"), ("NumberGreaterThan", "2", "yes"), ("Equals", "5", "full")]
    edges = {"to": "bad", "errors": {}, "conditions": conditions}
    assert run_block("Compare", {"ComparisonValue": "5"}, edges=edges).heard == ["yes"]
    assert run_block("Compare", {"ComparisonValue": "1"}, edges=edges).heard == ["bad"]


def at(zone: str, *moment: int) -> int:
    return int(datetime(*moment, tzinfo=ZoneInfo(zone)).timestamp() * 1000)  # type: ignore[arg-type, misc]


NINE_TO_FIVE = Hours(HoursId("h"), "Office", "Europe/Berlin", tuple(OpenHours(day, 540, 1020) for day in range(5)))
ALL_SUNDAY = Hours(HoursId("h"), "Office", "America/New_York", (OpenHours(6, 0, 1440),))


@pytest.mark.parametrize(
    ("hours", "now_ms", "place"),
    [
        (NINE_TO_FIVE, at("Europe/Berlin", 2026, 3, 27, 9, 0), "yes"),
        (NINE_TO_FIVE, at("Europe/Berlin", 2026, 3, 27, 8, 59, 59), "no"),
        (NINE_TO_FIVE, at("Europe/Berlin", 2026, 3, 27, 17, 0), "no"),
        (NINE_TO_FIVE, at("Europe/Berlin", 2026, 3, 28, 12, 0), "no"),
        (NINE_TO_FIVE, at("UTC", 2026, 3, 27, 8, 0), "yes"),
        (NINE_TO_FIVE, at("UTC", 2026, 3, 30, 7, 0), "yes"),
        (NINE_TO_FIVE, at("UTC", 2026, 3, 27, 7, 30), "no"),
        (ALL_SUNDAY, at("America/New_York", 2026, 11, 1, 1, 30), "yes"),
        (ALL_SUNDAY, at("America/New_York", 2026, 11, 1, 23, 59, 59), "yes"),
        (ALL_SUNDAY, at("America/New_York", 2026, 11, 2, 0, 0), "no"),
        (Hours(HoursId("h"), "Office", "Mars/Olympus", ()), 0, "bad"),
    ],
)
def test_check_hours_of_operation(hours: Hours, now_ms: int, place: str) -> None:
    edges = {"to": "bad", "errors": ERROR, "equals": {"True": "yes", "False": "no"}}
    world = {"hours": {hours.hours_id: hours}}
    run = run_block("CheckHoursOfOperation", {"HoursOfOperationId": "Office"}, edges=edges, world=world, now_ms=now_ms)
    assert run.heard == [place]


@pytest.mark.parametrize(
    ("queue", "place"), [("q-sales", "yes"), ("q-support", "no"), ("q-closed", "bad"), (None, "bad")]
)
def test_check_hours_of_the_working_queue(queue: str | None, place: str) -> None:
    edges = {"to": "bad", "errors": ERROR, "equals": {"True": "yes", "False": "no"}}
    caller = contact(queue_id=QueueId(queue) if queue else None)
    assert run_block("CheckHoursOfOperation", edges=edges, caller=caller).heard == [place]


FIGURES = QueueFigures(
    contacts_in_queue=3, oldest_contact_age_ms=90_000, agents_online=2, agents_staffed=1, agents_available=0
)


@pytest.mark.parametrize(
    ("metric", "operator", "operand", "place"),
    [
        ("NumberOfAgentsAvailable", "NumberGreaterThan", "0", "no"),
        ("NumberOfAgentsStaffed", "NumberGreaterThan", "0", "yes"),
        ("NumberOfAgentsOnline", "NumberGreaterThan", "0", "yes"),
        ("NumberOfAgentsOnline", "NumberGreaterThan", "2", "no"),
        ("NumberOfContactsInQueue", "NumberGreaterThan", "2", "yes"),
        ("NumberOfContactsInQueue", "NumberLessOrEqualTo", "2", "no"),
        ("OldestContactInQueueAgeSeconds", "NumberGreaterThan", "60000", "yes"),
        ("OldestContactInQueueAgeSeconds", "NumberGreaterThan", "300000", "no"),
        ("Mood", "NumberGreaterThan", "0", "bad"),
    ],
)
def test_check_staffing_and_queue_status(metric: str, operator: str, operand: str, place: str) -> None:
    edges = {
        "to": "bad",
        "errors": ERROR | {"NoMatchingCondition": "no"},
        "conditions": [(operator, operand, "yes")],
    }
    caller = contact(queue_id=QueueId("q-sales"))
    run = run_block(
        "CheckMetricData", {"MetricType": metric}, edges=edges, caller=caller, figures=lambda queue_id: FIGURES
    )
    assert run.heard == [place]


def test_figures_are_those_of_the_queue_that_is_named() -> None:
    edges = {"to": "bad", "errors": ERROR, "conditions": [("NumberGreaterThan", "0", "yes")]}
    asked: list[QueueId] = []

    def figures(queue_id: QueueId) -> QueueFigures:
        asked.append(queue_id)
        return FIGURES

    parameters = {"MetricType": "NumberOfAgentsOnline", "QueueId": "Support"}
    assert run_block("CheckMetricData", parameters, edges=edges, figures=figures).heard == ["yes"]
    assert asked == ["q-support"]
    assert run_block("CheckMetricData", {"MetricType": "NumberOfAgentsOnline"}, edges=edges).heard == ["bad"]


@pytest.mark.parametrize(("count", "rounds"), [("3", 3), ("0", 0)])
def test_loop(count: str, rounds: int) -> None:
    around = action(
        "l", "Loop", {"LoopCount": count}, to="done", equals={"ContinueLooping": "again", "DoneLooping": "done"}
    )
    run = Run(flow(around, say("again", "again", to="l"), say("done", "done", to="l")))
    for _ in range(rounds):
        assert run.heard == ["again"]
        run.played()
    assert run.heard == ["done"]
    run.played()
    assert run.heard == (["again"] if rounds else ["done"])


# -- Transfer to flow ------------------------------------------------------------------------------------------------------


def test_transfer_to_flow_takes_everything_along() -> None:
    other = flow(say("x", "$.Attributes.a", to="end"), flow_id="other", version=7)
    run = run_block(
        "TransferToFlow", {"ContactFlowId": "arn:aws:connect:us-east-1:1:instance/i/contact-flow/other"},
        also=(other,), caller=contact(attributes={"a": "carried"}),
    )  # fmt: skip
    assert run.heard == ["carried"]
    assert (run.state.flow_id, run.state.version) == ("other", 7)
    assert run.state.execution_id == "x"
    assert run.trace == [("Transfer to flow", "Flow Flow other")]


@pytest.mark.parametrize(
    ("content", "target"), [("{", "other"), ('{"Actions":[],"StartAction":"x"}', "other"), ("{", "none"), ("{", "")]
)
def test_transfer_to_a_flow_that_cannot_run_takes_the_error_branch(content: str, target: str) -> None:
    made = flow(say("x", "x", to="end"), flow_id="other")
    broken = FlowContent(made.flow_id, 1, made.name, made.type, content)
    run = run_block("TransferToFlow", {"ContactFlowId": target}, also=(broken,))
    assert run.heard == ["bad"]


def test_flows_that_hand_over_in_a_circle_end() -> None:
    one = flow(action("a", "TransferToFlow", {"ContactFlowId": "two"}, to="end"), flow_id="one")
    two = flow(action("a", "TransferToFlow", {"ContactFlowId": "one"}, to="end"), flow_id="two")
    run = Run(one, two)
    assert len(run.endings) == 1
    assert run.state.ended
