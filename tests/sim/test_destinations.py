"""Which numbers are called: every door through which a call can go out has the same guard."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from app.domain.call_control import CallRequested, OutboundCallRequested, PhoneTransferred, TransferRequested
from app.domain.commands import DialNumber
from app.domain.ids import FlowId
from app.domain.instance import FlowType, Instance
from app.telephony.fake.state import Phone
from tests.sim.centre import ANN, CUSTOMER, NUMBER, SALES, Centre, centre
from tests.sim.test_outside import END, NEW, NODE, asks_for_callback, calls, content, say

pytestmark = pytest.mark.sim

ALLOWED, FOREIGN, PREMIUM, SATELLITE = "+12065550111", "+442079460123", "+19005550199", "+881612345678"
PREFIX = {FOREIGN: "+44", PREMIUM: "+1900", SATELLITE: "+8816"}
Door = Callable[[Centre, str], Awaitable[None]]


async def agent_dials(world: Centre, number: str) -> None:
    await world.ask(CallRequested(NEW, ANN, number, NODE, SALES))


async def agents_phone_dials(world: Centre, number: str) -> None:
    world.telephony.call(number, calling="phone-ann", origin="phone", origin_name="phone-ann")


async def second_line_dials(world: Centre, number: str) -> None:
    await talks(world)
    world.telephony.call(number, calling="phone-ann", origin="phone", origin_name="phone-ann")


async def flow_transfers(world: Centre, number: str) -> None:
    world.telephony.call(NUMBER, calling=CUSTOMER)


async def agent_transfers(world: Centre, number: str) -> None:
    await talks(world)
    await world.ask(TransferRequested(ANN, world.contact.contact_id, to_number=number))


async def agent_transfers_blindly(world: Centre, number: str) -> None:
    await talks(world)
    await world.ask(TransferRequested(ANN, world.contact.contact_id, to_number=number, blind=True))


async def agents_phone_transfers(world: Centre, number: str) -> None:
    await talks(world)
    await world.ask(PhoneTransferred(world.channel(ANN), number))


async def customer_is_called_back(world: Centre, number: str) -> None:
    world.telephony.call(NUMBER, calling=number)


async def program_calls(world: Centre, number: str) -> None:
    await world.ask(OutboundCallRequested(NEW, NODE, number, FlowId("survey"), NUMBER))


async def agent_is_at_the_number(world: Centre, number: str) -> None:
    world.caller = world.telephony.call(NUMBER, calling=CUSTOMER)
    world.agenda.after(2_000, lambda: world.caller.press("1"))


async def talks(world: Centre) -> None:
    """A customer calls and is joined with Ann."""
    await agent_is_at_the_number(world, "")
    await world.advance(6_000)
    assert world.phase == "connected"


def plain(number: str) -> Instance:
    return centre()


def at_number(number: str) -> Instance:
    given = centre()
    given.agents[ANN] = replace(given.agents[ANN], outside_number=number)
    return given


DOORS: dict[Door, Callable[[str], Instance]] = {
    agent_dials: plain,
    agents_phone_dials: plain,
    second_line_dials: plain,
    flow_transfers: lambda number: centre(calls(number, resume=True)),
    agent_transfers: plain,
    agent_transfers_blindly: plain,
    agents_phone_transfers: plain,
    customer_is_called_back: lambda number: centre(asks_for_callback()),
    program_calls: lambda number: centre(content("survey", FlowType.CONTACT, say("survey", "end"), END)),
    agent_is_at_the_number: at_number,
}
"""Each door, and the instance that has it."""


async def dialled(door: Door, number: str, **settings: Any) -> list[str]:
    """The numbers that are called when somebody wants this one called."""
    world = Centre(replace(DOORS[door](number), **settings))
    world.telephony.add_number(number, Phone(number, answers_after_ms=2_000))
    await world.start()
    await world.available(ANN)
    await door(world, number)
    await world.advance(15_000)
    assert world.live_engine.unhandled == 0
    return [command.number for _, command in world.telephony.executed if isinstance(command, DialNumber)]


@pytest.mark.parametrize("door", DOORS)
async def test_every_door_leads_out(door: Door) -> None:
    assert await dialled(door, ALLOWED) == [ALLOWED]


@pytest.mark.parametrize("number", PREFIX)
@pytest.mark.parametrize("door", DOORS)
async def test_no_door_leads_to_a_number_that_may_not_be_called(door: Door, number: str) -> None:
    whole_country = (f"+{number[1]}",)
    assert await dialled(door, number) == []
    assert await dialled(door, number, destinations=() if number == FOREIGN else whole_country) == []


@pytest.mark.parametrize("number", PREFIX)
@pytest.mark.parametrize("door", DOORS)
async def test_what_is_named_is_called(door: Door, number: str) -> None:
    assert await dialled(door, number, destinations=(PREFIX[number],)) == [number]


@pytest.mark.parametrize("limit", [{"calls_out_at_once": 0}, {"calls_out_a_day": 0}], ids=["at once", "a day"])
@pytest.mark.parametrize("door", [door for door in DOORS if door is not agent_is_at_the_number])
async def test_no_door_leads_out_when_enough_calls_go_out(door: Door, limit: dict[str, int]) -> None:
    """An agent at an outside number is rung all the same: callers do not wait for ever because others are called."""
    assert await dialled(door, ALLOWED, **limit) == []
