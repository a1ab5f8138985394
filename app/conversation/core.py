"""The conversation's one state machine: `step(conversation, contact, event, instance, now_ms, others) -> Step`.

Three tables are the whole machine. `CONSULTING` is what happens to a consultation, by its stage, when the event is about it;
`HANDLERS` what happens by phase; `ANY_PHASE` what means the same in every phase. An event that none of them lists is no news (a late
answer, a key pressed while talking) and changes nothing.
"""

from collections.abc import Callable, Mapping

from app.conversation import (
    conference,
    consult,
    ending,
    flows,
    hold,
    monitor,
    offer,
    outbound,
    outside,
    phone_keys,
    recording,
    talk,
    transfer_flow,
)
from app.conversation.state import Conversation, Phase, Stage
from app.conversation.step import Happening, Step, Turn
from app.domain import call_control as asked
from app.domain.contact import Contact
from app.domain.events import ChannelAnswered, ChannelEnded, RecordingFinished, RequestFailed, TimerFired
from app.domain.ids import ContactId
from app.domain.instance import Instance
from app.domain.requests import (
    AfterWorkDone,
    Answered,
    CallNumber,
    CancelCallback,
    ChangeQueue,
    DialCustomer,
    EnterQueue,
    FlowEnded,
    HoldParty,
    OfferContact,
    SilenceRecording,
    TransferToAgent,
)

Handler = Callable[[Turn, Happening], None]


def step(
    conversation: Conversation,
    contact: Contact,
    event: Happening,
    instance: Instance,
    now_ms: int,
    others: Mapping[ContactId, Contact] | None = None,
    full: Callable[[], str] = str,
) -> Step:
    """What follows from one event. The contacts come back with what the event made of them.

    `full` is asked before a number is called: why no more calls may go out now, in words, or nothing.
    """
    turn = Turn(conversation, contact, instance, now_ms, others, full)
    if isinstance(event, ChannelEnded) and event.late_ms:
        turn.told_late(event.late_ms)
    handler = None
    if conversation.consult is not None and _about_consult(turn, event):
        handler = CONSULTING.get((conversation.consult.stage, type(event)))
    if isinstance(event, ChannelAnswered | RequestFailed | TimerFired) and monitor.concerned(turn, event):
        return turn.step()
    handler = handler or HANDLERS.get((conversation.phase, type(event))) or ANY_PHASE.get(type(event))
    if handler is not None:
        handler(turn, event)
    if turn.conversation.watches:
        monitor.keep_up(turn)
    return turn.step()


def _about_consult(turn: Turn, event: Happening) -> bool:
    """True when the event is about the party consulted, the contact they are to take, the transfer flow, or one that
    agent or party hear after it."""
    consulting, agent = turn.conversation.consult, turn.agent
    if consulting is None:
        return False
    if isinstance(event, OfferContact):
        return event.contact_id == consulting.contact_id
    if isinstance(event, TimerFired):
        return consulting.other is not None and event.timer_id == turn.timer(consulting.other)
    if isinstance(event, RequestFailed):
        return event.target == consulting.other
    if isinstance(event, FlowEnded | EnterQueue | TransferToAgent | HoldParty):
        if consulting.stage is Stage.FLOW:
            return event.execution_id == consulting.run
        other = turn.party(consulting.other)
        return event.execution_id in {party.run for party in (agent, other) if party is not None}
    return consulting.other is not None and getattr(event, "channel_id", None) == consulting.other


def _cannot_be_done(turn: Turn, event: Happening) -> None:
    """A flow asks for what does not fit where the call is."""
    assert isinstance(event, CallNumber | TransferToAgent | HoldParty | DialCustomer)
    turn.ask(Answered(event.contact_id, event.invocation_id, "error", "the call is not where this can be done"))


HANDLERS: dict[tuple[Phase, type], Handler] = {
    # the customer is in a flow
    (Phase.FLOW, EnterQueue): flows.entered_queue,
    (Phase.FLOW, FlowEnded): flows.flow_ended_disconnects,
    (Phase.FLOW, CallNumber): outside.requested,
    # the customer waits
    (Phase.QUEUED, OfferContact): offer.offered,
    (Phase.QUEUED, FlowEnded): flows.queue_flow_ended,
    (Phase.QUEUED, EnterQueue): flows.entered_queue,
    (Phase.QUEUED, ChangeQueue): flows.changed_queue,
    (Phase.QUEUED, CallNumber): outside.requested,
    (Phase.QUEUED, CancelCallback): outbound.callback_cancelled,
    # an agent's phone rings
    (Phase.RINGING, ChannelAnswered): offer.answered,
    (Phase.RINGING, TimerFired): offer.rang_out,
    (Phase.RINGING, RequestFailed): offer.ring_refused,
    (Phase.RINGING, FlowEnded): flows.queue_flow_ended,
    (Phase.RINGING, ChannelEnded): offer.ended_while_ringing,
    (Phase.RINGING, ChangeQueue): flows.changed_queue,
    (Phase.RINGING, CallNumber): outside.requested,
    (Phase.RINGING, CancelCallback): outbound.callback_cancelled,
    (Phase.RINGING, asked.LeaveRequested): talk.left,
    # the customer is called
    (Phase.DIALLING, ChannelAnswered): outbound.answered,
    (Phase.DIALLING, ChannelEnded): outbound.ended,
    (Phase.DIALLING, TimerFired): outbound.rang_out,
    (Phase.DIALLING, RequestFailed): outbound.refused,
    (Phase.DIALLING, DialCustomer): outbound.placed_by_flow,
    (Phase.DIALLING, FlowEnded): outbound.flow_ended,
    (Phase.DIALLING, asked.LeaveRequested): talk.left,
    # the agent hears who it is, the customer that somebody is there
    (Phase.WHISPER, FlowEnded): talk.whisper_ended,
    (Phase.WHISPER, ChannelEnded): talk.ended_while_whispering,
    (Phase.WHISPER, asked.LeaveRequested): talk.left,
    # they talk
    (Phase.TALK, ChannelEnded): phone_keys.line_ended,
    (Phase.TALK, RequestFailed): talk.refused,
    (Phase.TALK, FlowEnded): talk.hold_flow_ended,
    (Phase.TALK, asked.HoldRequested): hold.held,
    (Phase.TALK, asked.ResumeRequested): hold.resumed,
    (Phase.TALK, asked.MuteRequested): hold.muted,
    (Phase.TALK, asked.DigitsRequested): hold.keys_pressed,
    (Phase.TALK, asked.RecordingPauseRequested): recording.paused,
    (Phase.TALK, asked.TransferRequested): consult.requested,
    (Phase.TALK, asked.SwapRequested): conference.swapped,
    (Phase.TALK, asked.JoinRequested): conference.joined,
    (Phase.TALK, asked.DropRequested): conference.dropped,
    (Phase.TALK, asked.LeaveRequested): talk.left,
    (Phase.TALK, asked.SupervisionRequested): monitor.requested,
    (Phase.TALK, asked.PhoneHeld): phone_keys.held,
    (Phase.TALK, asked.PhoneTransferred): phone_keys.transferred,
    (Phase.TALK, asked.PhoneLinesJoined): phone_keys.lines_joined,
    (Phase.TALK, asked.ConsultOnPhone): phone_keys.dialled,
    # the customer is with an outside number
    (Phase.OUTSIDE, ChannelAnswered): outside.answered,
    (Phase.OUTSIDE, ChannelEnded): outside.ended,
    (Phase.OUTSIDE, TimerFired): outside.rang_out,
    (Phase.OUTSIDE, RequestFailed): outside.refused,
    # the agent has left, the customer hears the disconnect flow
    (Phase.REMAINING, FlowEnded): flows.flow_ended_disconnects,
    (Phase.REMAINING, EnterQueue): flows.entered_queue,
    (Phase.REMAINING, CallNumber): outside.requested,
}

CONSULTING: dict[tuple[Stage, type], Handler] = {
    (Stage.FLOW, EnterQueue): transfer_flow.queues,
    (Stage.FLOW, TransferToAgent): transfer_flow.rings,
    (Stage.FLOW, HoldParty): transfer_flow.holds,
    (Stage.FLOW, FlowEnded): transfer_flow.ended,
    (Stage.QUEUED, OfferContact): consult.offered,
    (Stage.QUEUED, FlowEnded): consult.queue_flow_ended,
    (Stage.RINGING, ChannelAnswered): consult.answered,
    (Stage.RINGING, ChannelEnded): consult.ended,
    (Stage.RINGING, TimerFired): consult.rang_out,
    (Stage.RINGING, RequestFailed): consult.refused,
    (Stage.RINGING, FlowEnded): consult.queue_flow_ended,
    (Stage.WHISPER, FlowEnded): consult.whisper_ended,
    (Stage.WHISPER, ChannelEnded): consult.ended,
    (Stage.TALK, ChannelEnded): consult.ended,
}

ANY_PHASE: dict[type, Handler] = {
    ChannelEnded: ending.customer_ended,
    OfferContact: offer.offered_too_late,
    RecordingFinished: ending.recording_finished,
    RequestFailed: ending.recording_refused,
    SilenceRecording: recording.silenced,
    AfterWorkDone: ending.after_work_done,
    CallNumber: _cannot_be_done,
    TransferToAgent: _cannot_be_done,
    HoldParty: _cannot_be_done,
    DialCustomer: _cannot_be_done,
    asked.ConsultOnPhone: phone_keys.refused,
}
