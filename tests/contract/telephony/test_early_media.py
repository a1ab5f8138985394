"""Outside numbers are called for somebody who waits in the bridge, and hears what the network says before anybody answers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from app.domain.commands import AddToBridge, Answer, CreateBridge, DestroyBridge, DialNumber, Hangup, StartRinging
from app.domain.events import CallArrived, ChannelAnswered
from app.domain.ids import BridgeId, ChannelId
from tests.contract.telephony.world import (
    ANSWERING_NUMBER,
    BUSY_NUMBER,
    EARLY_NUMBER,
    NODE,
    SILENT_NUMBER,
    UNKNOWN_NUMBER,
    World,
    bridge_id,
    channel_id,
)

pytestmark = pytest.mark.contract


@dataclass
class Waiting:
    """Somebody who hears ringing and is alone in a bridge."""

    world: World
    arrived: CallArrived
    bridge: BridgeId

    def dial(self, number: str, timeout_s: int = 20) -> DialNumber:
        shown = ("+15550199", "Centre", timeout_s, 0, self.bridge)
        return DialNumber(self.arrived.contact_id, NODE, channel_id(), number, *shown)

    async def hangs_up(self) -> None:
        await self.world.hang_up(self.arrived.channel_id)
        await self.world.until(lambda: self.world.sink.ended(self.arrived.channel_id))


@pytest.fixture
async def waiting(world: World) -> AsyncIterator[Waiting]:
    arrived, bridge = await world.call(), bridge_id()
    for command in (
        Answer(arrived.contact_id, arrived.channel_id),
        CreateBridge(arrived.contact_id, NODE, bridge),
        AddToBridge(arrived.contact_id, bridge, arrived.channel_id),
        StartRinging(arrived.contact_id, arrived.channel_id),
    ):
        await world.telephony.execute(command)
    yield Waiting(world, arrived, bridge)
    await world.telephony.execute(DestroyBridge(arrived.contact_id, bridge))


async def test_what_the_network_says_is_heard_though_nobody_answers(world: World, waiting: Waiting) -> None:
    dial = waiting.dial(EARLY_NUMBER)
    await world.telephony.execute(dial)
    await world.until(lambda: world.sink.ended(dial.channel_id))
    await waiting.hangs_up()
    assert [event.cause for event in world.sink.ended(dial.channel_id)] == [1]
    assert world.sink.of(ChannelAnswered) == []
    assert await world.voices_heard(waiting.arrived.channel_id) == {dial.channel_id}


async def test_an_answer_is_told_once_and_they_talk_at_once(world: World, waiting: Waiting) -> None:
    dial = waiting.dial(ANSWERING_NUMBER)
    for _ in range(2):
        await world.telephony.execute(dial)
    await world.until(lambda: world.sink.of(ChannelAnswered))
    await world.wait(800)
    inventory = await world.telephony.inventory(NODE)
    assert inventory.bridges == {waiting.bridge: {waiting.arrived.channel_id, dial.channel_id}}
    assert inventory.channels[dial.channel_id].state == "Up"
    assert world.sink.of(ChannelAnswered) == [ChannelAnswered(dial.channel_id)]
    await world.hang_up(dial.channel_id)
    await world.until(lambda: world.sink.ended(dial.channel_id))
    await waiting.hangs_up()
    assert [event.cause for event in world.sink.ended(dial.channel_id)] == [16]
    assert await world.voices_heard(waiting.arrived.channel_id) == {dial.channel_id}
    assert await world.voices_heard(dial.channel_id) == {waiting.arrived.channel_id}


@pytest.mark.parametrize(("number", "cause"), [(BUSY_NUMBER, 17), (UNKNOWN_NUMBER, 1), (SILENT_NUMBER, 19)])
async def test_a_call_that_fails_tells_why_once(world: World, waiting: Waiting, number: str, cause: int) -> None:
    dial = waiting.dial(number, timeout_s=1)
    await world.telephony.execute(dial)
    await world.until(lambda: world.sink.ended(dial.channel_id))
    await world.wait(200)
    assert [event.cause for event in world.sink.ended(dial.channel_id)] == [cause]
    assert not world.sink.ended(waiting.arrived.channel_id)
    await waiting.hangs_up()
    assert await world.heard_something(waiting.arrived.channel_id) or cause != 19


async def test_a_call_that_is_given_up_ends_once_with_the_cause_asked_for(world: World, waiting: Waiting) -> None:
    dial = waiting.dial(SILENT_NUMBER)
    await world.telephony.execute(dial)
    await world.wait(200)
    for _ in range(2):
        await world.telephony.execute(Hangup(dial.contact_id, dial.channel_id, 19))
    await world.until(lambda: world.sink.ended(dial.channel_id))
    await world.wait(200)
    assert [event.cause for event in world.sink.ended(dial.channel_id)] == [19]


async def test_a_call_that_is_being_made_outlives_the_application_and_is_not_made_twice(
    world: World, waiting: Waiting
) -> None:
    dial = waiting.dial(SILENT_NUMBER)
    await world.telephony.execute(dial)
    await world.restart_application()
    await world.until(lambda: world.sink.connected)
    await world.telephony.execute(dial)
    found = await world.telephony.inventory(NODE)
    assert found.channels[dial.channel_id].state != "Up"
    assert found.channels[dial.channel_id].in_application
    assert found.bridges == {waiting.bridge: {waiting.arrived.channel_id, dial.channel_id}}
    await world.telephony.execute(Hangup(dial.contact_id, dial.channel_id))
    await world.until(lambda: world.sink.ended(dial.channel_id))


async def test_an_answer_while_the_application_is_away_is_found(world: World, waiting: Waiting) -> None:
    dial = waiting.dial(ANSWERING_NUMBER)
    await world.telephony.execute(dial)
    await world.application_away()
    await world.wait(300)
    await world.restart_application()
    await world.until(lambda: world.sink.connected)
    assert (await world.telephony.inventory(NODE)).channels[ChannelId(dial.channel_id)].state == "Up"
