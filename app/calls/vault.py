"""Keys that no journal may see: what a caller presses for an encrypted entry is kept here, in this process's memory, and nowhere else."""

from collections import deque

from app.domain.events import CONCEALED
from app.domain.ids import ChannelId

KEPT = 64
"""Keys of one channel: as many as the longest entry has."""


class Vault:
    """The keys of each channel in the order they were pressed."""

    def __init__(self) -> None:
        self._keys: dict[ChannelId, deque[str]] = {}

    def keep(self, channel_id: ChannelId, key: str) -> None:
        self._keys.setdefault(channel_id, deque(maxlen=KEPT)).append(key)

    def take(self, channel_id: ChannelId, keys: str) -> str | None:
        """`keys` with the newest kept ones in the places of those that were concealed; None when they are not all here.

        What was kept for the channel is forgotten.
        """
        kept = self._keys.pop(channel_id, deque())
        count = keys.count(CONCEALED)
        if count > len(kept):
            return None
        newest = iter(list(kept)[len(kept) - count :])
        return "".join(next(newest) if key == CONCEALED else key for key in keys)

    def forget(self, channel_id: ChannelId) -> None:
        self._keys.pop(channel_id, None)
