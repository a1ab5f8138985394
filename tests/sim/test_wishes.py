"""Agents, customers and supervisors who do anything at any time, with kills in between: in the end nobody is left over."""

import random

import pytest

from app.domain import call_control as asked
from app.domain.call_control import CallControl, Supervision
from app.domain.contact import Contact
from app.domain.ids import AgentId, ContactId
from app.telephony.fake.state import Phone
from tests.sim.centre import ANN, BOB, CUSTOMER, NUMBER, OUTSIDE, SALES, SUPPORT, Centre
from tests.sim.test_outside import NODE

pytestmark = pytest.mark.sim

BOSS = AgentId("cat")
STEPS = 40
LONGEST_MS = 200_000


class Unrest:
    """One seed's world, and everything that is done in it, for the report of a failure."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.world = Centre()
        self.done: list[str] = []
        self.dialled = 0
        self.world.telephony.add_phone(Phone("phone-boss", answers_after_ms=300))

    async def begin(self) -> None:
        await self.world.start()
        await self.world.available(ANN, BOB)

    async def step(self) -> None:
        chosen = self.random.choice(
            (self._wish, self._wish, self._wish, self._call, self._hang_up, self._dial, self._kill)
        )
        await chosen()
        await self.world.advance(self.random.choice((0, 50, 300, 1_000, 3_000, 7_000)))

    async def _wish(self) -> None:
        agent = self.random.choice((ANN, BOB))
        contact_id = self.world.live_engine.brain.memory.routing.agents[agent].contact_id
        if contact_id is None:
            return
        wish = self.random.choice(self._wishes(agent, contact_id))
        self.done.append(f"{agent}: {wish}")
        await self.world.ask(wish)

    def _wishes(self, agent: AgentId, contact: ContactId) -> list[CallControl]:
        yes = self.random.random() < 0.5
        return [
            asked.HoldRequested(agent, contact, yes),
            asked.ResumeRequested(agent, contact, yes),
            asked.MuteRequested(agent, contact, yes),
            asked.DigitsRequested(agent, contact, "1"),
            asked.TransferRequested(agent, contact, to_queue=self.random.choice((SALES, SUPPORT)), blind=yes),
            asked.TransferRequested(agent, contact, to_agent=self.random.choice((ANN, BOB)), blind=yes),
            asked.TransferRequested(agent, contact, to_number=OUTSIDE, blind=yes),
            asked.SwapRequested(agent, contact),
            asked.JoinRequested(agent, contact),
            asked.DropRequested(agent, contact),
            asked.LeaveRequested(agent, contact),
            asked.RecordingPauseRequested(agent, contact, yes),
            asked.SupervisionRequested(BOSS, contact, self.random.choice((*Supervision, None)), "phone-boss"),
        ]

    async def _call(self) -> None:
        self.done.append("a customer calls")
        caller = self.world.telephony.call(NUMBER, calling=f"+1202555{self.random.randrange(100, 9999):04}")
        self.world.agenda.after(2_000, lambda: caller.press("1"))

    async def _dial(self) -> None:
        self.dialled += 1
        agent = self.random.choice((ANN, BOB))
        self.done.append(f"{agent} dials")
        await self.world.ask(asked.CallRequested(ContactId(f"dialled-{self.dialled}"), agent, CUSTOMER, NODE, SALES))

    async def _hang_up(self) -> None:
        channels = list(self.world.telephony.exchange.channels)
        if channels:
            channel = self.random.choice(channels)
            self.done.append(f"{channel} hangs up")
            self.world.telephony.hang_up(channel)

    async def _kill(self) -> None:
        if self.random.random() < 0.5:
            return
        self.done.append("kill")
        await self.world.dies_unheard(for_ms=self.random.choice((0, 100, 2_000)))
        for _ in range(2):
            await self.world.reconcile()

    async def end(self) -> None:
        """Everybody hangs up; what is left is a fault."""
        for _ in range(8):
            for channel in list(self.world.telephony.exchange.channels):
                self.world.telephony.hang_up(channel)
            await self.world.advance(LONGEST_MS // 8)
            await self.world.reconcile()


@pytest.mark.parametrize("seed", range(40))
async def test_whatever_people_do(seed: int) -> None:
    unrest = Unrest(seed)
    await unrest.begin()
    for _ in range(STEPS):
        await unrest.step()
    await unrest.end()
    world, told = unrest.world, "\n".join(unrest.done)
    assert world.live_engine.unhandled + world.unhandled == 0, told
    left = [(live.conversation.phase, live.conversation.parties, live.conversation.after_work) for live in world.lives]
    assert left == [], f"{left}\n{told}"
    assert (world.telephony.exchange.channels, world.telephony.exchange.bridges) == ({}, {}), told
    assert {world.activity(agent) for agent in (ANN, BOB)} <= {"idle", "missed", "error"}, told
    for contact in world.records.contacts.values():
        assert chained(contact, world.records.contacts), f"{contact}\n{told}"


def chained(contact: Contact, contacts: dict[str, Contact]) -> bool:
    """The contacts before and after this one have records too, and name it."""
    before = contacts.get(contact.previous_contact_id or "")
    return contact.previous_contact_id is None or (
        before is not None and contact.initial_contact_id in contacts and before.next_contact_id is not None
    )
