"""A queue's live figures are exact: after any events they are what somebody counts who looks at everything, by the documented words."""

from dataclasses import dataclass, field

import pytest

from app.domain.agent import AVAILABLE, OFFLINE, Activity, AgentState, AgentTrigger
from app.domain.contact import Contact, InitiationMethod
from app.domain.events import AgentStatusRequested
from app.domain.figures import QueueFigures
from app.domain.ids import ChannelId, NodeName, QueueId, agent_of_queue, agent_queue
from app.domain.requests import MoveAgent
from app.routing.state import Waiting
from tests.unit.instances import ANN, SALES, SUPPORT
from tests.unit.routing.desk import Desk
from tests.unit.routing.test_invariants import Walk

pytestmark = pytest.mark.unit

QUEUES = (SALES, SUPPORT, agent_queue(ANN))
NEWEST, NEEDED, HOUR_MS = 20, 3, 3_600_000


@dataclass(frozen=True, slots=True)
class Answered:
    """A contact was answered at `at_ms`; `waited`: nobody was free when it came."""

    queue_id: QueueId
    at_ms: int
    since_ms: int
    waited: bool


@dataclass
class Watched(Walk):
    """The walk, and beside it a list of all answers."""

    seed: int
    answers: list[Answered] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.seed)

    def event(self):  # type: ignore[no-untyped-def]
        event = super().event()
        if isinstance(event, MoveAgent) and event.trigger is AgentTrigger.ANSWERED:
            offered = self.routing.state.offered[event.contact_id]
            came = offered.waiting
            waited = offered.at_ms > came.since_ms
            self.answers.append(Answered(came.queue_id, self.now_ms, came.since_ms, waited))
        return event

    def counted(self, queue_id: QueueId, asks: Waiting | None) -> QueueFigures:
        """The figures by looking at everybody; of the contact that asks, or of somebody who comes now."""
        state, now_ms = self.routing.state, self.now_ms
        there = [each for each in state.waiting.values() if each.queue_id == queue_id]
        waiting = [each for each in there if not each.not_before_ms]
        agents = [state.agents[each] for each in self.routing.instance.agents if self.serves(queue_id, each)]
        doing = [agent.activity for agent in agents]
        idle = [agent for agent in agents if agent.activity is Activity.IDLE]
        available = sum(agent.routable for agent in idle)
        busy = (Activity.RINGING, Activity.ON_CONTACT, Activity.AFTER_CONTACT_WORK)
        staffed = available + sum(activity in busy for activity in doing)
        lost = sum(agent.status == AVAILABLE and not agent.reachable for agent in idle)
        before = [each for each in waiting if self.before(each, asks, now_ms)]
        return QueueFigures(
            contacts_in_queue=len(waiting),
            oldest_contact_age_ms=max([0, *(now_ms - each.since_ms for each in waiting)]),
            agents_online=sum(not self.offline(agent) for agent in agents),
            agents_staffed=staffed,
            agents_available=available,
            agents_on_contact=doing.count(Activity.ON_CONTACT),
            agents_after_contact_work=doing.count(Activity.AFTER_CONTACT_WORK),
            agents_missed=doing.count(Activity.MISSED),
            agents_non_productive=sum(self.resting(agent) for agent in idle),
            agents_error=doing.count(Activity.ERROR) + lost,
            contacts_scheduled=len(there) - len(waiting),
            position=len(before) + 1,
            estimated_wait_ms=self.wait_ms(queue_id, len(before) + 1, available, staffed),
            newcomer_wait_ms=self.wait_ms(queue_id, len(waiting) + 1, available, staffed),
        )

    def serves(self, queue_id: QueueId, agent_id: str) -> bool:
        instance, owner = self.routing.instance, agent_of_queue(queue_id)
        if owner is not None:
            return owner == agent_id
        profile = instance.profiles[instance.agents[agent_id].profile_id]  # type: ignore[index]
        return any(each.queue_id == queue_id for each in profile.queues)

    def before(self, other: Waiting, asks: Waiting | None, now_ms: int) -> bool:
        """By priority, then by age with what was added to it, then as they came."""
        if asks is None:
            return other.priority < 5 or (other.priority == 5 and other.since_ms - other.age_offset_s * 1000 <= now_ms)
        return other.key < asks.key

    def offline(self, agent: AgentState) -> bool:
        return agent.status == OFFLINE and agent.activity is Activity.IDLE

    def resting(self, agent: AgentState) -> bool:
        status = self.routing.instance.statuses.get(agent.status)
        return agent.status not in (AVAILABLE, OFFLINE) and not (status is not None and status.productive)

    def wait_ms(self, queue_id: QueueId, place: int, available: int, staffed: int) -> int | None:
        """The place times the mean spacing of the newest answers; each spacing from the answer before or the own arrival."""
        samples, last_ms = [], 0
        for answer in (each for each in self.answers if each.queue_id == queue_id):
            if answer.waited:
                samples.append((answer.at_ms, answer.at_ms - max(answer.since_ms, last_ms)))
            last_ms = answer.at_ms
        recent = [spacing for at_ms, spacing in samples[-NEWEST:] if self.now_ms - at_ms <= HOUR_MS]
        if place <= available:
            return 0
        return place * sum(recent) // len(recent) if staffed and len(recent) >= NEEDED else None


def a_contact(waiting: Waiting) -> Contact:
    return Contact(
        waiting.contact_id,
        NodeName("node1"),
        ChannelId("channel"),
        InitiationMethod.INBOUND,
        "+12025550177",
        "+12025550100",
        0,
        priority=waiting.priority,
        age_offset_s=waiting.age_offset_s,
    )


@pytest.mark.parametrize("seed", range(4))
def test_figures_are_those_that_looking_at_everybody_gives(seed: int) -> None:
    walk = Watched(seed)
    estimates = 0
    for number in range(500):
        walk.step()
        for queue_id in QUEUES:
            routing, where = walk.routing, f"seed {seed}, step {number}, {queue_id}"
            assert routing.figures(queue_id, walk.now_ms) == walk.counted(queue_id, None), where
            for asks in [each for each in routing.state.waiting.values() if each.queue_id == queue_id][:3]:
                told = routing.figures(queue_id, walk.now_ms, a_contact(asks))
                assert told == walk.counted(queue_id, asks), f"{where}, {asks.contact_id}"
                estimates += bool(told.estimated_wait_ms)
    assert estimates > 20


def test_twenty_waits_count_whoever_was_answered_at_once_after_them() -> None:
    """An answer without a wait is remembered as the moment the next spacing begins, and takes no sample's place."""
    desk = Desk()
    desk.available(ANN)
    desk.wait("talk")
    for number in range(21):
        desk.wait(f"c{number}")
        desk.work(ANN, "talk" if not number else f"c{number - 1}")
    desk.work(ANN, "c20")
    spacings = [each.spacing_ms for each in desk.routing.state.served[SALES]]
    assert (len(spacings), None in spacings) == (20, False)
    desk.wait("at once")
    desk.tell(AgentStatusRequested(ANN, AVAILABLE))
    desk.work(ANN, "at once")
    spacings = [each.spacing_ms for each in desk.routing.state.served[SALES]]
    assert (len(spacings), spacings[-1]) == (21, None)
