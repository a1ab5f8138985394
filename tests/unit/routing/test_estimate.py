"""What is said of a queue: counts, a contact's place, how long it will wait, and why it waits."""

import pytest

from app.domain.agent import AgentTrigger
from app.domain.contact import Contact, InitiationMethod
from app.domain.events import AgentStatusRequested
from app.domain.ids import ChannelId, ContactId, NodeName, agent_queue
from app.domain.requests import MoveAgent, NoteWaiting
from app.routing.explain import Because
from tests.unit.instances import ANN, BOB, CAT, SALES, instance
from tests.unit.routing.desk import Desk, offers

pytestmark = pytest.mark.unit


def contact(name: str, priority: int = 5) -> Contact:
    return Contact(
        ContactId(name),
        NodeName("node1"),
        ChannelId("channel"),
        InitiationMethod.INBOUND,
        "+12025550177",
        "+12025550100",
        0,
        priority=priority,
    )


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


def test_a_contacts_place_follows_its_priority() -> None:
    desk = Desk()
    for name in ("c1", "c2", "c3"):
        desk.wait(name)
    place = lambda name, priority=5: desk.routing.figures(SALES, desk.now_ms, contact(name, priority)).position  # noqa: E731
    assert [place("c1"), place("c2"), place("c3"), place("new"), place("new", 1)] == [1, 2, 3, 4, 1]


def serve(desk: Desk, count: int, every_ms: int) -> None:
    """Ann serves `count` contacts that had to wait, one in `every_ms`."""
    for number in range(count):
        desk.wait(f"s{number}")
    desk.available(ANN)
    for number in range(count):
        desk.move(ANN, f"s{number}", AgentTrigger.ANSWERED)
        desk.move(ANN, f"s{number}", AgentTrigger.CONTACT_ENDED)
        desk.tell(AgentStatusRequested(ANN, "Available"), after_ms=every_ms - 2_000)


def test_the_estimated_wait_is_the_place_times_the_recent_spacing_of_answers() -> None:
    desk = Desk()
    serve(desk, 6, every_ms=30_000)
    desk.available(ANN)
    desk.wait("now")
    desk.move(ANN, "now", AgentTrigger.ANSWERED)
    desk.wait("c1")
    desk.wait("c2")
    recent = desk.routing.figures(SALES, desk.now_ms, contact("c2")).estimated_wait_ms
    assert recent is not None
    assert recent == pytest.approx(2 * 30_000, rel=0.25)


def test_the_estimated_wait_is_nothing_when_somebody_is_free_and_unknown_without_answers() -> None:
    desk = Desk()
    assert desk.routing.figures(SALES, desk.now_ms).estimated_wait_ms is None
    desk.available(ANN)
    assert desk.routing.figures(SALES, desk.now_ms).estimated_wait_ms == 0
    desk.wait("c1")
    assert desk.routing.figures(SALES, desk.now_ms).estimated_wait_ms is None


def test_answers_of_more_than_an_hour_ago_say_nothing() -> None:
    desk = Desk()
    serve(desk, 6, every_ms=30_000)
    desk.wait("c1")
    assert desk.routing.figures(SALES, desk.now_ms, contact("c2")).estimated_wait_ms is not None
    assert desk.routing.figures(SALES, desk.now_ms + 3_700_000, contact("c2")).estimated_wait_ms is None


def test_an_agents_own_queue_has_figures() -> None:
    desk = Desk()
    desk.available(ANN)
    figures = desk.routing.figures(agent_queue(ANN), desk.now_ms)
    assert (figures.agents_online, figures.agents_available) == (1, 1)


def test_why_a_contact_waits_is_told_when_it_begins_to() -> None:
    desk = Desk()
    heard = desk.wait("c1")
    assert NoteWaiting(ContactId("c1"), SALES, "no agent of Sales is online") in heard
    desk.available(ANN, BOB)
    desk.move(ANN, "c1", AgentTrigger.ANSWERED)
    desk.wait("c2")
    desk.wait("c3", priority=1)
    desk.wait("c4")
    assert desk.explain("c4") == (
        "none of the 2 agents of Sales online is available: 1 ringing, 1 on contact; "
        "1 before it in the queue: 1 of higher priority than 5"
    )


def test_why_a_contact_waits_names_the_delay_the_offer_and_the_schedule() -> None:
    desk = Desk(instance(delay_s=30))
    desk.available(CAT)
    desk.wait("c1")
    desk.now_ms += 10_500
    assert desk.explain("c1") == "the routing profile Support takes Sales after 30 s: in 20 s"
    desk.wait("later", not_before_ms=desk.now_ms + 31_000)
    assert desk.explain("later") == "it is scheduled and will wait for an agent in 30 s"
    desk.available(ANN)
    desk.now_ms += 3_000
    assert desk.explain("c1") == "ann has been rung for 3 s"
    assert desk.explain("none") == "the contact waits in no queue"


def test_why_a_contact_waits_in_an_agents_own_queue() -> None:
    desk = Desk()
    desk.wait("c1", agent_queue(ANN))
    assert desk.explain("c1") == "ann is offline"
    desk.tell(AgentStatusRequested(ANN, "Available"))
    assert desk.explain("c1") == "ann is not available: 1 without a reachable phone or panel"


def test_the_decision_says_why() -> None:
    desk = Desk()
    desk.available(ANN, BOB)
    desk.now_ms += 8_000
    assert "longest available of 2 (for 11 s) when the contact arrived in Sales" in str(desk.wait("c1"))
    desk.wait("c2")
    desk.wait("c3", priority=2)
    heard = desk.work(BOB, "c2")
    assert offers(heard) == [("c3", BOB)]
    assert "next in Sales (priority 2, waited 3 s) when the agent became available" in str(heard)
    assert desk.routing.explain(ContactId("c3"), desk.now_ms).reasons[0].because is Because.OFFERED
