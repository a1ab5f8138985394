"""A small centre in virtual time: Ann and Bob with phones, a customer who calls or is called, and what each of them did."""

from dataclasses import replace

from app.calls.memory import Live
from app.calls.ports import NodeAway
from app.domain.call_control import CallControl
from app.domain.commands import TelephonyCommand
from app.domain.contact import Contact, Hook
from app.domain.events import AgentStatusRequested
from app.domain.ids import AgentId, ChannelId, FlowId
from app.domain.instance import FlowContent, FlowType, Instance
from app.sim.world import World
from app.telephony.fake.sound import VOICE
from app.telephony.fake.state import Phone
from tests.unit.calls.driving import AGENT_WHISPER, CUSTOMER_WHISPER, INBOUND, QUEUE_FLOW, content
from tests.unit.flow.driving import action
from tests.unit.instances import ANN, BOB, NUMBER, SALES, SUPPORT, instance

CUSTOMER, OUTSIDE = "+12025550177", "+12065550111"
STOP = action("stop", "EndFlowExecution")


def says(name: str, type_: FlowType, text: str) -> FlowContent:
    """A flow that says something once."""
    return content(name, type_, action("say", "MessageParticipant", {"Text": text}, to="stop"), STOP)


def loops(name: str, type_: FlowType, text: str) -> FlowContent:
    """A flow that says something over and over."""
    return content(name, type_, action("loop", "MessageParticipantIteratively", {"Messages": [{"Text": text}]}))


FLOWS = (
    INBOUND,
    QUEUE_FLOW,
    AGENT_WHISPER,
    CUSTOMER_WHISPER,
    loops("customer-hold", FlowType.CUSTOMER_HOLD, "You are on hold."),
    loops("agent-hold", FlowType.AGENT_HOLD, "The customer is on hold."),
    says("outbound", FlowType.OUTBOUND_WHISPER, "This call is recorded."),
    content(
        "to-queue",
        FlowType.QUEUE_TRANSFER,
        action("say", "MessageParticipant", {"Text": "Transferring."}, to="transfer"),
        action("transfer", "TransferContactToQueue", {}, to="stop", errors={"NoMatchingError": "stop"}),
        STOP,
    ),
)


def centre(*flows: FlowContent, **changes: object) -> Instance:
    """Ann serves sales, Bob both queues; calls out show the centre's own number."""
    given = instance(flows={flow.flow_id: flow for flow in (*FLOWS, *flows)})
    queues = {key: replace(queue, outbound_number=NUMBER) for key, queue in given.queues.items()}
    return replace(given, queues=queues, **changes)  # type: ignore[arg-type]


class Centre(World):
    """The world, with the people of these tests in it."""

    def __init__(self, given: Instance | None = None) -> None:
        super().__init__(given or centre())
        for agent, answers_after_ms in ((ANN, 1_000), (BOB, 2_000)):
            self.telephony.add_phone(Phone(f"phone-{agent}", answers_after_ms=answers_after_ms))
        self.telephony.add_number(CUSTOMER, Phone(CUSTOMER, answers_after_ms=2_000))
        self.telephony.add_number(OUTSIDE, Phone(OUTSIDE, answers_after_ms=2_000))

    async def available(self, *agents: AgentId) -> None:
        for agent in agents:
            self.live_engine.post(AgentStatusRequested(agent, "Available"))
        await self.settle()

    async def talking(self) -> Live:
        """A customer calls, chooses the queue, and is joined with Ann."""
        await self.start()
        await self.available(ANN)
        self.caller = self.telephony.call(NUMBER, calling=CUSTOMER)
        self.agenda.after(2_000, lambda: self.caller.press("1"))
        await self.advance(6_000)
        assert self.phase == "connected"
        return self.live

    async def dies_unheard(self, *events: CallControl, for_ms: int = 0) -> None:
        """These things happen and more within the time, but nothing that they ask of Asterisk leaves; then the process dies and a new
        one starts."""
        carried_out, self.telephony.execute = self.telephony.execute, self._nobody_listens  # type: ignore[method-assign]
        for event in events:
            self.live_engine.post(event)
        await self.settle()
        await self.advance(for_ms)
        await self.kill()
        self.telephony.execute = carried_out  # type: ignore[method-assign]
        await self.start()

    async def _nobody_listens(self, command: TelephonyCommand) -> None:
        raise NodeAway(node="node1")

    async def ask(self, *events: CallControl) -> None:
        for event in events:
            self.live_engine.post(event)
        await self.settle()
        await self.advance(10)

    @property
    def live_engine(self):  # type: ignore[no-untyped-def]
        assert self.engine is not None
        return self.engine

    @property
    def lives(self) -> list[Live]:
        return list(self.live_engine.brain.memory.contacts.values())

    @property
    def live(self) -> Live:
        """The one visit there is."""
        (live,) = self.lives
        return live

    @property
    def contact(self) -> Contact:
        return self.live.contact

    @property
    def phase(self) -> str:
        return self.live.conversation.phase.value

    def activity(self, agent: AgentId) -> str:
        return str(self.live_engine.brain.memory.routing.agents[agent].activity.value)

    def channel(self, who: AgentId | str) -> ChannelId:
        """The channel of an agent, of an outside number, or of the customer."""
        for party in self.live.conversation.parties:
            address = party.call.address if party.call else ""
            if who in (party.agent_id, address) or (who == "customer" and party.role == "customer"):
                return party.channel_id
        raise AssertionError(f"{who} is not in the conversation: {self.live.conversation.parties}")

    def hears(self, who: AgentId | str) -> set[str]:
        """What is in somebody's ear now: names of parties for voices, the text of prompts, music, ringing."""
        now_ms, names = self.clock.now_ms(), {}
        for party in self.live.conversation.parties:
            names[party.channel_id] = str(party.agent_id or (party.role == "customer" and "customer") or "outside")
        spans = [span for span in self.telephony.heard(self.channel(who)) if span.end_ms == now_ms]
        return {names.get(ChannelId(span.source.removeprefix(VOICE)), span.source) for span in spans}

    @property
    def empty(self) -> bool:
        exchange = self.telephony.exchange
        return not (self.lives or exchange.channels or exchange.bridges) and not self.live_engine.unhandled

    def told(self, contact_id: str) -> list[str]:
        """The trace of a contact that is over, for a failing test."""
        return [f"{entry.what}: {entry.result} {entry.details}" for entry in self.records.traces[contact_id]]


__all__ = ["ANN", "BOB", "CUSTOMER", "NUMBER", "OUTSIDE", "SALES", "SUPPORT", "Centre", "FlowId", "Hook", "centre"]
