"""Recording: one for each contact with an agent, of the customer's channel, across hold, consultation and conference."""

from dataclasses import replace

from app.conversation.state import Conversation, Phase, RunningRecording, Silenced
from app.conversation.step import Happening, Turn
from app.domain.call_control import RecordingPauseRequested
from app.domain.commands import Command, ContinueRecording, FinishRecording, PauseRecording, StartRecording
from app.domain.contact import Contact, Recorded, Recording, RecordingStatus
from app.domain.events import RecordingFinished, RequestFailed
from app.domain.ids import ContactId, RecordingId
from app.domain.requests import SilenceRecording


def begin(turn: Turn) -> None:
    """Records the customer from now on when the contact is to be recorded, and is not already."""
    talk = turn.conversation
    due = talk.phase is Phase.TALK and turn.contact.recorded is not Recorded.NONE and turn.contact.recording is None
    if not due or talk.customer is None or talk.recording is not None:
        return
    recording_id = RecordingId(f"{turn.contact_id}.r{turn.next_serial()}")
    running = RunningRecording(recording_id, turn.contact_id, talk.customer, turn.now_ms)
    turn.change(recordings=(*turn.conversation.recordings, running))
    turn.ask(*starting(turn.conversation, turn.contact))


def starting(talk: Conversation, contact: Contact) -> tuple[Command, ...]:
    """The command that starts what is to be recorded. Sending it again is harmless."""
    running = talk.recording
    if running is None:
        return ()
    return (
        StartRecording(running.contact_id, running.channel_id, running.recording_id, *kept_voices(contact.recorded)),
    )


def stop(turn: Turn) -> None:
    """The contact's recording is over; its result comes later."""
    running = turn.conversation.recording
    if running is None:
        return
    _end_pause(turn, running)
    _replace(turn, replace(running, stopping=True, paused_ms=None, silenced=()))
    turn.ask(finishing(running, turn.contact))


def finishing(running: RunningRecording, contact: Contact) -> Command:
    return FinishRecording(running.contact_id, running.channel_id, running.recording_id, *kept_voices(contact.recorded))


def paused(turn: Turn, event: Happening) -> None:
    """The agent pauses the recording, or lets it go on."""
    assert isinstance(event, RecordingPauseRequested)
    agent = turn.agent
    if agent is not None and agent.agent_id == event.agent_id:
        _silence(turn, Silenced.AGENT, event.paused, by=event.agent_id)


def silenced(turn: Turn, event: Happening) -> None:
    """Keys that nobody may know are being entered, or are no more."""
    assert isinstance(event, SilenceRecording)
    _silence(turn, Silenced.KEYS, event.silent, why=Silenced.KEYS.value)


def refused(turn: Turn, event: Happening) -> None:
    """The recording could not begin: the talk goes on without, and the record says why."""
    assert isinstance(event, RequestFailed)
    begun = [each for each in turn.conversation.recordings if each.channel_id == event.target]
    running = begun[-1] if begun else None
    if event.command == StartRecording.__name__ and running is not None:
        _settled(turn, running.contact_id, Recording(RecordingStatus.FAILED, reason=event.reason))


def finished(turn: Turn, event: RecordingFinished) -> None:
    """The result of a contact's recording is there; one that could not begin has its own already."""
    contact = turn.contact_named(event.contact_id)
    if contact is not None and contact.recording is None:
        _settled(turn, event.contact_id, event.recording)


def _settled(turn: Turn, contact_id: ContactId, result: Recording) -> None:
    left = tuple(each for each in turn.conversation.recordings if each.contact_id != contact_id)
    turn.change(recordings=left)
    turn.record_of(contact_id, recording=result)
    told = {"reason": result.reason} if result.reason else {}
    turn.note("recording failed" if result.status is RecordingStatus.FAILED else "recording available", **told)


def is_open(talk: Conversation, contact_id: ContactId) -> bool:
    return any(each.contact_id == contact_id for each in talk.recordings)


def kept_voices(recorded: Recorded) -> tuple[bool, bool]:
    """(customer, agent)"""
    return recorded in (Recorded.CUSTOMER, Recorded.BOTH), recorded in (Recorded.AGENT, Recorded.BOTH)


def _silence(turn: Turn, reason: Silenced, silent: bool, **details: str) -> None:
    """The recording is silent as long as there is a reason."""
    running = turn.conversation.recording
    if running is None or silent is (reason in running.silenced):
        return
    reasons = (*running.silenced, reason) if silent else tuple(each for each in running.silenced if each is not reason)
    if reasons and running.silenced:
        _replace(turn, replace(running, silenced=reasons))
    elif reasons:
        _replace(turn, replace(running, silenced=reasons, paused_ms=turn.now_ms))
        turn.note("recording", "paused", **details)
        turn.ask(PauseRecording(turn.key, running.channel_id))
    else:
        _end_pause(turn, running)
        _replace(turn, replace(running, silenced=(), paused_ms=None))
        turn.note("recording", "goes on", **details)
        turn.ask(ContinueRecording(turn.key, running.channel_id))


def _end_pause(turn: Turn, running: RunningRecording) -> None:
    if running.paused_ms is not None:
        gap = (running.paused_ms - running.since_ms, max(turn.happened_ms, running.paused_ms) - running.since_ms)
        turn.record(recording_gaps_ms=(*turn.contact.recording_gaps_ms, gap))


def _replace(turn: Turn, running: RunningRecording) -> None:
    recordings = turn.conversation.recordings
    turn.change(recordings=tuple(running if each.recording_id == running.recording_id else each for each in recordings))
