"""The routing core: which agent takes which contact. `Routing.handle(event, now_ms)` returns what follows, in order.

A contact that starts to wait looks for the longest available agent whose routing profile serves its queue; an agent who becomes
available looks through their profile's queues by priority for the contact that is next. Both look at the heads of sorted orders.
"""

from collections.abc import Callable

from app.domain.agent import AgentState
from app.domain.commands import Command, StartTimer
from app.domain.events import AgentStatusRequested, Event, PhoneReachable, TimerFired
from app.domain.figures import QueueFigures
from app.domain.ids import AgentId, ContactId, QueueId, TimerId
from app.domain.instance import Instance, ProfileQueue
from app.domain.requests import LeaveQueue, MoveAgent, OfferContact, Request, SetAgentStatus, WaitInQueue
from app.routing import agents
from app.routing.agents import AgentTurn
from app.routing.state import Orders, RoutingState, Waiting

Happening = Event | Request
Outcome = list[Command | Request]


class Routing:
    """Owns the agents' states and the queues. Changes `state` in place; the same events give the same state and the same outcome."""

    def __init__(self, state: RoutingState, instance: Instance) -> None:
        self.state = state
        self.configure(instance)

    def configure(self, instance: Instance) -> None:
        """Takes a new configuration: agents that are gone leave, new ones begin offline."""
        self.instance = instance
        state = self.state
        for agent_id in instance.agents.keys() - state.agents.keys():
            phone = instance.agents[agent_id].phone
            state.agents[agent_id] = AgentState(agent_id, phone_reachable=phone in state.reachable_phones)
        for agent_id in [gone for gone in state.agents if gone not in instance.agents]:
            if state.agents[agent_id].contact_id is None:
                del state.agents[agent_id]
        self.orders = Orders(state, instance)

    def handle(self, event: Happening, now_ms: int) -> Outcome:
        """What follows from one event. Events that concern nobody here change nothing."""
        handler = HANDLERS.get(type(event))
        outcome: Outcome = []
        if handler is not None:
            handler(self, event, now_ms, outcome)
        return outcome

    # -- contacts ----------------------------------------------------------------------------------------------------------

    def wait_in_queue(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        assert isinstance(event, WaitInQueue)
        self._dequeue(event.contact_id)
        self.state.serial += 1
        waiting = Waiting(event.contact_id, event.queue_id, event.since_ms, self.state.serial)
        self.state.waiting[event.contact_id] = waiting
        self.orders.enqueue(waiting)
        if self._match_contact(waiting, now_ms, outcome):
            return
        for _, served in self.orders.servers.get(waiting.queue_id, ()):
            due_ms = waiting.since_ms + served.delay_s * 1000
            if due_ms > now_ms:
                outcome.append(StartTimer(TimerId(f"{waiting.contact_id}.delay{served.delay_s}"), due_ms))

    def leave_queue(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        assert isinstance(event, LeaveQueue)
        self._dequeue(event.contact_id)

    def timer_fired(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        """A queue's delay has passed for a contact, or an agent's own timer ran out."""
        assert isinstance(event, TimerFired)
        waiting = self.state.waiting.get(ContactId(event.timer_id.split(".", 1)[0]))
        if waiting is not None and ".delay" in event.timer_id:
            self._match_contact(waiting, now_ms, outcome)
        elif event.timer_id.startswith("agent:"):
            agent_id = AgentId(event.timer_id.split(":", 2)[1])
            self._move(agent_id, lambda turn: agents.timer_fired(turn, event.timer_id), now_ms, outcome)

    # -- agents ------------------------------------------------------------------------------------------------------------

    def move_agent(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        assert isinstance(event, MoveAgent)
        self._move(event.agent_id, lambda turn: agents.moved(turn, event), now_ms, outcome)

    def status_requested(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        assert isinstance(event, AgentStatusRequested)
        self._move(event.agent_id, lambda turn: agents.status_requested(turn, event.status), now_ms, outcome)

    def set_agent_status(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        assert isinstance(event, SetAgentStatus)
        self._move(event.agent_id, lambda turn: agents.status_requested(turn, event.status), now_ms, outcome)

    def phone_reachable(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        assert isinstance(event, PhoneReachable)
        (self.state.reachable_phones.add if event.reachable else self.state.reachable_phones.discard)(event.phone)
        for agent_id in self.orders.phones.get(event.phone, ()):
            self._move(agent_id, lambda turn: agents.phone_changed(turn, event.reachable), now_ms, outcome)

    def figures(self, queue_id: QueueId, now_ms: int) -> QueueFigures:
        """The queue's live figures."""
        oldest_ms = self.orders.oldest_ms(queue_id)
        counts = [self.orders.counts[profile] for profile, _ in self.orders.servers.get(queue_id, ())]
        return QueueFigures(
            contacts_in_queue=len(self.orders.queues.get(queue_id, ())),
            oldest_contact_age_ms=0 if oldest_ms is None else now_ms - oldest_ms,
            agents_online=sum(count["online"] for count in counts),
            agents_staffed=sum(count["staffed"] for count in counts),
            agents_available=sum(count["available"] for count in counts),
        )

    # -- matching ----------------------------------------------------------------------------------------------------------

    def _move(self, agent_id: AgentId, move: Callable[[AgentTurn], None], now_ms: int, outcome: Outcome) -> None:
        before = self.state.agents.get(agent_id)
        agent = self.instance.agents.get(agent_id)
        if before is None or agent is None:
            return
        turn = AgentTurn(before, agent, now_ms, outcome)
        move(turn)
        self._set_agent(before, turn.state)
        if turn.state.routable and not before.routable:
            self._match_agent(turn.state, now_ms, outcome)

    def _set_agent(self, before: AgentState, after: AgentState) -> None:
        self.state.agents[after.agent_id] = after
        self.orders.agent_changed(before, after)

    def _match_contact(self, waiting: Waiting, now_ms: int, outcome: Outcome) -> bool:
        """Offers one contact to the longest available agent who may take it now."""
        waited_ms = now_ms - waiting.since_ms
        heads = [
            self.orders.idle[profile][0]
            for profile, served in self.orders.servers.get(waiting.queue_id, ())
            if self.orders.idle[profile] and waited_ms >= served.delay_s * 1000
        ]
        if not heads:
            return False
        idle_since_ms, agent_id = min(heads)
        count = sum(len(self.orders.idle[profile]) for profile, _ in self.orders.servers[waiting.queue_id])
        why = f"longest available of {count} (for {(now_ms - idle_since_ms) // 1000} s) when the contact arrived in {self._name(waiting)}"
        self._offer(waiting, self.state.agents[agent_id], why, now_ms, outcome)
        return True

    def _match_agent(self, state: AgentState, now_ms: int, outcome: Outcome) -> None:
        """Offers an agent the contact that is next for them: by the profile's priority, then the contact's, then age."""
        profile_id = self.instance.agents[state.agent_id].profile_id
        for tier in self.orders.tiers.get(profile_id, ()):
            found = [waiting for served in tier if (waiting := self._next(served, now_ms)) is not None]
            if found:
                waiting = min(found, key=lambda each: each.key)
                waited_s = (now_ms - waiting.since_ms) // 1000
                why = f"next in {self._name(waiting)} (priority {waiting.priority}, waited {waited_s} s) when the agent became available"
                self._offer(waiting, state, why, now_ms, outcome)
                return

    def _next(self, served: ProfileQueue, now_ms: int) -> Waiting | None:
        """The first contact of a queue that has waited the profile's delay."""
        for key in self.orders.queues.get(served.queue_id, ()):
            if now_ms - key[1] >= served.delay_s * 1000:
                return self.state.waiting[key[3]]
        return None

    def _offer(self, waiting: Waiting, state: AgentState, why: str, now_ms: int, outcome: Outcome) -> None:
        self._dequeue(waiting.contact_id)
        offer = OfferContact(waiting.contact_id, state.agent_id, waiting.queue_id, why)
        turn = AgentTurn(state, self.instance.agents[state.agent_id], now_ms, outcome)
        agents.offered(turn, waiting.contact_id)
        self._set_agent(state, turn.state)
        outcome.append(offer)

    def _dequeue(self, contact_id: ContactId) -> None:
        waiting = self.state.waiting.pop(contact_id, None)
        if waiting is not None:
            self.orders.dequeue(waiting)

    def _name(self, waiting: Waiting) -> str:
        queue = self.instance.queues.get(waiting.queue_id)
        return queue.name if queue else waiting.queue_id


HANDLERS: dict[type, Callable[[Routing, Happening, int, Outcome], None]] = {
    WaitInQueue: Routing.wait_in_queue,
    LeaveQueue: Routing.leave_queue,
    MoveAgent: Routing.move_agent,
    AgentStatusRequested: Routing.status_requested,
    SetAgentStatus: Routing.set_agent_status,
    PhoneReachable: Routing.phone_reachable,
    TimerFired: Routing.timer_fired,
}
