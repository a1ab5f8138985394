"""A talk with a bot of the instance in virtual time, and over a kill."""

import dataclasses
from pathlib import Path

import pytest

from app.integrations.bots.bots import MapOfBots
from app.integrations.bots.files import FileBots
from app.sim.world import World
from tests.sim.outside_flows import say, world_of
from tests.unit.flow.driving import action
from tests.unit.instances import NUMBER
from tests.unit.integrations.bank import BANK

pytestmark = pytest.mark.sim


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "Bank.yaml").write_text(BANK)
    made = world_of(
        action(
            "talk",
            "ConnectParticipantWithLexBot",
            {"Text": "How can I help?", "LexBot": {"Name": "Bank"}},
            to="broken",
            errors={"NoMatchingCondition": "broken", "NoMatchingError": "broken"},
            equals={"Balance": "found"},
        ),
        say("found", "The balance of $.Lex.Slots.account.", to="end"),
        say("broken", "Broken.", to="end"),
    )
    made.helpers = dataclasses.replace(made.helpers, bots=MapOfBots(FileBots(tmp_path), {}))
    return made


@pytest.mark.parametrize("kill_at_ms", [None, *range(500, 16_500, 1_000)])
async def test_a_caller_talks_to_a_bot(world: World, kill_at_ms: int | None) -> None:
    await world.start()
    caller = world.telephony.call(NUMBER)
    for at_ms, keys in ((3_000, "1"), (6_000, "12"), (9_000, "#"), (11_000, "1234"), (14_000, "1")):
        world.agenda.after(at_ms, lambda keys=keys: caller.press(keys))  # type: ignore[misc]
    if kill_at_ms is not None:
        await world.advance(kill_at_ms)
        await world.kill()
        await world.start()
    await world.advance(40_000)
    assert world.engine is not None
    assert any("The balance of 1234." in str(command) for _, command in world.telephony.executed)
    assert world.unhandled + world.engine.unhandled == 0
    assert list(world.records.records) == [str(caller.contact_id)]
