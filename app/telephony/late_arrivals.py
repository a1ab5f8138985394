"""What happened while the application was away: how long ago, and in which order callers called whom the dialplan kept meanwhile.

Each of these looks once a second whether the application is back, so they come in any order within a second. Whoever comes from
there is kept until all have come, and then the one who called first goes first.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.domain.events import CallArrived, ChannelEnded, Event
from app.domain.ids import ChannelId

LATE_S = 2.0
"""A call that is older than this when it enters the application was kept by the dialplan."""
ALL_COME_S = 1.5
BURST_LOOKS, BURST_QUIET_S = 10, 0.05


class LateArrivals:
    """Keeps arrivals of one node back; `release` gets them, in order."""

    def __init__(self, release: Callable[[Event], None]) -> None:
        self._release = release
        self._kept: dict[ChannelId, tuple[datetime, CallArrived]] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def kept(self) -> tuple[ChannelId, ...]:
        """The channels of the calls that are kept now."""
        return tuple(self._kept)

    def keep(self, event: Event, told: Mapping[str, Any]) -> bool:
        """True when the event is kept. `told` is what Asterisk said. The end of a call that is kept lets its arrival go first."""
        if isinstance(event, ChannelEnded) and event.channel_id in self._kept:
            self._release(self._kept.pop(event.channel_id)[1])
        if not isinstance(event, CallArrived):
            return False
        called, entered = (
            datetime.fromisoformat(text) for text in (told["channel"]["creationtime"], told["timestamp"])
        )
        if (entered - called).total_seconds() < LATE_S:
            return False
        self._kept[event.channel_id] = (called, event)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(ALL_COME_S, self._all_have_come)
        return True

    def close(self) -> None:
        """Forgets those who are kept: they stay in Asterisk, and the next process finds them there."""
        if self._timer is not None:
            self._timer.cancel()
        self._kept.clear()

    def _all_have_come(self) -> None:
        self._timer = None
        kept, self._kept = sorted(self._kept.values(), key=lambda each: each[0]), {}
        for _, arrival in kept:
            self._release(arrival)


async def burst_over(held: Sequence[Event]) -> None:
    """Returns when Asterisk has told what it kept: for a moment nothing more has come, or it never ends."""
    for _ in range(BURST_LOOKS):
        before = len(held)
        await asyncio.sleep(BURST_QUIET_S)
        if len(held) == before:
            return


def dated(event: Event, told: Mapping[str, Any]) -> Event:
    """An event that Asterisk kept while nobody was connected: an end says how long ago it was. The application's clock is Asterisk's."""
    if not isinstance(event, ChannelEnded) or "timestamp" not in told:
        return event
    late_s = (datetime.now(UTC) - datetime.fromisoformat(told["timestamp"])).total_seconds()
    return replace(event, late_ms=max(int(late_s * 1000), 0))
