"""The flow log of a whole call in virtual time: what a kill interrupts is written by the next process, and nothing twice."""

import json
from dataclasses import replace

import pytest

from app.domain.ids import FlowId
from app.domain.instance import FlowContent, Instance
from app.sim.world import World
from tests.unit.calls.driving import INBOUND, centre
from tests.unit.flow.driving import action
from tests.unit.instances import NUMBER

pytestmark = pytest.mark.sim


def logging_centre() -> Instance:
    content = json.loads(INBOUND.content)
    content["StartAction"] = "log"
    on = action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, to="record")
    content["Actions"] = [on, *content["Actions"]]
    inbound = FlowContent(INBOUND.flow_id, 1, INBOUND.name, INBOUND.type, json.dumps(content))
    made = centre()
    return replace(made, flows=made.flows | {FlowId("inbound"): inbound})


async def call(world: World, kill_at_ms: int | None, *, unwritten: bool = False) -> list[tuple[str, str, str]]:
    """A caller who presses 1, waits and hangs up. `unwritten`: what was logged last had not been written when the kill came."""
    await world.start()
    caller = world.telephony.call(NUMBER, calling="+12025550177")
    world.agenda.after(3_000, lambda: caller.press("1"))
    world.agenda.after(15_000, caller.hang_up)
    for passed_ms in range(0, 30_000, 500):
        if passed_ms == kill_at_ms:
            if unwritten:
                world.flow_logs.blocks.clear()
            await world.kill()
            await world.start()
        await world.advance(500)
    assert world.engine is not None
    assert world.engine.unhandled + world.unhandled == 0
    entries = await world.flow_logs.read(str(caller.contact_id))
    return [(entry["ContactFlowName"], entry["ContactFlowModuleType"], entry["Results"]) for entry in entries]


WHOLE = [
    ("inbound", "SetLoggingBehavior", "Success"),
    ("inbound", "SetRecordingBehavior", "Success"),
    ("inbound", "PlayPrompt", "Success"),
    ("inbound", "GetUserInput", "1"),
    ("inbound", "SetQueue", "Success"),
    ("inbound", "Transfer", "Transferred to queue"),
    ("queue-flow", "PlayPrompt", "Success"),
    ("queue-flow", "Resume", "Ended"),
]


async def test_the_log_follows_the_contact() -> None:
    assert await call(World(logging_centre()), None) == WHOLE


@pytest.mark.parametrize("unwritten", [False, True])
@pytest.mark.parametrize("kill_at_ms", range(500, 18_000, 2_500))
async def test_a_kill_changes_nothing_in_it(kill_at_ms: int, unwritten: bool) -> None:
    assert await call(World(logging_centre()), kill_at_ms, unwritten=unwritten) == WHOLE
