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
WARNED_S = 0.5
"""A turn that takes longer is told in the log: callers may have heard it."""


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """How long the turns of the event loop take. `within` counts those since the start, each at the shortest time that it did not
    pass: 1 ms, 2 ms and so on to 1 s, or longer; `working` counts the processor's time alone, without the time in which the machine
    did something else. `longest_ms` and `longest_work_ms` are the
    longest of the last one to two minutes."""

    longest_ms: float
    longest_work_ms: float
    within: dict[str, int]
    working: dict[str, int]


class _Times:
    """How long turns took: counts since the start, and the longest lately."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_MS) + 1)
        self.longest_s = self._before_s = 0.0

    def add(self, took_s: float) -> None:
        self.counts[bisect_left(BOUNDS_MS, took_s * 1000)] += 1
        if took_s > self.longest_s:
            self.longest_s = took_s

    def a_minute_on(self) -> None:
        self._before_s, self.longest_s = self.longest_s, 0.0

    @property
    def longest_ms(self) -> float:
        return round(max(self.longest_s, self._before_s) * 1000, 2)

    @property
    def by_length(self) -> dict[str, int]:
        return dict(zip([*(f"{bound} ms" for bound in BOUNDS_MS), "longer"], self.counts, strict=True))


class Turns(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """The selector of an event loop, which sees where every turn begins and ends. It costs a turn a microsecond."""

    def __init__(self) -> None:
        super().__init__()
        self._began_s = self._lately_s = time.perf_counter()
        self._worked_s = time.thread_time()
        self.forget()

    def loop(self) -> asyncio.AbstractEventLoop:
        """A loop that is timed; for `asyncio.Runner`."""
        return asyncio.SelectorEventLoop(self)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        asleep_s = time.perf_counter()
        self._work.add(time.thread_time() - self._worked_s)
        self._took(asleep_s - self._began_s, asleep_s)
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(timeout)
        self._began_s, self._worked_s = time.perf_counter(), time.thread_time()
        if timeout and not ready and (late_s := self._began_s - asleep_s - timeout) > WARNED_S:
            self._took(late_s, self._began_s)
        return ready

    def figures(self) -> TurnFigures:
        clock, work = self._clock, self._work
        return TurnFigures(clock.longest_ms, work.longest_ms, clock.by_length, work.by_length)

    def forget(self) -> None:
        """Counts from here on, as if this were the start."""
        self._clock, self._work = _Times(), _Times()

    def _took(self, turn_s: float, now_s: float) -> None:
        if now_s - self._lately_s > LATELY_S:
            self._lately_s = now_s
            self._clock.a_minute_on()
            self._work.a_minute_on()
        if turn_s > WARNED_S and turn_s > self._clock.longest_s:
            log.warning("the event loop was kept for long", took_ms=round(turn_s * 1000))
        self._clock.add(turn_s)


async def in_slices(items: Iterable[T], of: int) -> AsyncIterator[T]:
    """The items; before each `of` of them everything else has its turn. How many, and not how long, so that a run can be repeated."""
    for number, item in enumerate(items):
        if number % of == 0:
            await asyncio.sleep(0)
        yield item
