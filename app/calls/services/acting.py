"""Carrying out what an agent asks of a live contact, and an agent's own calls."""

import uuid
from typing import Any

from app.calls.ports import Actor, Outcome
from app.calls.ports.asks.contacts import Dial
from app.calls.services import panel, transfers
from app.calls.services.contacts import CONTROLS
from app.calls.services.desk import Desk
from app.calls.services.scene import look
from app.domain.call_control import CallRequested
from app.domain.ids import AgentId, ContactId, QueueId
from app.domain.quick_connect import QuickConnectType
from app.errors import BadInput, NotFound, NotNow


async def control(desk: Desk, actor: Actor, ask: Any) -> Outcome:
    """Does one of CONTROLS. NotNow says what is in the way."""
    agent_id = desk.agent_of(actor)
    scene = look(desk, agent_id, ask.contact_id)
    row = CONTROLS[type(ask)]
    refusal = row.why_not(scene, ask)
    if refusal:
        raise NotNow(why=refusal)
    live, agent = scene.live, scene.agent
    event = row.event(desk, scene, ask)
    if row.shows:
        done = await desk.post(event, lambda: (live.conversation, agent.activity, agent.contact_id))
    else:
        desk.engine.post(event)
        done = True
    return Outcome(panel.answer(desk, agent_id, scene.contact.contact_id), done)


async def dial(desk: Desk, actor: Actor, ask: Dial) -> Outcome:
    """The agent's phone rings, then the customer is called."""
    agent_id = desk.agent_of(actor)
    _refuse_busy(desk, agent_id)
    number = transfers.callable_number(desk, _dialled(desk, agent_id, ask))
    queue_id = QueueId(ask.queue_id) if ask.queue_id else None
    if queue_id is not None and queue_id not in desk.instance.queues:
        raise NotFound(what="queue", name=ask.queue_id)
    contact_id = ContactId(str(uuid.uuid4()))
    event = CallRequested(contact_id, agent_id, number, desk.node(), queue_id)
    done = await desk.post(event, lambda: desk.brain.live(contact_id) is not None)
    return Outcome(panel.answer(desk, agent_id, contact_id), done)


def _refuse_busy(desk: Desk, agent_id: AgentId) -> None:
    refusal = panel.why_not_dial(desk.state(agent_id))
    if refusal:
        raise NotNow(why=refusal)


def _dialled(desk: Desk, agent_id: AgentId, ask: Dial) -> str:
    if bool(ask.quick_connect) is bool(ask.number):
        raise BadInput(what="The destination", why="name an external quick connect or a number, one of the two")
    if ask.number:
        return ask.number
    found = transfers.quick_connect(desk, agent_id, ask.quick_connect)
    if found.type is not QuickConnectType.EXTERNAL:
        raise BadInput(
            what=f"The quick connect {found.name}", why="only external ones can be dialled without a contact"
        )
    return found.number
