"""A snapshot is put into words a little at a time, from a copy that the calls that go on do not touch."""

import asyncio
from dataclasses import MISSING, fields
from typing import Any

import pytest

from app.calls.codec import decode_memory, encode_memory, encode_memory_in_slices
from app.calls.memory import Live, Memory
from app.domain.events import AgentStatusRequested
from app.domain.ids import AgentId
from app.sim.office import NUMBER, office
from app.sim.world import World
from app.telephony.fake.state import Phone

pytestmark = pytest.mark.unit


async def busy(callers: int) -> World:
    """Two agents, and more callers than they can serve."""
    world = World(office(2))
    for number in range(2):
        world.telephony.add_phone(Phone(f"phone-{number}", answers_after_ms=500, hangs_up_after_ms=3_000))
    await world.start()
    assert world.engine is not None
    for number in range(2):
        world.engine.post(AgentStatusRequested(AgentId(f"agent-{number}"), "Available"))
    for number in range(callers):
        world.telephony.call(NUMBER, calling=f"+120255501{number:02d}")
        await world.advance(100)
    return world


async def test_a_copy_stays_as_it_is_while_calls_go_on() -> None:
    world = await busy(40)
    assert world.engine is not None
    memory, kept = world.engine.brain.memory, []
    for _ in range(30):
        kept.append((memory.copy(), encode_memory(memory)))
        await world.advance(700)
    assert len({text for _, text in kept}) > 10
    for copied, text in kept:
        assert encode_memory(copied) == text


def test_a_copy_of_a_visit_leaves_nothing_out() -> None:
    """Every field of another value than its default, and every container another one than the visit's own."""
    given: dict[str, Any] = {each.name: object() for each in fields(Live)}
    for each in fields(Live):
        if each.default_factory is not MISSING:
            kind = each.default_factory()
            given[each.name] = ["something"] if isinstance(kind, list) else {"some": "thing"}
    live = Live(**given)
    copied = live.copy()
    assert copied == live
    held = [each.name for each in fields(Live) if isinstance(given[each.name], dict | list)]
    assert len(held) >= 6
    assert all(getattr(copied, name) is not getattr(live, name) for name in held)


async def test_a_memory_in_slices_is_the_whole_memory() -> None:
    world = await busy(60)
    assert world.engine is not None
    memory = world.engine.brain.memory
    assert len(memory.contacts) > 50
    assert decode_memory(await encode_memory_in_slices(memory.copy())) == memory
    assert decode_memory(await encode_memory_in_slices(Memory("empty"))) == Memory("empty")


async def test_a_snapshot_holds_the_moment_that_it_is_named_after() -> None:
    world = await busy(60)
    engine = world.engine
    assert engine is not None
    then, seq = encode_memory(engine.brain.memory), len(world.journal.facts)
    writing = asyncio.create_task(engine.snapshot())
    await asyncio.sleep(0)
    assert not writing.done()
    world.telephony.call(NUMBER, calling="+12025550199")
    await writing
    assert len(world.journal.facts) > seq
    found = world.journal.latest_snapshot()
    assert found is not None
    assert (found[0], decode_memory(found[1])) == (seq, decode_memory(then))
