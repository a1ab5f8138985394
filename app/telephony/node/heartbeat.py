"""The application's sign of life in Asterisk: without it the dialplan gives new callers music, the overflow number or a regret."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import structlog

from app.errors import TrunklineError

INTERVAL_S = 2.0
VARIABLE = "TRUNKLINE_ALIVE"

_log = structlog.get_logger(__name__)


class _Asterisk(Protocol):
    async def ping(self) -> Any: ...
    async def setGlobalVar(self, *, variable: str, value: str) -> None: ...  # noqa: N802


class Node(Protocol):
    """What of an ARI client is used here."""

    @property
    def asterisk(self) -> _Asterisk: ...


async def beat(node: Node) -> None:
    """One sign of life, by the node's own clock, so that clocks that differ do no harm."""
    answer = await node.asterisk.ping()
    timestamp = answer["timestamp"] if isinstance(answer, dict) else answer.json["timestamp"]
    seconds = int(datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp())
    await node.asterisk.setGlobalVar(variable=VARIABLE, value=str(seconds))


async def keep_beating(node: Callable[[], Node], interval_s: float = INTERVAL_S) -> None:
    """Gives signs of life until it is cancelled. A node that is away or does not answer is tried again: its dialplan then knows best.

    `node` gives the node's client, or raises TrunklineError while there is none.
    """
    while True:
        try:
            await beat(node())
        except TrunklineError as reason:
            _log.info("no sign of life could be given", reason=str(reason))
        await asyncio.sleep(interval_s)
