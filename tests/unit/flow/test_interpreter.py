"""The interpreter: waiting, ending, failing, and staying out of other runs' business."""

import pytest

from app.domain.commands import CancelTimer, StopPlayback
from app.domain.contact import Contact
from app.domain.events import DigitReceived, PlaybackFinished, RequestFailed, TimerFired
from app.domain.figures import QueueFigures
from app.domain.ids import ChannelId, ContactId, ExecutionId, FlowId, PlaybackId, QueueId, TimerId
from app.domain.instance import FlowContent, FlowType
from app.domain.requests import EnterQueue, FlowEnded, FlowOutcome
from app.flow.context import Context
from app.flow.graph import Library, Node
from app.flow.interpreter import STEP_LIMIT, Interpreter
from app.flow.state import FlowView
from tests.unit.flow.driving import END, Run, action, contact, flow, instance, say

pytestmark = pytest.mark.unit

MENU = action(
    "menu",
    "GetParticipantInput",
    {"Text": "Press 1", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
    to="end",
    errors={"NoMatchingError": "end", "NoMatchingCondition": "end", "InputTimeLimitExceeded": "end"},
    equals={"1": "queue"},
)
QUEUE = action("queue", "UpdateContactTargetQueue", {"QueueId": "Sales"}, to="go", errors={"NoMatchingError": "end"})
GO = action("go", "TransferContactToQueue", to="end", errors={"NoMatchingError": "end", "QueueAtCapacity": "end"})
DEMO = flow(say("hello", "Welcome", to="menu"), MENU, QUEUE, GO)


def test_a_call_from_greeting_to_queue() -> None:
    run = Run(DEMO)
    assert run.heard == ["Welcome"]
    assert run.played().heard == ["Press 1"]
    run.press("1")
    assert run.commands == (
        StopPlayback(ContactId("c-1"), PlaybackId("x.2")),
        EnterQueue(ContactId("c-1"), ExecutionId("x"), QueueId("q-sales")),
    )
    assert run.contact.queue_id == "q-sales"
    assert run.state.ended
    assert run.trace == [
        ("Play prompt", "Okay"),
        ("Get customer input", "1"),
        ("Set working queue", "Success"),
        ("Transfer to queue", "Transferred to queue"),
    ]


def test_events_of_others_change_nothing() -> None:
    run = Run(DEMO)
    before = run.state
    for event in (
        PlaybackFinished(PlaybackId("x.99")),
        DigitReceived(ChannelId("another"), "1"),
        TimerFired(TimerId("x.t1")),
        RequestFailed(ContactId("c-1"), "Hangup", "n1-ch", 500, "no"),
        RequestFailed(ContactId("c-1"), "Play", "another", 500, "no"),
    ):
        run.send(event)
        assert run.state == before
        assert run.commands == ()
        assert run.entries == ()


def test_a_play_that_is_refused_is_a_failed_playback() -> None:
    run = Run(flow(say("hello", "Welcome", to="end") | {"Transitions": {"NextAction": "end"}}))
    run.send(RequestFailed(ContactId("c-1"), "Play", "n1-ch", 409, "channel not up"))
    assert run.entries[0].kind == "error"
    assert "channel not up" in run.entries[0].details["reason"]
    assert run.endings == [FlowEnded(ContactId("c-1"), ExecutionId("x"), FlowOutcome.DISCONNECT)]


def test_an_ended_run_takes_no_more_events() -> None:
    run = Run(DEMO).played().press("1").press("1").cancel()
    assert len(run.endings) == 1
    assert run.commands == ()


def test_cancel_silences_and_says_nothing() -> None:
    playing = Run(DEMO).cancel()
    assert playing.commands == (StopPlayback(ContactId("c-1"), PlaybackId("x.1")),)
    waiting = Run(DEMO).played().played()
    timer_id = waiting.state.timers["input"]
    waiting.cancel()
    assert waiting.commands == (CancelTimer(timer_id),)
    assert waiting.endings == []
    assert waiting.trace[-1] == ("Get customer input", "Cancelled")


def test_an_unknown_block_is_visible_and_takes_its_error_branch() -> None:
    run = Run(
        flow(action("a", "SummonGenie", to="ok", errors={"NoMatchingError": "sorry"}), say("sorry", "Sorry", to="end"))
    )
    assert run.heard == ["Sorry"]
    assert run.trace[0] == ("Unsupported block: SummonGenie", "Error")
    assert run.entries[0].kind == "error"


def test_an_unknown_block_without_error_branch_fails_the_run() -> None:
    run = Run(flow(action("a", "SummonGenie", to="end")))
    (ended,) = run.endings
    assert isinstance(ended, FlowEnded)
    assert ended.outcome is FlowOutcome.FAILED
    assert "SummonGenie is not supported" in ended.reason


def test_a_mistake_inside_a_block_takes_the_error_branch_and_says_where_it_is() -> None:
    check = action(
        "check", "CheckMetricData", {"MetricType": "NumberOfContactsInQueue", "QueueId": "Sales"}, to="oops",
        errors={"NoMatchingError": "oops", "NoMatchingCondition": "end"},
    )  # fmt: skip

    def broken(queue_id: QueueId) -> QueueFigures:
        raise ZeroDivisionError("no queue")

    run = Run(flow(check, say("oops", "Sorry", to="end")), figures=broken)
    assert run.heard == ["Sorry"]
    (entry,) = run.entries
    assert entry.kind == "error"
    assert entry.details["reason"] == "ZeroDivisionError: no queue"
    assert entry.details["exception"].startswith("ZeroDivisionError at test_interpreter.py:")


def test_a_watcher_is_told_of_every_block_that_is_left() -> None:
    seen: list[tuple[str, str, str]] = []

    def watch(context: Context, node: Node | None, result: str, branch: str) -> None:
        seen.append((node.id if node else "", branch, result))

    view = FlowView(instance(DEMO), contact(), lambda queue_id: QueueFigures(), None, lambda: 0.5)
    interpreter = Interpreter(Library(), watch)
    step = interpreter.start(ExecutionId("x"), ChannelId("n1-ch"), DEMO, view, 0)
    step = interpreter.step(step.state, PlaybackFinished(PlaybackId("x.1")), view, 1_000)
    interpreter.step(step.state, DigitReceived(ChannelId("n1-ch"), "1"), view, 2_000)
    assert seen == [
        ("hello", "done", "Okay"),
        ("menu", "options.0", "1"),
        ("queue", "done", "Success"),
        ("go", "", "Transferred to queue"),
    ]


def test_a_circle_without_waiting_ends() -> None:
    circle = [
        action(name, "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, to=to)
        for name, to in (("a", "b"), ("b", "a"))
    ]
    run = Run(flow(*circle))
    (ended,) = run.endings
    assert isinstance(ended, FlowEnded)
    assert ended.outcome is FlowOutcome.FAILED
    assert str(STEP_LIMIT) in ended.reason


def test_a_circle_of_prompts_that_fail_at_once_ends() -> None:
    run = Run(flow(say("a", "Hello", to="a")))
    for _ in range(STEP_LIMIT + 1):
        if run.state.playback_id:
            run.send(PlaybackFinished(run.state.playback_id, failed=True), after_ms=1)
    assert [ended.outcome for ended in run.endings if isinstance(ended, FlowEnded)] == [FlowOutcome.FAILED]


def test_a_circle_that_waits_goes_on() -> None:
    run = Run(flow(say("a", "Hello", to="a")))
    for _ in range(STEP_LIMIT + 10):
        run.played()
    assert not run.state.ended
    assert run.state.counter == STEP_LIMIT + 11


def test_an_edge_to_nowhere_fails_the_run() -> None:
    run = Run(flow(say("a", "Hello", to="gone"))).played()
    (ended,) = run.endings
    assert isinstance(ended, FlowEnded)
    assert (ended.outcome, ended.reason) == (FlowOutcome.FAILED, "block gone does not exist")


def test_no_further_block_ends_the_run() -> None:
    run = Run(flow(action("a", "MessageParticipant", {"Text": "Hello"}))).played()
    (ended,) = run.endings
    assert isinstance(ended, FlowEnded)
    assert ended.outcome is FlowOutcome.ENDED


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"Actions":[],"StartAction":"a"}'])
def test_a_flow_that_cannot_be_read_fails_at_once(content: str) -> None:
    run = Run(FlowContent(FlowId("f"), 1, "Broken", FlowType.CONTACT, content))
    (ended,) = run.endings
    assert isinstance(ended, FlowEnded)
    assert ended.outcome is FlowOutcome.FAILED
    assert run.state.ended


def test_a_run_keeps_its_version_when_a_newer_one_is_published() -> None:
    run = Run(flow(say("a", "Old one", to="b"), say("b", "Old two", to="end")))
    newer = flow(say("a", "New one", to="b"), say("b", "New two", to="end"), version=2)
    run.world = instance(newer)
    assert run.played().heard == ["Old two"]


def test_a_run_whose_version_is_unknown_goes_on_in_the_present_one() -> None:
    old = Run(flow(say("a", "Old one", to="b"), say("b", "Old two", to="end")))
    newer = flow(say("a", "New one", to="b"), say("b", "New two", to="end"), version=2)
    restarted = Run(newer)
    restarted.state = old.state
    assert restarted.played().heard == ["New two"]


def test_a_run_whose_block_is_gone_fails() -> None:
    old = Run(flow(say("a", "Old one", to="b"), say("b", "Old two", to="end")))
    restarted = Run(flow(say("other", "New", to="end"), version=2))
    restarted.state = old.state
    restarted.every.clear()
    restarted.played()
    (ended,) = restarted.endings
    assert isinstance(ended, FlowEnded)
    assert ended.outcome is FlowOutcome.FAILED


def test_steps_never_change_the_state_they_were_given() -> None:
    run = Run(DEMO).played()
    before: Contact = run.contact
    state, again = (
        run.state,
        run.interpreter.step(run.state, DigitReceived(ChannelId("n1-ch"), "1"), run.view, run.now_ms),
    )
    run.press("1")
    assert again.commands == run.commands
    assert state.playback_id == "x.2"
    assert before.queue_id is None


def test_end_is_one_block() -> None:
    assert Run(flow(END)).endings == [FlowEnded(ContactId("c-1"), ExecutionId("x"), FlowOutcome.DISCONNECT)]
