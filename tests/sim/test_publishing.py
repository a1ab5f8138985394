"""A flow is published while calls are in it: they keep the version they began with, over a kill too; new calls take the new one."""

import json
from dataclasses import replace

import pytest

from app.domain.ids import ContactId, FlowId
from app.domain.instance import FlowContent, Instance, ResourceKind
from app.sim.world import World
from tests.unit.calls.driving import INBOUND, centre
from tests.unit.flow.driving import action, say
from tests.unit.instances import NUMBER

pytestmark = pytest.mark.sim

KEY_MS = 12_000


def version(number: int) -> FlowContent:
    """Waits for a key and then says which version it is."""
    content = {
        "Version": "2019-10-30",
        "StartAction": "menu",
        "Actions": [
            action(
                "menu",
                "GetParticipantInput",
                {"Text": "Press 1.", "StoreInput": "False", "InputTimeLimitSeconds": "60"},
                to="end",
                errors={"NoMatchingCondition": "end", "InputTimeLimitExceeded": "end", "NoMatchingError": "end"},
                equals={"1": f"version {number}"},
            ),
            say(f"version {number}", f"This is version {number}.", to="choose"),
            action(
                "choose", "UpdateContactTargetQueue", {"QueueId": "theirs"}, to="end", errors={"NoMatchingError": "end"}
            ),
            action("end", "DisconnectParticipant"),
        ],
    }
    return FlowContent(INBOUND.flow_id, number, "inbound", INBOUND.type, json.dumps(content))


def serving(number: int, **changes: object) -> Instance:
    made = centre()
    flows = made.flows | {FlowId("inbound"): version(number)}
    return replace(made, version=f"v{number}{sorted(changes)}", flows=flows, **changes)  # type: ignore[arg-type]


def path(world: World, contact_id: str) -> list[str]:
    return [entry.details["block"] for entry in world.records.traces[contact_id] if "block" in entry.details]


async def take_over(world: World, instance: Instance) -> None:
    assert world.engine is not None
    world.configurations.now = instance
    await world.engine.configure()
    await world.settle()


@pytest.mark.parametrize("kill_before_ms", [None, 2_000, 6_000])
async def test_a_call_keeps_the_version_it_began_with(kill_before_ms: int | None) -> None:
    world = World(serving(1))
    await world.start()
    old = world.telephony.call(NUMBER, calling="+12025550177")
    await world.advance(1_000)
    if kill_before_ms == 2_000:
        await world.kill()
        await world.start()
    await take_over(world, serving(2))
    await world.advance(1_000)
    new = world.telephony.call(NUMBER, calling="+12025550178")
    await world.advance(3_000)
    await take_over(world, serving(3))
    if kill_before_ms == 6_000:
        await world.kill()
        await world.advance(1_000)
        await world.start()
    await world.advance(KEY_MS - 5_000)
    old.press("1")
    new.press("1")
    await world.advance(30_000)
    assert world.engine is not None
    assert path(world, str(old.contact_id)) == ["menu", "version 1", "choose", "end"]
    assert path(world, str(new.contact_id)) == ["menu", "version 2", "choose", "end"]
    await take_over(world, serving(4))
    assert world.engine.brain.memory.pinned == []
    assert world.engine.unhandled + world.unhandled == 0


async def test_what_is_mapped_while_a_call_goes_on_counts_in_it() -> None:
    world = World(serving(1))
    await world.start()
    caller = world.telephony.call(NUMBER, calling="+12025550177")
    await world.advance(1_000)
    await take_over(world, serving(2, resources={ResourceKind.QUEUE: {"theirs": "Sales"}}))
    await world.advance(1_000)
    caller.press("1")
    await world.advance(30_000)
    assert path(world, str(caller.contact_id)) == ["menu", "version 1", "choose", "end"]
    assert world.records.contacts[ContactId(str(caller.contact_id))].queue_id == "q-sales"
