"""Time as the application uses it: whole milliseconds since the Unix epoch that never run backwards.

The wall clock is read once; from then on the monotonic clock carries it, so a step of the system's clock neither shortens
nor lengthens a duration.
"""

import time
from typing import Protocol


class Clock(Protocol):
    """Where every `now` in the application comes from."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch; never smaller than an earlier answer."""
        ...


class SystemClock:
    """The machine's clock."""

    def __init__(self) -> None:
        self._offset_ms = time.time_ns() // 1_000_000 - time.monotonic_ns() // 1_000_000

    def now_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000 + self._offset_ms


class VirtualClock:
    """A clock that stands still until it is moved: for the simulator and the tests."""

    def __init__(self, now_ms: int = 1_750_000_000_000) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def advance_to(self, now_ms: int) -> None:
        self._now_ms = max(self._now_ms, now_ms)
