"""Arrivals give way to what else happens, and neither get lost nor change their order."""

import asyncio

import pytest

from app.domain.events import CallArrived, ChannelEnded, DigitReceived, Event
from app.domain.ids import ChannelId, ContactId, NodeName
from app.telephony.backlog import Backlog

pytestmark = pytest.mark.unit


def arrival(number: int) -> CallArrived:
    channel, contact = ChannelId(f"node1-{number}"), ContactId(f"contact-{number}")
    return CallArrived(contact, NodeName("node1"), channel, "trunk", "carrier", "+12025550100", "+12025550101")


class Told:
    """What is passed on, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.backlog = Backlog(self.events.append)

    def tell(self, event: Event) -> None:
        if not self.backlog.keep(event):
            self.events.append(event)

    async def turns(self, count: int) -> None:
        for _ in range(count):
            await asyncio.sleep(0)


async def test_an_arrival_alone_goes_on_within_two_turns() -> None:
    told = Told()
    told.tell(arrival(1))
    assert told.backlog.kept == (ChannelId("node1-1"),)
    await told.turns(3)
    assert told.events == [arrival(1)]
    assert told.backlog.kept == ()


async def test_an_agent_who_hangs_up_behind_many_arrivals_is_heard_first() -> None:
    told, freed = Told(), ChannelEnded(ChannelId("node1-tl-agent"), 16, "")
    for number in range(20):
        told.tell(arrival(number))
        await told.turns(1)
    told.tell(freed)
    assert told.events == [freed]
    await told.turns(30)
    assert told.events == [freed, *(arrival(number) for number in range(20))]


async def test_what_happens_to_a_channel_comes_after_its_arrival() -> None:
    told = Told()
    key, end = DigitReceived(ChannelId("node1-2"), "1"), ChannelEnded(ChannelId("node1-2"), 16, "")
    for event in (arrival(1), arrival(2), key, end):
        told.tell(event)
    await told.turns(5)
    assert told.events == [arrival(2), key, end, arrival(1)]


async def test_an_arrival_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.telephony.backlog.PATIENCE_S", -1.0)
    told, other = Told(), ChannelEnded(ChannelId("node1-9"), 16, "")
    for number in range(3):
        told.tell(arrival(number))
    for _ in range(6):
        told.tell(other)
        await told.turns(1)
    assert [event for event in told.events if event != other] == [arrival(0), arrival(1), arrival(2)]


async def test_who_is_kept_when_the_application_lets_go_is_left_to_the_next_process() -> None:
    told = Told()
    told.tell(arrival(1))
    told.backlog.close()
    await told.turns(3)
    assert told.events == []
