"""What only a real Asterisk can show: sound on the recording's channels, prompts of the library, channels that go astray."""

from pathlib import Path

import pytest
import soundfile

from app.domain.commands import (
    AddToBridge,
    Answer,
    CreateBridge,
    DestroyBridge,
    FinishRecording,
    Play,
    RingPhone,
    StartRecording,
)
from app.domain.contact import RecordingStatus
from app.domain.events import ChannelAnswered, PhoneReachable, PlaybackFinished, RecordingFinished
from app.domain.prompt import Prompt, PromptKind
from app.telephony.audio import tone_level_db
from tests.contract.telephony.asterisk_world import AUDIBLE_DB, CALLER_HZ, PHONE_HZ, AsteriskWorld
from tests.contract.telephony.sip_phone import SipPhone
from tests.contract.telephony.world import (
    ANSWERING_PHONE,
    NODE,
    UNREGISTERED_PHONE,
    bridge_id,
    channel_id,
    playback_id,
    recording_id,
    silence,
)

pytestmark = pytest.mark.contract


@pytest.mark.parametrize(("customer", "agent"), [(True, True), (True, False), (False, True)])
async def test_each_voice_is_on_its_own_channel(asterisk: AsteriskWorld, customer: bool, agent: bool) -> None:
    world, phone, bridge, recording = asterisk, channel_id(), bridge_id(), recording_id()
    arrived = await world.call()
    execute = world.telephony.execute
    await execute(Answer(arrived.contact_id, arrived.channel_id))
    await execute(RingPhone(arrived.contact_id, NODE, phone, ANSWERING_PHONE, "+15550100", "Caller", 20))
    await world.until(lambda: world.sink.of(ChannelAnswered))
    await execute(CreateBridge(arrived.contact_id, NODE, bridge))
    await execute(StartRecording(arrived.contact_id, arrived.channel_id, recording, customer, agent))
    for channel in (arrived.channel_id, phone):
        await execute(AddToBridge(arrived.contact_id, bridge, channel))
    await world.wait(1_500)
    await world.hang_up(arrived.channel_id)
    await world.until(lambda: world.sink.ended(arrived.channel_id))
    await execute(DestroyBridge(arrived.contact_id, bridge))
    await execute(FinishRecording(arrived.contact_id, arrived.channel_id, recording, customer, agent))
    await world.until(lambda: world.sink.of(RecordingFinished), within_ms=8_000)
    (finished,) = world.sink.of(RecordingFinished)
    assert finished.recording.status is RecordingStatus.AVAILABLE, finished.recording.reason
    sound, rate = soundfile.read(finished.recording.location, dtype="float64")
    heard = [[tone_level_db(sound[:, side], rate, hz) > AUDIBLE_DB for hz in (CALLER_HZ, PHONE_HZ)] for side in (0, 1)]
    assert heard == [[customer, False], [False, agent]]
    assert list((world.var_dir / "recordings" / "spool").iterdir()) == []


async def test_a_prompt_of_the_library_plays_and_an_unknown_one_fails(asterisk: AsteriskWorld) -> None:
    world = asterisk
    arrived = await world.call()
    await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    known, unknown = Prompt(PromptKind.AUDIO, "greeting"), Prompt(PromptKind.AUDIO, "nothing")
    sound = await world.speech.prompt("Welcome to the library of prompts.")
    world.prompts["greeting"] = sound.path
    assert await world.telephony.duration_ms((known,)) == sound.duration_ms
    first, second = playback_id(), playback_id()
    await world.telephony.execute(Play(arrived.contact_id, arrived.channel_id, first, (known,)))
    await world.until(lambda: world.sink.of(PlaybackFinished))
    await world.telephony.execute(Play(arrived.contact_id, arrived.channel_id, second, (silence(100), unknown)))
    await world.until(lambda: len(world.sink.of(PlaybackFinished)) == 2)
    good, bad = world.sink.of(PlaybackFinished)
    assert (good.playback_id, good.failed) == (first, False)
    assert (bad.playback_id, bad.failed) == (second, True)
    assert "nothing" in bad.reason


async def test_a_file_that_asterisk_cannot_read_is_a_failed_prompt(asterisk: AsteriskWorld, tmp_path: Path) -> None:
    world = asterisk
    arrived, playing = await world.call(), playback_id()
    await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    path = tmp_path / "odd.wav"
    soundfile.write(path, [[0.0, 0.0]] * 8_000, 44_100)
    world.prompts["odd"] = path
    play = Play(arrived.contact_id, arrived.channel_id, playing, (Prompt(PromptKind.AUDIO, "odd"),))
    await world.telephony.execute(play)
    await world.until(lambda: world.sink.of(PlaybackFinished))
    (finished,) = world.sink.of(PlaybackFinished)
    assert finished.failed
    assert finished.reason


async def test_a_channel_that_leaves_the_application_is_hung_up(asterisk: AsteriskWorld) -> None:
    world = asterisk
    arrived = await world.call()
    await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    await world.tester.channels.continueInDialplan(arrived.channel_id, context="person", extension="silent", priority=1)
    await world.until(lambda: world.sink.ended(arrived.channel_id))
    await world.wait(500)
    assert len(world.sink.ended(arrived.channel_id)) == 1
    assert arrived.channel_id not in [channel.id for channel in await world.tester.channels.list()]


async def test_a_phone_is_asked_to_answer_by_itself(asterisk: AsteriskWorld) -> None:
    world, arrived = asterisk, await asterisk.call()
    with SipPhone(UNREGISTERED_PHONE, world.rig.sip_port) as phone:
        await phone.register(expires_s=60)
        await world.until(lambda: world.sink.of(PhoneReachable))
        shown = (UNREGISTERED_PHONE, "+15550100", "Ann Example", 20)
        await world.telephony.execute(RingPhone(arrived.contact_id, NODE, channel_id(), *shown, auto_answer=True))
        invite = await phone.received("INVITE")
        await phone.answer(invite, "486 Busy Here")
        await phone.register(expires_s=0)
    assert "Call-Info: <sip:localhost>;answer-after=0" in invite
    assert "Alert-Info: <http://localhost>;info=alert-autoanswer" in invite


async def test_a_phone_registers_rings_and_is_lost(asterisk: AsteriskWorld) -> None:
    world, channel = asterisk, channel_id()
    arrived = await world.call()
    with SipPhone(UNREGISTERED_PHONE, world.rig.sip_port) as phone:
        await phone.register(expires_s=60)
        await world.until(lambda: world.sink.of(PhoneReachable))
        assert UNREGISTERED_PHONE in (await world.telephony.inventory(NODE)).reachable_phones
        ring = RingPhone(arrived.contact_id, NODE, channel, UNREGISTERED_PHONE, "+15550100", "Ann Example", 20)
        await world.telephony.execute(ring)
        invite = await phone.received("INVITE")
        assert '"Ann Example" <sip:+15550100@' in invite
        await phone.answer(invite, "486 Busy Here")
        await world.until(lambda: world.sink.ended(channel))
        await phone.register(expires_s=0)
        await world.until(lambda: len(world.sink.of(PhoneReachable)) == 2)
    assert [event.cause for event in world.sink.ended(channel)] == [17]
    assert world.sink.of(PhoneReachable) == [PhoneReachable(UNREGISTERED_PHONE, now) for now in (True, False)]
