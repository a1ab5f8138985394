"""When an agent can be offered a contact, and what a contact, a phone, a person and the time make of them."""

from dataclasses import replace

import pytest

from app.domain.agent import Activity, AgentTrigger
from app.domain.events import AgentStatusRequested, PanelClosed, PanelOpened, PhoneReachable, TimerFired
from app.domain.ids import ContactId, TimerId
from app.domain.instance import AgentStatus
from app.domain.requests import AfterWorkDone, MoveAgent
from tests.unit.instances import ANN, BOB, SALES, instance
from tests.unit.routing.desk import Desk, offers, timer

pytestmark = pytest.mark.unit


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
    due = timer(heard)
    assert due.due_ms == desk.now_ms + 10_000
    desk.wait("c2")
    assert desk.agent(ANN).activity is Activity.AFTER_CONTACT_WORK
    heard = desk.tell(TimerFired(due.timer_id), after_ms=10_000)
    assert AfterWorkDone(ContactId("c1"), ANN) in heard
    assert offers(heard) == [("c2", ANN)]


def test_without_after_contact_work_the_next_contact_follows_at_once() -> None:
    desk = Desk(instance(after_contact_work_s=0))
    desk.available(ANN)
    desk.wait("c1")
    desk.tell(MoveAgent(ANN, ContactId("c1"), AgentTrigger.ANSWERED))
    desk.wait("c2")
    heard = desk.tell(MoveAgent(ANN, ContactId("c1"), AgentTrigger.CONTACT_ENDED))
    assert AfterWorkDone(ContactId("c1"), ANN) in heard
    assert offers(heard) == [("c2", ANN)]


def test_without_after_contact_work_a_status_chosen_before_holds_at_once() -> None:
    desk = Desk(instance(after_contact_work_s=0))
    desk.available(ANN)
    desk.wait("c1")
    desk.tell(MoveAgent(ANN, ContactId("c1"), AgentTrigger.ANSWERED))
    desk.tell(AgentStatusRequested(ANN, "Offline"))
    desk.tell(MoveAgent(ANN, ContactId("c1"), AgentTrigger.CONTACT_ENDED))
    assert (desk.agent(ANN).status, desk.agent(ANN).activity) == ("Offline", Activity.IDLE)


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
    assert desk.agent(ANN).activity is Activity.MISSED
    assert offers(desk.wait("c1")) == []
    assert offers(desk.tell(AgentStatusRequested(ANN, "Available"))) == [("c1", ANN)]


def test_a_caller_who_gives_up_costs_the_agent_no_turn() -> None:
    desk = Desk()
    desk.available(ANN, BOB)
    desk.wait("c1")
    desk.tell(MoveAgent(ANN, ContactId("c1"), AgentTrigger.CALLER_GONE))
    assert offers(desk.wait("c2")) == [("c2", ANN)]


def test_how_an_offer_failed_is_told_in_words() -> None:
    for trigger, activity, words in (
        (AgentTrigger.RANG_OUT, Activity.MISSED, "the phone rang and was not answered"),
        (AgentTrigger.DECLINED, Activity.MISSED, "the call was declined or the phone is busy"),
        (AgentTrigger.UNREACHABLE, Activity.ERROR, "the phone could not be reached"),
        (AgentTrigger.CALLER_GONE, Activity.IDLE, "the caller hung up first"),
    ):
        desk = Desk()
        desk.available(ANN)
        desk.wait("c1")
        desk.move(ANN, "c1", trigger)
        assert (desk.agent(ANN).activity, desk.agent(ANN).reason) == (activity, words)


def test_a_status_chosen_while_the_phone_rings_holds_when_nobody_answers() -> None:
    desk = Desk()
    desk.available(ANN)
    desk.wait("c1")
    desk.tell(AgentStatusRequested(ANN, "Lunch"))
    desk.move(ANN, "c1", AgentTrigger.RANG_OUT)
    state = desk.agent(ANN)
    assert (state.status, state.activity, state.next_status) == ("Lunch", Activity.IDLE, None)


def missed_again(desk: Desk, contact: str) -> None:
    desk.wait(contact)
    heard = desk.move(ANN, contact, AgentTrigger.RANG_OUT)
    if desk.agent(ANN).activity is Activity.MISSED:
        desk.tell(TimerFired(timer(heard).timer_id), after_ms=5_000)


def test_too_many_missed_in_a_row_change_the_status() -> None:
    desk = Desk(instance(missed_limit=3, missed_limit_status="Away", missed_return_s=5))
    desk.available(ANN)
    missed_again(desk, "c1")
    missed_again(desk, "c2")
    assert desk.agent(ANN).status == "Available"
    missed_again(desk, "c3")
    state = desk.agent(ANN)
    assert (state.status, state.activity) == ("Away", Activity.IDLE)
    assert state.reason.startswith("3 contacts in a row did not reach the agent")


def test_an_answer_in_between_starts_the_count_anew() -> None:
    desk = Desk(instance(missed_limit=2, missed_return_s=5))
    desk.available(ANN)
    missed_again(desk, "c1")
    desk.wait("c2")
    desk.work(ANN, "c2")
    missed_again(desk, "c3")
    assert desk.agent(ANN).status == "Available"


def test_a_lost_phone_is_unroutable_at_once_and_offline_after_a_while() -> None:
    desk = Desk(instance(offline_when_lost_s=60))
    desk.available(ANN)
    lost = timer(desk.tell(PhoneReachable("phone-ann", False)))
    assert not desk.agent(ANN).routable
    assert desk.routing.figures(SALES, desk.now_ms).agents_error == 1
    desk.tell(TimerFired(lost.timer_id), after_ms=60_000)
    assert (desk.agent(ANN).status, desk.agent(ANN).reason) == ("Offline", "the phone was lost")


def test_a_phone_that_comes_back_in_time_changes_nothing() -> None:
    desk = Desk(instance(offline_when_lost_s=60))
    desk.available(ANN)
    lost = timer(desk.tell(PhoneReachable("phone-ann", False)))
    desk.tell(PhoneReachable("phone-ann", True))
    desk.tell(TimerFired(lost.timer_id), after_ms=60_000)
    assert desk.agent(ANN).routable


def test_a_phone_lost_in_a_talk_signs_the_agent_off_after_it() -> None:
    desk = Desk(instance(offline_when_lost_s=60))
    desk.available(ANN)
    desk.wait("c1")
    desk.move(ANN, "c1", AgentTrigger.ANSWERED)
    lost = timer(desk.tell(PhoneReachable("phone-ann", False)))
    desk.tell(TimerFired(lost.timer_id), after_ms=60_000)
    assert desk.agent(ANN).activity is Activity.ON_CONTACT
    desk.move(ANN, "c1", AgentTrigger.CONTACT_ENDED)
    desk.tell(TimerFired(TimerId("agent:ann:after-contact-work")), after_ms=10_000)
    assert desk.agent(ANN).status == "Offline"


def with_panel(**rules: object) -> Desk:
    """Bob is Available, then Ann, whose panel is open."""
    desk = Desk(instance(**rules))
    desk.available(ANN, BOB)
    desk.tell(PanelOpened(ANN))
    return desk


def test_a_panel_that_is_loaded_again_changes_nothing() -> None:
    desk = with_panel()
    closed = timer(desk.tell(PanelClosed(ANN, 5)))
    assert desk.agent(ANN).routable
    desk.tell(PhoneReachable("phone-ann", False))
    desk.tell(PanelOpened(ANN))
    desk.tell(PhoneReachable("phone-ann", True))
    desk.tell(TimerFired(closed.timer_id), after_ms=5_000)
    assert desk.agent(ANN).routable
    assert offers(desk.wait("c1")) == [("c1", ANN)]


def test_a_panel_that_does_not_come_back_makes_its_agent_unroutable_until_it_does() -> None:
    desk = with_panel(offline_when_lost_s=60)
    closed = timer(desk.tell(PanelClosed(ANN, 0)))
    lost = timer(desk.tell(TimerFired(closed.timer_id)))
    assert not desk.agent(ANN).routable
    assert desk.routing.figures(SALES, desk.now_ms).agents_error == 1
    assert offers(desk.wait("c1")) == [("c1", BOB)]
    desk.wait("c2")
    assert offers(desk.tell(PanelOpened(ANN), after_ms=20_000)) == [("c2", ANN)]
    desk.move(ANN, "c2", AgentTrigger.CALLER_GONE)
    desk.tell(TimerFired(timer(desk.tell(PanelClosed(ANN, 0))).timer_id))
    desk.tell(TimerFired(lost.timer_id), after_ms=60_000)
    assert (desk.agent(ANN).status, desk.agent(ANN).reason) == ("Offline", "the panel was lost")


def test_who_chooses_a_status_without_a_panel_works_without_one() -> None:
    desk = with_panel()
    desk.tell(TimerFired(timer(desk.tell(PanelClosed(ANN, 0))).timer_id))
    assert not desk.agent(ANN).routable
    desk.tell(AgentStatusRequested(ANN, "Available"))
    assert desk.agent(ANN).routable


def test_a_desk_phone_that_signs_its_agent_in_needs_no_panel() -> None:
    desk = with_panel(available_when_registered=True)
    assert desk.tell(PanelClosed(ANN, 0)) == []
    assert desk.agent(ANN).routable


def test_an_agent_who_dials_is_on_a_contact_and_takes_no_other() -> None:
    desk = Desk()
    desk.available(ANN)
    desk.move(ANN, "out", AgentTrigger.DIALLED)
    assert desk.agent(ANN).activity is Activity.ON_CONTACT
    assert offers(desk.wait("c1")) == []
    desk.move(ANN, "out", AgentTrigger.CONTACT_ENDED)
    assert offers(desk.tell(AgentStatusRequested(ANN, "Available"))) == [("c1", ANN)]


def test_custom_statuses_are_productive_or_not() -> None:
    given = instance()
    given.statuses["Coaching"] = AgentStatus("Coaching", productive=True)
    given.statuses["Lunch"] = AgentStatus("Lunch")
    desk = Desk(given)
    desk.tell(AgentStatusRequested(ANN, "Coaching"))
    desk.tell(AgentStatusRequested(BOB, "Lunch"))
    figures = desk.routing.figures(SALES, desk.now_ms)
    assert (figures.agents_online, figures.agents_staffed, figures.agents_non_productive) == (2, 0, 1)


def test_every_figure_of_agents() -> None:
    desk = Desk(replace(instance()))
    desk.available(ANN, BOB)
    desk.wait("c1")
    desk.move(ANN, "c1", AgentTrigger.ANSWERED)
    figures = desk.routing.figures(SALES, desk.now_ms)
    assert (figures.agents_on_contact, figures.agents_available, figures.agents_staffed) == (1, 1, 2)
    desk.move(ANN, "c1", AgentTrigger.CONTACT_ENDED)
    desk.wait("c2")
    desk.move(BOB, "c2", AgentTrigger.RANG_OUT)
    figures = desk.routing.figures(SALES, desk.now_ms)
    assert (figures.agents_after_contact_work, figures.agents_missed, figures.agents_on_contact) == (1, 1, 0)


def test_an_offer_stands_though_the_agent_had_listened_to_that_contact() -> None:
    """They listened while on a contact of their own, and the call they listened to goes back to a queue of theirs."""
    desk = Desk()
    desk.available(ANN)
    assert offers(desk.wait("c1")) == [("c1", ANN)]
    desk.move(ANN, "c1", AgentTrigger.SUPERVISED)
    assert list(desk.routing.state.offered) == ["c1"]
    desk.move(ANN, "c1", AgentTrigger.ANSWERED)
    assert desk.routing.state.offered == {}
