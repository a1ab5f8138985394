"""Who gets which contact, and when an agent can be offered one."""

import pytest

from app.domain.agent import Activity, AgentTrigger
from app.domain.commands import StartTimer
from app.domain.events import AgentStatusRequested, Event, PhoneReachable, TimerFired
from app.domain.ids import AgentId, ContactId, QueueId, TimerId
from app.domain.instance import Instance
from app.domain.requests import AfterWorkDone, LeaveQueue, MoveAgent, OfferContact, Request, WaitInQueue
from app.routing.core import Routing
from app.routing.state import RoutingState
from tests.unit.instances import ANN, BOB, CAT, SALES, SUPPORT, instance

pytestmark = pytest.mark.unit


class Desk:
    """A routing core with a clock that the test moves."""

    def __init__(self, given: Instance | None = None) -> None:
        self.instance = given or instance()
        self.routing = Routing(RoutingState(), self.instance)
        self.now_ms = 1_000_000

    def tell(self, event: Event | Request, after_ms: int = 1_000) -> list[object]:
        self.now_ms += after_ms
        return list(self.routing.handle(event, self.now_ms))

    def available(self, *agents: AgentId) -> list[object]:
        heard: list[object] = []
        for agent in agents:
            heard += self.tell(PhoneReachable(self.instance.agents[agent].phone, True))
            heard += self.tell(AgentStatusRequested(agent, "Available"))
        return heard

    def wait(self, contact: str, queue: QueueId = SALES, since_ms: int | None = None) -> list[object]:
        self.now_ms += 1_000
        since = self.now_ms if since_ms is None else since_ms
        return list(self.routing.handle(WaitInQueue(ContactId(contact), queue, since), self.now_ms))

    def activity(self, agent: AgentId) -> Activity:
        return self.routing.state.agents[agent].activity


def offers(heard: list[object]) -> list[tuple[str, str]]:
    return [(each.contact_id, each.agent_id) for each in heard if isinstance(each, OfferContact)]


def test_the_longest_available_agent_gets_the_contact() -> None:
    desk = Desk()
    desk.available(BOB, ANN)
    assert offers(desk.wait("c1")) == [("c1", BOB)]
    assert offers(desk.wait("c2")) == [("c2", ANN)]
    assert offers(desk.wait("c3")) == []


def test_an_agent_who_becomes_available_gets_the_oldest_contact() -> None:
    desk = Desk()
    desk.wait("c1")
    desk.wait("c2")
    assert offers(desk.available(ANN)) == [("c1", ANN)]


def test_the_profiles_priority_comes_before_age() -> None:
    desk = Desk()
    desk.wait("old", SUPPORT)
    desk.wait("new", SALES)
    assert offers(desk.available(ANN)) == [("new", ANN)]


def test_a_contact_that_was_missed_keeps_its_place() -> None:
    desk = Desk()
    desk.available(ANN)
    first_since = desk.now_ms + 1_000
    desk.wait("c1")
    desk.wait("c2")
    desk.tell(MoveAgent(ANN, ContactId("c1"), AgentTrigger.RANG_OUT))
    desk.wait("c1", since_ms=first_since)
    assert offers(desk.available(BOB)) == [("c1", BOB)]


def test_a_queue_with_a_delay_is_served_when_the_delay_is_over() -> None:
    desk = Desk(instance(delay_s=30))
    desk.available(CAT)
    heard = desk.wait("c1", SALES)
    assert offers(heard) == []
    timer = next(each for each in heard if isinstance(each, StartTimer))
    assert timer.due_ms == desk.now_ms + 30_000
    assert offers(desk.tell(TimerFired(timer.timer_id), after_ms=30_000)) == [("c1", CAT)]


def test_a_contact_that_left_is_not_offered() -> None:
    desk = Desk()
    desk.wait("c1")
    desk.tell(LeaveQueue(ContactId("c1")))
    assert offers(desk.available(ANN)) == []


def test_an_agent_without_a_reachable_phone_is_not_offered_anything() -> None:
    desk = Desk()
    desk.tell(AgentStatusRequested(ANN, "Available"))
    assert offers(desk.wait("c1")) == []
    assert offers(desk.tell(PhoneReachable("phone-ann", True))) == [("c1", ANN)]


def test_a_lost_phone_makes_a_desk_phone_agent_unroutable() -> None:
    desk = Desk(instance(available_when_registered=True))
    desk.tell(PhoneReachable("phone-ann", True))
    assert desk.routing.state.agents[ANN].routable
    desk.tell(PhoneReachable("phone-ann", False))
    assert desk.routing.state.agents[ANN].status == "Offline"
    assert offers(desk.wait("c1")) == []


def test_after_contact_work_ends_by_its_timer_and_the_next_contact_follows() -> None:
    desk = Desk()
    desk.available(ANN)
    desk.wait("c1")
    desk.tell(MoveAgent(ANN, ContactId("c1"), AgentTrigger.ANSWERED))
    heard = desk.tell(MoveAgent(ANN, ContactId("c1"), AgentTrigger.CONTACT_ENDED))
    timer = next(each for each in heard if isinstance(each, StartTimer))
    assert timer.due_ms == desk.now_ms + 10_000
    desk.wait("c2")
    assert desk.activity(ANN) is Activity.AFTER_CONTACT_WORK
    heard = desk.tell(TimerFired(timer.timer_id), after_ms=10_000)
    assert AfterWorkDone(ContactId("c1"), ANN) in heard
    assert offers(heard) == [("c2", ANN)]


def test_a_status_chosen_during_a_contact_holds_after_it() -> None:
    desk = Desk()
    desk.available(ANN)
    desk.wait("c1")
    desk.tell(MoveAgent(ANN, ContactId("c1"), AgentTrigger.ANSWERED))
    desk.tell(AgentStatusRequested(ANN, "Offline"))
    assert desk.routing.state.agents[ANN].status == "Available"
    desk.tell(MoveAgent(ANN, ContactId("c1"), AgentTrigger.CONTACT_ENDED))
    desk.tell(TimerFired(TimerId("agent:ann:after-contact-work")), after_ms=10_000)
    state = desk.routing.state.agents[ANN]
    assert (state.status, state.activity) == ("Offline", Activity.IDLE)
    assert offers(desk.wait("c2")) == []


def test_a_missed_contact_takes_the_agent_out_until_they_return() -> None:
    desk = Desk()
    desk.available(ANN)
    desk.wait("c1")
    desk.tell(MoveAgent(ANN, ContactId("c1"), AgentTrigger.RANG_OUT, "no answer"))
    assert desk.activity(ANN) is Activity.MISSED
    assert offers(desk.wait("c1")) == []
    assert offers(desk.tell(AgentStatusRequested(ANN, "Available"))) == [("c1", ANN)]


def test_a_caller_who_gives_up_costs_the_agent_no_turn() -> None:
    desk = Desk()
    desk.available(ANN, BOB)
    desk.wait("c1")
    desk.tell(MoveAgent(ANN, ContactId("c1"), AgentTrigger.CALLER_GONE))
    assert offers(desk.wait("c2")) == [("c2", ANN)]


def test_figures_count_who_waits_and_who_is_there() -> None:
    desk = Desk()
    desk.available(ANN, CAT)
    desk.tell(MoveAgent(ANN, ContactId("none"), AgentTrigger.ANSWERED))
    desk.wait("c1", SALES)
    desk.wait("c2", SALES)
    desk.wait("c3", SALES)
    desk.now_ms += 5_000
    figures = desk.routing.figures(SALES, desk.now_ms)
    assert (figures.contacts_in_queue, figures.oldest_contact_age_ms) == (1, 5_000)
    assert (figures.agents_online, figures.agents_staffed, figures.agents_available) == (2, 2, 0)


def test_the_state_makes_the_same_orders_again() -> None:
    desk = Desk()
    desk.wait("c1", SUPPORT)
    desk.wait("c2")
    desk.wait("c3")
    again = Routing(desk.routing.state, desk.instance)
    assert again.orders.queues == desk.routing.orders.queues
    desk.routing = again
    assert offers(desk.available(ANN)) == [("c2", ANN)]
