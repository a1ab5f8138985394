"""Who gets which contact."""

from dataclasses import replace

import pytest

from app.domain.agent import AgentTrigger
from app.domain.commands import StartTimer
from app.domain.events import PhoneReachable, TimerFired
from app.domain.ids import ContactId, ProfileId, QueueId, agent_queue
from app.domain.instance import Instance, ProfileQueue, Queue, RoutingProfile
from app.domain.requests import AfterWorkDone, ChangeRouting, LeaveQueue, MoveAgent
from app.routing.core import Routing
from tests.unit.instances import ANN, BOB, CAT, SALES, SUPPORT, instance
from tests.unit.routing.desk import Desk, offers, timer

pytestmark = pytest.mark.unit


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


def test_a_more_urgent_contact_goes_before_an_older_one_of_its_queue() -> None:
    desk = Desk()
    desk.wait("old")
    desk.wait("urgent", priority=1)
    desk.wait("less", priority=9)
    assert offers(desk.available(ANN)) == [("urgent", ANN)]
    assert offers(desk.available(BOB)) == [("old", BOB)]


def test_a_changed_priority_counts_at_once() -> None:
    desk = Desk()
    desk.wait("c1")
    desk.wait("c2")
    desk.tell(ChangeRouting(ContactId("c2"), priority=2))
    assert offers(desk.available(ANN)) == [("c2", ANN)]


def test_a_changed_age_counts_at_once_and_other_figures_keep_the_real_one() -> None:
    desk = Desk()
    desk.wait("c1")
    desk.wait("c2")
    desk.tell(ChangeRouting(ContactId("c2"), age_offset_s=600))
    assert desk.routing.figures(SALES, desk.now_ms).oldest_contact_age_ms == 2_000
    assert offers(desk.available(ANN)) == [("c2", ANN)]


def test_an_agents_own_queue_is_theirs_alone_and_goes_before_everything() -> None:
    desk = Desk()
    desk.wait("urgent", SALES, priority=1)
    desk.wait("ann's", agent_queue(ANN))
    assert offers(desk.available(BOB)) == [("urgent", BOB)]
    desk.wait("more", SALES, priority=1)
    assert offers(desk.available(ANN)) == [("ann's", ANN)]


def test_an_available_agent_gets_a_contact_of_their_own_queue_at_once() -> None:
    desk = Desk()
    desk.available(BOB, ANN)
    assert offers(desk.wait("c1", agent_queue(ANN))) == [("c1", ANN)]


def test_among_equally_urgent_queues_the_oldest_contact_is_next() -> None:
    equal = RoutingProfile(ProfileId("both"), "Both", (ProfileQueue(SALES, 1), ProfileQueue(SUPPORT, 1)))
    desk = Desk(with_profile(instance(), equal))
    desk.wait("older", SUPPORT)
    desk.wait("younger", SALES, priority=1)
    assert offers(desk.available(ANN)) == [("older", ANN)]


def test_the_guides_profile_of_three_priorities_and_delays() -> None:
    """Premium Support 1 and 2 equally, 3 after 20 seconds when those are empty, 4 after 80 when all others are (guide, p. 4)."""
    queues = [QueueId(f"premium-{number}") for number in (1, 2, 3, 4)]
    one, two, three, four = queues
    premium = RoutingProfile(
        ProfileId("both"),
        "Premium",
        (ProfileQueue(one, 1), ProfileQueue(two, 1), ProfileQueue(three, 2, 20), ProfileQueue(four, 3, 80)),
    )
    desk = Desk(with_profile(replace(instance(), queues={each: Queue(each, str(each)) for each in queues}), premium))
    desk.wait("four", four)
    desk.wait("three", three)
    desk.wait("two", two)
    desk.wait("one", one)
    assert offers(desk.available(ANN)) == [("two", ANN)]
    assert offers(desk.available(BOB)) == [("one", BOB)]
    heard = desk.work(ANN, "two")
    assert offers(heard) == []
    timers = [each for each in heard if isinstance(each, StartTimer) and each.timer_id.startswith("queue:")]
    assert [each.due_ms - 1_000_000 for each in timers] == [22_000, 81_000]
    assert offers(desk.tell(TimerFired(timers[0].timer_id), after_ms=20_000)) == [("three", ANN)]


def test_delays_need_a_timer_only_while_somebody_could_take_the_contact_after_it() -> None:
    desk = Desk(instance(delay_s=30))
    assert [each for each in desk.wait("c1", SALES) if isinstance(each, StartTimer)] == []
    heard = desk.available(CAT)
    assert timer(heard).due_ms == 1_000_000 + 1_000 + 30_000
    assert offers(desk.tell(TimerFired(timer(heard).timer_id), after_ms=28_000)) == [("c1", CAT)]


def test_each_delay_that_passes_arms_the_next() -> None:
    desk = Desk(instance(delay_s=30))
    desk.available(CAT)
    first = timer(desk.wait("c1", SALES))
    desk.now_ms += 9_000
    desk.wait("c2", SALES)
    desk.tell(LeaveQueue(ContactId("c1")))
    heard = desk.routing.handle(TimerFired(first.timer_id), first.due_ms)
    assert timer(list(heard)).due_ms == first.due_ms + 10_000


def test_who_has_waited_the_delay_is_not_forgotten_when_another_one_comes_first() -> None:
    """The application was down when the delay was over, and the next process hears of another contact before its timer fires."""
    desk = Desk(instance(delay_s=30))
    desk.available(CAT)
    first = timer(desk.wait("c1", SALES))
    desk.now_ms = first.due_ms + 500
    again = timer(desk.wait("c2", SALES))
    assert again.due_ms <= desk.now_ms
    assert offers(desk.tell(TimerFired(again.timer_id), after_ms=0)) == [("c1", CAT)]


def test_a_delay_counts_real_waiting_and_no_routing_age() -> None:
    desk = Desk(instance(delay_s=30))
    desk.available(CAT)
    assert offers(desk.wait("c1", SALES, age_offset_s=600)) == []


def test_a_scheduled_contact_waits_for_its_time_and_keeps_its_age() -> None:
    desk = Desk()
    desk.available(ANN)
    heard = desk.wait("callback", since_ms=900_000, not_before_ms=desk.now_ms + 61_000)
    assert offers(heard) == []
    figures = desk.routing.figures(SALES, desk.now_ms)
    assert (figures.contacts_in_queue, figures.contacts_scheduled) == (0, 1)
    assert offers(desk.wait("call")) == [("call", ANN)]
    desk.wait("second")
    due = timer(heard)
    assert offers(desk.tell(TimerFired(due.timer_id), after_ms=60_000)) == []
    assert offers(desk.available(BOB)) == [("callback", BOB)]


def test_a_scheduled_contact_is_offered_when_its_time_has_come() -> None:
    desk = Desk()
    desk.available(ANN)
    due = timer(desk.wait("c1", not_before_ms=desk.now_ms + 10_000))
    later = timer(desk.wait("c2", not_before_ms=desk.now_ms + 99_000))
    assert (later.timer_id, later.due_ms) == (due.timer_id, due.due_ms)
    heard = desk.tell(TimerFired(due.timer_id), after_ms=9_000)
    assert offers(heard) == [("c1", ANN)]
    assert timer(heard).due_ms == 1_002_000 + 100_000


def test_a_changed_configuration_looks_at_who_waits_at_once() -> None:
    desk = Desk()
    other = QueueId("q-new")
    desk.available(ANN)
    desk.wait("c1", other)
    assert desk.explain("c1").startswith("the queue q-new is configured no more; no routing profile")
    profile = RoutingProfile(ProfileId("both"), "Both", (ProfileQueue(other, 1),))
    assert offers(desk.configure(with_profile(instance(), profile))) == [("c1", ANN)]


def test_a_shorter_delay_counts_at_once_for_who_waits() -> None:
    desk = Desk(instance(delay_s=300))
    desk.available(CAT)
    desk.wait("c1", SALES)
    desk.now_ms += 20_000
    assert offers(desk.configure(instance(delay_s=10))) == [("c1", CAT)]


def test_a_disabled_queue_still_serves_who_waits() -> None:
    desk = Desk()
    desk.wait("c1")
    given = instance()
    given.queues[SALES] = replace(given.queues[SALES], enabled=False)
    desk.configure(given)
    assert "is disabled" in desk.explain("c1")
    assert offers(desk.available(ANN)) == [("c1", ANN)]


def test_a_deleted_agent_takes_nothing_more_and_their_contact_ends_well() -> None:
    desk = Desk()
    desk.available(ANN, BOB)
    desk.wait("c1")
    desk.move(ANN, "c1", AgentTrigger.ANSWERED)
    given = instance()
    del given.agents[ANN], given.agents[BOB]
    desk.configure(given)
    assert set(desk.routing.state.agents) == {ANN, CAT}
    assert offers(desk.wait("c2")) == []
    heard = desk.move(ANN, "c1", AgentTrigger.CONTACT_ENDED)
    assert AfterWorkDone(ContactId("c1"), ANN) in heard
    assert set(desk.routing.state.agents) == {CAT}


def test_another_phone_for_an_agent_counts_at_once() -> None:
    desk = Desk()
    desk.available(ANN)
    given = instance()
    given.agents[ANN] = replace(given.agents[ANN], phone="new")
    desk.configure(given)
    assert not desk.agent(ANN).routable
    desk.wait("c1")
    assert offers(desk.tell(PhoneReachable("new", True))) == [("c1", ANN)]


def test_the_state_makes_the_same_orders_again() -> None:
    desk = Desk(instance(delay_s=1))
    desk.wait("c1", SUPPORT)
    desk.wait("c2")
    desk.wait("c3", priority=2)
    desk.available(CAT)
    again = Routing(desk.routing.state, desk.instance)
    for queue in again.orders.queues:
        order = desk.routing.orders.queues[queue]
        assert list(again.orders.queues[queue].serving) == list(order.serving)
        assert again.orders.queues[queue].oldest_ms() == order.oldest_ms()
    assert set(again.orders.queues) == {SALES}
    assert again.orders.standings(SALES) == desk.routing.orders.standings(SALES)
    desk.routing = again
    assert offers(desk.available(ANN)) == [("c3", ANN)]


def with_profile(given: Instance, profile: RoutingProfile) -> Instance:
    return replace(given, profiles={**given.profiles, profile.profile_id: profile})
