"""Second ears at channels, for supervisors.

Asterisk keeps one decoder for all who listen at a channel, as long as anybody does. It takes another party's voice for packets that came
too late, where their numbers are lower than those before, and drops it: about every second new party is not heard. So whoever begins to
listen when the parties have changed waits until those before are forgotten; the same goes for recordings.
"""

import asyncio
from collections.abc import Awaitable, Callable

from app.domain.commands import Snoop
from app.domain.ids import ChannelId
from app.telephony.ari.client import AriClient
from app.telephony.ari.errors import AriRequestFailed

LISTENERS_GONE_S = 0.2
"""Asterisk forgets who listened with one of the next frames, of 20 ms each."""


class Ears:
    """The ears of one node. A muted channel is always listened to, so there a new ear may go on as the one before."""

    def __init__(self, client: AriClient) -> None:
        self._client = client
        self._listened: set[ChannelId] = set()

    async def listen(self, command: Snoop, exists: Callable[[ChannelId], Awaitable[bool]]) -> None:
        """Makes the ear; harmless when it is there."""
        if command.of in self._listened:
            await asyncio.sleep(LISTENERS_GONE_S)
        self._listened.add(command.of)
        asked = {"spy": "both", "whisper": "out" if command.speaks else "none", "app": self._client.application}
        try:
            await self._client.channels.snoopChannelWithId(command.of, command.channel_id, **asked)
        except AriRequestFailed as error:
            if error.status_code != 500 or not await exists(command.channel_id):
                raise

    def channel_ended(self, channel_id: ChannelId) -> None:
        self._listened.discard(channel_id)
