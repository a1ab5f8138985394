"""kill -9 at every moment of a call, in virtual time: the caller is not dropped, the flow goes on, one record is written."""

import pytest

from app.conversation.state import Phase
from app.domain.contact import DisconnectReason, RecordingStatus
from app.domain.events import AgentStatusRequested
from app.sim.world import World
from app.telephony.fake.state import Phone
from tests.unit.calls.driving import centre
from tests.unit.instances import ANN, NUMBER

pytestmark = pytest.mark.sim

WHOLE_CALL_MS = 60_000
STEP_MS = 500


async def world_with_ann() -> World:
    world = World(centre())
    world.telephony.add_phone(Phone("phone-ann", registered=True, answers_after_ms=3_000))
    await world.start()
    assert world.engine is not None
    world.engine.post(AgentStatusRequested(ANN, "Available"))
    await world.settle()
    return world


async def whole_call(world: World, kill_at_ms: int | None, down_ms: int, *, events_lost: bool = False) -> str:
    """A caller who listens, presses 1 after two seconds, talks and hangs up after 30. The application is killed once on the way."""
    caller = world.telephony.call(NUMBER, calling="+12025550177")
    world.agenda.after(2_000, lambda: caller.press("1"))
    world.agenda.after(30_000, caller.hang_up)
    passed = 0
    while passed < WHOLE_CALL_MS:
        if kill_at_ms is not None and passed >= kill_at_ms:
            await world.kill(events_lost=events_lost)
            await world.advance(down_ms)
            await world.start()
            kill_at_ms = None
        await world.advance(STEP_MS)
        passed += STEP_MS
        if passed % 5_000 == 0:
            await world.reconcile()
    return str(caller.contact_id)


def unfinished(world: World) -> list[Phase]:
    assert world.engine is not None
    return [live.conversation.phase for live in world.engine.brain.memory.contacts.values()]


def left_over(world: World) -> list[object]:
    return [*world.telephony.exchange.channels, *world.telephony.exchange.bridges]


async def test_a_whole_call_in_virtual_time() -> None:
    world = await world_with_ann()
    contact_id = await whole_call(world, None, 0)
    assert world.engine is not None
    assert world.engine.unhandled == 0
    assert unfinished(world) == []
    assert left_over(world) == []
    contact = world.records.contacts[contact_id]
    assert contact.handling is not None
    assert contact.recording is not None
    assert contact.recording.status is RecordingStatus.AVAILABLE
    assert contact.disconnect_reason is DisconnectReason.CUSTOMER


@pytest.mark.parametrize("down_ms", [0, 700, 4_000])
@pytest.mark.parametrize("kill_at_ms", range(0, 34_000, 1_000))
async def test_kill_at(kill_at_ms: int, down_ms: int) -> None:
    world = await world_with_ann()
    contact_id = await whole_call(world, kill_at_ms, down_ms)
    assert world.engine is not None
    assert world.engine.unhandled + world.unhandled == 0
    assert unfinished(world) == []
    assert left_over(world) == []
    assert list(world.records.records) == [contact_id]
    contact = world.records.contacts[contact_id]
    assert contact.handling is not None, [entry.what for entry in world.records.traces[contact_id]]
    assert contact.recording is not None
    assert contact.recording.status is RecordingStatus.AVAILABLE


@pytest.mark.parametrize("kill_at_ms", range(0, 34_000, 1_000))
async def test_kill_with_every_event_lost_that_happened_meanwhile(kill_at_ms: int) -> None:
    """What nobody heard (a key, an answer, the end of a prompt) is found out by asking; a key alone cannot be."""
    world = await world_with_ann()
    contact_id = await whole_call(world, kill_at_ms, 3_000, events_lost=True)
    assert world.engine is not None
    assert world.engine.unhandled + world.unhandled == 0
    assert unfinished(world) == []
    assert left_over(world) == []
    assert list(world.records.records) == [contact_id]
    key_was_heard = not kill_at_ms < 2_000 < kill_at_ms + 3_000
    assert (world.records.contacts[contact_id].handling is not None) == key_was_heard
