"""Consulting: the customer is on hold while the agent calls another agent, a queue or an outside number, and talks with them.

`core.CONSULTING` is the table of what happens to the consultation itself. Whatever goes wrong brings the customer back to the agent.
"""

from dataclasses import replace

from app.conversation import chain, ending, handover, hold, offer, parties
from app.conversation.state import Call, Consult, Party, Place, Role, Sound, Stage
from app.conversation.step import Happening, Turn
from app.domain.agent import REASONS, AgentTrigger
from app.domain.call_control import TransferRequested
from app.domain.causes import in_words
from app.domain.commands import Hangup
from app.domain.contact import Hook, InitiationMethod
from app.domain.events import ChannelAnswered, ChannelEnded, RequestFailed, TimerFired
from app.domain.ids import QueueId, agent_queue
from app.domain.instance import FlowType
from app.domain.requests import (
    FlowEnded,
    FlowOutcome,
    LeaveQueue,
    MoveAgent,
    OfferContact,
)

ANSWER_TIME_S = 60
"""How long an outside number may ring while an agent waits for it."""


def requested(turn: Turn, event: Happening) -> None:
    """The agent wants to transfer: the customer is put on hold, and the one to be consulted is called."""
    assert isinstance(event, TransferRequested)
    agent, customer = hold.own_party(turn, event), turn.customer
    if agent is None or customer is None or turn.conversation.consult is not None:
        return
    turn.change(transfer_failed="")
    if event.to_number:
        _call_number(turn, agent, customer, event)
    elif event.to_queue is not None:
        _run_transfer_flow(turn, agent, customer, event, event.to_queue)
    elif event.to_agent is not None:
        _run_transfer_flow(turn, agent, customer, event, agent_queue(event.to_agent))


def _call_number(turn: Turn, agent: Party, customer: Party, event: TransferRequested) -> None:
    refused = turn.refusal(event.to_number)
    if refused:
        turn.note("transfer", "refused", to=event.to_number, reason=refused)
        turn.change(transfer_failed=refused)
        return
    parties.hold(turn, customer.channel_id)
    number, name = turn.instance.caller_id(turn.contact.queued_in or turn.contact.queue_id, turn.contact.system_number)
    shown = Call(event.to_number, number, name, ANSWER_TIME_S)
    other = parties.new_call(turn, Role.OUTSIDE, shown, turn.contact)
    turn.change(consult=Consult(Stage.RINGING, other=other.channel_id, blind=event.blind))
    turn.note("transfer", "number", to=event.to_number)
    parties.call_heard(turn, agent.channel_id, other)
    if event.blind:
        handover.hand_over(turn)


def _run_transfer_flow(turn: Turn, agent: Party, customer: Party, event: TransferRequested, queue_id: QueueId) -> None:
    parties.hold(turn, customer.channel_id)
    parties.apart(turn, agent.channel_id)
    contact = chain.following(turn, InitiationMethod.TRANSFER, queue_id)
    consult = Consult(Stage.FLOW, contact.contact_id, event.to_agent, queue_id, turn.now_ms, blind=event.blind)
    turn.change(consult=consult)
    turn.note("transfer", "agent" if event.to_agent else "queue", to=event.to_agent or queue_id)
    type_ = FlowType.AGENT_TRANSFER if event.to_agent else FlowType.QUEUE_TRANSFER
    flow_id = event.flow_id or turn.instance.default_flows.get(type_)
    if flow_id in turn.instance.flows:
        run = parties.run_flow(turn, agent.channel_id, type_, None, flow_id, contact.contact_id)
        turn.change(consult=replace(consult, run=run))
    else:
        wait(turn, queue_id)


def wait(turn: Turn, queue_id: QueueId) -> None:
    """The agent waits in the customer's stead; who leaves blindly lets the customer wait."""
    consult, agent = turn.conversation.consult, turn.agent
    assert consult is not None
    assert agent is not None
    turn.change(
        consult=replace(consult, stage=Stage.QUEUED, queue_id=queue_id, waiting_since_ms=turn.now_ms),
    )
    turn.record_of(consult.contact_id, queue_id=queue_id, queued_in=queue_id, enqueued_ms=turn.now_ms)
    contact = turn.contact_named(consult.contact_id)
    assert contact is not None
    parties.quiet(turn, agent.channel_id)
    waiting = chain.waiting(contact, queue_id, turn.now_ms)
    if consult.blind:
        turn.ask(waiting)
        handover.hand_over(turn)
        return
    parties.run_flow(turn, agent.channel_id, FlowType.CUSTOMER_QUEUE, Hook.CUSTOMER_QUEUE, None, contact.contact_id)
    turn.ask(waiting)


def queue_flow_ended(turn: Turn, event: Happening) -> None:
    """The agent has heard the queue's flow to its end and waits to music; its Disconnect block ends the consultation."""
    assert isinstance(event, FlowEnded)
    agent = turn.agent
    if agent is None:
        return
    turn.alter(agent.channel_id, run=None)
    if event.outcome is FlowOutcome.DISCONNECT:
        over(turn, "the queue's flow ended the transfer")
    else:
        parties.sound(turn, agent.channel_id, Sound.MUSIC)


def offered(turn: Turn, event: Happening) -> None:
    """Routing chose an agent to consult: ring them."""
    assert isinstance(event, OfferContact)
    consult = turn.conversation.consult
    contact = turn.contact_named(event.contact_id)
    party = offer.ring(turn, event.agent_id, contact, event.queue_id) if contact else None
    if consult is None or party is None:
        offer.offered_too_late(turn, event)
        return
    turn.change(consult=replace(consult, stage=Stage.RINGING, other=party.channel_id, not_answered=""))
    turn.note("ring agent", turn.instance.agents[event.agent_id].username, why=event.why)


def answered(turn: Turn, event: Happening) -> None:
    """The one to be consulted answered: an agent hears the agent whisper first."""
    assert isinstance(event, ChannelAnswered)
    consult, agent = turn.conversation.consult, turn.agent
    other = turn.party(event.channel_id)
    if consult is None or agent is None or other is None or other.place is not Place.DIALLED:
        return
    parties.answered(turn, other.channel_id)
    if other.agent_id is None or consult.contact_id is None:
        _talk(turn, consult, other)
        return
    turn.record_of(consult.contact_id, dequeued_ms=turn.now_ms)
    chain.handled_by(turn, other.agent_id, consult.contact_id)
    turn.change(consult=replace(consult, stage=Stage.WHISPER))
    turn.ask(LeaveQueue(consult.contact_id), MoveAgent(other.agent_id, consult.contact_id, AgentTrigger.ANSWERED))
    parties.quiet(turn, agent.channel_id)
    parties.run_flow(turn, other.channel_id, FlowType.AGENT_WHISPER, Hook.AGENT_WHISPER, None, consult.contact_id)


def whisper_ended(turn: Turn, event: Happening) -> None:
    """The agent consulted knows who it is: the two agents talk."""
    assert isinstance(event, FlowEnded)
    consult = turn.conversation.consult
    other = turn.party(consult.other) if consult else None
    if consult is not None and other is not None and other.run == event.execution_id:
        turn.alter(other.channel_id, run=None)
        chain.heard_by_agent(turn, other.contact_id)
        _talk(turn, consult, other)


def _talk(turn: Turn, consult: Consult, other: Party) -> None:
    turn.change(consult=replace(consult, stage=Stage.TALK))
    turn.note("consulting")
    if turn.agent is not None:
        parties.join(turn, turn.agent.channel_id, other.channel_id)


def ended(turn: Turn, event: Happening) -> None:
    """The one consulted hung up, or could not be reached."""
    assert isinstance(event, ChannelEnded)
    consult, other = turn.conversation.consult, turn.party(event.channel_id)
    if consult is None or other is None:
        return
    if parties.trunk_failed(other, event):
        turn.change(consult=replace(consult, other=parties.next_trunk(turn, other, in_words(event.cause))))
    elif other.agent_id is None:
        parties.lost(turn, other.channel_id)
        over(turn, in_words(event.cause))
    elif other.place is Place.DIALLED:
        _not_answered(turn, other, *offer.why_not_answered(event))
    else:
        parties.lost(turn, other.channel_id)
        ending.enter_after_work(turn, other)
        over(turn, in_words(event.cause))


def rang_out(turn: Turn, event: Happening) -> None:
    """The one to be consulted has not answered in time."""
    assert isinstance(event, TimerFired)
    consult = turn.conversation.consult
    other = turn.party(consult.other) if consult else None
    if other is None:
        return
    turn.ask(Hangup(turn.key, other.channel_id, 19))
    if other.agent_id is None:
        parties.lost(turn, other.channel_id)
        over(turn, in_words(19))
    else:
        _not_answered(turn, other, AgentTrigger.RANG_OUT, REASONS[AgentTrigger.RANG_OUT])


def refused(turn: Turn, event: Happening) -> None:
    """The one to be consulted cannot be called."""
    assert isinstance(event, RequestFailed)
    consult = turn.conversation.consult
    other = turn.party(consult.other) if consult else None
    if consult is None or other is None or other.place is not Place.DIALLED:
        return
    why = parties.why_no_trunk(other, event)
    if parties.trunk_failed(other, event):
        turn.change(consult=replace(consult, other=parties.next_trunk(turn, other, event.reason)))
    elif other.agent_id is not None:
        _not_answered(turn, other, AgentTrigger.UNREACHABLE, why)
    else:
        parties.lost(turn, other.channel_id)
        over(turn, why)


def _not_answered(turn: Turn, other: Party, trigger: AgentTrigger, reason: str) -> None:
    """The transfer waits on for an agent."""
    consult = turn.conversation.consult
    assert consult is not None
    assert other.agent_id is not None
    parties.lost(turn, other.channel_id)
    turn.note("not answered", trigger.value, reason=reason)
    turn.ask(MoveAgent(other.agent_id, other.contact_id, trigger, reason))
    turn.change(consult=replace(consult, stage=Stage.QUEUED, other=None, not_answered=reason))
    contact = turn.contact_named(consult.contact_id)
    if contact is not None and consult.queue_id is not None:
        turn.ask(chain.waiting(contact, consult.queue_id, consult.waiting_since_ms))


def over(turn: Turn, reason: str) -> None:
    """The consultation is over, and the customer is with the agent again; at a phone that has them on hold, once it takes them back."""
    consult = turn.conversation.consult
    held = consult is not None and consult.lines is not None and consult.lines.held
    turn.note("consultation over", reason=reason)
    turn.change(transfer_failed=reason)
    ending.end_consult(turn)
    agent, customer = turn.agent, turn.conversation.customer
    if agent is not None and customer is not None and held:
        parties.hold(turn, customer)
        parties.hold(turn, agent.channel_id)
    elif agent is not None and customer is not None:
        parties.join(turn, customer, agent.channel_id)
    chain.finish_if_over(turn)
