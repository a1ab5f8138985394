"""A routing core with a clock that the test moves."""

from app.domain.agent import AgentState, AgentTrigger
from app.domain.commands import StartTimer
from app.domain.events import AgentStatusRequested, Event, PhoneReachable
from app.domain.ids import AgentId, ContactId, QueueId
from app.domain.instance import Instance
from app.domain.requests import MoveAgent, OfferContact, Request, WaitInQueue
from app.routing.core import Routing
from app.routing.state import RoutingState
from tests.unit.instances import SALES, instance


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

    def wait(self, contact: str, queue: QueueId = SALES, since_ms: int | None = None, **details: int) -> list[object]:
        self.now_ms += 1_000
        since = self.now_ms if since_ms is None else since_ms
        return list(self.routing.handle(WaitInQueue(ContactId(contact), queue, since, **details), self.now_ms))

    def configure(self, instance: Instance) -> list[object]:
        self.instance = instance
        return list(self.routing.configure(instance, self.now_ms))

    def move(self, agent: AgentId, contact: str, trigger: AgentTrigger, reason: str = "") -> list[object]:
        return self.tell(MoveAgent(agent, ContactId(contact), trigger, reason))

    def work(self, agent: AgentId, contact: str) -> list[object]:
        """The agent answers, talks and is done with the work after it."""
        heard = self.move(agent, contact, AgentTrigger.ANSWERED)
        heard += self.move(agent, contact, AgentTrigger.CONTACT_ENDED)
        return heard + self.tell(AgentStatusRequested(agent, "Available"))

    def explain(self, contact: str) -> str:
        return self.routing.explain(ContactId(contact), self.now_ms).words

    def agent(self, agent: AgentId) -> AgentState:
        return self.routing.state.agents[agent]


def offers(heard: list[object]) -> list[tuple[str, str]]:
    return [(each.contact_id, each.agent_id) for each in heard if isinstance(each, OfferContact)]


def timer(heard: list[object]) -> StartTimer:
    return next(each for each in heard if isinstance(each, StartTimer))
