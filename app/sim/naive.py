"""Routing as one would write it down at first: every decision looks at every agent and every contact. It shares nothing with the
production core but the events, so that a shift through both tells whether the core's orders decide what its rules say."""

from dataclasses import dataclass

from app.domain.agent import AgentTrigger
from app.domain.commands import Command, StartTimer
from app.domain.events import AgentStatusRequested, Event, TimerFired
from app.domain.ids import AgentId, ContactId, TimerId
from app.domain.instance import Instance, ProfileQueue
from app.domain.requests import LeaveQueue, MoveAgent, NoteWaiting, OfferContact, Request, WaitInQueue
from app.routing.state import Offered, RoutingState, Waiting

_PAUSES = {AgentTrigger.CONTACT_ENDED: "after_contact_work_s", AgentTrigger.RANG_OUT: "missed_return_s"}
"""What an agent needs a pause for, and the setting that says how long it is."""


@dataclass(slots=True)
class Person:
    """An agent: free since a moment, or not."""

    free: bool = False
    since_ms: int = 0


class NaiveRouting:
    """In the place of `routing.core.Routing` in a shift. `state` has the offers and the waiting, and nothing else."""

    def __init__(self, state: RoutingState, instance: Instance) -> None:
        self.state, self.instance = state, instance
        self._people = {agent_id: Person() for agent_id in instance.agents}

    def handle(self, event: Event | Request, now_ms: int) -> list[Command | Request]:
        outcome: list[Command | Request] = []
        if isinstance(event, WaitInQueue):
            self._wait(event, now_ms, outcome)
        elif isinstance(event, LeaveQueue):
            self.state.waiting.pop(event.contact_id, None)
        elif isinstance(event, AgentStatusRequested):
            self._free(event.agent_id, now_ms, outcome)
        elif isinstance(event, MoveAgent):
            self._moved(event, now_ms, outcome)
        elif isinstance(event, TimerFired):
            self._timer(event.timer_id, now_ms, outcome)
        return outcome

    def _wait(self, event: WaitInQueue, now_ms: int, outcome: list[Command | Request]) -> None:
        self.state.serial += 1
        waiting = Waiting(event.contact_id, event.queue_id, event.since_ms, self.state.serial)
        self.state.waiting[event.contact_id] = waiting
        if self._match(waiting, now_ms, outcome):
            return
        outcome.append(NoteWaiting(event.contact_id, event.queue_id, ""))
        for delay_s in {served.delay_s for _, served in self._servers(waiting)}:
            due_ms = event.since_ms + delay_s * 1_000
            if due_ms > now_ms:
                outcome.append(StartTimer(TimerId(f"contact:{event.contact_id}:{delay_s}"), due_ms))

    def _moved(self, event: MoveAgent, now_ms: int, outcome: list[Command | Request]) -> None:
        offered = self.state.offered.get(event.contact_id)
        if offered is not None and offered.agent_id == event.agent_id:
            del self.state.offered[event.contact_id]
        pause = _PAUSES.get(event.trigger)
        if event.trigger is AgentTrigger.CALLER_GONE:
            self._free(event.agent_id, self._people[event.agent_id].since_ms, outcome, now_ms)
        elif pause is not None and (pause_s := getattr(self.instance.agents[event.agent_id], pause)):
            outcome.append(StartTimer(TimerId(f"pause:{event.agent_id}"), now_ms + pause_s * 1_000))
        elif pause is not None:
            self._free(event.agent_id, now_ms, outcome)

    def _timer(self, timer_id: TimerId, now_ms: int, outcome: list[Command | Request]) -> None:
        kind, name, *_ = timer_id.split(":")
        if kind == "pause":
            self._free(AgentId(name), now_ms, outcome)
        elif (waiting := self.state.waiting.get(ContactId(name))) is not None:
            self._match(waiting, now_ms, outcome)

    def _free(
        self, agent_id: AgentId, since_ms: int, outcome: list[Command | Request], now_ms: int | None = None
    ) -> None:
        """The agent takes the first of all who wait for them: by their profile's priority, then the oldest."""
        self._people[agent_id] = Person(True, since_ms)
        now_ms = since_ms if now_ms is None else now_ms
        mine = [
            (served.priority, waiting.since_ms, waiting.serial, waiting)
            for waiting in self.state.waiting.values()
            for server, served in self._servers(waiting)
            if server == agent_id and now_ms - waiting.since_ms >= served.delay_s * 1_000
        ]
        if mine:
            self._offer(min(mine)[-1], agent_id, now_ms, outcome)

    def _match(self, waiting: Waiting, now_ms: int, outcome: list[Command | Request]) -> bool:
        """The longest free of all who may take the contact now does."""
        able = [
            (self._people[agent_id].since_ms, agent_id)
            for agent_id, served in self._servers(waiting)
            if self._people[agent_id].free and now_ms - waiting.since_ms >= served.delay_s * 1_000
        ]
        if able:
            self._offer(waiting, min(able)[1], now_ms, outcome)
        return bool(able)

    def _offer(self, waiting: Waiting, agent_id: AgentId, now_ms: int, outcome: list[Command | Request]) -> None:
        del self.state.waiting[waiting.contact_id]
        self._people[agent_id].free = False
        self.state.offered[waiting.contact_id] = Offered(waiting, agent_id, now_ms)
        outcome.append(OfferContact(waiting.contact_id, agent_id, waiting.queue_id, ""))

    def _servers(self, waiting: Waiting) -> list[tuple[AgentId, ProfileQueue]]:
        return [
            (agent.agent_id, served)
            for agent in self.instance.agents.values()
            for served in self.instance.profiles[agent.profile_id].queues
            if served.queue_id == waiting.queue_id
        ]
