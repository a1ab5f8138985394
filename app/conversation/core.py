"""The conversation's one state machine: `step(conversation, contact, event, instance, now_ms) -> Step`.

`HANDLERS` is the whole machine: what happens, by phase and event; `ANY_PHASE` is what means the same in every phase. An event that
neither lists is no news (a late answer, a key pressed while talking) and changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.conversation import ending, flows, offer, talk
from app.conversation.state import Conversation, Phase
from app.conversation.step import Happening, Step, Turn
from app.domain.commands import Answer
from app.domain.contact import Contact
from app.domain.events import CallArrived, ChannelAnswered, ChannelEnded, RecordingFinished, RequestFailed, TimerFired
from app.domain.ids import ExecutionId
from app.domain.instance import FlowType, Instance
from app.domain.requests import AfterWorkDone, ChangeQueue, EnterQueue, FlowEnded, OfferContact, StartFlow

Handler = Callable[[Turn, Happening], None]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A contact that begins with a customer's call."""

    contact: Contact
    call: CallArrived


def begin(arrival: Arrival, now_ms: int) -> Step:
    """Answers the customer and runs the flow of the number that was dialled."""
    call, contact = arrival.call, arrival.contact
    run = ExecutionId(f"{contact.contact_id}.1")
    conversation = Conversation(call.contact_id, call.node, call.channel_id, Phase.FLOW, now_ms, serial=1, run=run)
    start = StartFlow(contact.contact_id, run, call.channel_id, FlowType.CONTACT)
    return Step(
        conversation,
        replace(contact, connected_to_system_ms=now_ms),
        (Answer(contact.contact_id, call.channel_id), start),
    )


def step(conversation: Conversation, contact: Contact, event: Happening, instance: Instance, now_ms: int) -> Step:
    """What follows from one event. The contact comes back with what the event made of it."""
    turn = Turn(conversation, contact, instance, now_ms)
    handler = HANDLERS.get((conversation.phase, type(event))) or ANY_PHASE.get(type(event))
    if handler is not None:
        handler(turn, event)
    return turn.step()


HANDLERS: dict[tuple[Phase, type], Handler] = {
    # the customer is in a flow
    (Phase.FLOW, EnterQueue): flows.entered_queue,
    (Phase.FLOW, FlowEnded): flows.flow_ended_disconnects,
    # the customer waits
    (Phase.QUEUED, OfferContact): offer.offered,
    (Phase.QUEUED, FlowEnded): flows.queue_flow_ended,
    (Phase.QUEUED, EnterQueue): flows.entered_queue,
    (Phase.QUEUED, ChangeQueue): flows.changed_queue,
    # an agent's phone rings
    (Phase.RINGING, ChannelAnswered): offer.answered,
    (Phase.RINGING, TimerFired): offer.rang_out,
    (Phase.RINGING, RequestFailed): offer.ring_refused,
    (Phase.RINGING, FlowEnded): flows.queue_flow_ended,
    (Phase.RINGING, ChannelEnded): offer.ended_while_ringing,
    # the agent hears who it is, the customer that somebody is there
    (Phase.WHISPER, FlowEnded): talk.whisper_ended,
    (Phase.WHISPER, ChannelEnded): talk.ended_while_whispering,
    # they talk
    (Phase.TALK, ChannelEnded): talk.ended_while_talking,
    (Phase.TALK, RequestFailed): talk.join_refused,
    # the agent has left, the customer hears the disconnect flow
    (Phase.REMAINING, FlowEnded): flows.flow_ended_disconnects,
    (Phase.REMAINING, EnterQueue): flows.entered_queue,
}

ANY_PHASE: dict[type, Handler] = {
    ChannelEnded: ending.customer_or_leg_ended,
    OfferContact: offer.offered_too_late,
    RecordingFinished: ending.recording_finished,
    AfterWorkDone: ending.after_work_done,
}
