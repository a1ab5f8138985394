"""How conversations begin: somebody calls, an agent dials, a program wants somebody called, a callback waits for its time."""

import uuid
from collections.abc import Callable
from dataclasses import replace

from app.conversation import chain, offer, outbound, parties
from app.conversation.state import Callback, Conversation, Party, Phase, Place, Role
from app.conversation.step import Step, Turn
from app.domain.agent import AgentTrigger
from app.domain.call_control import CallRequested, OutboundCallRequested
from app.domain.commands import Answer
from app.domain.contact import Contact, InitiationMethod
from app.domain.events import CallArrived
from app.domain.ids import AgentId, ChannelId, ContactId, InvocationId, QueueId
from app.domain.instance import FlowType, Instance
from app.domain.requests import MoveAgent, QueueCallback

NO_CHANNEL = ChannelId("")
"""Of a customer who has not been called yet."""


def arrived(call: CallArrived, contact: Contact, instance: Instance, now_ms: int) -> Step:
    """Answers the customer and runs the flow of the number that was dialled."""
    customer = Party(call.channel_id, Role.CUSTOMER, Place.APART, now_ms, contact.contact_id)
    talk = Conversation(call.contact_id, call.node, Phase.FLOW, now_ms, parties=(customer,), customer=call.channel_id)
    turn = Turn(talk, contact, instance, now_ms)
    turn.record(connected_to_system_ms=now_ms)
    turn.ask(Answer(turn.key, call.channel_id))
    parties.run_flow(turn, call.channel_id, FlowType.CONTACT)
    return turn.step()


def dialled_by_agent(event: CallRequested, contact: Contact, instance: Instance, now_ms: int) -> Step:
    """The agent's own phone rings first; the customer is called once they answer."""
    turn = Turn(Conversation(event.contact_id, event.node, Phase.RINGING, now_ms), contact, instance, now_ms)
    turn.note("call", "agent dials", to=event.number)
    turn.ask(MoveAgent(event.agent_id, contact.contact_id, AgentTrigger.OFFERED))
    party = offer.ring(turn, event.agent_id, contact, contact.queue_id)
    if party is not None:
        turn.change(lead=party.channel_id)
    return turn.step()


def dialled_on_phone(
    call: CallArrived,
    agent_id: AgentId,
    contact: Contact,
    instance: Instance,
    now_ms: int,
    full: Callable[[], str] = str,
) -> Step:
    """An agent dialled on their own phone: they are there, and the customer is called."""
    agent = Party(call.channel_id, Role.AGENT, Place.APART, now_ms, contact.contact_id, agent_id)
    talk = Conversation(call.contact_id, call.node, Phase.DIALLING, now_ms, parties=(agent,), lead=call.channel_id)
    turn = Turn(talk, contact, instance, now_ms, full=full)
    turn.note("call", "agent dials", to=contact.customer_number)
    turn.ask(Answer(turn.key, call.channel_id), MoveAgent(agent_id, contact.contact_id, AgentTrigger.DIALLED))
    chain.handled_by(turn, agent_id, contact.contact_id)
    outbound.call_customer(turn)
    return turn.step()


def called_by_program(
    event: OutboundCallRequested, contact: Contact, instance: Instance, now_ms: int, full: Callable[[], str] = str
) -> Step:
    """The customer is called; the flow begins when they answer."""
    talk = Conversation(event.contact_id, event.node, Phase.DIALLING, now_ms)
    turn = Turn(talk, contact, instance, now_ms, full=full)
    turn.note("call", "a program calls", to=event.number)
    outbound.call_for_flow(turn, event)
    return turn.step()


def callback_id(invocation_id: InvocationId) -> ContactId:
    """The contact of a callback: always the same for one question of one run."""
    return ContactId(str(uuid.uuid5(uuid.NAMESPACE_OID, invocation_id)))


def callback_contact(contact_id: ContactId, before: Contact, number: str, queue_id: QueueId, now_ms: int) -> Contact:
    """The contact that waits in the customer's stead, with everything that the flow has set."""
    return replace(
        before,
        contact_id=contact_id,
        channel_id=NO_CHANNEL,
        initiation=InitiationMethod.CALLBACK,
        customer_number=number,
        initiated_ms=now_ms,
        initial_contact_id=before.initial_contact_id or before.contact_id,
        previous_contact_id=before.contact_id,
        next_contact_id=None,
        connected_to_system_ms=None,
        queue_id=queue_id,
        not_reached="",
        queued_in=None,
        enqueued_ms=None,
        dequeued_ms=None,
        connection_attempts=0,
        handling=None,
        recording=None,
        recording_gaps_ms=(),
    )


def followed_by(before: Contact, contact_id: ContactId) -> Contact:
    return replace(before, next_contact_id=contact_id)


def called_back(event: QueueCallback, contact: Contact, since_ms: int, instance: Instance, now_ms: int) -> Step:
    """Waits in the customer's stead, as long as the customer has waited, and is offered to nobody before its delay is over."""
    not_before_ms = now_ms + event.initial_delay_s * 1000
    talk = Conversation(
        contact.contact_id,
        contact.node,
        Phase.QUEUED,
        now_ms,
        queue_id=event.queue_id,
        waiting_since_ms=since_ms,
        callback=Callback(max(event.attempts, 1), event.retry_delay_s, not_before_ms),
    )
    turn = Turn(talk, contact, instance, now_ms)
    turn.record(queued_in=event.queue_id, enqueued_ms=now_ms)
    turn.note("callback planned", contact.customer_number, attempts=str(event.attempts))
    turn.ask(chain.waiting(turn.contact, event.queue_id, since_ms, not_before_ms))
    return turn.step()
