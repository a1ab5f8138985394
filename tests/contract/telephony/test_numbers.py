"""Outside numbers are called over the trunks: answered, busy, unallocated, without a trunk; and keys are pressed for them."""

import pytest

from app.calls.ports import RequestRefused
from app.domain.commands import Answer, DialNumber, SendDigits, StartRinging, StopRinging
from app.domain.events import CallArrived, ChannelAnswered
from app.domain.ids import ChannelId
from tests.contract.telephony.world import (
    ANSWERING_NUMBER,
    BUSY_NUMBER,
    KEYS_NUMBER,
    NODE,
    SILENT_NUMBER,
    UNKNOWN_NUMBER,
    World,
    channel_id,
)

pytestmark = pytest.mark.contract


async def dial(world: World, number: str, timeout_s: int = 20, attempt: int = 0) -> tuple[CallArrived, ChannelId]:
    arrived, channel = await world.call(), channel_id()
    command = DialNumber(arrived.contact_id, NODE, channel, number, "+15550100", "Centre", timeout_s, attempt)
    await world.telephony.execute(command)
    return arrived, channel


async def test_a_number_that_answers_is_told_once(world: World) -> None:
    arrived, channel = await dial(world, ANSWERING_NUMBER)
    again = DialNumber(arrived.contact_id, NODE, channel, ANSWERING_NUMBER, "+15550100", "Centre", 20)
    await world.telephony.execute(again)
    await world.until(lambda: world.sink.of(ChannelAnswered))
    await world.wait(300)
    assert world.sink.of(ChannelAnswered) == [ChannelAnswered(channel)]
    await world.hang_up(channel)
    await world.until(lambda: world.sink.ended(channel))
    assert [event.cause for event in world.sink.ended(channel)] == [16]


@pytest.mark.parametrize(("number", "cause"), [(BUSY_NUMBER, 17), (UNKNOWN_NUMBER, 1), (SILENT_NUMBER, 19)])
async def test_a_call_that_fails_tells_why(world: World, number: str, cause: int) -> None:
    _, channel = await dial(world, number, timeout_s=1)
    await world.until(lambda: world.sink.ended(channel))
    await world.wait(300)
    assert [event.cause for event in world.sink.ended(channel)] == [cause]


async def test_without_a_further_trunk_the_call_is_refused(world: World) -> None:
    with pytest.raises(RequestRefused) as refused:
        await dial(world, ANSWERING_NUMBER, attempt=1)
    assert (refused.value.http_status, refused.value.reason) == (404, "no trunk is left to try")


async def test_a_caller_hears_ringing_until_it_is_stopped(world: World) -> None:
    arrived = await world.call()
    await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    for _ in range(2):
        await world.telephony.execute(StartRinging(arrived.contact_id, arrived.channel_id))
    await world.wait(1_000)
    for _ in range(2):
        await world.telephony.execute(StopRinging(arrived.contact_id, arrived.channel_id))
    await world.hang_up(arrived.channel_id)
    await world.until(lambda: world.sink.ended(arrived.channel_id))
    await world.wait(200)
    assert await world.heard_something(arrived.channel_id)


async def test_keys_that_we_press_are_heard_at_the_far_end(world: World) -> None:
    first, channel = await dial(world, KEYS_NUMBER)
    await world.until(lambda: world.sink.of(ChannelAnswered) or len(world.sink.of(CallArrived)) > 1)
    for far in world.sink.of(CallArrived):
        if far != first:
            await world.telephony.execute(Answer(far.contact_id, far.channel_id))
    await world.until(lambda: world.sink.of(ChannelAnswered))
    await world.telephony.execute(SendDigits(first.contact_id, channel, "12#"))
    await world.wait(1_500)
    assert await world.keys_heard(channel) == "12#"
