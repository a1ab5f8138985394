"""An agent consults on the second line of their own phone, with nothing but the phone's keys."""

import pytest

from app.domain.call_control import (
    DropRequested,
    LeaveRequested,
    PhoneHeld,
    PhoneLinesJoined,
    PhoneTransferred,
    SwapRequested,
    TransferRequested,
)
from app.domain.commands import AnswerTransfer
from app.domain.ids import ChannelId
from app.telephony.fake.telephony import Caller
from tests.sim.centre import ANN, BOB, OUTSIDE, Centre

pytestmark = pytest.mark.sim

ON_HOLD = {"say:You are on hold."}


class Desk(Centre):
    """Ann has the customer on her first line."""

    async def second_line(self, dialled: str = "phone-bob", *, hold_first: bool = True, wait_ms: int = 6_000) -> None:
        """Ann holds, dials on a second line, and talks with whom she dialled."""
        await self.talking()
        await self.available(BOB)
        self.first = self.channel(ANN)
        if hold_first:
            await self.ask(PhoneHeld(self.first, held=True))
        self.line: Caller = self.telephony.call(dialled, calling="phone-ann", origin="phone", origin_name="phone-ann")
        await self.advance(wait_ms)

    @property
    def second(self) -> ChannelId:
        return ChannelId(self.line.channel_id)

    async def key(self, channel_id: ChannelId, *, held: bool) -> None:
        await self.ask(PhoneHeld(channel_id, held=held))

    async def finish(self) -> None:
        """The customer hangs up, and nothing is left."""
        self.caller.hang_up()
        await self.advance(40_000)
        assert self.empty


@pytest.mark.parametrize(("dialled", "who"), [("phone-bob", BOB), (OUTSIDE, "outside"), ("2065550111", "outside")])
async def test_a_second_line_consults_and_the_transfer_key_hands_over(dialled: str, who: str) -> None:
    world = Desk()
    await world.second_line(dialled)
    assert (world.hears("customer"), world.hears(ANN)) == (ON_HOLD, {who})
    assert world.channel(ANN) == world.second
    first = world.contact.contact_id
    await world.ask(PhoneLinesJoined(world.first, world.second))
    assert world.hears("customer") == {who}
    assert world.activity(ANN) == "after contact work"
    assert not {world.first, world.second} & set(world.telephony.exchange.channels)
    await world.finish()
    after = world.records.contacts[first].next_contact_id
    assert (after is not None) == (who == BOB)


async def test_the_transfer_key_while_it_rings_leaves_the_customer_with_who_answers() -> None:
    world = Desk()
    await world.second_line(wait_ms=500)
    await world.ask(PhoneLinesJoined(world.second, world.first))
    assert world.activity(ANN) == "after contact work"
    await world.advance(8_000)
    assert world.hears("customer") == {BOB}
    await world.finish()


def answers(world: Desk) -> list[bool]:
    """What the phone was told of its transfer keys."""
    return [command.accepted for _, command in world.telephony.executed if isinstance(command, AnswerTransfer)]


@pytest.mark.parametrize("wait_ms", [500, 6_000])
@pytest.mark.parametrize("dialled", ["phone-bob", OUTSIDE])
async def test_the_first_line_is_sent_to_whom_the_second_one_rings(dialled: str, wait_ms: int) -> None:
    """A phone that transfers before anybody answered sends a blind REFER on the customer's line."""
    world = Desk()
    await world.second_line(dialled, wait_ms=wait_ms)
    await world.ask(PhoneTransferred(world.first, dialled))
    assert (world.activity(ANN), answers(world)) == ("after contact work", [True])
    assert not {world.first, world.second} & set(world.telephony.exchange.channels)
    await world.advance(8_000)
    assert world.hears("customer") == {BOB if dialled == "phone-bob" else "outside"}
    assert (
        len([ring for _, ring in world.telephony.executed if type(ring).__name__ in ("RingPhone", "DialNumber")]) == 2
    )
    await world.finish()


async def test_the_first_line_is_sent_to_somebody_else_than_the_one_consulted() -> None:
    world = Desk()
    await world.second_line()
    await world.ask(PhoneTransferred(world.first, OUTSIDE))
    assert (world.activity(ANN), world.activity(BOB), answers(world)) == (
        "after contact work",
        "after contact work",
        [True],
    )
    await world.advance(4_000)
    assert world.hears("customer") == {"outside"}
    await world.finish()


@pytest.mark.parametrize(("on_second", "dialled"), [(True, OUTSIDE), (False, "+882161234"), (False, "ann")])
async def test_a_transfer_that_cannot_be_is_declined_and_nothing_changes(on_second: bool, dialled: str) -> None:
    world = Desk()
    await world.second_line()
    await world.ask(PhoneTransferred(world.second if on_second else world.first, dialled))
    assert (world.hears("customer"), world.hears(ANN), answers(world)) == (ON_HOLD, {BOB}, [False])
    await world.finish()


async def test_the_transfer_key_hands_over_to_whom_the_panel_consults() -> None:
    world = Desk()
    await world.talking()
    await world.available(BOB)
    await world.ask(TransferRequested(ANN, world.contact.contact_id, to_agent=BOB))
    await world.advance(500)
    await world.ask(PhoneTransferred(world.channel(ANN), "phone-bob"))
    await world.advance(8_000)
    assert world.hears("customer") == {BOB}
    await world.finish()


async def test_the_hold_keys_of_two_lines_swap() -> None:
    world = Desk()
    await world.second_line()
    await world.key(world.second, held=True)
    assert world.hears(BOB) == {"music:default"}
    await world.key(world.first, held=False)
    assert (world.hears("customer"), world.hears(ANN), world.hears(BOB)) == ({ANN}, {"customer"}, {"music:default"})
    assert world.channel(ANN) == world.first
    await world.kill()
    await world.start()
    await world.key(world.first, held=True)
    await world.key(world.second, held=False)
    assert (world.hears("customer"), world.hears(ANN), world.hears(BOB)) == (ON_HOLD, {BOB}, {ANN})
    await world.ask(SwapRequested(ANN, world.contact.contact_id))
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    await world.ask(LeaveRequested(ANN, world.contact.contact_id))
    assert world.hears("customer") == {BOB}
    await world.finish()


@pytest.mark.parametrize("hold_first", [True, False])
async def test_the_second_line_is_hung_up_and_the_customer_is_back(hold_first: bool) -> None:
    """At a phone that holds the first line, the customer comes back when the phone takes them back."""
    world = Desk()
    await world.second_line(hold_first=hold_first)
    assert world.hears("customer") == ON_HOLD
    world.line.hang_up()
    await world.advance(10)
    assert world.activity(BOB) == "after contact work"
    if hold_first:
        assert world.hears("customer") == ON_HOLD
        await world.key(world.first, held=False)
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    await world.finish()


async def test_going_back_before_anybody_answered_cancels() -> None:
    world = Desk()
    await world.second_line(wait_ms=500)
    await world.key(world.first, held=False)
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    assert (world.activity(BOB), world.live.conversation.resting) == ("idle", ())
    assert world.second not in world.telephony.exchange.channels
    await world.finish()


async def test_a_first_line_hung_up_leaves_a_consultation_as_from_the_panel() -> None:
    world = Desk()
    await world.second_line()
    world.telephony.hang_up(world.first, 16)
    await world.advance(10)
    assert (world.hears("customer"), world.hears(ANN)) == (ON_HOLD, {BOB})
    await world.ask(DropRequested(ANN, world.contact.contact_id))
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    await world.finish()


async def test_the_customer_hangs_up_and_both_lines_end() -> None:
    world = Desk()
    await world.second_line()
    await world.finish()


@pytest.mark.parametrize("dialled", ["phone-ann", "+882161234"])
async def test_a_second_line_that_consults_nobody_is_refused(dialled: str) -> None:
    """One's own phone, a number that may not be called: the customer stays where they are."""
    world = Desk()
    await world.second_line(dialled, hold_first=False, wait_ms=500)
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    assert world.second not in world.telephony.exchange.channels
    await world.finish()


async def test_a_third_line_is_refused() -> None:
    world = Desk()
    await world.second_line()
    third = world.telephony.call(OUTSIDE, calling="phone-ann", origin="phone", origin_name="phone-ann")
    await world.advance(500)
    assert third.channel_id not in world.telephony.exchange.channels
    assert world.hears(ANN) == {BOB}
    await world.finish()
