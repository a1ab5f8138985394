"""Virtual time: what will happen when. Nothing in the fake moves but by this."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from app.clock import VirtualClock


@dataclass(order=True, slots=True)
class Entry:
    """Something due. Entries of one millisecond run in the order in which they were made."""

    due_ms: int
    seq: int
    action: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        """Nothing happens any more; harmless when it has happened."""
        self.action = None


class Agenda:
    """A heap of actions over a clock that stands still until `step` or `advance` moves it.

    A simulator that has timers of its own puts them on the same agenda, so that both happen in one order.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self._entries: list[Entry] = []
        self._seq = 0

    def now_ms(self) -> int:
        return self.clock.now_ms()

    def after(self, delay_ms: int, action: Callable[[], None]) -> Entry:
        """Plans `action` for `delay_ms` from now (0: at this millisecond, but not before this call returns)."""
        self._seq += 1
        entry = Entry(self.now_ms() + max(delay_ms, 0), self._seq, action)
        heapq.heappush(self._entries, entry)
        return entry

    def next_due_ms(self) -> int | None:
        """When the next action is due, or None when nothing is planned."""
        while self._entries and self._entries[0].action is None:
            heapq.heappop(self._entries)
        return self._entries[0].due_ms if self._entries else None

    def step(self) -> bool:
        """Moves the clock to the next action and runs that one; False when nothing is planned."""
        due_ms = self.next_due_ms()
        if due_ms is None:
            return False
        action = heapq.heappop(self._entries).action
        self.clock.advance_to(due_ms)
        if action is not None:
            action()
        return True

    def advance(self, duration_ms: int) -> None:
        """Runs everything that is due within the next `duration_ms`, in order, and leaves the clock at their end."""
        end_ms = self.now_ms() + duration_ms
        while (due_ms := self.next_due_ms()) is not None and due_ms <= end_ms:
            self.step()
        self.clock.advance_to(end_ms)
