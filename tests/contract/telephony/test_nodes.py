"""Nodes come and go, and the application too: what Asterisk holds is the truth that is found again."""

import pytest

from app.calls.ports import NodeAway
from app.domain.commands import AddToBridge, Answer, CreateBridge, DestroyBridge, Hangup, RingPhone
from app.domain.events import CallArrived, ChannelAnswered
from tests.contract.telephony.world import ANSWERING_PHONE, NODE, World, bridge_id, channel_id

pytestmark = pytest.mark.contract


async def test_a_node_is_announced(world: World) -> None:
    assert world.sink.connected == [NODE]
    assert world.telephony.nodes() == (NODE,)


async def test_the_inventory_is_all_there_is(world: World) -> None:
    empty = await world.telephony.inventory(NODE)
    assert (empty.channels, empty.bridges) == ({}, {})
    arrived, phone, bridge = await world.call(called="+15550177"), channel_id(), bridge_id()
    await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    await world.telephony.execute(
        RingPhone(arrived.contact_id, NODE, phone, ANSWERING_PHONE, "+15550100", "Caller", 20)
    )
    await world.until(lambda: world.sink.of(ChannelAnswered))
    await world.telephony.execute(CreateBridge(arrived.contact_id, NODE, bridge))
    await world.telephony.execute(AddToBridge(arrived.contact_id, bridge, phone))
    inventory = await world.telephony.inventory(NODE)
    assert set(inventory.channels) == {arrived.channel_id, phone}
    assert inventory.bridges == {bridge: frozenset({phone})}
    caller = inventory.channels[arrived.channel_id]
    assert (caller.origin, caller.origin_name, caller.called) == ("trunk", "carrier", "+15550177")
    assert (caller.calling, caller.contact_id) == (arrived.calling, arrived.contact_id)
    await world.telephony.execute(DestroyBridge(arrived.contact_id, bridge))


async def test_the_next_application_finds_the_calls_with_their_contacts(world: World) -> None:
    arrived = await world.call()
    await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    await world.restart_application()
    await world.until(lambda: world.sink.connected)
    found = (await world.telephony.inventory(NODE)).channels[arrived.channel_id]
    assert found.contact_id == arrived.contact_id
    assert world.sink.of(CallArrived) == []
    await world.hang_up(arrived.channel_id)
    await world.until(lambda: world.sink.ended(arrived.channel_id))
    await world.wait(300)
    assert len(world.sink.ended(arrived.channel_id)) == 1


async def test_who_called_while_nobody_was_there_arrives_afterwards(world: World) -> None:
    await world.application_away()
    await world.dial("+15550111")
    await world.dial("+15550112")
    await world.wait(500)
    await world.restart_application()
    await world.until(lambda: len(world.sink.of(CallArrived)) == 2)
    assert [event.called for event in world.sink.of(CallArrived)] == ["+15550111", "+15550112"]
    assert len((await world.telephony.inventory(NODE)).channels) == 2


async def test_a_broken_connection_is_told_and_comes_back(world: World) -> None:
    arrived = await world.call()
    await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    await world.break_connection()
    await world.until(lambda: world.sink.lost == [NODE] and world.sink.connected == [NODE, NODE])
    found = (await world.telephony.inventory(NODE)).channels[arrived.channel_id]
    assert (found.state, found.contact_id) == ("Up", arrived.contact_id)
    await world.telephony.execute(Hangup(arrived.contact_id, arrived.channel_id))
    await world.until(lambda: world.sink.ended(arrived.channel_id))
    await world.wait(300)
    assert len(world.sink.ended(arrived.channel_id)) == 1


async def test_a_node_that_died_comes_back_empty(world: World) -> None:
    arrived = await world.call()
    began_ms = (await world.telephony.inventory(NODE)).started_ms
    await world.restart_node()
    await world.until(lambda: world.sink.lost == [NODE])
    with pytest.raises(NodeAway):
        await world.telephony.execute(Answer(arrived.contact_id, arrived.channel_id))
    with pytest.raises(NodeAway):
        await world.telephony.inventory(NODE)
    await world.until(lambda: world.sink.connected == [NODE, NODE], within_ms=15_000)
    inventory = await world.telephony.inventory(NODE)
    assert (inventory.channels, inventory.bridges) == ({}, {})
    assert inventory.started_ms > began_ms
    again = await world.call()
    assert again.contact_id != arrived.contact_id
