"""The timers that the cores start: one heap, one wake-up of the event loop."""

import asyncio
import heapq
from collections.abc import Callable
from typing import Protocol

from app.clock import Clock
from app.domain.ids import TimerId


class Handle(Protocol):
    def cancel(self) -> None: ...


Later = Callable[[float, Callable[[], None]], Handle]
"""`asyncio.loop.call_later`, or virtual time's: seconds and what to do then."""


class Timers:
    """Calls `fired(timer_id)` when a timer is due. The truth is in the memory; this only wakes up in time."""

    def __init__(self, clock: Clock, fired: Callable[[TimerId], None], later: Later | None = None) -> None:
        self._clock = clock
        self._later = later
        self._fired = fired
        self._due: dict[TimerId, int] = {}
        self._heap: list[tuple[int, TimerId]] = []
        self._wake: Handle | None = None
        self._wake_ms = 0

    def start(self, timer_id: TimerId, due_ms: int) -> None:
        self._due[timer_id] = due_ms
        heapq.heappush(self._heap, (due_ms, timer_id))
        self._arm()

    def cancel(self, timer_id: TimerId) -> None:
        self._due.pop(timer_id, None)

    def stop(self) -> None:
        self._due.clear()
        self._heap.clear()
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None

    def _arm(self) -> None:
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        if not self._heap:
            return
        due_ms = self._heap[0][0]
        if self._wake is not None:
            if self._wake_ms <= due_ms:
                return
            self._wake.cancel()
        self._wake_ms = due_ms
        delay_s = max(due_ms - self._clock.now_ms(), 0) / 1000
        self._wake = (self._later or asyncio.get_running_loop().call_later)(delay_s, self._ring)

    def _ring(self) -> None:
        self._wake = None
        now_ms = self._clock.now_ms()
        while self._heap and self._heap[0][0] <= now_ms:
            due_ms, timer_id = heapq.heappop(self._heap)
            if self._due.get(timer_id) == due_ms:
                del self._due[timer_id]
                self._fired(timer_id)
        self._arm()
