"""Calls begin and end: arrival, answer, digits, hang-up, each told exactly once."""

import pytest

from app.calls.ports import RequestRefused
from app.domain.commands import AddToBridge, Answer, Hangup, Play, StartMusic, StopMusic, StopPlayback
from app.domain.events import CallArrived, DigitReceived, PlaybackFinished
from app.domain.ids import ChannelId
from tests.contract.telephony.world import NODE, World, bridge_id, channel_id, playback_id, silence

pytestmark = pytest.mark.contract


async def test_a_call_arrives_once_with_what_was_dialled(world: World) -> None:
    arrived = await world.call(called="+15550199", calling="+15550142")
    await world.wait(100)
    assert world.sink.of(CallArrived) == [arrived]
    assert (arrived.node, arrived.origin, arrived.origin_name) == (NODE, "trunk", "carrier")
    assert (arrived.called, arrived.calling) == ("+15550199", "+15550142")
    assert arrived.channel_id.startswith(f"{NODE}-")


async def test_an_answered_call_is_up(world: World) -> None:
    arrived = await world.call()
    before = (await world.telephony.inventory(NODE)).channels[arrived.channel_id]
    await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    after = (await world.telephony.inventory(NODE)).channels[arrived.channel_id]
    assert (before.state, after.state) == ("Ring", "Up")


async def test_the_caller_hangs_up_and_it_is_told_once(world: World) -> None:
    arrived = await world.call()
    await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    await world.hang_up(arrived.channel_id)
    await world.until(lambda: world.sink.ended(arrived.channel_id))
    await world.wait(300)
    assert [event.cause for event in world.sink.ended(arrived.channel_id)] == [16]


async def test_a_caller_who_gives_up_before_the_answer_has_ended(world: World) -> None:
    arrived = await world.call()
    await world.hang_up(arrived.channel_id)
    await world.until(lambda: world.sink.ended(arrived.channel_id))
    await world.wait(300)
    assert len(world.sink.ended(arrived.channel_id)) == 1


@pytest.mark.parametrize("cause", [16, 17, 21])
async def test_we_hang_up_with_the_cause_we_gave(world: World, cause: int) -> None:
    arrived = await world.call()
    await world.telephony.execute(Hangup(arrived.contact_id, arrived.channel_id, cause))
    await world.until(lambda: world.sink.ended(arrived.channel_id))
    await world.wait(300)
    assert [event.cause for event in world.sink.ended(arrived.channel_id)] == [cause]
    assert arrived.channel_id not in (await world.telephony.inventory(NODE)).channels


async def test_keys_come_one_by_one_in_order(world: World) -> None:
    arrived = await world.call()
    await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    await world.press(arrived.channel_id, "19*#0")
    await world.until(lambda: len(world.sink.of(DigitReceived)) >= 5)
    await world.wait(300)
    assert world.sink.of(DigitReceived) == [DigitReceived(arrived.channel_id, digit) for digit in "19*#0"]


async def test_keys_come_during_a_prompt(world: World) -> None:
    arrived = await world.call()
    await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    playing = playback_id()
    await world.telephony.execute(Play(arrived.contact_id, arrived.channel_id, playing, (silence(3_000),)))
    await world.wait(300)
    await world.press(arrived.channel_id, "1")
    await world.until(lambda: world.sink.of(DigitReceived), within_ms=1_500)
    assert world.sink.of(PlaybackFinished) == []


async def test_answering_and_hanging_up_twice_is_harmless(world: World) -> None:
    arrived = await world.call()
    for _ in range(2):
        await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    for _ in range(2):
        await world.telephony.execute(Hangup(arrived.contact_id, arrived.channel_id))
    await world.until(lambda: world.sink.ended(arrived.channel_id))
    await world.telephony.execute(Hangup(arrived.contact_id, arrived.channel_id))
    await world.wait(300)
    assert len(world.sink.ended(arrived.channel_id)) == 1


async def test_what_is_gone_already_is_no_error(world: World) -> None:
    arrived = await world.call()
    nobody = ChannelId(f"{NODE}-0.0")
    for command in (
        Hangup(arrived.contact_id, nobody),
        StopPlayback(arrived.contact_id, playback_id()),
        StopMusic(arrived.contact_id, nobody),
    ):
        await world.telephony.execute(command)


async def test_a_command_for_an_unknown_channel_is_refused_by_name(world: World) -> None:
    arrived = await world.call()
    nobody = ChannelId(f"{NODE}-0.0")
    for command in (
        Answer(arrived.contact_id, nobody),
        Play(arrived.contact_id, nobody, playback_id(), (silence(500),)),
        StartMusic(arrived.contact_id, nobody),
        AddToBridge(arrived.contact_id, bridge_id(), channel_id()),
    ):
        with pytest.raises(RequestRefused) as refused:
            await world.telephony.execute(command)
        assert refused.value.command == type(command).__name__
        assert refused.value.http_status == 404


async def test_calls_do_not_mix(world: World) -> None:
    first, second = await world.call(), await world.call()
    assert first.contact_id != second.contact_id
    await world.hang_up(first.channel_id)
    await world.until(lambda: world.sink.ended(first.channel_id))
    assert set((await world.telephony.inventory(NODE)).channels) == {second.channel_id}
