"""kill -9 at every fact of a talk, with all that follows from that fact still in the process: in the end everything is as without it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from app.domain.call_control import (
    CallRequested,
    DropRequested,
    HoldRequested,
    JoinRequested,
    LeaveRequested,
    MuteRequested,
    RecordingPauseRequested,
    ResumeRequested,
    Supervision,
    SupervisionRequested,
    SwapRequested,
    TransferRequested,
)
from app.domain.commands import TelephonyCommand
from app.domain.contact import Handling
from app.domain.events import Event
from app.domain.ids import AgentId, ContactId
from app.domain.instance import Instance
from app.telephony.fake.state import Phone
from tests.sim.centre import ANN, BOB, CUSTOMER, OUTSIDE, SALES, SUPPORT, Centre, centre
from tests.sim.test_outside import NEW, NODE, asks_for_callback, calls

pytestmark = pytest.mark.sim

BOSS = AgentId("cat")
Wish = Callable[[ContactId], Event]
Deed = Wish | str
"""What an agent wants with the contact, or the party that hangs up."""


@dataclass(frozen=True, slots=True)
class Script:
    """A call from its beginning to its end: what happens when, in ms from the beginning of the talk. `begins` are the wishes that
    begin it in the place of a caller; `given` is the centre."""

    deeds: tuple[tuple[int, Deed], ...]
    begins: Event | None = None
    given: Callable[[], Instance] = centre
    presses: bool = True


class Doomed(Centre):
    """A centre whose process dies at its nth fact: the fact is kept, and nothing that follows from it leaves. With `again` so many
    commands leave from the next process before it dies too."""

    def __init__(self, given: Instance, dies_at: int | None, again: int | None = None) -> None:
        super().__init__(given)
        self._again = again
        self.telephony.add_phone(Phone("phone-boss", answers_after_ms=500))
        self._dies_at = dies_at
        self._append = self.journal.append
        self._execute = self.telephony.execute
        self.journal.append = self._kept  # type: ignore[method-assign]

    def _kept(self, kind: str, at_ms: int, contact_id: str | None, payload: bytes) -> int:
        number = self._append(kind, at_ms, contact_id, payload)
        if number == self._dies_at:
            self.telephony.execute = self._nobody_listens  # type: ignore[method-assign]
        return number

    async def settle(self) -> None:
        await super().settle()
        if self._dies_at is not None and len(self.journal.facts) >= self._dies_at:
            self._dies_at = None
            await self.kill()
            if self._again is not None:
                self.telephony.execute = self._a_few  # type: ignore[method-assign]
                await self.start()
                await self.kill()
            self.telephony.execute = self._execute  # type: ignore[method-assign]
            await self.start()
            await self.reconcile()

    async def _a_few(self, command: TelephonyCommand) -> None:
        self._again = (self._again or 0) - 1
        await (self._execute if self._again >= 0 else self._nobody_listens)(command)

    async def do(self, deed: Deed) -> None:
        """Nothing when there is nobody who could."""
        if not self.lives:
            return
        if callable(deed):
            self.live_engine.post(deed(self.contact.contact_id))
        else:
            who = {"ann": ANN, "bob": BOB}.get(deed, deed)
            self.telephony.hang_up(self.channel(who))
        await self.settle()


def wish(kind: Callable[..., Event], *more: object, **named: object) -> Wish:
    return lambda contact_id: kind(ANN, contact_id, *more, **named)


def supervise(mode: Supervision | None) -> Wish:
    return lambda contact_id: SupervisionRequested(BOSS, contact_id, mode, "phone-boss")


CONSULT = wish(TransferRequested, to_queue=SUPPORT)
CONSULT_NUMBER = wish(TransferRequested, to_number=OUTSIDE)
LEAVE = wish(LeaveRequested)
SCRIPTS: dict[str, Script] = {
    "hold, mute, pause": Script(
        (
            (1_000, wish(HoldRequested)),
            (3_000, wish(ResumeRequested)),
            (4_000, wish(MuteRequested, True)),
            (5_000, wish(RecordingPauseRequested, True)),
            (6_000, wish(MuteRequested, False)),
            (8_000, wish(RecordingPauseRequested, False)),
            (9_000, "customer"),
        )
    ),
    "consult, swap, join, leave": Script(
        (
            (1_000, CONSULT),
            (8_000, wish(SwapRequested)),
            (9_000, wish(SwapRequested)),
            (10_000, wish(JoinRequested)),
            (11_000, wish(HoldRequested, True)),
            (12_000, wish(ResumeRequested, True)),
            (13_000, LEAVE),
            (16_000, "bob"),
        )
    ),
    "consult, drop": Script(((1_000, CONSULT), (3_000, wish(DropRequested)), (9_000, "ann"))),
    "consult, hang up": Script(((1_000, CONSULT), (8_000, "ann"), (12_000, "customer"))),
    "consult, the other leaves": Script(((1_000, CONSULT), (8_000, "bob"), (9_000, CONSULT), (14_000, "customer"))),
    "blind": Script(((1_000, wish(TransferRequested, to_queue=SUPPORT, blind=True)), (14_000, "customer"))),
    "consult a number, join, leave": Script(
        ((1_000, CONSULT_NUMBER), (5_000, wish(JoinRequested)), (7_000, LEAVE), (9_000, OUTSIDE))
    ),
    "supervised": Script(
        (
            (1_000, supervise(Supervision.LISTEN)),
            (3_000, supervise(Supervision.WHISPER)),
            (4_000, supervise(Supervision.BARGE)),
            (5_000, supervise(Supervision.LISTEN)),
            (6_000, CONSULT),
            (14_000, LEAVE),
            (16_000, supervise(None)),
            (17_000, "customer"),
        )
    ),
    "a flow calls a number": Script(
        ((5_000, OUTSIDE),), given=lambda: centre(calls(OUTSIDE, resume=True)), presses=False
    ),
    "an agent calls": Script(
        ((10_000, wish(HoldRequested)), (12_000, "customer")),
        begins=CallRequested(NEW, ANN, CUSTOMER, NODE, SALES),
    ),
    "callback": Script(((20_000, "customer"),), given=lambda: centre(asks_for_callback()), presses=False),
}


async def play(script: Script, dies_at: int | None = None, again: int | None = None) -> Doomed:
    """The whole call, and a while longer."""
    world = Doomed(script.given(), dies_at, again)
    await world.start()
    await world.available(ANN, BOB)
    if script.begins is not None:
        world.live_engine.post(script.begins)
        await world.settle()
    else:
        caller = world.telephony.call("+12025550100", calling=CUSTOMER)
        await world.settle()
        if script.presses:
            world.agenda.after(2_000, lambda: caller.press("1"))
            await world.advance(6_000)
    passed_ms = 0
    for at_ms, deed in script.deeds:
        await world.advance(at_ms - passed_ms)
        passed_ms = at_ms
        await world.do(deed)
    for _ in range(3):
        await world.advance(20_000)
        await world.reconcile()
    return world


def left(world: Doomed) -> Iterator[object]:
    """What is in the records: who handled which contact, how often on hold, why it ended, what it was followed by."""
    for contact in world.records.contacts.values():
        yield (
            contact.initiation,
            contact.disconnect_reason,
            len(contact.recording_gaps_ms),
            contact.recording and contact.recording.status,
            contact.transferred_to,
            (contact.previous_contact_id is None, contact.next_contact_id is None),
            handled(contact.handling),
            contact.connected_to_system_ms,
            contact.disconnected_ms,
        )


def handled(handling: Handling | None) -> object:
    return handling and replace(handling, holds_ms=tuple(round(hold, -3) for hold in handling.holds_ms))


FACTS_AT_MOST = 120


@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
async def test_killed_at_every_fact(script: Script, twice: bool) -> None:
    """`twice`: the recovery is interrupted as well, after none, one, two or three of its commands."""
    undisturbed = await play(script)
    assert undisturbed.empty
    facts = [fact.kind for fact in undisturbed.journal.facts]
    assert 10 < len(facts) < FACTS_AT_MOST
    for number in range(4, len(facts) + 1):
        world = await play(script, number, number % 4 if twice else None)
        at = f"killed at fact {number}, {facts[number - 1]}"
        assert world.live_engine.unhandled + world.unhandled == 0, at
        assert world.empty, f"{at}: {world.lives} {world.telephony.exchange.channels}"
        assert world.records.doubled == 0, at
        assert list(left(world)) == list(left(undisturbed)), at
