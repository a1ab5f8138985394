"""Transfer to phone number: the customer is connected with an outside number, and with `resume` comes back to the flow."""

from dataclasses import replace

from app.conversation import chain, ending, parties
from app.conversation.state import Call, OutsideCall, Phase, Place, Role
from app.conversation.step import Happening, Turn
from app.domain.agent import AgentTrigger
from app.domain.causes import TRUNK_FAILED, in_words
from app.domain.commands import Hangup, SendDigits
from app.domain.contact import DisconnectReason
from app.domain.events import ChannelAnswered, ChannelEnded, RequestFailed, TimerFired
from app.domain.requests import Answered, CallNumber


def requested(turn: Turn, event: Happening) -> None:
    """A flow wants the number called. Who waits in a queue leaves it, and comes back to it when the call fails or is over."""
    assert isinstance(event, CallNumber)
    talk, customer = turn.conversation, turn.customer
    if customer is None or event.execution_id != customer.run:
        return
    refused = turn.refusal(event.number)
    if refused:
        turn.ask(Answered(event.contact_id, event.invocation_id, "error", refused))
        return
    if turn.agent is not None:
        ending.release(turn, turn.agent, AgentTrigger.CALLER_GONE)
    ending.leave_queue(turn)
    number, name = turn.instance.caller_id(turn.contact.queue_id, turn.contact.system_number, event.caller_number)
    shown = Call(event.number, number, event.caller_name or name, event.time_limit_s)
    other = parties.new_call(turn, Role.OUTSIDE, shown, turn.contact)
    back_to = Phase.QUEUED if talk.phase in ending.WAITING else Phase.FLOW
    call = OutsideCall(other.channel_id, event.invocation_id, event.resume, event.digits, back_to)
    turn.become(Phase.OUTSIDE, outside=call)
    turn.note("call number", event.number, shown=number)
    parties.call_heard(turn, customer.channel_id, other, keep_flow=True)


def answered(turn: Turn, event: Happening) -> None:
    """The other end is there: the two are joined. Without `resume` the flow is over now."""
    assert isinstance(event, ChannelAnswered)
    outside, customer = turn.conversation.outside, turn.customer
    if outside is None or customer is None or event.channel_id != outside.channel_id or outside.answered:
        return
    other = turn.party(outside.channel_id)
    assert other is not None
    parties.answered(turn, other.channel_id)
    turn.change(outside=replace(outside, answered=True, question=outside.question if outside.resume else None))
    turn.record(transferred_to=other.call.address if other.call else "", transfer_completed_ms=turn.now_ms)
    turn.note("number answered")
    parties.join(turn, customer.channel_id, other.channel_id, keep_flow=outside.resume)
    if outside.digits:
        turn.ask(SendDigits(turn.key, other.channel_id, outside.digits))


def ended(turn: Turn, event: Happening) -> None:
    """The other end is gone or could not be reached; another trunk is tried when it was the trunk."""
    assert isinstance(event, ChannelEnded)
    outside = turn.conversation.outside
    other = turn.party(event.channel_id)
    if outside is None or other is None or event.channel_id != outside.channel_id:
        ending.customer_ended(turn, event)
    elif outside.answered:
        parties.lost(turn, other.channel_id)
        _talk_over(turn, outside, event)
    elif event.cause in TRUNK_FAILED:
        channel_id = parties.next_trunk(turn, other, in_words(event.cause))
        turn.change(outside=replace(outside, channel_id=channel_id))
    else:
        parties.lost(turn, other.channel_id)
        _failed(turn, "call failure", in_words(event.cause))


def refused(turn: Turn, event: Happening) -> None:
    """The call could not be begun, or the two could not be joined."""
    assert isinstance(event, RequestFailed)
    outside = turn.conversation.outside
    other = turn.party(outside.channel_id) if outside else None
    parties.bridge_refused(turn, event)
    if outside is None or other is None or event.target != other.channel_id or other.place is not Place.DIALLED:
        return
    if event.status == 404 and other.call is not None and other.call.attempt == 0:
        parties.lost(turn, other.channel_id)
        _failed(turn, "error", event.reason)
    elif event.status == 404:
        parties.lost(turn, other.channel_id)
        _failed(turn, "call failure", parties.why_no_trunk(other, event))
    else:
        turn.change(outside=replace(outside, channel_id=parties.next_trunk(turn, other, event.reason)))


def rang_out(turn: Turn, event: Happening) -> None:
    """Nobody answered within the block's time."""
    assert isinstance(event, TimerFired)
    outside = turn.conversation.outside
    if outside is not None and event.timer_id == turn.timer(outside.channel_id) and not outside.answered:
        turn.ask(Hangup(turn.key, outside.channel_id, 19))
        parties.lost(turn, outside.channel_id)
        _failed(turn, "timeout", in_words(19))


def _failed(turn: Turn, result: str, reason: str) -> None:
    """The call did not come about: the flow decides what comes next; a customer whom no flow leads any more is let go."""
    outside = turn.conversation.outside
    assert outside is not None
    turn.note("call number", result, reason=reason)
    if outside.question is None:
        turn.change(outside=None)
        ending.remaining(turn, DisconnectReason.NOT_REACHED)
        return
    _back(turn, outside)
    turn.ask(Answered(turn.contact_id, outside.question, result if outside.resume else "error", reason))


def _talk_over(turn: Turn, outside: OutsideCall, event: ChannelEnded) -> None:
    """The other end hung up: the flow goes on, or the disconnect flow, or the call is over."""
    turn.note("number hung up", event.reason)
    if outside.question is None:
        turn.change(outside=None)
        ending.remaining(turn, DisconnectReason.SYSTEM if event.cause == 0 else DisconnectReason.AGENT)
        return
    _back(turn, outside)
    turn.ask(Answered(turn.contact_id, outside.question, "success"))


def _back(turn: Turn, outside: OutsideCall) -> None:
    """The customer is alone with the flow again, in the queue when it was a queue's flow."""
    talk, customer = turn.conversation, turn.customer
    assert customer is not None
    parties.apart(turn, customer.channel_id, keep_flow=True)
    parties.drop_bridge(turn)
    turn.become(outside.back_to, outside=None)
    if outside.back_to is Phase.QUEUED and talk.queue_id is not None:
        turn.record(dequeued_ms=None)
        turn.ask(chain.waiting(turn.contact, talk.queue_id, talk.waiting_since_ms))
