"""`bench routing`: the routing core under a full house, against routers that look at everybody, in the same process and minute.

All meet the same kind of day: every agent is busy and every queue is long. An agent answers, ends, and is available again, which
finds them the next contact; a new contact takes its place. Now and then a caller gives up, a priority changes, a phone is lost.
Only the processor's time within the router counts. A decision is an event that brings a
contact and an agent together.
"""

import random
import statistics
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Protocol

from app.cli.benchmarks import machine
from app.domain.agent import AVAILABLE, Activity, AgentState, AgentTrigger
from app.domain.events import AgentStatusRequested, Event, PhoneReachable
from app.domain.ids import AgentId, ContactId, ProfileId, QueueId
from app.domain.instance import Agent, Instance, ProfileQueue, Queue, RoutingProfile
from app.domain.requests import ChangeRouting, LeaveQueue, MoveAgent, OfferContact, Request, WaitInQueue
from app.routing.core import Routing
from app.routing.state import RoutingState, Waiting

Happening = Event | Request
GOAL_PER_SECOND, GOAL_RATIO = 50_000, 100


@dataclass(frozen=True, slots=True)
class Options:
    """How big the house is and how many events each router meets in a round."""

    agents: int = 1_000
    queues: int = 50
    waiting: int = 10_000
    events: int = 100_000
    scanned: int = 1_000
    naive: int = 10
    rounds: int = 5


class Router(Protocol):
    def handle(self, event: Happening, now_ms: int) -> list[Any]: ...


class AgentsFirstScan:
    """Looks at all agents after every event, and for each who is available at all who wait. The same decisions without any order."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.agents = {agent: AgentState(agent) for agent in instance.agents}
        self.waiting: dict[ContactId, Waiting] = {}
        self.serial = 0

    def handle(self, event: Happening, now_ms: int) -> list[OfferContact]:
        if isinstance(event, WaitInQueue):
            self.serial += 1
            self.waiting[event.contact_id] = Waiting(
                event.contact_id, event.queue_id, event.since_ms, self.serial, event.priority
            )
        elif isinstance(event, LeaveQueue):
            self.waiting.pop(event.contact_id, None)
        elif isinstance(event, ChangeRouting) and (found := self.waiting.get(event.contact_id)) is not None:
            priority = found.priority if event.priority is None else event.priority
            self.waiting[event.contact_id] = Waiting(
                found.contact_id, found.queue_id, found.since_ms, found.serial, priority
            )
        elif isinstance(event, MoveAgent):
            agent = self.agents[event.agent_id]
            answered = event.trigger is AgentTrigger.ANSWERED
            agent.activity = Activity.ON_CONTACT if answered else Activity.AFTER_CONTACT_WORK
        elif isinstance(event, AgentStatusRequested):
            agent = self.agents[event.agent_id]
            agent.status, agent.activity, agent.idle_since_ms = event.status, Activity.IDLE, now_ms
        elif isinstance(event, PhoneReachable):
            for each in self.agents.values():
                if self.instance.agents[each.agent_id].phone == event.phone:
                    each.phone_reachable = event.reachable
        return self._look_at_everybody(now_ms)

    def _look_at_everybody(self, now_ms: int) -> list[OfferContact]:
        """The longest available agent first, each gets the contact that is next for them."""
        available = [agent for agent in self.agents.values() if agent.routable]
        offers = []
        for agent in sorted(available, key=lambda each: (each.idle_since_ms, each.agent_id)):
            profile = self.instance.profiles[self.instance.agents[agent.agent_id].profile_id]
            served = {each.queue_id: each for each in profile.queues}
            found = [each for each in self.waiting.values() if each.queue_id in served]
            offers += self._best(agent, served, found, now_ms)
        return offers

    def _best(
        self, agent: AgentState, served: dict[QueueId, ProfileQueue], found: list[Waiting], now_ms: int
    ) -> list[OfferContact]:
        heads: dict[QueueId, Waiting] = {}
        for each in found:
            due = now_ms - each.since_ms >= served[each.queue_id].delay_s * 1000
            if due and (each.queue_id not in heads or each.key < heads[each.queue_id].key):
                heads[each.queue_id] = each
        if not heads:
            return []
        best = min(heads.values(), key=lambda each: (served[each.queue_id].priority, each.key[1:]))
        del self.waiting[best.contact_id]
        agent.activity = Activity.RINGING
        return [OfferContact(best.contact_id, agent.agent_id, best.queue_id, "")]


class NaiveScan(AgentsFirstScan):
    """Every contact that waits looks through all agents, as every caller in Asterisk's app_queue looks through all members."""

    def _look_at_everybody(self, now_ms: int) -> list[OfferContact]:
        profiles = self.instance.profiles
        members = [
            (state, {each.queue_id: each for each in profiles[self.instance.agents[agent].profile_id].queues})
            for agent, state in self.agents.items()
        ]
        found: dict[AgentId, list[Waiting]] = {}
        for waiting in self.waiting.values():
            for agent, served in members:
                if agent.status == AVAILABLE and agent.activity is Activity.IDLE and waiting.queue_id in served:
                    found.setdefault(agent.agent_id, []).append(waiting)
        offers = []
        for agent, served in sorted(members, key=lambda member: member[0].idle_since_ms):
            if agent.agent_id in found:
                offers += self._best(agent, served, found[agent.agent_id], now_ms)
        return offers


def house(options: Options, seed: int) -> Instance:
    """Queues, and agents in profiles of ten queues each with priorities from 1 to 3; one queue of a profile in five has a delay."""
    chance = random.Random(seed)
    queues = [QueueId(f"queue-{number}") for number in range(options.queues)]
    profiles = {}
    for number in range(max(1, options.queues // 2)):
        served = tuple(
            ProfileQueue(queue, chance.randint(1, 3), 30 if chance.random() < 0.2 else 0)
            for queue in chance.sample(queues, min(10, len(queues)))
        )
        profiles[ProfileId(f"profile-{number}")] = RoutingProfile(ProfileId(f"profile-{number}"), f"P{number}", served)
    agents = {
        AgentId(f"agent-{number}"): Agent(
            AgentId(f"agent-{number}"), f"agent-{number}", chance.choice(list(profiles)), f"phone-{number}"
        )
        for number in range(options.agents)
    }
    return Instance(
        "bench", "bench", queues={each: Queue(each, str(each)) for each in queues}, profiles=profiles, agents=agents
    )


class Day:
    """Drives one router: `fill` makes the full house, `run` measures events in it. The same seed gives the same day."""

    def __init__(self, router: Router, instance: Instance, options: Options, seed: int) -> None:
        self.router, self.instance, self.options = router, instance, options
        self.chance = random.Random(seed)
        self.queues = list(instance.queues)
        self.now_ms = 1_000_000_000
        self.number = 0
        self.ringing: deque[OfferContact] = deque()
        self.taken_ns: list[int] = []
        self.decided_ns: list[int] = []
        """Of the events that brought a contact and an agent together."""
        self.offers: list[tuple[str, str]] = []
        self.alive: list[ContactId] = []

    def fill(self) -> None:
        for agent in self.instance.agents.values():
            self._tell(PhoneReachable(agent.phone, True))
        for _ in range(self.options.waiting):
            self._arrive(self.chance.randint(60_000, 600_000))
        for agent in self.instance.agents.values():
            self._tell(AgentStatusRequested(agent.agent_id, AVAILABLE))
        for _ in range(self.options.agents):
            self._arrive(self.chance.randint(0, 60_000))
        self.forget()

    def forget(self) -> None:
        """What was measured so far."""
        self.taken_ns.clear()
        self.decided_ns.clear()

    def run(self, events: int) -> None:
        while len(self.taken_ns) < events:
            self._one_contact_more()

    def _one_contact_more(self) -> None:
        offer = self.ringing.popleft()
        self._tell(MoveAgent(offer.agent_id, offer.contact_id, AgentTrigger.ANSWERED))
        self._tell(MoveAgent(offer.agent_id, offer.contact_id, AgentTrigger.CONTACT_ENDED))
        self._tell(AgentStatusRequested(offer.agent_id, AVAILABLE))
        self._arrive()
        dice = self.chance.random()
        if dice < 0.2:
            self._tell(LeaveQueue(self.chance.choice(self.alive)))
            self._arrive()
        elif dice < 0.3:
            self._tell(ChangeRouting(self.chance.choice(self.alive), priority=self.chance.randint(1, 9)))
        elif dice < 0.32:
            phone = self.instance.agents[offer.agent_id].phone
            self._tell(PhoneReachable(phone, False))
            self._tell(PhoneReachable(phone, True))

    def _arrive(self, waited_ms: int = 0) -> None:
        self.number += 1
        contact_id = ContactId(f"contact-{self.number}")
        if len(self.alive) < self.options.waiting:
            self.alive.append(contact_id)
        else:
            self.alive[self.chance.randrange(len(self.alive))] = contact_id
        self._tell(WaitInQueue(contact_id, self.chance.choice(self.queues), self.now_ms - waited_ms))

    def _tell(self, event: Happening) -> None:
        self.now_ms += 7
        now_ms, handle = self.now_ms, self.router.handle
        begun = time.thread_time_ns()
        outcome = handle(event, now_ms)
        self.taken_ns.append(time.thread_time_ns() - begun)
        for each in outcome:
            if type(each) is OfferContact:
                self.decided_ns.append(self.taken_ns[-1])
                self.ringing.append(each)
                self.offers.append((each.contact_id, each.agent_id))


def run(options: Options) -> dict[str, Any]:
    """Measures and returns figures, ratios and goals, ready for JSON."""
    rounds: dict[str, list[dict[str, float]]] = {"trunkline": [], "agents_first_scan": [], "naive_scan": []}
    for seed in range(options.rounds):
        instance = house(options, seed)
        scan = Day(AgentsFirstScan(instance), instance, options, seed)
        scan.fill()
        scan.run(options.scanned)
        rounds["agents_first_scan"].append(_figures(scan))
        scan.router = _turned(scan.router)
        scan.forget()
        scan.run(options.naive)
        rounds["naive_scan"].append(_figures(scan))
        day = Day(Routing(RoutingState(), instance), instance, options, seed)
        day.fill()
        day.run(options.events)
        rounds["trunkline"].append(_figures(day))
    figures = {name: _median(each) for name, each in rounds.items()}
    ratios = {
        f"{what}_to_{base}": round(
            statistics.median(
                ours[key] / theirs[key] for ours, theirs in zip(rounds["trunkline"], rounds[base], strict=True)
            ),
            1,
        )
        for base in ("naive_scan", "agents_first_scan")
        for what, key in (("events", "per_second"), ("decisions", "decisions_per_second"))
    }
    return {
        "bench": "routing",
        "setting": {name: getattr(options, name) for name in Options.__slots__},
        "machine": machine.description(""),
        "figures": figures,
        "ratios": ratios,
        "goals": {
            f">= {GOAL_PER_SECOND} events a second": figures["trunkline"]["per_second"] >= GOAL_PER_SECOND,
            f">= {GOAL_RATIO} times the naive scan": ratios["events_to_naive_scan"] >= GOAL_RATIO,
        },
        "rounds": rounds,
    }


def _turned(scan: Any) -> NaiveScan:
    """The same full house before the other scan."""
    naive = NaiveScan(scan.instance)
    naive.agents, naive.waiting, naive.serial = scan.agents, scan.waiting, scan.serial
    return naive


def _figures(day: Day) -> dict[str, float]:
    ordered = sorted(day.taken_ns)
    return {
        "per_second": round(len(ordered) / sum(ordered) * 1e9, 1),
        "decisions_per_second": round(len(day.decided_ns) / sum(day.decided_ns) * 1e9, 1),
        "p50_us": round(ordered[len(ordered) // 2] / 1000, 2),
        "p99_us": round(ordered[len(ordered) * 99 // 100] / 1000, 2),
        "slowest_us": round(ordered[-1] / 1000, 1),
    }


def _median(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}


def summary(told: dict[str, Any]) -> list[str]:
    """The result for people."""
    setting = told["setting"]
    lines = [f"Routing: {setting['agents']} agents, {setting['queues']} queues, {setting['waiting']} contacts waiting"]
    for name, one in told["figures"].items():
        lines.append(
            f"  {name:<17} {one['per_second']:>9,.0f} events a second, p50 {one['p50_us']:,.1f} us, p99 {one['p99_us']:,.1f} us; "
            f"{one['decisions_per_second']:,.0f} decisions a second"
        )
    lines.append("  " + ", ".join(f"{name} {value:,.0f}" for name, value in told["ratios"].items()))
    return [*lines, *(f"  {'reached' if reached else 'MISSED '}  {goal}" for goal, reached in told["goals"].items())]
