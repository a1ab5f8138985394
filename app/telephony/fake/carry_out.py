"""How the fake carries out each command: one function a command, and the table of them."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.calls.ports import RequestRefused
from app.domain.commands import (
    AddToBridge,
    Answer,
    AnswerTransfer,
    ContinueRecording,
    CreateBridge,
    DestroyBridge,
    DialNumber,
    FinishRecording,
    Hangup,
    MuteParty,
    PauseRecording,
    Play,
    RemoveFromBridge,
    RingPhone,
    SendDigits,
    Snoop,
    StartMusic,
    StartRecording,
    StartRinging,
    StopMusic,
    StopPlayback,
    StopRinging,
    UnmuteParty,
)
from app.domain.contact import Recording, RecordingStatus
from app.domain.events import Event, RecordingFinished
from app.telephony.fake.exchange import UNALLOCATED, Exchange
from app.telephony.fake.sound import RINGING
from app.telephony.fake.state import NUMBER, PHONE, SNOOP, Bridge, Channel, Phone, RunningRecording

BYTES_A_SECOND = 32_000
WAV_HEADER_BYTES = 44


def _answer(exchange: Exchange, command: Answer) -> None:
    exchange.channel("Answer", command.channel_id).state = "Up"


def _hangup(exchange: Exchange, command: Hangup) -> None:
    exchange.end(command.channel_id, command.cause)


def _play(exchange: Exchange, command: Play) -> None:
    channel = exchange.channel("Play", command.channel_id)
    if command.playback_id not in exchange.playbacks:
        exchange.play(channel, command.playback_id, command.prompts)
        exchange.stoppable.add(command.playback_id)


def _stop_playback(exchange: Exchange, command: StopPlayback) -> None:
    exchange.finish_playback(command.playback_id)


def _start_music(exchange: Exchange, command: StartMusic) -> None:
    exchange.start_music(exchange.channel("StartMusic", command.channel_id), command.music_class)


def _stop_music(exchange: Exchange, command: StopMusic) -> None:
    channel = exchange.channels.get(command.channel_id)
    if channel is not None:
        exchange.stop_music(channel)


def _ring_phone(exchange: Exchange, command: RingPhone) -> None:
    if command.channel_id in exchange.channels:
        return
    phone = exchange.phones.get(command.phone)
    if phone is None or not phone.registered:
        reason = "it is not registered" if phone else "there is no such phone"
        raise RequestRefused(command="RingPhone", target=command.phone, http_status=503, reason=reason)
    channel = Channel(
        command.channel_id,
        command.node,
        PHONE,
        "Ringing",
        in_application=False,
        phone=command.phone,
        calling=command.caller_number,
    )
    person = replace(phone, answers_after_ms=0, rejects=False) if command.auto_answer else phone
    exchange.ring(channel, person, command.timeout_s * 1_000)


def _dial_number(exchange: Exchange, command: DialNumber) -> None:
    if command.channel_id in exchange.channels:
        return
    if command.attempt >= exchange.trunks:
        reason = "no trunk is left to try" if exchange.trunks else "there is no trunk to call over"
        raise RequestRefused(command="DialNumber", target=command.number, http_status=404, reason=reason)
    early = command.bridge_id is not None
    channel = Channel(
        command.channel_id,
        command.node,
        NUMBER,
        "Ringing",
        in_application=early,
        phone=command.number,
        calling=command.caller_number,
        silent=early,
    )
    if command.bridge_id is not None:
        bridge = exchange.bridge("DialNumber", command.bridge_id)
        exchange.add(channel)
        exchange.join(bridge, channel)
    nobody = Phone(command.number, refuses_with=UNALLOCATED)
    exchange.ring(channel, exchange.numbers.get(command.number, nobody), command.timeout_s * 1_000)


def _start_ringing(exchange: Exchange, command: StartRinging) -> None:
    exchange.start_ringing(exchange.channel("StartRinging", command.channel_id))


def _stop_ringing(exchange: Exchange, command: StopRinging) -> None:
    exchange.timeline.stop(command.channel_id, exchange.agenda.now_ms(), RINGING)


def _send_digits(exchange: Exchange, command: SendDigits) -> None:
    exchange.channel("SendDigits", command.channel_id).keys_heard += command.digits


def _mute(exchange: Exchange, command: MuteParty) -> None:
    exchange.mute(exchange.channel("MuteParty", command.channel_id), muted=True)


def _unmute(exchange: Exchange, command: UnmuteParty) -> None:
    if command.channel_id in exchange.channels:
        exchange.mute(exchange.channel("UnmuteParty", command.channel_id), muted=False)


def _snoop(exchange: Exchange, command: Snoop) -> None:
    of = exchange.channel("Snoop", command.of)
    if command.channel_id not in exchange.channels:
        exchange.snoop(of, Channel(command.channel_id, command.node, SNOOP, "Up", True, snoops=of.channel_id))


def _answer_transfer(exchange: Exchange, command: AnswerTransfer) -> None:
    exchange.channel("AnswerTransfer", command.channel_id)


def _create_bridge(exchange: Exchange, command: CreateBridge) -> None:
    exchange.bridges.setdefault(command.bridge_id, Bridge(command.bridge_id, command.node))


def _add_to_bridge(exchange: Exchange, command: AddToBridge) -> None:
    channel = exchange.channel("AddToBridge", command.channel_id)
    bridge = exchange.bridge("AddToBridge", command.bridge_id)
    if bridge.node != channel.node:
        reason = f"it is on {channel.node} and the bridge is on {bridge.node}"
        raise RequestRefused(command="AddToBridge", target=command.channel_id, http_status=409, reason=reason)
    if channel.playback_id is not None and channel.playback_id not in exchange.stoppable:
        reason = "Asterisk moves no channel to which something is played"
        raise RequestRefused(command="AddToBridge", target=command.channel_id, http_status=504, reason=reason)
    exchange.join(bridge, channel)


def _remove_from_bridge(exchange: Exchange, command: RemoveFromBridge) -> None:
    channel = exchange.channels.get(command.channel_id)
    if channel is not None and channel.bridge_id == command.bridge_id:
        exchange.leave_bridge(channel)


def _destroy_bridge(exchange: Exchange, command: DestroyBridge) -> None:
    exchange.destroy(command.bridge_id)


def _start_recording(exchange: Exchange, command: StartRecording) -> None:
    channel = exchange.channel("StartRecording", command.channel_id)
    if command.recording_id in exchange.recordings:
        return
    channel.recording_id = command.recording_id
    exchange.recordings[command.recording_id] = RunningRecording(
        command.recording_id,
        command.contact_id,
        command.channel_id,
        exchange.agenda.now_ms(),
        command.customer,
        command.agent,
    )


def _pause_recording(exchange: Exchange, command: PauseRecording) -> None:
    _running(exchange, command).paused = True


def _continue_recording(exchange: Exchange, command: ContinueRecording) -> None:
    _running(exchange, command).paused = False


def _running(exchange: Exchange, command: PauseRecording | ContinueRecording) -> RunningRecording:
    name = type(command).__name__
    recording_id = exchange.channel(name, command.channel_id).recording_id
    if recording_id is None:
        raise RequestRefused(command=name, target=command.channel_id, http_status=404, reason="it is not recorded")
    return exchange.recordings[recording_id]


def _finish_recording(exchange: Exchange, command: FinishRecording) -> Event:
    running = exchange.recordings.get(command.recording_id)
    if running is None:
        reason = "nothing was recorded under this id"
        return RecordingFinished(command.contact_id, Recording(RecordingStatus.FAILED, reason=reason))
    if running.ended_ms is None:
        running.ended_ms = exchange.agenda.now_ms()
    duration_ms = running.ended_ms - running.started_ms
    day = datetime.fromtimestamp(running.started_ms / 1_000, UTC)
    recording = Recording(
        RecordingStatus.AVAILABLE,
        location=f"{day:%Y/%m/%d}/{command.contact_id}.wav",
        duration_ms=duration_ms,
        size_bytes=WAV_HEADER_BYTES + duration_ms * BYTES_A_SECOND // 1_000,
        sha256=hashlib.sha256(command.recording_id.encode()).hexdigest(),
    )
    return RecordingFinished(command.contact_id, recording)


CARRY_OUT: dict[type, Callable[[Exchange, Any], Event | None]] = {
    Answer: _answer,
    Hangup: _hangup,
    Play: _play,
    StopPlayback: _stop_playback,
    StartMusic: _start_music,
    StopMusic: _stop_music,
    StartRinging: _start_ringing,
    StopRinging: _stop_ringing,
    SendDigits: _send_digits,
    MuteParty: _mute,
    UnmuteParty: _unmute,
    RingPhone: _ring_phone,
    DialNumber: _dial_number,
    CreateBridge: _create_bridge,
    AddToBridge: _add_to_bridge,
    RemoveFromBridge: _remove_from_bridge,
    DestroyBridge: _destroy_bridge,
    StartRecording: _start_recording,
    PauseRecording: _pause_recording,
    ContinueRecording: _continue_recording,
    FinishRecording: _finish_recording,
    Snoop: _snoop,
    AnswerTransfer: _answer_transfer,
}
"""A returned event follows when the command has been answered."""
