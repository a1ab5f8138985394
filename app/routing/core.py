"""The routing core: which agent takes which contact. `Routing.handle(event, now_ms)` returns what follows, in order.

A contact that starts to wait looks for the longest available agent whose routing profile serves its queue; an agent who becomes
available looks through their own queue and their profile's queues for the contact that is next. Both look at the heads of sorted
orders, so that no decision depends on how many wait.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from app.domain.agent import AgentState, AgentTrigger
from app.domain.commands import StartTimer
from app.domain.contact import Contact
from app.domain.events import AgentStatusRequested, Event, PanelClosed, PanelOpened, PhoneReachable, TimerFired
from app.domain.figures import QueueFigures
from app.domain.ids import AgentId, ContactId, ProfileId, QueueId
from app.domain.instance import Agent, Instance
from app.domain.requests import ChangeRouting, LeaveQueue, MoveAgent, Request, SetAgentStatus, WaitInQueue
from app.routing import agents, estimate, explain
from app.routing.agents import AgentTurn
from app.routing.matching import Matching, Outcome, scheduled_timer
from app.routing.state import Waiting

Happening = Event | Request
T = TypeVar("T")


class Routing(Matching):
    """Owns the agents' states and the queues. Changes `state` in place; the same events give the same state and the same outcome."""

    def configure(self, instance: Instance, now_ms: int) -> Outcome:
        """Takes a new configuration at once: agents that are gone leave, new ones begin offline, and who waits is looked at anew."""
        outcome: Outcome = []
        before = self.instance
        self.take(instance)
        for state in list(self.state.agents.values()):
            agent = instance.agents.get(state.agent_id)
            if agent is None:
                self._depart(state, before.agents.get(state.agent_id), now_ms, outcome)
            elif state.phone_reachable != self.state.reaches(agent, instance):
                self._move(state.agent_id, agents.phone_changed, not state.phone_reachable, now_ms, outcome)
        for state in sorted(self.state.agents.values(), key=lambda each: (each.idle_since_ms, each.agent_id)):
            if state.routable and state.agent_id in instance.agents:
                self.match_agent(state, "the configuration changed", now_ms, outcome)
        return outcome

    def handle(self, event: Happening, now_ms: int) -> Outcome:
        """What follows from one event. Events that concern nobody here change nothing."""
        handler = HANDLERS.get(type(event))
        outcome: Outcome = []
        if handler is not None:
            handler(self, event, now_ms, outcome)
        return outcome

    def figures(self, queue_id: QueueId, now_ms: int, contact: Contact | None = None) -> QueueFigures:
        """The queue's live figures; with a contact, its place and how long it will wait are that contact's."""
        return estimate.figures(self, queue_id, now_ms, contact)

    def explain(self, contact_id: ContactId, now_ms: int) -> explain.Explanation:
        """Why the contact still waits, or where else it is."""
        return explain.explain(self, contact_id, now_ms)

    # -- contacts ----------------------------------------------------------------------------------------------------------

    def wait_in_queue(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        assert isinstance(event, WaitInQueue)
        self._dequeue(event.contact_id)
        state = self.state
        state.serial += 1
        not_before_ms = event.not_before_ms if event.not_before_ms > now_ms else 0
        waiting = Waiting(
            event.contact_id,
            event.queue_id,
            event.since_ms,
            state.serial,
            event.priority,
            event.age_offset_s,
            not_before_ms,
        )
        if not_before_ms:
            self.add(waiting)
            outcome.append(StartTimer(scheduled_timer(event.queue_id), self.next_scheduled_ms(event.queue_id)))
        else:
            self.begin_to_wait(waiting, "the contact arrived", now_ms, outcome)

    def leave_queue(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        assert isinstance(event, LeaveQueue)
        self._dequeue(event.contact_id)

    def change_routing(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        """Another priority or age: the contact has its new place at once."""
        assert isinstance(event, ChangeRouting)
        waiting = self.state.waiting.get(event.contact_id)
        if waiting is None:
            return
        changed = replace(
            waiting,
            priority=waiting.priority if event.priority is None else event.priority,
            age_offset_s=waiting.age_offset_s if event.age_offset_s is None else event.age_offset_s,
        )
        self.state.waiting[event.contact_id] = changed
        self.orders.change(waiting, changed)

    def timer_fired(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        """A queue's delay or a callback's time has come for a contact, or an agent's own timer ran out."""
        assert isinstance(event, TimerFired)
        timer_id = event.timer_id
        agent_id = agents.agent_of_timer(timer_id)
        if agent_id is not None:
            self._move(agent_id, agents.timer_fired, timer_id, now_ms, outcome)
        elif timer_id.startswith("queue:") and timer_id.endswith(":scheduled"):
            self.time_has_come(QueueId(timer_id[6:-10]), now_ms, outcome)
        elif timer_id.startswith("queue:"):
            queue_id, _, delay_s = timer_id[6:].rpartition(":delay:")
            self.delay_passed(QueueId(queue_id), int(delay_s), now_ms, outcome)

    # -- agents ------------------------------------------------------------------------------------------------------------

    def move_agent(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        assert isinstance(event, MoveAgent)
        offered = self.state.offered.get(event.contact_id)
        of_offer = event.trigger not in (AgentTrigger.SUPERVISES, AgentTrigger.SUPERVISED)
        if of_offer and offered is not None and offered.agent_id == event.agent_id:
            del self.state.offered[event.contact_id]
            if event.trigger is AgentTrigger.ANSWERED:
                estimate.served(self.state, offered, now_ms)
        self._move(event.agent_id, agents.moved, event, now_ms, outcome)

    def status_requested(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        assert isinstance(event, AgentStatusRequested | SetAgentStatus)
        self._move(event.agent_id, agents.status_requested, event.status, now_ms, outcome)

    def phone_reachable(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        assert isinstance(event, PhoneReachable)
        (self.state.reachable_phones.add if event.reachable else self.state.reachable_phones.discard)(event.phone)
        for agent_id in self.orders.phones.get(event.phone, ()):
            agent = self.instance.agents[agent_id]
            self._move(agent_id, agents.phone_changed, self.state.reaches(agent, self.instance), now_ms, outcome)

    def panel_changed(self, event: Happening, now_ms: int, outcome: Outcome) -> None:
        assert isinstance(event, PanelOpened | PanelClosed)
        self._move(event.agent_id, agents.panel_changed, event, now_ms, outcome)

    def _move(
        self, agent_id: AgentId, change: Callable[[AgentTurn, T], None], what: T, now_ms: int, outcome: Outcome
    ) -> None:
        state = self.state.agents.get(agent_id)
        if state is None:
            return
        agent = self.instance.agents.get(agent_id)
        was_routable = state.routable
        change(AgentTurn(state, agent or _departed(agent_id), now_ms, outcome), what)
        if agent is None:
            self._depart(state, None, now_ms, outcome)
            return
        free = state.routable and not was_routable
        if not free or not self.match_agent(state, "the agent became available", now_ms, outcome):
            self.orders.agent_changed(state)

    def _depart(self, state: AgentState, agent: Agent | None, now_ms: int, outcome: Outcome) -> None:
        turn = AgentTurn(state, agent or _departed(state.agent_id), now_ms, outcome)
        if agents.departed(turn):
            del self.state.agents[state.agent_id]

    def _dequeue(self, contact_id: ContactId) -> None:
        self.state.offered.pop(contact_id, None)
        waiting = self.state.waiting.pop(contact_id, None)
        if waiting is not None:
            self.orders.remove(waiting)


def _departed(agent_id: AgentId) -> Agent:
    """Stands for an agent that is configured no more, while a contact still holds them."""
    return Agent(agent_id, agent_id, ProfileId(""), "")


HANDLERS: dict[type, Callable[[Routing, Happening, int, Outcome], None]] = {
    WaitInQueue: Routing.wait_in_queue,
    LeaveQueue: Routing.leave_queue,
    ChangeRouting: Routing.change_routing,
    MoveAgent: Routing.move_agent,
    AgentStatusRequested: Routing.status_requested,
    SetAgentStatus: Routing.status_requested,
    PhoneReachable: Routing.phone_reachable,
    PanelOpened: Routing.panel_changed,
    PanelClosed: Routing.panel_changed,
    TimerFired: Routing.timer_fired,
}
