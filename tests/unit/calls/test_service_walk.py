"""What a panel offers is possible: agents who press random buttons that are enabled are never refused, and everything ends well."""

import random
from typing import Any

import pytest

from app.calls.ports import Outcome
from app.calls.ports.asks.contacts import Transfer
from app.calls.services.contacts import CONTROLS
from app.domain.ids import AgentId
from tests.sim.centre import ANN, BOB
from tests.unit.calls.panels import ANNS, BOBS, QUICK_CONNECTS, Panels

pytestmark = pytest.mark.sim

BUTTONS = {name: (ask, fields) for ask, row in CONTROLS.items() for name, fields in row.buttons.items()}
STEPS = 25


def pressed(chance: random.Random, name: str, contact_id: str) -> Any:
    """What the button asks for."""
    ask, fields = BUTTONS[name]
    if ask is Transfer:
        quick_connect = chance.choice(QUICK_CONNECTS).name
        fields = {"quick_connect": quick_connect, "blind": chance.random() < 0.3}
    return ask(contact_id=contact_id, **fields)


async def press_one(world: Panels, chance: random.Random) -> str:
    """One of the enabled buttons of one of the two; its name, empty when there is none."""
    actor = chance.choice((ANNS, BOBS))
    contacts = world.panel(AgentId(actor.agent_id or "")).contacts
    names = [name for contact in contacts for name in contact.actions]
    if not names:
        return ""
    name = chance.choice(names)
    if actor is BOBS and name == "transfer":
        return ""
    before = world.live.conversation if world.lives else None
    outcome: Outcome = await world.service.perform(actor, pressed(chance, name, contacts[0].contact_id))
    changed = outcome.complete or not world.lives
    await world.advance(chance.choice((10, 300, 1_500, 4_000)))
    assert changed or world.lives == [] or world.lives[0].conversation != before, f"{name} changed nothing"
    return name


@pytest.mark.parametrize("seed", range(40))
async def test_random_buttons_are_never_refused_and_leave_nothing(seed: int) -> None:
    chance, world = random.Random(seed), Panels()
    await world.with_customer()
    pressed_names = [await press_one(world, chance) for _ in range(STEPS)]
    world.caller.hang_up()
    await world.advance(120_000)
    refusals = [entry for entry in world.audit.entries if entry.outcome not in ("done", "accepted")]
    assert refusals == [], pressed_names
    for agent in (ANN, BOB):
        if world.panel(agent).contacts:
            await world.service.perform(
                ANNS if agent == ANN else BOBS, BUTTONS["end-work"][0](world.contact_of(agent).contact_id)
            )
    await world.advance(60_000)
    assert world.live_engine.unhandled == 0
    assert world.empty, pressed_names
