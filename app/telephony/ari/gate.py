"""How many requests may be on their way at once, and how many may wait for that."""

import asyncio
from collections import deque

from app.telephony.ari.errors import AriOverloaded, AriTimeout
from app.telephony.ari.operation import Operation


class Gate:
    """Lets `limit` requests through at once; up to `queue_limit` more wait, first come first served."""

    __slots__ = ("_limit", "_node", "_queue", "_queue_limit", "inside")

    def __init__(self, node: str, limit: int, queue_limit: int) -> None:
        self._node = node
        self._limit = limit
        self._queue_limit = queue_limit
        self._queue: deque[asyncio.Future[None]] = deque()
        self.inside = 0

    @property
    def waiting(self) -> int:
        """How many requests wait to be let in."""
        return len(self._queue)

    @property
    def is_open(self) -> bool:
        """True when the next request need not wait."""
        return self.inside < self._limit

    async def enter(self, operation: Operation, timeout_s: float) -> float:
        """Returns once the request is inside, with what is left of its time: pair it with `leave`. AriTimeout, AriOverloaded."""
        if self.inside < self._limit:
            self.inside += 1
            return timeout_s
        if len(self._queue) >= self._queue_limit:
            raise AriOverloaded(operation=operation.name, node=self._node, waiting=len(self._queue))
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._queue.append(turn)
        deadline = loop.time() + timeout_s
        try:
            async with asyncio.timeout_at(deadline):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self.leave()
            elif turn in self._queue:
                self._queue.remove(turn)
            if isinstance(error, TimeoutError):
                raise AriTimeout(operation=operation.name, node=self._node, timeout_s=timeout_s) from None
            raise
        return max(deadline - loop.time(), 0.001)

    def leave(self) -> None:
        """The request is answered or given up; the next one takes its place."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.inside -= 1
