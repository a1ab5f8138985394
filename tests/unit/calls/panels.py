"""A small centre whose people act through the service layer, as panels and programs do."""

from dataclasses import dataclass, field, replace
from typing import Any

from app.calls.ports import Actor, Outcome, PanelContact, PanelView
from app.calls.publishing import Publishing
from app.calls.services.service import Service
from app.calls.services.softphones import Softphones
from app.domain.agent import AgentState
from app.domain.ids import AgentId, ContactId, FlowId, QuickConnectId
from app.domain.instance import Instance
from app.domain.lines import Phone
from app.domain.quick_connect import QuickConnect, QuickConnectType
from app.sim.keeping import MemoryAudit, MemoryPhones
from tests.sim.centre import ANN, BOB, OUTSIDE, SUPPORT, Centre, centre

ANNS, BOBS = Actor("ann", "agent", ANN), Actor("bob", "agent", BOB)
SUE = Actor("sue", "supervisor", BOB)
ROOT = Actor("root", "admin")

QUICK_CONNECTS = (
    QuickConnect(QuickConnectId("qc-bob"), "Bob", QuickConnectType.AGENT, "Knows it all", agent_id=BOB),
    QuickConnect(
        QuickConnectId("qc-support"),
        "Support",
        QuickConnectType.QUEUE,
        "Help",
        queue_id=SUPPORT,
        flow_id=FlowId("to-queue"),
    ),
    QuickConnect(QuickConnectId("qc-pager"), "Pager", QuickConnectType.EXTERNAL, "On call", number=OUTSIDE),
)


def staffed(**changes: object) -> Instance:
    """The centre, with quick connects in both queues."""
    given = centre()
    ids = tuple(each.quick_connect_id for each in QUICK_CONNECTS)
    queues = {key: replace(queue, quick_connects=ids) for key, queue in given.queues.items()}
    connects = {each.quick_connect_id: each for each in QUICK_CONNECTS}
    return replace(given, queues=queues, quick_connects=connects, **changes)  # type: ignore[arg-type]


@dataclass
class Book:
    """SIP phones in memory; `admitted` is what Asterisk was told: names and passwords."""

    known: dict[str, Phone] = field(default_factory=dict)
    admitted: list[tuple[str, str]] = field(default_factory=list)

    async def phones(self) -> tuple[Phone, ...]:
        return tuple(self.known.values())

    async def save_phone(self, phone: Phone) -> None:
        self.known[phone.name] = phone

    async def admit(self, phone: Phone, password: str) -> None:
        assert phone.name in self.known
        self.admitted.append((phone.name, password))


class Panels(Centre):
    """The centre's world with its service layer. Effects that need time are seen by advancing it, so that nothing waits for them."""

    service: Service

    def __init__(self, given: Instance | None = None, patience_s: float = 0) -> None:
        super().__init__(given or staffed())
        self.patience_s = patience_s
        self.audit = MemoryAudit()
        self.book = Book()

    async def start(self) -> None:
        await super().start()
        publishing: Publishing = None  # type: ignore[assignment]
        phones = MemoryPhones(self.configurations)
        softphones = Softphones(self.book, self.book.admit)
        self.service = Service(
            self.live_engine, tuple, _nothing, publishing, self.audit, phones, softphones, self.patience_s
        )

    async def do(self, actor: Actor, ask: object, after_ms: int = 10) -> Any:
        """Asks, and lets a moment pass; what was answered."""
        outcome: Outcome = await self.service.perform(actor, ask)
        await self.settle()
        await self.advance(after_ms)
        return outcome.value

    def state(self, agent_id: AgentId = ANN) -> AgentState:
        return self.live_engine.brain.memory.routing.agents[agent_id]

    def panel(self, agent_id: AgentId = ANN) -> PanelView:
        return self.service.panel(agent_id)

    def contact_of(self, agent_id: AgentId = ANN) -> PanelContact:
        """The one contact that the agent's panel shows."""
        (contact,) = self.panel(agent_id).contacts
        return contact

    def can(self, agent_id: AgentId = ANN) -> set[str]:
        return set(self.contact_of(agent_id).actions)

    async def with_customer(self) -> ContactId:
        """Ann talks with a customer, and Bob is available."""
        contact_id = (await self.talking()).contact.contact_id
        await self.available(BOB)
        return contact_id


async def _nothing() -> None:
    """Nothing to provision."""
