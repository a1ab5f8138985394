"""How long the event loop is kept from everything else, and how long work gives way.

Everything in the application happens in turns of one loop: what one turn takes, a phone that is to ring waits. `Turns` times each
turn from the moment something is ready until the loop waits again; `in_slices` spreads work over many turns.
"""

import asyncio
import selectors
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import TypeVar

import structlog

log = structlog.get_logger(__name__)

T = TypeVar("T")
BOUNDS_MS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 100, 200, 500, 1_000)
LATELY_S = 60.0
WARNED_MS = 500.0
"""A turn that takes longer is told in the log: callers may have heard it."""


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """How long the turns of the event loop take. `within` counts those since the start, each at the shortest time that it did not
    pass: 1 ms, 2 ms and so on to 1 s, or longer. `longest_ms` is the longest of the last one to two minutes."""

    longest_ms: float
    within: dict[str, int]


class Turns(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """The selector of an event loop, which sees where every turn begins and ends. It costs a turn two looks at the clock."""

    def __init__(self) -> None:
        super().__init__()
        self._began_s = self._lately_s = time.perf_counter()
        self._longest_s = self._before_s = 0.0
        self._counts = [0] * (len(BOUNDS_MS) + 1)

    def loop(self) -> asyncio.AbstractEventLoop:
        """A loop that is timed; for `asyncio.Runner`."""
        return asyncio.SelectorEventLoop(self)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        asleep_s = time.perf_counter()
        self._took(asleep_s - self._began_s, asleep_s)
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(timeout)
        self._began_s = time.perf_counter()
        if timeout and not ready and self._began_s - asleep_s - timeout > WARNED_MS / 1000:
            self._took(self._began_s - asleep_s - timeout, self._began_s)
        return ready

    def figures(self) -> TurnFigures:
        names = [f"{bound} ms" for bound in BOUNDS_MS] + ["longer"]
        longest_s = max(self._longest_s, self._before_s)
        return TurnFigures(round(longest_s * 1000, 2), dict(zip(names, self._counts, strict=True)))

    def forget(self) -> None:
        """Counts from here on, as if this were the start."""
        self._longest_s = self._before_s = 0.0
        self._counts = [0] * len(self._counts)

    def _took(self, turn_s: float, now_s: float) -> None:
        self._counts[bisect_left(BOUNDS_MS, turn_s * 1000)] += 1
        if now_s - self._lately_s > LATELY_S:
            self._lately_s, self._before_s, self._longest_s = now_s, self._longest_s, 0.0
        if turn_s > self._longest_s:
            self._longest_s = turn_s
            if turn_s * 1000 > WARNED_MS:
                log.warning("the event loop was kept for long", took_ms=round(turn_s * 1000))


async def in_slices(items: Iterable[T], of: int) -> AsyncIterator[T]:
    """The items; after each `of` of them everything else has its turn. How many, and not how long, so that a run can be repeated."""
    for number, item in enumerate(items, 1):
        yield item
        if number % of == 0:
            await asyncio.sleep(0)
