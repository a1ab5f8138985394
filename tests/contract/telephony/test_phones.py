"""Phones are rung: answered, not answered, busy, not registered, given up."""

import pytest

from app.calls.ports import RequestRefused
from app.domain.commands import Hangup, RingPhone
from app.domain.events import CallArrived, ChannelAnswered
from app.domain.ids import ChannelId
from tests.contract.telephony.world import (
    ANSWERING_PHONE,
    BUSY_PHONE,
    NODE,
    SILENT_PHONE,
    UNREGISTERED_PHONE,
    World,
    channel_id,
)

pytestmark = pytest.mark.contract


async def ring(world: World, phone: str, timeout_s: int = 20) -> tuple[CallArrived, ChannelId]:
    arrived, channel = await world.call(), channel_id()
    await world.telephony.execute(RingPhone(arrived.contact_id, NODE, channel, phone, "+15550100", "Caller", timeout_s))
    return arrived, channel


async def test_a_phone_that_answers_is_told_once_and_is_no_arrival(world: World) -> None:
    arrived, channel = await ring(world, ANSWERING_PHONE)
    await world.until(lambda: world.sink.of(ChannelAnswered))
    await world.wait(300)
    assert world.sink.of(ChannelAnswered) == [ChannelAnswered(channel)]
    assert world.sink.of(CallArrived) == [arrived]
    snapshot = (await world.telephony.inventory(NODE)).channels[channel]
    assert (snapshot.state, snapshot.in_application, snapshot.contact_id) == ("Up", True, None)


async def test_the_agent_hangs_up_and_it_is_told_once(world: World) -> None:
    _, channel = await ring(world, ANSWERING_PHONE)
    await world.until(lambda: world.sink.of(ChannelAnswered))
    await world.hang_up(channel)
    await world.until(lambda: world.sink.ended(channel))
    await world.wait(300)
    assert [event.cause for event in world.sink.ended(channel)] == [16]


async def test_a_phone_that_nobody_answers_rings_for_its_time(world: World) -> None:
    started_ms = world.now_ms()
    _, channel = await ring(world, SILENT_PHONE, timeout_s=1)
    await world.wait(300)
    ringing = (await world.telephony.inventory(NODE)).channels[channel]
    assert not ringing.in_application
    await world.until(lambda: world.sink.ended(channel), within_ms=4_000)
    assert 900 <= world.now_ms() - started_ms <= 3_000
    await world.wait(300)
    assert [event.cause for event in world.sink.ended(channel)] == [19]
    assert world.sink.of(ChannelAnswered) == []


async def test_a_busy_phone_says_so(world: World) -> None:
    _, channel = await ring(world, BUSY_PHONE)
    await world.until(lambda: world.sink.ended(channel))
    await world.wait(300)
    assert [event.cause for event in world.sink.ended(channel)] == [17]
    assert world.sink.of(ChannelAnswered) == []


async def test_a_ringing_phone_is_given_up(world: World) -> None:
    arrived, channel = await ring(world, SILENT_PHONE)
    await world.wait(200)
    for _ in range(2):
        await world.telephony.execute(Hangup(arrived.contact_id, channel))
    await world.until(lambda: world.sink.ended(channel))
    await world.wait(300)
    assert len(world.sink.ended(channel)) == 1
    assert channel not in (await world.telephony.inventory(NODE)).channels


@pytest.mark.parametrize("phone", [UNREGISTERED_PHONE, "nobody"])
async def test_a_phone_that_is_not_registered_is_refused_in_words(world: World, phone: str) -> None:
    arrived, channel = await world.call(), channel_id()
    with pytest.raises(RequestRefused) as refused:
        await world.telephony.execute(RingPhone(arrived.contact_id, NODE, channel, phone, "+15550100", "Caller", 20))
    assert "regist" in refused.value.reason or "no such phone" in refused.value.reason
    await world.wait(300)
    assert channel not in (await world.telephony.inventory(NODE)).channels


async def test_ringing_twice_rings_once(world: World) -> None:
    arrived, channel = await ring(world, ANSWERING_PHONE)
    await world.telephony.execute(
        RingPhone(arrived.contact_id, NODE, channel, ANSWERING_PHONE, "+15550100", "Caller", 20)
    )
    await world.until(lambda: world.sink.of(ChannelAnswered))
    await world.wait(300)
    assert world.sink.of(ChannelAnswered) == [ChannelAnswered(channel)]
    assert set((await world.telephony.inventory(NODE)).channels) == {arrived.channel_id, channel}
    await world.telephony.execute(Hangup(arrived.contact_id, channel))
    await world.until(lambda: world.sink.ended(channel))


async def test_only_registered_phones_are_reachable(world: World) -> None:
    reachable = (await world.telephony.inventory(NODE)).reachable_phones
    assert UNREGISTERED_PHONE not in reachable
