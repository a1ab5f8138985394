"""How a conversation ends: hang-ups from either side, after contact work, and the moment when nothing is open any more."""

from dataclasses import replace

from app.conversation import chain, lines, parties, recording
from app.conversation.state import Party, Phase, Place, Role, Stage
from app.conversation.step import Happening, Turn
from app.domain.agent import AgentTrigger
from app.domain.commands import Hangup
from app.domain.contact import DisconnectReason, Hook
from app.domain.events import ChannelEnded, RecordingFinished
from app.domain.instance import FlowType
from app.domain.requests import AfterWorkDone, LeaveQueue, MoveAgent

WAITING = (Phase.QUEUED, Phase.RINGING)


def hang_up_customer(turn: Turn, reason: DisconnectReason, words: str = "") -> None:
    """Ends the customer's channel; what else is open (a ringing agent, the queue) is let go first."""
    _let_go(turn)
    turn.note("hang up", reason.value, **({"reason": words} if words else {}))
    customer = turn.customer
    if customer is None or customer.place is Place.DIALLED:
        over(turn, reason)
        return
    parties.apart(turn, customer.channel_id)
    if turn.contact.disconnect_reason is None:
        turn.record(disconnect_reason=reason)
    turn.become(Phase.ENDING)
    turn.ask(Hangup(turn.key, customer.channel_id))


def remaining(turn: Turn, reason: DisconnectReason) -> None:
    """Whoever the customer was with has left: the disconnect flow when the contact has one, else the end."""
    customer, flow_id = turn.customer, turn.contact.hooks.get(Hook.CUSTOMER_REMAINING)
    recording.stop(turn)
    if customer is None or flow_id not in turn.instance.flows:
        parties.drop_bridge(turn)
        hang_up_customer(turn, reason)
        return
    parties.drop_bridge(turn)
    parties.apart(turn, customer.channel_id)
    turn.become(Phase.REMAINING)
    parties.run_flow(turn, customer.channel_id, FlowType.CONTACT, Hook.CUSTOMER_REMAINING, flow_id)


def customer_ended(turn: Turn, event: Happening) -> None:
    """In every phase: the customer's end closes the contact."""
    assert isinstance(event, ChannelEnded)
    if event.channel_id == turn.conversation.customer:
        customer_gone(turn, event)
    else:
        parties.lost(turn, event.channel_id)


def customer_gone(turn: Turn, event: ChannelEnded) -> None:
    """The customer's channel is gone: everything that hung on it ends."""
    parties.lost(turn, event.channel_id)
    turn.note("customer gone", event.reason, cause=str(event.cause))
    _let_go(turn)
    over(turn, DisconnectReason.SYSTEM if event.cause == 0 else DisconnectReason.CUSTOMER)


def over(turn: Turn, reason: DisconnectReason) -> None:
    """The visit is over; recordings and after contact work may still be open."""
    if turn.conversation.customer is not None:
        parties.drop(turn, turn.conversation.customer)
    recording.stop(turn)
    parties.drop_bridge(turn)
    chain.close(turn, turn.contact_id, reason)
    turn.become(Phase.GONE, consult=None, outside=None, callback=None, question=None)
    chain.finish_if_over(turn)


def _let_go(turn: Turn) -> None:
    """Releases everybody but the customer, and leaves the queues."""
    leave_queue(turn)
    end_consult(turn)
    for party in turn.conversation.parties:
        if party.role is not Role.CUSTOMER:
            release(turn, party, AgentTrigger.CALLER_GONE)


def end_consult(turn: Turn) -> None:
    """The consultation is over and hands nobody over: its contact is closed, whoever was consulted is let go."""
    consult = turn.conversation.consult
    if consult is None:
        return
    for party in turn.conversation.parties:
        if consult.run is not None and party.run == consult.run:
            parties.quiet(turn, party.channel_id)
    lines.back_to_first(turn)
    turn.change(consult=None)
    if consult.contact_id is not None:
        if consult.stage in (Stage.QUEUED, Stage.RINGING):
            turn.record_of(consult.contact_id, dequeued_ms=turn.happened_ms)
            turn.ask(LeaveQueue(consult.contact_id))
        chain.close(turn, consult.contact_id, DisconnectReason.AGENT)
    other = turn.party(consult.other)
    if other is not None:
        release(turn, other, AgentTrigger.CALLER_GONE)


def release(turn: Turn, party: Party, trigger: AgentTrigger) -> None:
    """Lets a party go: an agent who rings is freed by `trigger`, one who answered enters after contact work."""
    parties.drop(turn, party.channel_id)
    if party.agent_id is None:
        return
    if party.place is Place.DIALLED:
        turn.ask(MoveAgent(party.agent_id, party.contact_id, trigger))
    else:
        enter_after_work(turn, party)


def enter_after_work(turn: Turn, party: Party, reason: str = "") -> None:
    """The agent's part of the talk is over: after contact work begins."""
    assert party.agent_id is not None
    contact = turn.contact_named(party.contact_id)
    if contact is not None and contact.handling is not None and contact.handling.agent_id == party.agent_id:
        ended = replace(contact.handling, interaction_ended_ms=turn.happened_ms, after_work_started_ms=turn.happened_ms)
        turn.record_of(party.contact_id, handling=ended)
    turn.ask(MoveAgent(party.agent_id, party.contact_id, AgentTrigger.CONTACT_ENDED, reason))
    turn.change(after_work={**turn.conversation.after_work, party.agent_id: party.contact_id})


def leave_queue(turn: Turn) -> None:
    if turn.conversation.phase in WAITING and turn.conversation.queue_id is not None:
        turn.record(dequeued_ms=turn.happened_ms)
        turn.ask(LeaveQueue(turn.contact_id))


def recording_finished(turn: Turn, event: Happening) -> None:
    assert isinstance(event, RecordingFinished)
    recording.finished(turn, event)
    chain.finish_if_over(turn)


def recording_refused(turn: Turn, event: Happening) -> None:
    recording.refused(turn, event)
    chain.finish_if_over(turn)


def after_work_done(turn: Turn, event: Happening) -> None:
    assert isinstance(event, AfterWorkDone)
    talk = turn.conversation
    if talk.after_work.get(event.agent_id) != event.contact_id:
        return
    turn.change(after_work={who: what for who, what in talk.after_work.items() if who != event.agent_id})
    contact = turn.contact_named(event.contact_id)
    if contact is not None and contact.handling is not None and contact.handling.agent_id == event.agent_id:
        turn.record_of(event.contact_id, handling=replace(contact.handling, after_work_ended_ms=turn.now_ms))
    turn.note("after contact work", "done")
    chain.finish_if_over(turn)
