"""What always holds: after any events in any order, and told when it does not."""

import random
from dataclasses import replace

import pytest

from app.domain.agent import Activity, AgentTrigger
from app.domain.commands import CancelTimer, StartTimer
from app.domain.events import AgentStatusRequested, PanelClosed, PanelOpened, PhoneReachable, TimerFired
from app.domain.ids import AgentId, ContactId, ProfileId, agent_queue
from app.domain.instance import Instance, ProfileQueue, RoutingProfile
from app.domain.requests import ChangeRouting, LeaveQueue, MoveAgent, OfferContact, WaitInQueue
from app.routing import invariants
from app.routing.core import Routing
from app.routing.state import RoutingState
from tests.unit.instances import ANN, BOB, CAT, SALES, SUPPORT, instance
from tests.unit.routing.desk import Desk

pytestmark = pytest.mark.unit


class Walk:
    """Random events one after the other; timers fire when they are due, as the shell does it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now_ms = 1_000_000
        self.configurations = [
            instance(delay_s=20, missed_limit=2, missed_return_s=5),
            instance(delay_s=3, offline_when_lost_s=4),
            replace(instance(), profiles=turned(instance())),
        ]
        self.routing = Routing(RoutingState(), self.configurations[0])
        self.timers: dict[str, int] = {}
        self.number = 0

    def step(self) -> list[str]:
        self.now_ms += self.chance.choice((1, 500, 3_000))
        due = [timer for timer, at_ms in self.timers.items() if at_ms <= self.now_ms]
        if due:
            first = min(due, key=self.timers.__getitem__)
            self.now_ms = max(self.timers.pop(first), self.now_ms - 3_000)
            return self.follow(self.routing.handle(TimerFired(first), self.now_ms))  # type: ignore[arg-type]
        if self.chance.random() < 0.03:
            given = self.chance.choice(self.configurations)
            return self.follow(self.routing.configure(given, self.now_ms))
        return self.follow(self.routing.handle(self.event(), self.now_ms))

    def event(self):  # type: ignore[no-untyped-def]
        state, chance = self.routing.state, self.chance
        agent = chance.choice((ANN, BOB, CAT))
        held = state.agents[agent].contact_id
        waiting = list(state.waiting)
        match chance.randrange(9):
            case 0 | 1:
                return self.arrival()
            case 2 if waiting:
                return LeaveQueue(chance.choice(waiting))
            case 3 if waiting:
                return ChangeRouting(
                    chance.choice(waiting), chance.choice((None, 1, 9)), chance.choice((None, 60, -60))
                )
            case 4:
                return PhoneReachable(f"phone-{agent}", chance.random() < 0.7)
            case 8:
                return PanelOpened(agent) if chance.random() < 0.6 else PanelClosed(agent, chance.choice((0, 5)))
            case 5 | 6 if held is not None and state.agents[agent].activity is Activity.RINGING:
                kinds = ("ANSWERED", "ANSWERED", "RANG_OUT", "DECLINED", "UNREACHABLE", "CALLER_GONE")
                return MoveAgent(agent, held, AgentTrigger[chance.choice(kinds)])
            case 5 | 6 | 7 if held is not None and state.agents[agent].activity is Activity.ON_CONTACT:
                return MoveAgent(agent, held, AgentTrigger.CONTACT_ENDED)
        return AgentStatusRequested(agent, chance.choice(("Available", "Available", "Lunch", "Offline")))

    def arrival(self) -> WaitInQueue:
        self.number += 1
        queue = self.chance.choice((SALES, SUPPORT, SUPPORT, agent_queue(ANN)))
        since_ms = self.now_ms - self.chance.choice((0, 0, 10_000))
        later = self.now_ms + 2_000 if self.chance.random() < 0.1 else 0
        return WaitInQueue(ContactId(f"c{self.number}"), queue, since_ms, self.chance.choice((5, 5, 1)), 0, later)

    def follow(self, outcome: list) -> list[str]:  # type: ignore[type-arg]
        for each in outcome:
            if isinstance(each, StartTimer):
                self.timers[each.timer_id] = each.due_ms
            elif isinstance(each, CancelTimer):
                self.timers.pop(each.timer_id, None)
        core = self.routing
        found = invariants.order_kept(core.state, core.instance, outcome, self.now_ms)
        late = any(at_ms <= self.now_ms for at_ms in self.timers.values())
        return found if late else found + invariants.broken(core.state, core.orders, core.instance, self.now_ms)


def turned(given: Instance) -> dict[ProfileId, RoutingProfile]:
    """The same profiles, serving their queues in the other order, one of them after a delay."""
    queues = (ProfileQueue(SUPPORT, 1, 7), ProfileQueue(SALES, 1))
    return {key: RoutingProfile(key, profile.name, queues) for key, profile in given.profiles.items()}


@pytest.mark.parametrize("seed", range(40))
def test_nothing_breaks_whatever_happens(seed: int) -> None:
    walk = Walk(seed)
    for number in range(400):
        assert walk.step() == [], f"seed {seed}, step {number}"
    assert walk.number > 60


@pytest.mark.parametrize("seed", range(5))
def test_a_router_made_of_the_same_state_goes_on_alike(seed: int) -> None:
    walk, copy = Walk(seed), Walk(seed)
    for number in range(300):
        if number % 7 == 0:
            copy.routing = Routing(copy.routing.state, copy.routing.instance)
        walk.step()
        copy.step()
        assert copy.routing.state == walk.routing.state
        assert copy.timers == walk.timers


def told(desk: Desk) -> str:
    core = desk.routing
    return "; ".join(invariants.broken(core.state, core.orders, core.instance, desk.now_ms))


def test_a_contact_that_waits_and_rings_is_told() -> None:
    desk = Desk()
    desk.available(ANN)
    desk.wait("c1")
    offered = desk.routing.state.offered[ContactId("c1")]
    desk.routing.state.waiting[ContactId("c1")] = offered.waiting
    assert "c1 waits and is offered at once" in told(desk)
    assert "the order of q-sales is not that of its contacts" in told(desk)


def test_two_agents_for_one_contact_are_told() -> None:
    desk = Desk()
    desk.available(ANN)
    desk.wait("c1")
    desk.agent(BOB).activity, desk.agent(BOB).contact_id = Activity.RINGING, ContactId("c1")
    assert "c1 rings 2 agents" in told(desk)


def test_an_idle_agent_beside_a_waiting_contact_is_told() -> None:
    desk = Desk()
    desk.wait("c1")
    agent = desk.agent(ANN)
    agent.status, agent.phone_reachable = "Available", True
    assert "ann is available and c1 waits in q-sales" in told(desk)


def test_a_contact_offered_out_of_turn_is_told() -> None:
    desk = Desk()
    desk.available(ANN)
    heard = desk.wait("young")
    core = desk.routing
    taken = core.state.offered[ContactId("young")].waiting
    core.state.waiting[ContactId("old")] = replace(taken, contact_id=ContactId("old"), since_ms=0, serial=0)
    offers = [each for each in heard if isinstance(each, OfferContact)]
    found = invariants.order_kept(core.state, core.instance, offers, desk.now_ms)
    assert found == [f"{AgentId('ann')} was offered young before old"]
