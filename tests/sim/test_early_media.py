"""Who waits for an outside number hears what its network says before anybody answers; the tone of ringing is ours until then."""

from dataclasses import replace

import pytest

from app.conversation.state import Party
from app.domain.call_control import CallRequested, DropRequested, LeaveRequested, Supervision, TransferRequested
from app.domain.commands import AddToBridge
from app.telephony.fake.faults import RequestFault
from app.telephony.fake.state import Phone
from tests.sim.centre import ANN, CUSTOMER, NUMBER, OUTSIDE, SALES, Centre, centre
from tests.sim.test_outside import NEW, NODE, asks_for_callback, calling, calls, words
from tests.sim.test_supervision import supervised

pytestmark = pytest.mark.sim

RINGING, NETWORK = {"ringing"}, {"outside"}


def announces(world: Centre, number: str = OUTSIDE, *, answers_after_ms: int | None = 6_000) -> Phone:
    """The network says something after two seconds."""
    return world.telephony.add_number(number, Phone(number, answers_after_ms=answers_after_ms, says_before_ms=2_000))


def ears(world: Centre) -> list[Party]:
    return [party for party in world.live.conversation.parties if party.early]


async def test_a_caller_hears_why_the_number_cannot_be_reached() -> None:
    world = Centre(centre(calls(OUTSIDE, resume=True)))
    world.telephony.add_number(OUTSIDE, Phone(OUTSIDE, refuses_with=1, says_before_ms=500, refuses_after_ms=3_000))
    await world.start()
    world.caller = world.telephony.call(NUMBER, calling=CUSTOMER)
    await world.advance(400)
    assert world.hears("customer") == RINGING
    await world.advance(1_000)
    assert (world.phase, world.hears("customer")) == ("outside call", NETWORK)
    await world.advance(2_000)
    assert world.hears("customer") == {"say:" + words("failed")}
    await world.advance(6_000)
    assert world.empty


@pytest.mark.parametrize("with_callback", [False, True])
async def test_an_agent_hears_the_customers_network_and_then_nothing_of_the_whisper(with_callback: bool) -> None:
    world = await calling(asks_for_callback()) if with_callback else Centre()
    if not with_callback:
        await world.start()
    announces(world, CUSTOMER)
    await world.available(ANN)
    if with_callback:
        await world.advance(10_000)
    else:
        await world.ask(CallRequested(NEW, ANN, CUSTOMER, NODE, SALES))
    await world.advance(2_500)
    assert (world.phase, world.hears(ANN)) == ("dialling", RINGING)
    await world.advance(2_000)
    assert world.hears(ANN) == {"customer"}
    await world.advance(3_000)
    assert (world.hears("customer"), world.hears(ANN)) == ({"say:This call is recorded."}, set())
    await world.advance(3_000)
    assert (world.hears("customer"), world.hears(ANN), ears(world)) == ({ANN}, {"customer"}, [])


async def test_who_consults_a_number_hears_its_network_and_the_customer_does_not() -> None:
    world = Centre()
    announces(world)
    first = (await world.talking()).contact.contact_id
    await world.ask(TransferRequested(ANN, first, to_number=OUTSIDE))
    assert world.hears(ANN) == RINGING
    await world.advance(3_000)
    assert (world.hears(ANN), world.hears("customer")) == (NETWORK, {"say:You are on hold."})
    await world.ask(DropRequested(ANN, first))
    assert (world.hears(ANN), world.hears("customer"), ears(world)) == ({"customer"}, {ANN}, [])


@pytest.mark.parametrize("blind", [True, False])
async def test_a_customer_who_is_sent_to_a_number_hears_its_network(blind: bool) -> None:
    world = Centre()
    announces(world)
    first = (await world.talking()).contact.contact_id
    await world.ask(TransferRequested(ANN, first, to_number=OUTSIDE, blind=blind))
    if not blind:
        await world.advance(1_000)
        await world.ask(LeaveRequested(ANN, first))
    assert (world.phase, world.hears("customer")) == ("outside call", RINGING)
    await world.advance(3_000)
    assert world.hears("customer") == NETWORK
    await world.advance(4_000)
    assert (world.hears("customer"), world.hears(OUTSIDE)) == (NETWORK, {"customer"})
    world.caller.hang_up()
    await world.advance(30_000)
    assert world.empty


async def test_with_the_next_trunk_it_rings_again() -> None:
    world = Centre(centre(calls(OUTSIDE, resume=True)))
    world.telephony.exchange.trunks = 2
    far = Phone(OUTSIDE, refuses_with=34, says_before_ms=500, refuses_after_ms=2_000)
    world.telephony.add_number(OUTSIDE, far)
    await world.start()
    world.caller = world.telephony.call(NUMBER, calling=CUSTOMER)
    await world.advance(1_000)
    assert world.hears("customer") == NETWORK
    announces(world)
    await world.advance(1_500)
    assert world.hears("customer") == RINGING
    await world.advance(6_500)
    assert world.hears(OUTSIDE) == {"customer"}


async def test_a_caller_in_a_queue_goes_on_hearing_the_queue_while_an_agents_outside_number_is_called() -> None:
    given = centre()
    given.agents[ANN] = replace(given.agents[ANN], outside_number=OUTSIDE)
    world = Centre(given)
    announces(world)
    await world.start()
    await world.available(ANN)
    world.caller = world.telephony.call(NUMBER, calling=CUSTOMER)
    world.agenda.after(2_000, lambda: world.caller.press("1"))
    await world.advance(5_500)
    assert (world.phase, world.hears("customer") & (RINGING | NETWORK)) == ("ringing", set())


async def test_who_could_not_be_put_into_the_bridge_to_wait_is_put_there_to_talk() -> None:
    world = Centre(centre(calls(OUTSIDE, resume=True)))
    world.telephony.faults.requests.append(RequestFault((AddToBridge,), times=2, http_status=503))
    await world.start()
    world.caller = world.telephony.call(NUMBER, calling=CUSTOMER)
    await world.advance(3_000)
    assert (world.hears("customer"), world.hears(OUTSIDE)) == ({"outside"}, {"customer"})


async def test_while_a_supervisor_is_in_the_talk_there_is_nothing_but_ringing() -> None:
    world = await supervised(Supervision.BARGE)
    announces(world)
    await world.ask(TransferRequested(ANN, world.contact.contact_id, to_number=OUTSIDE))
    await world.advance(3_000)
    assert (world.hears(ANN), ears(world)) == (RINGING, [])
    await world.advance(4_000)
    assert "outside" in world.hears(ANN)
