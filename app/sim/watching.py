"""Looks at everything after every step of a simulated day, and recounts from scratch what the application keeps in counters."""

from dataclasses import dataclass, field

from app.calls.brain import Brain
from app.calls.engine import Engine
from app.calls.memory import Memory
from app.domain.agent import AVAILABLE, OFFLINE, Activity, AgentTrigger, Panel
from app.domain.events import TimerFired
from app.domain.figures import QueueFigures
from app.domain.ids import QueueId, agent_of_queue, agent_queue
from app.domain.instance import Instance, StatusType
from app.domain.requests import MoveAgent
from app.routing import invariants
from app.routing.core import Happening, Routing
from app.routing.estimate import position
from app.routing.matching import Outcome
from app.sim import agreement

HOUR_MS, SAMPLES = 3_600_000, 20


@dataclass(slots=True)
class Answers:
    """Every answer of each queue, told by who was watched: (when, since when the contact had waited, whether it had to)."""

    of: dict[QueueId, list[tuple[int, int, bool]]] = field(default_factory=dict)

    def spacings(self, queue_id: QueueId, now_ms: int) -> list[int]:
        """How long somebody stood in line before each of the newest answers for which somebody had to."""
        answers = self.of.get(queue_id, [])
        befores = [0, *(at_ms for at_ms, _, _ in answers)]
        found = [
            (at_ms, at_ms - max(since_ms, before_ms))
            for (at_ms, since_ms, waited), before_ms in zip(answers, befores, strict=False)
            if waited
        ]
        return [spacing_ms for at_ms, spacing_ms in found[-SAMPLES:] if now_ms - at_ms <= HOUR_MS]


class Watch:
    """One day's watcher; it outlives kills. `broken` holds what must never happen, in sentences."""

    def __init__(self) -> None:
        self.broken: list[str] = []
        self.steps = 0
        self._answers = Answers()

    def attend(self, engine: Engine) -> None:
        """From now on this process is watched."""
        brain = engine.brain
        brain.routing = WatchedRouting(brain.memory, brain.instance, self, self._answers)
        engine.listeners.append(lambda: self.look(brain))

    def look(self, brain: Brain) -> None:
        """After an event and everything that it led to."""
        self.steps += 1
        self.broken += [
            f"at {brain.now_ms}: {each}" for each in (*agreement.within(brain), *self.counts(brain), *_places(brain))
        ]

    def counts(self, brain: Brain) -> list[str]:
        """The live figures that are not what counting from scratch gives."""
        found, instance = [], brain.instance
        for queue_id in (*instance.queues, *map(agent_queue, instance.agents)):
            kept, counted = brain.routing.figures(queue_id, brain.now_ms), self._count(brain, queue_id)
            found += [f"the figures of {queue_id} are {kept} and should be {counted}"] if kept != counted else []
        return found

    def _count(self, brain: Brain, queue_id: QueueId) -> QueueFigures:
        routing, now_ms = brain.memory.routing, brain.now_ms
        here = [each for each in routing.waiting.values() if each.queue_id == queue_id]
        line = [each for each in here if not each.not_before_ms]
        words = [_word(brain, agent_id) for agent_id in _servers(brain.instance, queue_id)]
        place = 1 + sum((each.priority, each.since_ms - each.age_offset_s * 1_000) <= (5, now_ms) for each in line)
        staffed = sum(map(words.count, ("available", "ringing", "on contact", "after contact work")))
        spacings = self._answers.spacings(queue_id, now_ms)

        def estimated_ms(place: int) -> int | None:
            if place <= words.count("available"):
                return 0
            return place * sum(spacings) // len(spacings) if staffed and len(spacings) >= 3 else None

        return QueueFigures(
            contacts_in_queue=len(line),
            oldest_contact_age_ms=max((now_ms - each.since_ms for each in line), default=0),
            agents_online=len(words) - words.count("offline"),
            agents_staffed=staffed,
            agents_available=words.count("available"),
            agents_on_contact=words.count("on contact"),
            agents_after_contact_work=words.count("after contact work"),
            agents_missed=words.count("missed"),
            agents_non_productive=words.count("break"),
            agents_error=words.count("error"),
            contacts_scheduled=len(here) - len(line),
            position=place,
            estimated_wait_ms=estimated_ms(place),
            newcomer_wait_ms=estimated_ms(len(line) + 1),
        )


def _places(brain: Brain) -> list[str]:
    """The positions of contacts that are not how many come before them, and one."""
    found, waiting = [], brain.memory.routing.waiting.values()
    for each in waiting:
        line = [other.key for other in waiting if other.queue_id == each.queue_id and not other.not_before_ms]
        live = brain.live(each.contact_id)
        contact = live.contacts.get(each.contact_id) if live else None
        told = position(brain.routing, each.queue_id, brain.now_ms, contact)
        if told != 1 + sum(key < each.key for key in line):
            found.append(f"the position of {each.contact_id} is told as {told}")
    return found


class WatchedRouting(Routing):
    """Looks at everything after every step."""

    def __init__(self, memory: Memory, instance: Instance, watch: Watch, answers: Answers) -> None:
        super().__init__(memory.routing, instance)
        self._timers, self._watch, self._answers = memory.timers, watch, answers

    def configure(self, instance: Instance, now_ms: int) -> Outcome:
        return self._looked_at("the configuration", super().configure(instance, now_ms), now_ms)

    def handle(self, event: Happening, now_ms: int) -> Outcome:
        if isinstance(event, MoveAgent) and event.trigger is AgentTrigger.ANSWERED:
            offered = self.state.offered.get(event.contact_id)
            if offered is not None and offered.agent_id == event.agent_id:
                waiting = offered.waiting
                answer = (now_ms, waiting.since_ms, offered.at_ms > waiting.since_ms)
                self._answers.of.setdefault(waiting.queue_id, []).append(answer)
        what = f"{type(event).__name__} {event.timer_id}" if isinstance(event, TimerFired) else type(event).__name__
        return self._looked_at(what, super().handle(event, now_ms), now_ms)

    def _looked_at(self, what: str, outcome: Outcome, now_ms: int) -> Outcome:
        """Who is late because the application was down is offered once its timer, which is due, has fired."""
        looked_for_ms = min((now_ms, *self._timers.values()))
        found = invariants.broken(self.state, self.orders, self.instance, looked_for_ms)
        found += invariants.order_kept(self.state, self.instance, outcome, now_ms)
        self._watch.broken += [f"at {now_ms} after {what}: {each}" for each in found]
        return outcome


def _servers(instance: Instance, queue_id: QueueId) -> list[str]:
    owner = agent_of_queue(queue_id)
    if owner is not None:
        return [owner]
    serving = {p.profile_id for p in instance.profiles.values() if any(q.queue_id == queue_id for q in p.queues)}
    return [agent.agent_id for agent in instance.agents.values() if agent.profile_id in serving]


def _word(brain: Brain, agent_id: str) -> str:
    """What an agent counts as, in a word."""
    state = brain.memory.routing.agents[agent_id]  # type: ignore[index]
    if state.activity is not Activity.IDLE:
        return state.activity.value
    if state.status == AVAILABLE:
        there = state.phone_reachable and state.panel is not Panel.LOST
        return "available" if there else "error"
    if state.status == OFFLINE:
        return "offline"
    status = brain.instance.statuses.get(state.status)
    productive = status is not None and status.productive and status.type is StatusType.CUSTOM
    return "productive" if productive else "break"
