"""An agent who has hung up gets the next contact before anything else is done."""

from dataclasses import replace

import pytest

from app.domain.commands import FinishRecording, RingPhone, TelephonyCommand
from tests.sim.centre import ANN, NUMBER, Centre, centre

pytestmark = pytest.mark.sim


async def test_the_next_contact_rings_before_the_last_one_is_cleared_away() -> None:
    given = centre()
    agents = {key: replace(agent, after_contact_work_s=0) for key, agent in given.agents.items()}
    world = Centre(replace(given, agents=agents))
    await world.talking()
    phone = world.channel(ANN)
    second = world.telephony.call(NUMBER, calling="+12025550178")
    world.agenda.after(2_000, lambda: second.press("1"))
    await world.advance(10_000)
    sent: list[TelephonyCommand] = []
    carry_out = world.telephony.execute

    async def noted(command: TelephonyCommand) -> None:
        sent.append(command)
        await carry_out(command)

    world.telephony.execute = noted  # type: ignore[method-assign]
    world.telephony.hang_up(phone)
    await world.settle()
    kinds = [type(command) for command in sent]
    assert kinds[:2] == [RingPhone, FinishRecording]
    assert isinstance(sent[0], RingPhone)
    assert sent[0].phone == "phone-ann"
    await world.advance(5_000)
    second.hang_up()
    await world.advance(5_000)
    assert world.empty
    assert len(world.records.records) == 2
