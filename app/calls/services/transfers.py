"""Where agents may transfer and dial to: quick connects of their queues, and outside numbers that are allowed."""

from app.calls.ports import QuickConnectView
from app.calls.ports.asks.contacts import Transfer
from app.calls.services.desk import Desk
from app.calls.services.scene import Scene
from app.domain.call_control import TransferRequested
from app.domain.events import Event
from app.domain.ids import AgentId, QueueId, QuickConnectId
from app.domain.phone import require_e164, why_not_called
from app.domain.quick_connect import QuickConnect, QuickConnectType
from app.errors import BadInput, LimitReached, NotFound


def event(desk: Desk, scene: Scene, ask: Transfer) -> Event:
    """The transfer that an agent asks for. BadInput, NotFound or LimitReached when it leads nowhere."""
    given = [name for name in (ask.quick_connect, ask.number, ask.agent, ask.queue) if name]
    if len(given) != 1:
        raise BadInput(what="The destination", why="name one of quick_connect, number, agent and queue")
    found = _destination(desk, scene.agent.agent_id, ask)
    if found.agent_id == scene.agent.agent_id:
        raise BadInput(what=f"The destination {found.name}", why="it leads to yourself")
    return TransferRequested(
        scene.agent.agent_id,
        scene.live.contact.contact_id,
        found.agent_id,
        found.queue_id,
        callable_number(desk, found.number) if found.number else "",
        found.flow_id,
        ask.blind,
    )


def _destination(desk: Desk, agent_id: AgentId, ask: Transfer) -> QuickConnect:
    """The quick connect that is named, or what stands for one: a number, an agent or a queue."""
    nameless = QuickConnectId("")
    if ask.number:
        return QuickConnect(nameless, ask.number, QuickConnectType.EXTERNAL, "", number=ask.number)
    if ask.agent:
        state = desk.state(ask.agent)
        return QuickConnect(nameless, ask.agent, QuickConnectType.AGENT, "", agent_id=state.agent_id)
    if ask.queue:
        queue = desk.instance.queues.get(QueueId(ask.queue))
        if queue is None:
            raise NotFound(what="queue", name=ask.queue)
        return QuickConnect(nameless, queue.name, QuickConnectType.QUEUE, "", queue_id=queue.queue_id)
    return quick_connect(desk, agent_id, ask.quick_connect)


def callable_number(desk: Desk, text: str) -> str:
    """The number in E.164. BadInput when it is none or must not be called, LimitReached when as many calls go out as may."""
    instance = desk.instance
    number = require_e164(text, instance.country)
    refused = why_not_called(number, instance.country, instance.destinations)
    if refused:
        raise BadInput(
            what=f"The destination {number}", why=f"{refused}; an administrator can add its prefix to `destinations`"
        )
    full = desk.brain.full(desk.now_ms)
    if full:
        raise LimitReached(
            what="A call to an outside number", why=full, remedy="An administrator can raise the setting."
        )
    return number


def quick_connects(desk: Desk, agent_id: AgentId) -> tuple[QuickConnectView, ...]:
    """Those of all queues that the agent serves, by name."""
    return tuple(
        QuickConnectView(each.quick_connect_id, each.name, each.type.value, each.description, each.number)
        for each in sorted(_of_agent(desk, agent_id).values(), key=lambda each: each.name.casefold())
    )


def quick_connect(desk: Desk, agent_id: AgentId, name: str) -> QuickConnect:
    """One of the agent's, by id or name. NotFound for any other."""
    for each in _of_agent(desk, agent_id).values():
        if name in (each.quick_connect_id, each.name):
            return each
    raise NotFound(what="quick connect in your queues", name=name)


def _of_agent(desk: Desk, agent_id: AgentId) -> dict[QuickConnectId, QuickConnect]:
    instance = desk.instance
    profile = instance.profiles.get(instance.agents[agent_id].profile_id)
    queues = [
        instance.queues[entry.queue_id]
        for entry in (profile.queues if profile else ())
        if entry.queue_id in instance.queues
    ]
    return {
        key: instance.quick_connects[key]
        for queue in queues
        for key in queue.quick_connects
        if key in instance.quick_connects
    }
