"""Calls that programs start."""

import asyncio
import uuid

from app.calls.ports import Actor, Outcome, Started
from app.calls.ports.asks.outbound import StartOutboundContact
from app.calls.services import transfers
from app.calls.services.desk import Desk
from app.domain.call_control import OutboundCallRequested
from app.domain.contact import Contact
from app.domain.ids import ContactId, QueueId
from app.domain.instance import FlowContent, FlowType
from app.domain.phone import require_e164
from app.errors import BadInput, NotFound, NotNow

LONGEST_RING_S = 120
ATTRIBUTES_AT_MOST = 32 * 1024


class Outbound:
    """One call is begun at a time, so that limits and client tokens hold."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def start(self, desk: Desk, actor: Actor, ask: StartOutboundContact) -> Outcome:
        """The same client token gives the contact that it started before, live or finished. NotNow when that was for another
        number."""
        flow = _flow(desk, ask.flow)
        _check(desk, ask)
        contact_id = _contact_id(desk, ask.client_token)
        async with self._turn:
            before = await _customer_of(desk, contact_id) if ask.client_token else None
            if before is not None:
                if before != require_e164(ask.number, desk.instance.country):
                    raise NotNow(why=f"The client token was used before, for a call to {before}: choose another one.")
                return Outcome(Started(contact_id, again=True))
            number = transfers.callable_number(desk, ask.number)
            event = OutboundCallRequested(
                contact_id,
                desk.node(),
                number,
                flow.flow_id,
                ask.caller_number,
                QueueId(ask.queue_id) if ask.queue_id else None,
                ask.attributes,
                ask.timeout_s,
            )
            done = await desk.post(event, lambda: desk.brain.live(contact_id) is not None)
        return Outcome(Started(contact_id, again=False), done)


def _contact_id(desk: Desk, client_token: str) -> ContactId:
    """Always the same for one token, so that no list of tokens has to be kept."""
    if not client_token:
        return ContactId(str(uuid.uuid4()))
    return ContactId(str(uuid.uuid5(uuid.NAMESPACE_OID, f"{desk.instance.instance_id}:outbound:{client_token}")))


async def _customer_of(desk: Desk, contact_id: ContactId) -> str | None:
    """The number of a contact that was begun before; None when there is none."""
    live = desk.brain.live(contact_id)
    found: Contact | None = live.contacts.get(contact_id) if live is not None else None
    if found is not None:
        return found.customer_number
    try:
        record = await desk.engine.records.read(contact_id)
    except NotFound:
        return None
    endpoint = record.get("CustomerEndpoint")
    return str(endpoint.get("Address", "")) if isinstance(endpoint, dict) else ""


def _flow(desk: Desk, name: str) -> FlowContent:
    for flow in desk.instance.flows.values():
        if name in (flow.flow_id, flow.name):
            if flow.type is not FlowType.CONTACT:
                raise BadInput(
                    what=f"The flow {flow.name}", why=f"it is a {flow.type.value}; customers begin in a contactFlow"
                )
            return flow
    raise NotFound(what="published flow", name=name)


def _check(desk: Desk, ask: StartOutboundContact) -> None:
    instance = desk.instance
    if ask.queue_id and QueueId(ask.queue_id) not in instance.queues:
        raise NotFound(what="queue", name=ask.queue_id)
    if ask.caller_number and ask.caller_number not in instance.numbers:
        raise BadInput(what=f"The caller number {ask.caller_number}", why="it is no number of this instance")
    queue = instance.queues.get(QueueId(ask.queue_id))
    if not ask.caller_number and (queue is None or not queue.outbound_number):
        raise BadInput(
            what="The caller id",
            why="name a caller_number of this instance, or a queue with an outbound caller id number",
        )
    if not 5 <= ask.timeout_s <= LONGEST_RING_S:
        raise BadInput(what=f"The timeout_s {ask.timeout_s}", why=f"it must be from 5 to {LONGEST_RING_S}")
    if sum(len(key.encode()) + len(value.encode()) for key, value in ask.attributes.items()) > ATTRIBUTES_AT_MOST:
        raise BadInput(what="The attributes", why="they are larger than 32 KB")
