"""A shift at a contact centre in virtual time: seeded callers and agents, straight through the production routing core.

Nothing but routing is simulated: who waits, who is offered to whom, how agents live. Talks, patience and the time a phone rings are
drawn; a call's flow and telephony are not there (`chaos` has them). A call costs tens of microseconds.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Protocol

from app.domain.agent import AVAILABLE, AgentTrigger
from app.domain.commands import CancelTimer, Command, StartTimer
from app.domain.events import AgentStatusRequested, Event, PhoneReachable, TimerFired
from app.domain.ids import AgentId, ContactId, ProfileId, QueueId, TimerId
from app.domain.instance import Agent, Instance, ProfileQueue, Queue, RoutingProfile
from app.domain.requests import LeaveQueue, MoveAgent, NoteWaiting, OfferContact, Request, WaitInQueue
from app.routing.core import Routing
from app.routing.state import RoutingState

START_MS = 1_750_000_000_000


@dataclass(frozen=True, slots=True)
class Setting:
    """What the shift is like. Means are of exponential distributions; `patience_s` None: nobody gives up; `work_s` is fixed."""

    agents: int = 20
    calls: int = 10_000
    calls_per_hour: float = 300.0
    talk_s: float = 180.0
    work_s: int = 30
    patience_s: float | None = 120.0
    ring_s: float = 3.0
    missed: float = 0.02
    """The share of offers that ring out."""
    queues: int = 1
    seed: int = 1


@dataclass(slots=True)
class Call:
    """One call's fate. Times in milliseconds; `answered_ms` None: it gave up."""

    arrived_ms: int
    queue_id: QueueId
    waited: bool = False
    """Nobody was free when it arrived."""
    answered_ms: int | None = None
    left_ms: int | None = None

    @property
    def wait_ms(self) -> int:
        end_ms = self.answered_ms if self.answered_ms is not None else self.left_ms
        return (end_ms or self.arrived_ms) - self.arrived_ms


@dataclass(slots=True)
class Result:
    calls: list[Call]
    virtual_s: float
    events: int
    misses: int


class Core(Protocol):
    """What routes a shift."""

    state: RoutingState
    instance: Instance

    def handle(self, event: Event | Request, now_ms: int) -> list[Command | Request]: ...


class Shift:
    """Runs one setting, once. `routing` may be another core than the production one; `instance` other agents and queues than those of
    the setting, and `shares` how the calls fall on its queues (by turns when empty)."""

    def __init__(
        self,
        setting: Setting,
        routing: "Callable[[RoutingState, Instance], Core]" = Routing,
        instance: Instance | None = None,
        shares: tuple[float, ...] = (),
    ) -> None:
        self.setting, self._shares = setting, shares
        self.now_ms = START_MS
        self.calls: list[Call] = []
        self.core = routing(RoutingState(), instance or centre(setting))
        self._events = self._misses = self._serial = 0
        self._random = random.Random(setting.seed)
        self._queues = list(self.core.instance.queues)
        self._gap_s = 3_600 / setting.calls_per_hour
        self._due: list[tuple[int, int, Callable[[Any], None], Any]] = []
        self._timers: dict[TimerId, int] = {}

    def run(self) -> Result:
        """From the first call to the end of the last one."""
        for agent in self.core.instance.agents.values():
            self._tell(PhoneReachable(agent.phone, True))
            self._tell(AgentStatusRequested(agent.agent_id, AVAILABLE))
        self._after(self._draw_ms(self._gap_s), self._arrive, None)
        due = self._due
        while due:
            self.now_ms, _, action, about = heappop(due)
            action(about)
        return Result(self.calls, (self.now_ms - START_MS) / 1000, self._events, self._misses)

    def _arrive(self, _: object) -> None:
        number, setting = len(self.calls), self.setting
        queues = self._queues
        queue_id = self._random.choices(queues, self._shares)[0] if self._shares else queues[number % len(queues)]
        call = Call(self.now_ms, queue_id)
        self.calls.append(call)
        contact_id = ContactId(str(number))
        if number + 1 < setting.calls:
            self._after(self._draw_ms(self._gap_s), self._arrive, None)
        if setting.patience_s is not None:
            self._after(self._draw_ms(setting.patience_s), self._give_up, contact_id)
        self._tell(WaitInQueue(contact_id, queue_id, self.now_ms))

    def _give_up(self, contact_id: ContactId) -> None:
        call = self.calls[int(contact_id)]
        if call.answered_ms is not None:
            return
        call.left_ms = self.now_ms
        offered = self.core.state.offered.get(contact_id)
        if offered is not None:
            self._tell(MoveAgent(offered.agent_id, contact_id, AgentTrigger.CALLER_GONE))
        self._tell(LeaveQueue(contact_id))

    def _rung(self, offer: OfferContact) -> None:
        """The phone has rung for its time: it is answered, or the contact waits on."""
        call = self.calls[int(offer.contact_id)]
        offered = self.core.state.offered.get(offer.contact_id)
        if offered is None or offered.agent_id != offer.agent_id:
            return
        if self.setting.missed and self._random.random() < self.setting.missed:
            self._misses += 1
            self._tell(MoveAgent(offer.agent_id, offer.contact_id, AgentTrigger.RANG_OUT))
            self._tell(WaitInQueue(offer.contact_id, offer.queue_id, call.arrived_ms))
            return
        call.answered_ms = self.now_ms
        self._tell(MoveAgent(offer.agent_id, offer.contact_id, AgentTrigger.ANSWERED))
        self._after(self._draw_ms(self.setting.talk_s), self._ended, offer)

    def _ended(self, offer: OfferContact) -> None:
        self._tell(MoveAgent(offer.agent_id, offer.contact_id, AgentTrigger.CONTACT_ENDED))

    def _timer(self, timer: StartTimer) -> None:
        if self._timers.get(timer.timer_id) == timer.due_ms:
            del self._timers[timer.timer_id]
            self._tell(TimerFired(timer.timer_id))

    def _tell(self, event: Event | Request) -> None:
        self._events += 1
        for each in self.core.handle(event, self.now_ms):
            self._follow(each)

    def _follow(self, each: Command | Request) -> None:
        if isinstance(each, OfferContact):
            ring_ms = round(self.setting.ring_s * 1000)
            if ring_ms:
                self._after(ring_ms, self._rung, each)
            else:
                self._rung(each)
        elif isinstance(each, NoteWaiting):
            self.calls[int(each.contact_id)].waited = True
        elif isinstance(each, StartTimer):
            self._timers[each.timer_id] = each.due_ms
            self._after(each.due_ms - self.now_ms, self._timer, each)
        elif isinstance(each, CancelTimer):
            self._timers.pop(each.timer_id, None)

    def _after(self, delay_ms: int, action: Callable[[Any], None], about: object) -> None:
        self._serial += 1
        heappush(self._due, (self.now_ms + delay_ms, self._serial, action, about))

    def _draw_ms(self, mean_s: float) -> int:
        return round(self._random.expovariate(1 / mean_s) * 1000)


def centre(setting: Setting) -> Instance:
    """An instance with this many agents; every agent serves all queues equally."""
    queues = [QueueId(f"queue-{number}") for number in range(setting.queues)]
    profile = RoutingProfile(ProfileId("all"), "All", tuple(ProfileQueue(queue) for queue in queues))
    agents = [
        Agent(
            AgentId(f"agent-{number}"),
            f"agent-{number}",
            profile.profile_id,
            f"phone-{number}",
            after_contact_work_s=setting.work_s,
            missed_return_s=30,
        )
        for number in range(setting.agents)
    ]
    return Instance(
        "shift",
        "shift",
        queues={queue: Queue(queue, f"Queue {number + 1}") for number, queue in enumerate(queues)},
        profiles={profile.profile_id: profile},
        agents={agent.agent_id: agent for agent in agents},
    )
