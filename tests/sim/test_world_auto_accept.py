"""An agent with auto-accept: the phone answers by itself, whoever is or is not beside it."""

from dataclasses import replace

import pytest

from app.domain.agent import Activity
from app.domain.events import AgentStatusRequested
from app.sim.office import NUMBER, office
from app.sim.world import World
from app.telephony.fake.state import Phone

pytestmark = pytest.mark.sim


@pytest.mark.parametrize("auto_accept", [True, False])
async def test_a_phone_that_nobody_answers(auto_accept: bool) -> None:
    given = office(1)
    (agent,) = given.agents.values()
    given.agents[agent.agent_id] = replace(agent, auto_accept=auto_accept)
    world = World(given)
    world.telephony.add_phone(Phone(agent.phone, answers_after_ms=None))
    await world.start()
    assert world.engine is not None
    world.engine.post(AgentStatusRequested(agent.agent_id, "Available"))
    world.telephony.call(NUMBER, script=((4_000, "1"),))
    await world.advance(9_000)
    state = world.engine.brain.memory.routing.agents[agent.agent_id]
    assert state.activity is (Activity.ON_CONTACT if auto_accept else Activity.RINGING)
