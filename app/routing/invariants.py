"""What always holds in the routing core, told from the plain state alone: the orders and counters that decide are not asked.

Each function returns sentences about what is broken; none when all is well. They look at everything, so they are for simulations
and tests.
"""

from collections.abc import Iterable
from itertools import groupby

from app.domain.agent import Activity, Standing
from app.domain.commands import Command
from app.domain.ids import AgentId, QueueId, agent_of_queue
from app.domain.instance import Instance
from app.domain.requests import OfferContact, Request
from app.routing.orders import Orders
from app.routing.state import RoutingState, Waiting


def broken(state: RoutingState, orders: Orders, instance: Instance, now_ms: int) -> list[str]:
    """Everything that is wrong between two events."""
    return [
        *one_agent_one_offer(state),
        *nobody_idle_while_somebody_waits(state, instance, now_ms),
        *orders_in_step(state, orders, instance),
    ]


def one_agent_one_offer(state: RoutingState) -> list[str]:
    """A contact is offered to one agent or waits, never both, and an agent is rung for one contact at most."""
    found = [f"{contact} waits and is offered at once" for contact in state.offered.keys() & state.waiting.keys()]
    for contact_id, offered in state.offered.items():
        agent = state.agents.get(offered.agent_id)
        if agent is None or agent.activity is not Activity.RINGING or agent.contact_id != contact_id:
            found.append(f"{contact_id} is offered to {offered.agent_id}, who is not rung for it")
    rung = [agent.contact_id for agent in state.agents.values() if agent.activity is Activity.RINGING]
    talking = [agent.contact_id for agent in state.agents.values() if agent.activity is Activity.ON_CONTACT]
    found += [f"{each} rings {rung.count(each)} agents" for each in {*rung} if rung.count(each) > 1]
    found += [f"{each} waits and is with an agent" for each in {*rung, *talking} & state.waiting.keys()]
    for agent in state.agents.values():
        busy = agent.activity in (Activity.RINGING, Activity.ON_CONTACT, Activity.AFTER_CONTACT_WORK)
        if busy != (agent.contact_id is not None):
            found.append(f"{agent.agent_id} is {agent.activity.value} with the contact {agent.contact_id}")
    return found


def nobody_idle_while_somebody_waits(state: RoutingState, instance: Instance, now_ms: int) -> list[str]:
    """No agent is available while a contact waits that they could be offered; one whose delay is over in this very millisecond is."""
    waiting = [each for each in state.waiting.values() if not each.not_before_ms]
    return [
        f"{agent.agent_id} is available and {each.contact_id} waits in {each.queue_id}"
        for agent in state.agents.values()
        if agent.routable and agent.agent_id in instance.agents
        for each in waiting
        if _may_take(instance, agent.agent_id, each, now_ms, slack_ms=1)
    ]


def order_kept(state: RoutingState, instance: Instance, outcome: Iterable[Command | Request], now_ms: int) -> list[str]:
    """Of who still waits after an event, nobody should have been offered in the place of who was."""
    found = []
    for offer in (each for each in outcome if isinstance(each, OfferContact)):
        offered = state.offered.get(offer.contact_id)
        if offered is None:
            found.append(f"{offer.contact_id} was offered and nobody remembers it")
            continue
        mine = _urgency(instance, offer.agent_id, offered.waiting.queue_id)
        for other in state.waiting.values():
            if other.not_before_ms or not _may_take(instance, offer.agent_id, other, now_ms):
                continue
            theirs = _urgency(instance, offer.agent_id, other.queue_id)
            same_queue = other.queue_id == offered.waiting.queue_id
            if theirs < mine or (same_queue and other.key < offered.waiting.key):
                found.append(f"{offer.agent_id} was offered {offer.contact_id} before {other.contact_id}")
    return found


def orders_in_step(state: RoutingState, orders: Orders, instance: Instance) -> list[str]:
    """The sorted orders and the counters say the same as the state."""
    found = []
    waiting = sorted((each for each in state.waiting.values() if not each.not_before_ms), key=_queue_of)
    queues = {queue: sorted(each.key for each in those) for queue, those in groupby(waiting, key=_queue_of)}
    for queue_id in queues.keys() | orders.queues.keys():
        order = orders.queues.get(queue_id)
        if (list(order.serving) if order else []) != queues.get(queue_id, []):
            found.append(f"the order of {queue_id} is not that of its contacts")
    available = sorted(agent for counts in orders.idle.values() for _, agent in counts)
    if available != sorted(agent for agent in state.agents if orders.standing(agent) is Standing.AVAILABLE):
        found.append("the idle agents are not those who are available")
    for queue_id, servers in orders.servers.items():
        profiles = {profile for profile, _ in servers}
        those = [orders.standing(a.agent_id) for a in instance.agents.values() if a.profile_id in profiles]
        if orders.standings(queue_id) != tuple(those.count(standing) for standing in Standing):
            found.append(f"the counts of the agents of {queue_id} are wrong")
    return found


def _queue_of(waiting: Waiting) -> QueueId:
    return waiting.queue_id


def _may_take(instance: Instance, agent_id: AgentId, waiting: Waiting, now_ms: int, slack_ms: int = 0) -> bool:
    owner = agent_of_queue(waiting.queue_id)
    if owner is not None:
        return owner == agent_id
    profile = instance.profiles.get(instance.agents[agent_id].profile_id)
    return profile is not None and any(
        served.queue_id == waiting.queue_id
        and (not served.delay_s or now_ms - waiting.since_ms >= served.delay_s * 1000 + slack_ms)
        for served in profile.queues
    )


def _urgency(instance: Instance, agent_id: AgentId, queue_id: QueueId) -> int:
    """0 for the agent's own queue, else the profile's priority."""
    if agent_of_queue(queue_id) is not None:
        return 0
    profile = instance.profiles[instance.agents[agent_id].profile_id]
    return next(served.priority for served in profile.queues if served.queue_id == queue_id)
