"""Bringing contacts and agents together: from the contact's side, from the agent's side, and when a time has come."""

from dataclasses import replace

from app.domain.agent import AgentState
from app.domain.commands import Command, StartTimer
from app.domain.ids import QueueId, TimerId, agent_of_queue
from app.domain.instance import Instance, ProfileQueue
from app.domain.requests import NoteWaiting, OfferContact, Request
from app.routing import agents, explain
from app.routing.agents import AgentTurn
from app.routing.orders import Orders
from app.routing.state import Offered, RoutingState, Waiting

Outcome = list[Command | Request]


class Matching:
    """The state, the configuration and the orders made of both; what is decided goes to an outcome."""

    def __init__(self, state: RoutingState, instance: Instance) -> None:
        self.state = state
        self.take(instance)

    def take(self, instance: Instance) -> None:
        """The configuration that holds from here on."""
        self.instance = instance
        for agent in instance.agents.values():
            if agent.agent_id not in self.state.agents:
                reachable = self.state.reaches(agent, instance)
                self.state.agents[agent.agent_id] = AgentState(agent.agent_id, phone_reachable=reachable)
        self.orders = Orders(self.state, instance)

    def name(self, queue_id: QueueId) -> str:
        """The queue's name for people."""
        queue = self.instance.queue(queue_id)
        return queue.name if queue else queue_id

    def match_contact(self, waiting: Waiting, when: str, now_ms: int, outcome: Outcome) -> bool:
        """Offers one contact to the longest available agent who may take it now. Whether it stands in a queue is the caller's affair."""
        owner = agent_of_queue(waiting.queue_id)
        if owner is not None:
            state = self.state.agents.get(owner)
            if state is None or not state.routable or owner not in self.instance.agents:
                return False
            self.offer(waiting, state, f"the agent's own queue, and they were available when {when}", now_ms, outcome)
            return True
        waited_ms = now_ms - waiting.since_ms
        best, count = None, 0
        for profile, delay_s in self.orders.servers.get(waiting.queue_id, ()):
            idle = self.orders.idle[profile]
            if idle and waited_ms >= delay_s * 1000:
                head = idle.first()
                count += len(idle)
                if best is None or (head is not None and head < best):
                    best = head
        if best is None:
            return False
        why = f"longest available of {count} (for {(now_ms - best[0]) // 1000} s) when {when} in {self.name(waiting.queue_id)}"
        self.offer(waiting, self.state.agents[best[1]], why, now_ms, outcome)
        return True

    def match_agent(self, state: AgentState, when: str, now_ms: int, outcome: Outcome) -> bool:
        """Offers an agent the contact that is next for them: of their own queue, else of the most urgent of their profile's queues
        that has one, and of equally urgent queues the contact that is oldest."""
        own = self.orders.queues.get(self.orders.own_queue[state.agent_id])
        key = own.serving.first() if own else None
        if key is not None:
            waiting = self.state.waiting[key[3]]
            self.remove(waiting)
            waited_s = (now_ms - waiting.since_ms) // 1000
            self.offer(waiting, state, f"waited {waited_s} s in the agent's own queue when {when}", now_ms, outcome)
            return True
        tiers = self.orders.tiers.get(self.instance.agents[state.agent_id].profile_id, [])
        for tier in tiers:
            found, served = None, None
            for each in tier:
                order = self.orders.queues.get(each.queue_id)
                head = order.next(each.delay_s, now_ms) if order else None
                if head is not None and (found is None or head[1:] < found[1:]):
                    found, served = head, each
            if found is not None and served is not None:
                waiting = self.state.waiting[found[3]]
                self.remove(waiting)
                self.offer(waiting, state, self._why_next(waiting, served, when, now_ms), now_ms, outcome)
                return True
        self._arm_for_agent(tiers, now_ms, outcome)
        return False

    def _why_next(self, waiting: Waiting, served: ProfileQueue, when: str, now_ms: int) -> str:
        waited_s = (now_ms - waiting.since_ms) // 1000
        return (
            f"next in {self.name(waiting.queue_id)} (priority {waiting.priority}, waited {waited_s} s) when {when}, "
            f"whose routing profile has the queue at priority {served.priority}"
        )

    def offer(self, waiting: Waiting, state: AgentState, why: str, now_ms: int, outcome: Outcome) -> None:
        contact_id, agent_id = waiting.contact_id, state.agent_id
        self.state.offered[contact_id] = Offered(waiting, agent_id, now_ms)
        agents.offered(AgentTurn(state, self.instance.agents[agent_id], now_ms, outcome), contact_id)
        self.orders.agent_changed(state)
        outcome.append(OfferContact(contact_id, agent_id, waiting.queue_id, why))

    def add(self, waiting: Waiting) -> None:
        """The contact stands in its queue from here on."""
        self.state.waiting[waiting.contact_id] = waiting
        self.orders.add(waiting)

    def remove(self, waiting: Waiting) -> None:
        """The contact leaves its queue."""
        del self.state.waiting[waiting.contact_id]
        self.orders.remove(waiting)

    def begin_to_wait(self, waiting: Waiting, when: str, now_ms: int, outcome: Outcome) -> None:
        """Finds the contact an agent, or a place in its queue and the words for why it has to wait."""
        if self.match_contact(waiting, when, now_ms, outcome):
            return
        self.add(waiting)
        outcome.append(NoteWaiting(waiting.contact_id, waiting.queue_id, explain.nobody(self, waiting, now_ms)))
        self._arm_for_contact(waiting, now_ms, outcome)

    # -- times to come -----------------------------------------------------------------------------------------------------

    def time_has_come(self, queue_id: QueueId, now_ms: int, outcome: Outcome) -> None:
        """Scheduled contacts whose time it is begin to wait."""
        scheduled = self.orders.scheduled.get(queue_id)
        while scheduled and (first := scheduled.first()) is not None and first[0] <= now_ms:
            waiting = self.state.waiting[first[2]]
            self.remove(waiting)
            self.begin_to_wait(replace(waiting, not_before_ms=0), "the contact's time came", now_ms, outcome)
        if scheduled:
            outcome.append(StartTimer(scheduled_timer(queue_id), self.next_scheduled_ms(queue_id)))

    def delay_passed(self, queue_id: QueueId, delay_s: int, now_ms: int, outcome: Outcome) -> None:
        """Contacts that have waited a profile's delay go to its agents, as long as there are any."""
        order = self.orders.queues.get(queue_id)
        if order is None:
            return
        while (key := order.next(delay_s, now_ms)) is not None:
            waiting = self.state.waiting[key[3]]
            if not self.match_contact(waiting, f"the contact had waited {delay_s} s", now_ms, outcome):
                break
            self.remove(waiting)
        profiles = [profile for profile, delay in self.orders.servers.get(queue_id, ()) if delay == delay_s]
        due_ms = order.due_ms(delay_s, now_ms)
        if due_ms is not None and any(self.orders.idle[profile] for profile in profiles):
            outcome.append(StartTimer(delay_timer(queue_id, delay_s), due_ms))

    def _arm_for_contact(self, waiting: Waiting, now_ms: int, outcome: Outcome) -> None:
        """Agents are there who may take the contact once it has waited their profile's delay: a timer for that."""
        for profile, delay_s in self.orders.servers.get(waiting.queue_id, ()):
            if delay_s and self.orders.idle[profile]:
                due_ms = self.orders.queues[waiting.queue_id].due_ms(delay_s, now_ms)
                if due_ms is not None:
                    outcome.append(StartTimer(delay_timer(waiting.queue_id, delay_s), due_ms))

    def _arm_for_agent(self, tiers: list[list[ProfileQueue]], now_ms: int, outcome: Outcome) -> None:
        for served in (each for tier in tiers for each in tier if each.delay_s):
            order = self.orders.queues.get(served.queue_id)
            due_ms = order.due_ms(served.delay_s, now_ms) if order else None
            if due_ms is not None:
                outcome.append(StartTimer(delay_timer(served.queue_id, served.delay_s), due_ms))

    def next_scheduled_ms(self, queue_id: QueueId) -> int:
        first = self.orders.scheduled[queue_id].first()
        assert first is not None
        return first[0]


def delay_timer(queue_id: QueueId, delay_s: int) -> TimerId:
    return TimerId(f"queue:{queue_id}:delay:{delay_s}")


def scheduled_timer(queue_id: QueueId) -> TimerId:
    return TimerId(f"queue:{queue_id}:scheduled")
