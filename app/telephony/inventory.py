"""What one node holds, read from Asterisk's own lists: the truth that reconciliation compares the journal with."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from app.calls.ports import ChannelSnapshot, Inventory
from app.domain.ids import BridgeId, ChannelId, NodeName
from app.telephony.ari.client import AriClient
from app.telephony.ari.operation import Operation
from app.telephony.inbound import arrival, contact_id_of, is_ours
from app.telephony.node.endpoints import reachable_phones
from app.turns import in_slices

_CHANNELS = Operation("channels.list", "GET", "channels", binary=True)
"""As the generated one, with its answer as it came: of thousands of channels it is read a little at a time."""
CHANNELS_AT_ONCE = 20
_each = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


async def take_inventory(client: AriClient, namespace: uuid.UUID) -> tuple[Inventory, set[str]]:
    """The node's inventory, the oldest channel first, and the ids of all its channels, ours or not. AriError when it cannot be had.

    One list after the other: each keeps a core of Asterisk's machine busy, and phones are rung meanwhile.
    """
    node = NodeName(client.node.name)
    channels = await client.request(_CHANNELS.request((), None))
    bridges = await client.bridges.list()
    reachable = await reachable_phones(client)
    info = await client.asterisk.getInfo(only=["status"])
    found: list[tuple[str, ChannelSnapshot]] = []
    present: set[str] = set()
    async for text in in_slices(_each(channels), CHANNELS_AT_ONCE):
        channel = _decode(text)
        present.add(channel["id"])
        if (ours := snapshot(node, client.application, namespace, channel)) is not None:
            found.append((channel["creationtime"], ours))
    found.sort(key=lambda each: each[0])
    inventory = Inventory(
        node,
        {each.channel_id: each for _, each in found},
        {
            BridgeId(bridge.id): frozenset(map(ChannelId, bridge.json["channels"]))
            for bridge in bridges
            if bridge.id.startswith(f"{node}-tl-")
        },
        reachable,
        _moment_ms(info["status"]["startup_time"]),
    )
    return inventory, present


def snapshot(
    node: NodeName, application: str, namespace: uuid.UUID, channel: Mapping[str, Any]
) -> ChannelSnapshot | None:
    """The channel if it is ours: we ring it, or it came in and is in the application. Else None.

    What the dialplan handed over with a call still stands in the channel's `app_data`: `trunkline,trunk,carrier,+15550123`.
    """
    channel_id, dialplan = ChannelId(channel["id"]), channel["dialplan"]
    named, *arguments = dialplan.get("app_data", "").split(",")
    inside = dialplan.get("app_name") == "Stasis" and named == application
    if is_ours(node, channel_id):
        return ChannelSnapshot(channel_id, channel["state"], inside)
    if not inside:
        return None
    origin, origin_name, called = arrival(arguments, channel)
    contact_id, calling = contact_id_of(namespace, channel_id), channel["caller"]["number"]
    return ChannelSnapshot(channel_id, channel["state"], True, origin, origin_name, called, calling, contact_id)


def _moment_ms(timestamp: str) -> int:
    """Milliseconds since the epoch of what Asterisk writes as `2026-11-20T18:29:34.315+0000`."""
    return int(datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp() * 1000)
