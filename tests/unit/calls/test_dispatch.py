"""Commands on their way: in order for each visit, and ringing before clearing away."""

import asyncio

import pytest

from app.calls import dispatch
from app.calls.dispatch import Dispatch
from app.domain.commands import AddToBridge, DestroyBridge, Hangup, RingPhone, TelephonyCommand
from app.domain.events import Event
from app.domain.ids import BridgeId, ChannelId, ContactId, NodeName
from tests.rig.waiting import eventually

pytestmark = pytest.mark.unit

FORMER, NEXT = ContactId("former"), ContactId("next")
RING = RingPhone(NEXT, NodeName("node1"), ChannelId("node1-tl-2"), "desk1", "+15550100", "Caller", 20)
JOIN = AddToBridge(FORMER, BridgeId("node1-tl-b"), ChannelId("node1-1"))
HANG_UP = Hangup(FORMER, ChannelId("node1-1"))
DESTROY = DestroyBridge(FORMER, BridgeId("node1-tl-b"))


class SlowToRing:
    """A telephony that rings when it is told to."""

    def __init__(self) -> None:
        self.done: list[TelephonyCommand] = []
        self.rings = asyncio.Event()

    async def execute(self, command: TelephonyCommand) -> None:
        if isinstance(command, RingPhone):
            await self.rings.wait()
        self.done.append(command)


def started(telephony: SlowToRing) -> Dispatch:
    def refused(event: Event) -> None:
        raise AssertionError(event)

    dispatch = Dispatch(telephony, refused)  # type: ignore[arg-type]
    dispatch.send(RING, NEXT)
    for command in (JOIN, HANG_UP, DESTROY):
        dispatch.send(command, FORMER)
    return dispatch


async def test_what_is_over_is_cleared_away_once_the_phone_was_asked_to_ring() -> None:
    telephony = SlowToRing()
    sending = started(telephony)
    for _ in range(5):
        await asyncio.sleep(0)
    assert telephony.done == [JOIN]
    telephony.rings.set()
    await sending.drain(1.0)
    assert telephony.done == [JOIN, RING, HANG_UP, DESTROY]


async def test_a_phone_that_is_not_asked_in_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "CLEARED_AFTER_S", 0.0)
    telephony = SlowToRing()
    sending = started(telephony)
    await eventually(lambda: len(telephony.done) == 3, "what is over is cleared away")
    assert telephony.done == [JOIN, HANG_UP, DESTROY]
    telephony.rings.set()
    await sending.drain(1.0)
    assert telephony.done[-1] == RING
