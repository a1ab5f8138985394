"""The flow log: taken at once, written in batches beside the calls, kept for as long as the installation wants it."""

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import Any

import structlog

from app.calls.ports import LoggedBlock
from app.errors import Unavailable
from app.store.db import Database
from app.store.models.history import FlowLog
from app.store.repositories.rows import insert_once

log = structlog.get_logger(__name__)

BATCH = 500
GATHER_S = 0.2
"""How long entries gather before they are written."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
HELD_LIMIT = 100_000
"""Entries that wait in memory for a database that is away; beyond, the oldest are forgotten."""
DAY_MS = 24 * 3_600_000
CLEAN_EVERY_S = 3_600.0


class FlowLogs:
    """The `FlowLogs` port. `run` writes until it is cancelled. `append` is for one thread, the event loop's."""

    def __init__(self, db: Database, keep_days: int = 90) -> None:
        self._db, self._keep_days = db, keep_days
        self._waiting: deque[LoggedBlock] = deque()
        self._something = asyncio.Event()
        self._writing = asyncio.Lock()
        self.forgotten = 0

    def append(self, block: LoggedBlock) -> None:
        if len(self._waiting) >= HELD_LIMIT:
            self._waiting.popleft()
            self.forgotten += 1
            if self.forgotten == 1:
                log.warning("the flow log forgets its oldest entries: the database is away for too long")
        self._waiting.append(block)
        self._something.set()

    async def flush(self) -> None:
        await self._write_waiting()

    async def read(self, contact_id: str) -> tuple[dict[str, Any], ...]:
        with suppress(Unavailable):
            await self._write_waiting()
        return await self._db.read(_entries, contact_id)

    async def run(self) -> None:
        """Writes what is taken, and forgets what is older than it is kept for."""
        pause_s, cleaned_s = FIRST_PAUSE_S, float("-inf")
        while True:
            try:
                if time.monotonic() - cleaned_s > CLEAN_EVERY_S:
                    await self.clean()
                    cleaned_s = time.monotonic()
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLEAN_EVERY_S):
                        await self._something.wait()
                self._something.clear()
                await asyncio.sleep(GATHER_S)
                await self._write_waiting()
                pause_s = FIRST_PAUSE_S
            except Unavailable:
                self._something.set()
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def clean(self) -> int:
        """Forgets entries that are older than they are kept for; how many."""
        before_ms = time.time_ns() // 1_000_000 - self._keep_days * DAY_MS
        return await self._db.run(_delete_before, before_ms)

    async def _write_waiting(self) -> None:
        async with self._writing:
            while batch := [self._waiting[index] for index in range(min(BATCH, len(self._waiting)))]:
                await self._db.run(_insert, batch)
                for written in batch:
                    if self._waiting and self._waiting[0] is written:
                        self._waiting.popleft()


def _insert(blocks: list[LoggedBlock]) -> None:
    rows = [
        {
            "seq": each.seq,
            "position": each.position,
            "at_ms": each.at_ms,
            "contact_id": each.contact_id,
            "entry": each.entry,
        }
        for each in blocks
    ]
    insert_once(FlowLog, rows)


def _entries(contact_id: str) -> tuple[dict[str, Any], ...]:
    rows = FlowLog.select().where(FlowLog.contact_id == contact_id).order_by(FlowLog.seq, FlowLog.position)
    return tuple(row.entry for row in rows)


def _delete_before(at_ms: int) -> int:
    return int(FlowLog.delete().where(FlowLog.at_ms < at_ms).execute())
