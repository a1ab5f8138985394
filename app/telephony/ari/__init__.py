"""The ARI client: asyncio, typed, after ari-py's documented names.

client = AriClient(AriNode("node1", "http://127.0.0.1:8088/ari", "user", "password"), "trunkline")
server = AriServer([client], user="asterisk", password="secret", port=8089)
client.on_channel_event("StasisStart", lambda channel, event: ...)
await server.start()
channel = await client.channels.originate(endpoint="PJSIP/1001", app="trunkline", channelId="node1-1")
"""

from app.telephony.ari.client import UNREAD_EVENTS, AriClient, AriFigures
from app.telephony.ari.errors import AriDisconnected, AriError, AriOverloaded, AriRequestFailed, AriTimeout
from app.telephony.ari.generated.event_union import Event
from app.telephony.ari.node import AriNode
from app.telephony.ari.server import AriServer

__all__ = [
    "UNREAD_EVENTS",
    "AriClient",
    "AriDisconnected",
    "AriError",
    "AriFigures",
    "AriNode",
    "AriOverloaded",
    "AriRequestFailed",
    "AriServer",
    "AriTimeout",
    "Event",
]
