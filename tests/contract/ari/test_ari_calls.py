"""Channels, playbacks and bridges of a real Asterisk through the client."""

import asyncio
from itertools import count

import pytest

from app.telephony.ari import AriRequestFailed
from app.telephony.ari.generated.channel_object import Channel
from tests.contract.ari.conftest import Connection

pytestmark = pytest.mark.contract

_numbers = count(1)


async def call(connection: Connection) -> Channel:
    """A Local channel in Stasis, the other half of it answering in the dialplan; both with ids that we chose."""
    number = next(_numbers)
    channel = await connection.client.channels.originate(
        endpoint="Local/55@parked",
        app=connection.rig.application,
        appArgs="one,two",
        channelId=f"node1-call{number}",
        otherChannelId=f"node1-far{number}",
        callerId='"Ann O\'Nyme" <+4930123456>',
        variables={"GREETING": "grüß & gott"},
    )
    await connection.event("StasisStart", channel=channel.id)
    return channel


async def test_ids_arguments_and_variables_are_ours(connection: Connection) -> None:
    channel = await call(connection)
    start = await connection.event("StasisStart", channel=channel.id)
    assert start["args"] == ["one", "two"]
    assert start["channel"]["caller"]["number"] == "+4930123456"
    assert await channel.getChannelVar(variable="GREETING") == {"value": "grüß & gott"}
    listed = {item.id for item in await connection.client.channels.list()}
    assert listed == {channel.id, channel.id.replace("call", "far")}


async def test_events_come_in_order(connection: Connection) -> None:
    channel = await call(connection)
    await channel.hangup(reason_code="16")
    destroyed = await connection.event("ChannelDestroyed", channel=channel.id)
    assert destroyed["cause"] == 16
    mine = [event["type"] for event in connection.events if event.get("channel", {}).get("id") == channel.id]
    chosen = ["StasisStart", "ChannelHangupRequest", "StasisEnd", "ChannelDestroyed"]
    assert [name for name in mine if name in chosen] == chosen
    stamps = [event["timestamp"] for event in connection.events]
    assert stamps == sorted(stamps)


@pytest.mark.parametrize(
    "socket_operations", [frozenset(), frozenset({"channels.setChannelVar", "channels.getChannelVar"})]
)
async def test_values_survive_both_ways_of_travel(connection: Connection, socket_operations: frozenset[str]) -> None:
    channel = await call(connection)
    connection.client._socket_operations = socket_operations
    before = connection.client.figures()
    for value in ("a%41+b & c=d?e#f", 'quote " and \\ slash', "ünïcödé ✓", "", "0", "x" * 2_000):
        await channel.setChannelVar(variable="VALUE", value=value)
        assert (await channel.getChannelVar(variable="VALUE"))["value"] == value
    after = connection.client.figures()
    by_socket = after.requests_by_socket - before.requests_by_socket
    assert by_socket == (12 if socket_operations else 0)


async def test_an_odd_id_is_escaped(connection: Connection) -> None:
    odd = "node1-a/b c?d#e%41é"
    await connection.client.channels.originate(
        endpoint="Local/55@parked", app=connection.rig.application, channelId=odd
    )
    await connection.event("StasisStart", channel=odd)
    assert (await connection.client.channels.get(odd)).id == odd
    await connection.client.channels.hangup(odd)
    await connection.event("ChannelDestroyed", channel=odd)


async def test_a_prompt_plays_and_is_stopped(connection: Connection, tone: str) -> None:
    channel = await call(connection)
    playback = await channel.playWithId("node1-prompt1", media=[tone])
    finished: list[str] = []
    playback.on_event("PlaybackFinished", lambda item, _: finished.append(item.id))
    await connection.event("PlaybackStarted", playback="node1-prompt1")
    await asyncio.sleep(0.2)
    assert not finished
    await playback.stop()
    await connection.until(lambda: finished == ["node1-prompt1"], "the listener of this very playback hears its end")


async def test_what_waits_for_a_prompt_delays_nobody_else(connection: Connection, tone: str) -> None:
    channel = await call(connection)
    playback = await channel.playWithId("node1-prompt2", media=tone)
    await connection.event("PlaybackStarted", playback=playback.id)
    answering = asyncio.ensure_future(channel.answer())
    await asyncio.sleep(0.1)
    await channel.getChannelVar(variable="GREETING")
    assert not answering.done(), "Asterisk no longer lets an answer wait for a prompt: see transports.py"
    await playback.stop()
    await answering


async def test_two_channels_are_joined_and_parted(connection: Connection) -> None:
    first, second = await call(connection), await call(connection)
    bridge = await connection.client.bridges.createWithId("node1-bridge1", type="mixing", name="talk")
    await bridge.addChannel(channel=[first.id, second.id])
    await connection.event("ChannelEnteredBridge", channel=first.id, bridge=bridge.id)
    await connection.event("ChannelEnteredBridge", channel=second.id, bridge=bridge.id)
    assert set((await bridge.get()).json["channels"]) == {first.id, second.id}
    await first.hangup()
    await connection.event("ChannelLeftBridge", channel=first.id, bridge=bridge.id)
    await bridge.destroy()
    await connection.event("BridgeDestroyed", bridge=bridge.id)


async def test_a_refusal_says_why(connection: Connection) -> None:
    for operations in (frozenset(), frozenset({"channels.answer"})):
        connection.client._socket_operations = operations
        with pytest.raises(AriRequestFailed, match=r"channels\.answer with 404: Channel not found") as refused:
            await connection.client.channels.answer("nobody")
        assert refused.value.status_code == 404


async def test_unread_events_are_not_sent(connection: Connection) -> None:
    answer = await connection.client.event_filter()
    assert {"type": "ChannelVarset"} in answer["events_disallowed"]
    await call(connection)
    assert not connection.of("ChannelVarset")
    await connection.client.event_filter(())
    await call(connection)
    await connection.event("ChannelVarset")


async def test_a_channel_listener_gets_objects(connection: Connection) -> None:
    seen: list[Channel] = []
    subscription = connection.client.on_channel_event("StasisStart", lambda channel, _: seen.append(channel))
    first = await call(connection)
    await connection.until(lambda: [channel.id for channel in seen] == [first.id], "the listener is called")
    subscription.close()
    await call(connection)
    assert len(seen) == 1
