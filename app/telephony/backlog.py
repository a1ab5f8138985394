"""Whoever is served already goes before whoever calls now, when more happens than can be dealt with at once.

A new call is some milliseconds of work, and nobody minds that its greeting begins a little later; an agent who has hung up, or a
phone that answers, is to be heard at once. So arrivals wait until nothing else is there to be read. Nothing is told of a channel
before its arrival, and arrivals keep their order.
"""

import asyncio
from collections.abc import Callable

from app.domain.events import CallArrived, Event
from app.domain.ids import ChannelId

PATIENCE_S = 1.0
"""An arrival that has waited so long goes on, whatever else there is."""


class Backlog:
    """Keeps arrivals of one node back; `release` gets them, one in a turn of the event loop."""

    def __init__(self, release: Callable[[Event], None]) -> None:
        self._release = release
        self._kept: dict[ChannelId, tuple[float, CallArrived]] = {}
        self._busy = False
        self._next: asyncio.Handle | None = None

    @property
    def kept(self) -> tuple[ChannelId, ...]:
        """The channels of the calls that are kept now."""
        return tuple(self._kept)

    def keep(self, event: Event) -> bool:
        """True when the event is kept. What else happens to a channel that is kept lets its arrival go first."""
        self._busy = True
        if not isinstance(event, CallArrived):
            kept = self._kept.pop(getattr(event, "channel_id", ChannelId("")), None)
            if kept is not None:
                self._release(kept[1])
            return False
        loop = asyncio.get_running_loop()
        self._kept[event.channel_id] = (loop.time(), event)
        if self._next is None:
            self._next = loop.call_soon(self._turn)
        return True

    def close(self) -> None:
        """Forgets those who are kept: they stay in Asterisk, and the next process finds them there."""
        self._kept.clear()

    def _turn(self) -> None:
        loop, quiet = asyncio.get_running_loop(), not self._busy
        self._busy = False
        channel_id = next(iter(self._kept), None)
        self._next = loop.call_soon(self._turn) if channel_id is not None else None
        if channel_id is not None and (quiet or loop.time() - self._kept[channel_id][0] > PATIENCE_S):
            self._release(self._kept.pop(channel_id)[1])
