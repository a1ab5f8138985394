"""Virtual time: what is going to happen, and when."""

from collections.abc import Callable
from heapq import heappop, heappush


class Agenda:
    """Happenings in the order of their moments; those of one moment in the order in which they were put down."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self._ahead: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0

    def at(self, due_ms: float, action: Callable[[], None]) -> None:
        """What is due in the past happens now."""
        self._count += 1
        heappush(self._ahead, (max(self.now_ms, round(due_ms)), self._count, action))

    def after(self, delay_ms: float, action: Callable[[], None]) -> None:
        self.at(self.now_ms + delay_ms, action)

    def next(self, until_ms: int) -> Callable[[], None] | None:
        """The next happening, with the time moved on to it; None when there is none until then."""
        if not self._ahead or self._ahead[0][0] > until_ms:
            return None
        self.now_ms, _, action = heappop(self._ahead)
        return action

    @property
    def idle(self) -> bool:
        """True when nothing will ever happen by itself."""
        return not self._ahead
