"""What parties hear: prompts, music, each other; and what is kept of it."""

import asyncio

import pytest

from app.domain.commands import (
    AddToBridge,
    Answer,
    CreateBridge,
    DestroyBridge,
    FinishRecording,
    Hangup,
    MuteParty,
    Play,
    RemoveFromBridge,
    RingPhone,
    Snoop,
    StartMusic,
    StartRecording,
    StopMusic,
    StopPlayback,
    UnmuteParty,
)
from app.domain.contact import RecordingStatus
from app.domain.events import CallArrived, ChannelAnswered, PlaybackFinished, RecordingFinished
from app.domain.ids import BridgeId, ChannelId
from app.domain.prompt import Prompt, PromptKind
from tests.contract.telephony.world import (
    ANSWERING_PHONE,
    NODE,
    World,
    bridge_id,
    channel_id,
    playback_id,
    recording_id,
    say,
    silence,
)

pytestmark = pytest.mark.contract


async def answered(world: World) -> CallArrived:
    arrived = await world.call()
    await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    return arrived


async def joined(world: World) -> tuple[CallArrived, ChannelId, BridgeId]:
    """A caller and a phone in one bridge."""
    arrived, phone, bridge = await answered(world), channel_id(), bridge_id()
    ring = RingPhone(arrived.contact_id, NODE, phone, ANSWERING_PHONE, "+15550100", "Caller", 20)
    await world.telephony.execute(ring)
    await world.until(lambda: world.sink.of(ChannelAnswered))
    await world.telephony.execute(CreateBridge(arrived.contact_id, NODE, bridge))
    for channel in (arrived.channel_id, phone):
        await world.telephony.execute(AddToBridge(arrived.contact_id, bridge, channel))
    return arrived, phone, bridge


async def over(world: World, *channels: ChannelId) -> None:
    """Hangs up and waits for the end of each."""
    for channel in channels:
        await world.hang_up(channel)
    await world.until(lambda: all(world.sink.ended(channel) for channel in channels))
    await world.wait(200)


async def test_prompts_play_one_after_the_other_and_end_once(world: World) -> None:
    arrived = await answered(world)
    prompts = (say("Good morning."), silence(300), say("Goodbye."))
    planned_ms = await world.telephony.duration_ms(prompts)
    started_ms, playing = world.now_ms(), playback_id()
    await world.telephony.execute(Play(arrived.contact_id, arrived.channel_id, playing, prompts))
    assert await world.telephony.playing(NODE, playing)
    await world.until(lambda: world.sink.of(PlaybackFinished), within_ms=planned_ms + 2_000)
    took_ms = world.now_ms() - started_ms
    await world.wait(300)
    assert world.sink.of(PlaybackFinished) == [PlaybackFinished(playing)]
    assert planned_ms - 100 <= took_ms <= planned_ms + 1_500
    assert not await world.telephony.playing(NODE, playing)
    await over(world, arrived.channel_id)
    assert await world.heard_something(arrived.channel_id)


async def test_a_stopped_prompt_ends_at_once_and_once(world: World) -> None:
    arrived, playing = await answered(world), playback_id()
    await world.telephony.execute(Play(arrived.contact_id, arrived.channel_id, playing, (silence(10_000),)))
    await world.wait(200)
    for _ in range(2):
        await world.telephony.execute(StopPlayback(arrived.contact_id, playing))
    await world.until(lambda: world.sink.of(PlaybackFinished), within_ms=1_000)
    await world.telephony.execute(StopPlayback(arrived.contact_id, playing))
    await world.wait(300)
    assert world.sink.of(PlaybackFinished) == [PlaybackFinished(playing)]


async def test_the_same_playback_twice_is_heard_once(world: World) -> None:
    arrived, playing = await answered(world), playback_id()
    for _ in range(2):
        await world.telephony.execute(Play(arrived.contact_id, arrived.channel_id, playing, (silence(500),)))
    await world.until(lambda: world.sink.of(PlaybackFinished))
    await world.wait(900)
    assert world.sink.of(PlaybackFinished) == [PlaybackFinished(playing)]


async def test_a_prompt_that_cannot_be_made_fails_in_words(world: World) -> None:
    arrived, playing = await answered(world), playback_id()
    nothing = Prompt(PromptKind.TEXT, "")
    await world.telephony.execute(Play(arrived.contact_id, arrived.channel_id, playing, (nothing,)))
    await world.until(lambda: world.sink.of(PlaybackFinished))
    await world.wait(200)
    (finished,) = world.sink.of(PlaybackFinished)
    assert (finished.playback_id, finished.failed) == (playing, True)
    assert finished.reason


async def test_a_hangup_during_a_prompt_is_no_failed_prompt(world: World) -> None:
    arrived, playing = await answered(world), playback_id()
    await world.telephony.execute(Play(arrived.contact_id, arrived.channel_id, playing, (silence(10_000),)))
    await world.wait(200)
    await over(world, arrived.channel_id)
    assert world.sink.of(PlaybackFinished) == []
    assert not await world.telephony.playing(NODE, playing)


async def test_music_is_heard_until_it_is_stopped(world: World) -> None:
    arrived = await answered(world)
    for _ in range(2):
        await world.telephony.execute(StartMusic(arrived.contact_id, arrived.channel_id))
    await world.wait(2_500)
    for _ in range(2):
        await world.telephony.execute(StopMusic(arrived.contact_id, arrived.channel_id))
    await over(world, arrived.channel_id)
    assert await world.heard_something(arrived.channel_id)


async def test_without_a_prompt_there_is_silence(world: World) -> None:
    arrived = await answered(world)
    await world.wait(700)
    await over(world, arrived.channel_id)
    assert not await world.heard_something(arrived.channel_id)


async def test_parties_of_a_bridge_hear_each_other(world: World) -> None:
    arrived, phone, bridge = await joined(world)
    await world.wait(1_000)
    assert (await world.telephony.inventory(NODE)).bridges == {bridge: frozenset({arrived.channel_id, phone})}
    await over(world, arrived.channel_id, phone)
    await world.telephony.execute(DestroyBridge(arrived.contact_id, bridge))
    assert await world.voices_heard(arrived.channel_id) == {phone}
    assert await world.voices_heard(phone) == {arrived.channel_id}


async def test_bridge_commands_twice_are_harmless(world: World) -> None:
    arrived, phone, bridge = await joined(world)
    await world.telephony.execute(CreateBridge(arrived.contact_id, NODE, bridge))
    for channel in (arrived.channel_id, phone):
        await world.telephony.execute(AddToBridge(arrived.contact_id, bridge, channel))
    assert (await world.telephony.inventory(NODE)).bridges == {bridge: frozenset({arrived.channel_id, phone})}
    for _ in range(2):
        await world.telephony.execute(DestroyBridge(arrived.contact_id, bridge))
    inventory = await world.telephony.inventory(NODE)
    for _ in range(20):
        if inventory.bridges:
            await world.wait(50)
            inventory = await world.telephony.inventory(NODE)
    assert inventory.bridges == {}, "a bridge takes a moment to end, and no more"
    assert set(inventory.channels) == {arrived.channel_id, phone}


async def test_joining_a_bridge_ends_prompt_and_music_and_does_not_wait_for_them(world: World) -> None:
    arrived, bridge, playing = await answered(world), bridge_id(), playback_id()
    await world.telephony.execute(StartMusic(arrived.contact_id, arrived.channel_id))
    await world.telephony.execute(Play(arrived.contact_id, arrived.channel_id, playing, (silence(10_000),)))
    await world.wait(200)
    await world.telephony.execute(CreateBridge(arrived.contact_id, NODE, bridge))
    asked_ms = world.now_ms()
    await world.telephony.execute(AddToBridge(arrived.contact_id, bridge, arrived.channel_id))
    assert world.now_ms() - asked_ms < 1_000
    await world.until(lambda: world.sink.of(PlaybackFinished), within_ms=1_000)
    assert world.sink.of(PlaybackFinished) == [PlaybackFinished(playing)]
    assert (await world.telephony.inventory(NODE)).bridges == {bridge: frozenset({arrived.channel_id})}
    await world.telephony.execute(DestroyBridge(arrived.contact_id, bridge))


async def test_a_prompt_reaches_a_party_in_a_bridge(world: World) -> None:
    arrived, phone, bridge = await joined(world)
    playing = playback_id()
    await world.telephony.execute(Play(arrived.contact_id, phone, playing, (say("A whisper."),)))
    await world.until(lambda: world.sink.of(PlaybackFinished), within_ms=4_000)
    assert world.sink.of(PlaybackFinished) == [PlaybackFinished(playing)]
    await over(world, arrived.channel_id, phone)
    await world.telephony.execute(DestroyBridge(arrived.contact_id, bridge))


async def test_one_contact_does_not_wait_for_another(world: World) -> None:
    first, second = await answered(world), await world.call()
    await world.telephony.execute(Play(first.contact_id, first.channel_id, playback_id(), (silence(10_000),)))
    asked_ms = world.now_ms()
    await asyncio.gather(
        world.telephony.execute(Answer(second.contact_id, second.channel_id)),
        world.telephony.execute(Play(second.contact_id, second.channel_id, playback_id(), (silence(100),))),
    )
    assert world.now_ms() - asked_ms < 1_000


async def test_a_recording_lasts_as_long_as_the_talk(world: World) -> None:
    arrived, phone, bridge = await joined(world)
    recording = recording_id()
    for _ in range(2):
        await world.telephony.execute(StartRecording(arrived.contact_id, arrived.channel_id, recording))
    started_ms = world.now_ms()
    await world.wait(1_500)
    lasted_ms = world.now_ms() - started_ms
    await over(world, arrived.channel_id, phone)
    await world.telephony.execute(DestroyBridge(arrived.contact_id, bridge))
    finish = FinishRecording(arrived.contact_id, arrived.channel_id, recording)
    await world.telephony.execute(finish)
    await world.until(lambda: world.sink.of(RecordingFinished), within_ms=8_000)
    await world.telephony.execute(finish)
    await world.until(lambda: len(world.sink.of(RecordingFinished)) == 2, within_ms=8_000)
    first, again = world.sink.of(RecordingFinished)
    assert first == again
    assert first.contact_id == arrived.contact_id
    kept = first.recording
    assert kept.status is RecordingStatus.AVAILABLE, kept.reason
    assert kept.location.endswith(f"{arrived.contact_id}.wav")
    assert abs(kept.duration_ms - lasted_ms) <= 500
    assert kept.size_bytes > kept.duration_ms * 16
    assert len(kept.sha256) == 64


async def test_a_recording_can_end_before_the_call(world: World) -> None:
    arrived, recording = await answered(world), recording_id()
    await world.telephony.execute(StartRecording(arrived.contact_id, arrived.channel_id, recording))
    await world.wait(800)
    await world.telephony.execute(FinishRecording(arrived.contact_id, arrived.channel_id, recording))
    await world.until(lambda: world.sink.of(RecordingFinished), within_ms=8_000)
    (finished,) = world.sink.of(RecordingFinished)
    assert finished.recording.status is RecordingStatus.AVAILABLE, finished.recording.reason
    assert not world.sink.ended(arrived.channel_id)
    await world.telephony.execute(Hangup(arrived.contact_id, arrived.channel_id))


async def test_a_recording_that_never_was_has_failed(world: World) -> None:
    arrived = await answered(world)
    await world.telephony.execute(FinishRecording(arrived.contact_id, arrived.channel_id, recording_id()))
    await world.until(lambda: world.sink.of(RecordingFinished), within_ms=8_000)
    (finished,) = world.sink.of(RecordingFinished)
    assert finished.recording.status is RecordingStatus.FAILED
    assert finished.recording.reason


async def test_who_is_taken_out_of_a_bridge_hears_nobody_and_can_come_back(world: World) -> None:
    arrived, phone, bridge = await joined(world)
    for _ in range(2):
        await world.telephony.execute(RemoveFromBridge(arrived.contact_id, bridge, arrived.channel_id))
    await world.wait(100)
    assert (await world.telephony.inventory(NODE)).bridges[bridge] == {phone}
    playing = playback_id()
    await world.telephony.execute(Play(arrived.contact_id, arrived.channel_id, playing, (silence(300),)))
    await world.until(lambda: world.sink.of(PlaybackFinished))
    await world.telephony.execute(AddToBridge(arrived.contact_id, bridge, arrived.channel_id))
    assert (await world.telephony.inventory(NODE)).bridges[bridge] == {phone, arrived.channel_id}
    await over(world, arrived.channel_id, phone)
    await world.telephony.execute(DestroyBridge(arrived.contact_id, bridge))


async def test_a_muted_party_is_not_heard(world: World) -> None:
    arrived = await answered(world)
    phone, bridge = channel_id(), bridge_id()
    await world.telephony.execute(
        RingPhone(arrived.contact_id, NODE, phone, ANSWERING_PHONE, "+15550100", "Caller", 20)
    )
    await world.until(lambda: world.sink.of(ChannelAnswered))
    for _ in range(2):
        await world.telephony.execute(MuteParty(arrived.contact_id, phone))
    await world.telephony.execute(CreateBridge(arrived.contact_id, NODE, bridge))
    for channel in (arrived.channel_id, phone):
        await world.telephony.execute(AddToBridge(arrived.contact_id, bridge, channel))
    await world.wait(800)
    await over(world, arrived.channel_id, phone)
    assert await world.voices_heard(arrived.channel_id) == set()
    assert await world.voices_heard(phone) == {arrived.channel_id}
    await world.telephony.execute(DestroyBridge(arrived.contact_id, bridge))


async def test_a_party_that_is_no_longer_muted_is_heard(world: World) -> None:
    arrived, phone, bridge = await joined(world)
    await world.telephony.execute(MuteParty(arrived.contact_id, phone))
    for _ in range(2):
        await world.telephony.execute(UnmuteParty(arrived.contact_id, phone))
    await world.wait(800)
    await over(world, arrived.channel_id, phone)
    assert await world.voices_heard(arrived.channel_id) == {phone}
    await world.telephony.execute(DestroyBridge(arrived.contact_id, bridge))


async def test_an_ear_at_a_channel_hears_both_sides_and_ends_with_it(world: World) -> None:
    arrived, phone, bridge = await joined(world)
    ear = channel_id()
    for _ in range(2):
        await world.telephony.execute(Snoop(arrived.contact_id, NODE, ear, phone))
    await world.wait(200)
    assert ear in (await world.telephony.inventory(NODE)).channels
    await over(world, phone, arrived.channel_id)
    await world.until(lambda: world.sink.ended(ear))
    await world.telephony.execute(DestroyBridge(arrived.contact_id, bridge))
