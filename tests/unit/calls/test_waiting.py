"""Why a contact waits: in its trace when it begins to, for people at any time; and arrivals that come too late."""

import pytest

from app.calls import view
from app.domain.events import AgentStatusRequested, CallArrived, ChannelEnded, DigitReceived, RecordWritten
from app.domain.ids import NodeName
from tests.unit.calls.driving import CALLER, CONTACT, Drive
from tests.unit.instances import ANN, NUMBER

pytestmark = pytest.mark.unit


def waiting() -> Drive:
    drive = Drive()
    drive.arrive()
    drive.finish_playbacks()
    drive.tell(DigitReceived(CALLER, "1"))
    return drive


def test_the_trace_says_why_the_contact_waits() -> None:
    entry = next(entry for entry in waiting().live.trace if entry.what == "waits")
    assert (entry.kind, entry.result, entry.details) == ("routing", "Sales", {"why": "no agent of Sales is online"})


def test_people_are_told_why_it_still_waits() -> None:
    drive = waiting()
    drive.tell(AgentStatusRequested(ANN, "Available"))
    told = view.waiting(drive.brain, drive.live, drive.now_ms)
    assert (told.queue, told.position, told.waited_ms) == ("Sales", 1, 1_000)
    assert told.because == ("no agent is available",)
    assert told.words == "the only agent of Sales online is not available: 1 without a reachable phone or panel"


def test_a_contact_that_does_not_wait_says_so() -> None:
    drive = Drive()
    drive.arrive()
    told = view.waiting(drive.brain, drive.live, drive.now_ms)
    assert (told.position, told.because) == (None, ("not waiting",))


def test_queues_are_shown_with_all_figures() -> None:
    drive = waiting()
    sales = next(each for each in view.queues(drive.brain, drive.now_ms) if each.name == "Sales")
    assert (sales.figures.contacts_in_queue, sales.figures.position) == (1, 2)


def test_an_arrival_that_comes_after_the_contact_is_written_begins_no_second_one() -> None:
    drive = waiting()
    drive.tell(ChannelEnded(CALLER, 16))
    drive.tell(RecordWritten(CONTACT))
    drive.restart()
    late = CallArrived(CONTACT, NodeName("node1"), CALLER, "trunk", "carrier", NUMBER, "+12025550177")
    assert drive.tell(late, after_ms=60_000) == []
    assert drive.brain.memory.contacts == {}
