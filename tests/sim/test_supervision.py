"""Supervision in virtual time: who listens is in nobody's way, and leaves with the call."""

from dataclasses import replace

import pytest

from app.domain.call_control import (
    HoldRequested,
    LeaveRequested,
    ResumeRequested,
    Supervision,
    SupervisionRequested,
    SwapRequested,
    TransferRequested,
)
from app.domain.commands import Snoop
from app.domain.events import ChannelEnded
from app.domain.ids import AgentId
from app.telephony.fake.faults import EventFault
from app.telephony.fake.state import Phone
from tests.sim.centre import ANN, BOB, NUMBER, SUPPORT, Centre, centre
from tests.unit.calls.driving import INBOUND

pytestmark = pytest.mark.sim

BOSS = AgentId("cat")


async def supervised(mode: Supervision = Supervision.LISTEN) -> Centre:
    """Ann talks with a customer, and the supervisor takes part."""
    world = Centre()
    world.telephony.add_phone(Phone("phone-boss", answers_after_ms=500))
    contact_id = (await world.talking()).contact.contact_id
    await world.ask(SupervisionRequested(BOSS, contact_id, mode, "phone-boss"))
    await world.advance(1_000)
    return world


def ears(world: Centre) -> list[Snoop]:
    """The ears that are there now."""
    made = [command for _, command in world.telephony.executed if isinstance(command, Snoop)]
    return [ear for ear in made if ear.channel_id in world.telephony.exchange.channels]


async def test_who_listens_has_an_ear_at_the_agent_and_changes_nothing_for_the_others() -> None:
    world = await supervised()
    (ear,) = ears(world)
    assert (ear.of, ear.speaks) == (world.channel(ANN), False)
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    await world.ask(SupervisionRequested(BOSS, world.contact.contact_id, Supervision.WHISPER))
    (ear,) = ears(world)
    assert ear.speaks
    await world.ask(SupervisionRequested(BOSS, world.contact.contact_id, Supervision.BARGE))
    assert ears(world) == []
    assert len(world.hears("customer")) == 2
    await world.ask(SupervisionRequested(BOSS, world.contact.contact_id, Supervision.LISTEN))
    assert (len(ears(world)), world.hears("customer")) == (1, {ANN})
    await world.ask(SupervisionRequested(BOSS, world.contact.contact_id, None))
    assert (ears(world), world.hears("customer")) == ([], {ANN})
    assert len(world.telephony.exchange.bridges) == 1


@pytest.mark.parametrize("mode", list(Supervision))
async def test_supervision_follows_the_contact_to_the_next_agent_and_ends_with_the_call(mode: Supervision) -> None:
    world = await supervised(mode)
    await world.available(BOB)
    await world.ask(TransferRequested(ANN, world.contact.contact_id, to_queue=SUPPORT))
    await world.advance(6_000)
    await world.ask(LeaveRequested(ANN, world.contact.contact_id))
    await world.advance(100)
    assert BOB in world.hears("customer")
    assert [ear.of for ear in ears(world)] == ([] if mode is Supervision.BARGE else [world.channel(BOB)])
    world.caller.hang_up()
    await world.advance(30_000)
    assert world.empty


@pytest.mark.parametrize("mode", list(Supervision))
async def test_a_kill_while_somebody_supervises_changes_nothing(mode: Supervision) -> None:
    world = await supervised(mode)
    before = len(world.telephony.exchange.channels), len(world.telephony.exchange.bridges)
    await world.dies_unheard(SupervisionRequested(BOSS, world.contact.contact_id, mode))
    await world.reconcile()
    await world.reconcile()
    assert (len(world.telephony.exchange.channels), len(world.telephony.exchange.bridges)) == before
    await world.dies_unheard(SupervisionRequested(BOSS, world.contact.contact_id, Supervision.WHISPER))
    await world.reconcile()
    await world.reconcile()
    await world.advance(100)
    (ear,) = ears(world)
    assert ear.speaks
    assert world.hears("customer") == {ANN}


async def test_a_contact_that_is_not_recorded_is_not_listened_to_unless_the_instance_says_so() -> None:
    silent = replace(INBOUND, content=INBOUND.content.replace('["Agent", "Customer"]', "[]"))
    for allowed in (False, True):
        world = Centre(centre(silent, listen_without_recording=allowed))
        world.telephony.add_phone(Phone("phone-boss", answers_after_ms=500))
        contact_id = (await world.talking()).contact.contact_id
        await world.ask(SupervisionRequested(BOSS, contact_id, Supervision.LISTEN, "phone-boss"))
        await world.advance(1_000)
        assert len(ears(world)) == allowed


async def test_the_ear_is_made_anew_when_the_agent_talks_with_somebody_else_and_only_then() -> None:
    world = await supervised()
    contact_id = world.contact.contact_id
    (with_customer,) = ears(world)
    await world.ask(HoldRequested(ANN, contact_id), ResumeRequested(ANN, contact_id))
    assert ears(world) == [with_customer]
    await world.available(BOB)
    await world.ask(TransferRequested(ANN, contact_id, to_queue=SUPPORT))
    await world.advance(6_000)
    (with_second,) = ears(world)
    assert with_second.of == with_customer.of == world.channel(ANN)
    assert with_second != with_customer
    await world.ask(SwapRequested(ANN, contact_id))
    assert with_second not in ears(world)
    assert len(ears(world)) == 1


async def test_an_agent_who_supervises_is_offered_no_contact_until_they_leave() -> None:
    world = Centre()
    contact_id = (await world.talking()).contact.contact_id
    await world.available(BOB)
    await world.ask(SupervisionRequested(BOB, contact_id, Supervision.LISTEN, "phone-bob"))
    await world.advance(5_000)
    second = world.telephony.call(NUMBER, calling="+12025550178")
    world.agenda.after(2_000, lambda: second.press("1"))
    await world.advance(10_000)
    assert world.activity(BOB) == "supervising"
    await world.dies_unheard()
    await world.reconcile()
    assert world.activity(BOB) == "supervising"
    await world.ask(SupervisionRequested(BOB, contact_id, None))
    await world.advance(5_000)
    assert world.activity(BOB) == "on contact"


async def test_a_supervisors_phone_that_cannot_be_rung_disturbs_nobody() -> None:
    world = Centre()
    contact_id = (await world.talking()).contact.contact_id
    await world.ask(SupervisionRequested(BOSS, contact_id, Supervision.LISTEN, "phone-nowhere"))
    await world.advance(1_000)
    assert world.hears("customer") == {ANN}
    assert world.live.conversation.watches == ()


async def test_a_supervisor_who_does_not_answer_is_let_go_when_the_time_is_over() -> None:
    """Even when nobody hears that Asterisk gave the phone up."""
    world = Centre()
    world.telephony.add_phone(Phone("phone-boss", answers_after_ms=None))
    contact_id = (await world.talking()).contact.contact_id
    world.telephony.faults.events = [EventFault((ChannelEnded,), lose=True)]
    await world.ask(SupervisionRequested(BOSS, contact_id, Supervision.LISTEN, "phone-boss"))
    await world.advance(29_000)
    assert len(world.live.conversation.watches) == 1
    await world.advance(2_000)
    assert world.live.conversation.watches == ()
    assert world.live.trace[-1].what == "supervision"
    assert world.hears("customer") == {ANN}
