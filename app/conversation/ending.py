"""How a conversation ends: hang-ups from either side, after contact work, and the moment when nothing is open any more."""

from dataclasses import replace

from app.conversation.state import Phase
from app.conversation.step import Happening, Turn
from app.domain.agent import AgentTrigger
from app.domain.commands import CancelTimer, DestroyBridge, FinishRecording, Hangup
from app.domain.contact import DisconnectReason, Recorded
from app.domain.events import ChannelEnded, RecordingFinished
from app.domain.ids import TimerId
from app.domain.requests import AfterWorkDone, ContactOver, LeaveQueue, MoveAgent, StopFlow


def hang_up_customer(turn: Turn, reason: DisconnectReason, words: str = "") -> None:
    """Ends the customer's channel; what else is open (a ringing agent, the queue) is let go first."""
    release_agent(turn, AgentTrigger.CALLER_GONE)
    leave_queue(turn)
    turn.stop_run()
    if turn.contact.disconnect_reason is None:
        turn.record(disconnect_reason=reason)
    turn.note("hang up", reason.value, **({"reason": words} if words else {}))
    turn.become(Phase.ENDING)
    turn.ask(Hangup(turn.conversation.contact_id, turn.conversation.customer))


def customer_or_leg_ended(turn: Turn, event: Happening) -> None:
    """In every phase without a talking agent: the customer's end closes the contact, a leg's late end is only noted."""
    assert isinstance(event, ChannelEnded)
    leg = turn.conversation.leg
    if leg is not None and event.channel_id == leg.channel_id:
        turn.change(leg=None)
    elif event.channel_id == turn.conversation.customer and turn.conversation.phase is not Phase.GONE:
        customer_gone(turn, event)


def customer_gone(turn: Turn, event: ChannelEnded) -> None:
    """The customer's channel is gone: everything that hung on it ends."""
    release_agent(turn, AgentTrigger.CALLER_GONE)
    leave_queue(turn)
    turn.stop_run()
    stop_recording(turn)
    drop_bridge(turn)
    fell = event.cause == 0
    turn.record(
        disconnected_ms=turn.now_ms,
        disconnect_reason=turn.contact.disconnect_reason
        or (DisconnectReason.SYSTEM if fell else DisconnectReason.CUSTOMER),
    )
    turn.note("customer gone", event.reason, cause=str(event.cause))
    turn.become(Phase.GONE)
    finish_if_over(turn)


def release_agent(turn: Turn, trigger: AgentTrigger) -> None:
    """Lets the agent go: one who rings is freed by `trigger`, one who answered enters after contact work."""
    leg = turn.conversation.leg
    if leg is None:
        return
    contact_id = turn.conversation.contact_id
    if leg.run is not None:
        turn.ask(StopFlow(contact_id, leg.run))
    turn.ask(Hangup(contact_id, leg.channel_id))
    if leg.answered:
        enter_after_work(turn)
    else:
        turn.ask(CancelTimer(ring_timer(turn)), MoveAgent(leg.agent_id, contact_id, trigger))
    turn.change(leg=None)


def enter_after_work(turn: Turn, reason: str = "") -> None:
    """The agent's part of the talk is over: after contact work begins."""
    leg = turn.conversation.leg
    if leg is None:
        return
    if turn.contact.handling is not None:
        turn.record(
            handling=replace(turn.contact.handling, interaction_ended_ms=turn.now_ms, after_work_started_ms=turn.now_ms)
        )
    turn.ask(MoveAgent(leg.agent_id, turn.conversation.contact_id, AgentTrigger.CONTACT_ENDED, reason))
    turn.change(after_work_by=leg.agent_id)


def leave_queue(turn: Turn) -> None:
    if turn.conversation.phase in (Phase.QUEUED, Phase.RINGING):
        turn.record(dequeued_ms=turn.now_ms)
        turn.ask(LeaveQueue(turn.conversation.contact_id))


def stop_recording(turn: Turn) -> None:
    talk = turn.conversation
    if talk.recording_open and not talk.recording_stopping and talk.recording_id is not None:
        customer, agent = kept_voices(turn.contact.recorded)
        turn.change(recording_stopping=True)
        turn.ask(FinishRecording(talk.contact_id, talk.customer, talk.recording_id, customer, agent))


def drop_bridge(turn: Turn) -> None:
    if turn.conversation.bridge_id is not None:
        turn.ask(DestroyBridge(turn.conversation.contact_id, turn.conversation.bridge_id))
        turn.change(bridge_id=None)


def recording_finished(turn: Turn, event: Happening) -> None:
    assert isinstance(event, RecordingFinished)
    turn.record(recording=event.recording)
    turn.change(recording_open=False)
    turn.note(
        "recording",
        event.recording.status.value,
        **({"reason": event.recording.reason} if event.recording.reason else {}),
    )
    finish_if_over(turn)


def after_work_done(turn: Turn, event: Happening) -> None:
    assert isinstance(event, AfterWorkDone)
    if turn.conversation.after_work_by != event.agent_id:
        return
    turn.change(after_work_by=None)
    if turn.contact.handling is not None:
        turn.record(handling=replace(turn.contact.handling, after_work_ended_ms=turn.now_ms))
    turn.note("after contact work", "done")
    finish_if_over(turn)


def finish_if_over(turn: Turn) -> None:
    """The contact is over when the customer is gone, the recording is settled and the agent's work is done."""
    talk = turn.conversation
    if (
        talk.phase is Phase.GONE
        and not talk.recording_open
        and talk.after_work_by is None
        and turn.contact.finished_ms is None
    ):
        turn.record(finished_ms=turn.now_ms)
        turn.ask(ContactOver(talk.contact_id))


def kept_voices(recorded: Recorded) -> tuple[bool, bool]:
    """(customer, agent)"""
    return recorded in (Recorded.CUSTOMER, Recorded.BOTH), recorded in (Recorded.AGENT, Recorded.BOTH)


def ring_timer(turn: Turn) -> TimerId:
    return TimerId(f"{turn.conversation.contact_id}.ring")
