"""kill -9 in each state of a call that is more than a caller and an agent: nobody is dropped, and everybody hears what they should."""

from collections.abc import Awaitable, Callable

import pytest

from app.conversation.state import Place, Role
from app.domain.call_control import (
    CallControl,
    CallRequested,
    DropRequested,
    HoldRequested,
    JoinRequested,
    LeaveRequested,
    MuteRequested,
    RecordingPauseRequested,
    ResumeRequested,
    SwapRequested,
    TransferRequested,
)
from app.telephony.fake.state import Phone
from tests.sim.centre import ANN, BOB, CUSTOMER, OUTSIDE, SALES, SUPPORT, Centre
from tests.sim.test_outside import NEW, NODE, asks_for_callback, calling, calls

pytestmark = pytest.mark.sim

Scene = Callable[[], Awaitable[Centre]]


async def talking() -> Centre:
    world = Centre()
    await world.talking()
    await world.available(BOB)
    return world


async def on_hold() -> Centre:
    world = await talking()
    await world.ask(HoldRequested(ANN, world.contact.contact_id))
    return world


async def muted() -> Centre:
    world = await talking()
    await world.ask(MuteRequested(ANN, world.contact.contact_id, True))
    return world


async def paused() -> Centre:
    world = await talking()
    await world.ask(RecordingPauseRequested(ANN, world.contact.contact_id, True))
    return world


def consulting(after_ms: int) -> Scene:
    async def scene() -> Centre:
        world = await talking()
        await world.ask(TransferRequested(ANN, world.contact.contact_id, to_queue=SUPPORT))
        await world.advance(after_ms)
        return world

    return scene


async def swapped() -> Centre:
    world = await consulting(6_000)()
    await world.ask(SwapRequested(ANN, world.contact.contact_id))
    return world


async def conference() -> Centre:
    world = await consulting(6_000)()
    await world.ask(JoinRequested(ANN, world.contact.contact_id))
    return world


def handed_over(after_ms: int) -> Scene:
    async def scene() -> Centre:
        world = await consulting(after_ms)()
        await world.ask(LeaveRequested(ANN, world.contact.contact_id))
        return world

    return scene


def consulting_number(after_ms: int) -> Scene:
    async def scene() -> Centre:
        world = await talking()
        await world.ask(TransferRequested(ANN, world.contact.contact_id, to_number=OUTSIDE))
        await world.advance(after_ms)
        return world

    return scene


def outside(after_ms: int, *, resume: bool) -> Scene:
    async def scene() -> Centre:
        world = await calling(calls(OUTSIDE, resume=resume))
        await world.advance(after_ms)
        return world

    return scene


def dialling(after_ms: int, *, announced: bool = False) -> Scene:
    async def scene() -> Centre:
        world = Centre()
        if announced:
            world.telephony.add_number(CUSTOMER, Phone(CUSTOMER, answers_after_ms=None, says_before_ms=200))
        await world.start()
        await world.available(ANN)
        await world.ask(CallRequested(NEW, ANN, CUSTOMER, NODE, SALES))
        await world.advance(after_ms)
        return world

    return scene


def callback(after_ms: int) -> Scene:
    async def scene() -> Centre:
        world = await calling(asks_for_callback())
        await world.available(ANN)
        await world.advance(after_ms)
        return world

    return scene


SCENES: dict[str, Scene] = {
    "hold": on_hold,
    "mute": muted,
    "paused recording": paused,
    "transfer flow": consulting(200),
    "consulted queue": consulting(1_100),
    "consulted agent rings": consulting(2_000),
    "consulted agent's whisper": consulting(3_100),
    "consulting": consulting(6_000),
    "swapped": swapped,
    "conference": conference,
    "handed over to a ringing agent": handed_over(1_100),
    "handed over to an agent": handed_over(6_000),
    "consulted number rings": consulting_number(500),
    "consulting a number": consulting_number(3_000),
    "number rings": outside(500, resume=True),
    "number talks": outside(4_000, resume=True),
    "number talks without return": outside(4_000, resume=False),
    "agent dials, own phone": dialling(500),
    "agent dials, customer's phone": dialling(2_000),
    "agent hears the customer's network": dialling(2_000, announced=True),
    "outbound whisper": dialling(3_500),
    "outbound talk": dialling(8_000),
    "callback planned": callback(6_000),
    "callback rings the agent": callback(10_500),
    "callback rings the customer": callback(12_000),
    "callback talk": callback(18_000),
}


@pytest.mark.parametrize("events_lost", [False, True], ids=["events kept", "events lost"])
@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
async def test_killed_in(scene: Scene, events_lost: bool) -> None:
    """The same scene with and without a kill, then the same time: everybody hears the same, and there is one record each."""
    undisturbed, world = await scene(), await scene()
    await undisturbed.advance(9_000)
    await world.kill(events_lost=events_lost)
    await world.advance(300)
    await world.start()
    for _ in range(2):
        await world.advance(4_350)
        await world.reconcile()
    assert world.live_engine.unhandled + world.unhandled == 0
    assert situation(world) == situation(undisturbed)
    for each in (undisturbed, world):
        for live in each.lives:
            for party in live.conversation.parties:
                each.telephony.hang_up(party.channel_id)
        await each.advance(100_000)
        await each.reconcile()
    assert len(world.records.records) == len(undisturbed.records.records)
    assert world.records.doubled == 0
    assert world.telephony.exchange.channels == {}
    assert world.telephony.exchange.bridges == {}


@pytest.mark.parametrize("events_lost", [False, True], ids=["events kept", "events lost"])
@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
async def test_hung_up_while_nobody_is_there(scene: Scene, events_lost: bool) -> None:
    """Whoever of those who are there hangs up meanwhile, those who remain are treated as if it had been seen."""
    parties = (await scene()).live.conversation.parties
    for number in (number for number, party in enumerate(parties) if party.place is not Place.DIALLED):
        undisturbed, world = await scene(), await scene()
        undisturbed.telephony.hang_up(undisturbed.live.conversation.parties[number].channel_id)
        channel_id = world.live.conversation.parties[number].channel_id
        ended_ms = world.clock.now_ms()
        await world.kill(events_lost=events_lost)
        world.telephony.hang_up(channel_id)
        await world.advance(1_500)
        await world.start()
        for each in (undisturbed, world):
            await each.advance(100)
            await each.reconcile()
            await each.advance(8_000)
            await each.reconcile()
        who = parties[number]
        assert world.live_engine.unhandled + world.unhandled == 0, who
        assert situation(world) == situation(undisturbed), who
        if who.role is Role.CUSTOMER and not events_lost:
            open_ones = [contact for live in world.lives for contact in live.contacts.values()]
            assert ended_ms in [each.disconnected_ms for each in (*open_ones, *world.records.contacts.values())], who


Action = Callable[[str], CallControl]
ACTIONS: dict[str, tuple[Scene, Action]] = {
    "hold": (talking, lambda contact: HoldRequested(ANN, contact)),
    "resume": (on_hold, lambda contact: ResumeRequested(ANN, contact)),
    "mute": (talking, lambda contact: MuteRequested(ANN, contact, True)),
    "unmute": (muted, lambda contact: MuteRequested(ANN, contact, False)),
    "pause": (talking, lambda contact: RecordingPauseRequested(ANN, contact, True)),
    "transfer to a queue": (talking, lambda contact: TransferRequested(ANN, contact, to_queue=SUPPORT)),
    "transfer to a number": (talking, lambda contact: TransferRequested(ANN, contact, to_number=OUTSIDE)),
    "swap": (consulting(6_000), lambda contact: SwapRequested(ANN, contact)),
    "swap back": (swapped, lambda contact: SwapRequested(ANN, contact)),
    "join": (consulting(6_000), lambda contact: JoinRequested(ANN, contact)),
    "drop": (consulting(6_000), lambda contact: DropRequested(ANN, contact)),
    "drop while it rings": (consulting(2_000), lambda contact: DropRequested(ANN, contact)),
    "hand over": (consulting(6_000), lambda contact: LeaveRequested(ANN, contact)),
    "hand over while it rings": (consulting(2_000), lambda contact: LeaveRequested(ANN, contact)),
    "hand over in a conference": (conference, lambda contact: LeaveRequested(ANN, contact)),
    "hand over to a number": (consulting_number(3_000), lambda contact: LeaveRequested(ANN, contact)),
}


@pytest.mark.parametrize(("scene", "action"), ACTIONS.values(), ids=ACTIONS.keys())
async def test_what_was_asked_before_the_kill_is_done_after_it(scene: Scene, action: Action) -> None:
    """The process died with every command that the agent's wish had led to."""
    undisturbed, world = await scene(), await scene()
    await undisturbed.ask(action(undisturbed.contact.contact_id))
    await undisturbed.advance(8_000)
    await world.dies_unheard(action(world.contact.contact_id))
    await world.reconcile()
    await world.advance(8_000)
    assert world.live_engine.unhandled + world.unhandled == 0
    assert situation(world) == situation(undisturbed)


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
async def test_what_happens_before_the_kill_is_done_after_it(scene: Scene) -> None:
    """Answers, ends of flows and timers are heard for three seconds, but nothing that follows from them leaves."""
    undisturbed, world = await scene(), await scene()
    await undisturbed.advance(30_000)
    await world.dies_unheard(for_ms=3_000)
    for _ in range(5):
        await world.advance(6_000)
        await world.reconcile()
    assert world.live_engine.unhandled + world.unhandled == 0
    assert situation(world) == situation(undisturbed)


def situation(world: Centre) -> object:
    """Who is in the call, where, and what they hear; which agent does what."""
    calls = []
    for live in world.lives:
        ears = {}
        for party in live.conversation.parties:
            spans = world.telephony.heard(party.channel_id)
            who = str(party.agent_id or party.role)
            ears[who] = (
                party.place,
                sorted({kind(span.source) for span in spans if span.end_ms == world.clock.now_ms()}),
            )
        calls.append((live.conversation.phase, sorted(ears.items())))
    return sorted(calls, key=str), world.activity(ANN), world.activity(BOB)


def kind(source: str) -> str:
    """Whom or what one hears; a channel's name differs from world to world."""
    return "voice" if source.startswith("voice:") else source


async def test_who_dialled_on_the_phone_is_answered_after_the_kill() -> None:
    world = Centre()
    await world.start()
    await world.available(ANN)
    world.agenda.after(100, lambda: world.telephony.call(CUSTOMER, "phone-ann", "phone", "phone-ann"))
    await world.dies_unheard(for_ms=500)
    await world.advance(8_000)
    assert (world.hears("customer"), world.hears(ANN)) == ({"ann"}, {"customer"})
    assert world.telephony.exchange.channels[world.channel(ANN)].state == "Up"
