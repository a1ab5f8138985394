"""Who did what: taken at once, written beside the calls."""

import asyncio
import uuid

import structlog

from app.calls.ports import AuditEntry
from app.store.db import Database
from app.store.models.history import Audit

log = structlog.get_logger(__name__)

HELD_LIMIT = 10_000
"""Entries that wait in memory for a database that is away; beyond, new ones are only logged."""


class AuditLog:
    """The `Audit` port. `note` is for one thread, the event loop's; `flush` before the database is closed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._writing: set[asyncio.Task[None]] = set()

    def note(self, entry: AuditEntry) -> None:
        if len(self._writing) >= HELD_LIMIT:
            log.warning(
                "audit entry not kept", at_ms=entry.at_ms, by=entry.by, action=entry.action, target=entry.target
            )
            return
        work = self._db.run_until_stored(_insert, str(uuid.uuid4()), entry)
        task = asyncio.get_running_loop().create_task(work, name="audit")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def flush(self, timeout_s: float = 2.0) -> None:
        """Waits until everything is written, or the time is over; what is left then is lost, and logged."""
        if self._writing:
            _, late = await asyncio.wait(self._writing, timeout=timeout_s)
            for task in late:
                task.cancel()
            if late:
                log.warning("audit entries lost: the database is away", entries=len(late))

    async def recent(self, limit: int, target: str = "", by: str = "") -> tuple[AuditEntry, ...]:
        return await self._db.read(_recent, limit, target, by)


def _insert(entry_id: str, entry: AuditEntry) -> None:
    row = {
        "id": entry_id,
        "at_ms": entry.at_ms,
        "by_whom": entry.by,
        "role": entry.role,
        "action": entry.action,
        "target": entry.target,
        "details": entry.details,
        "outcome": entry.outcome,
    }
    Audit.insert(**row).on_conflict_ignore().execute()


def _recent(limit: int, target: str, by: str) -> tuple[AuditEntry, ...]:
    rows = Audit.select().order_by(Audit.at_ms.desc(), Audit.id).limit(limit)
    if target:
        rows = rows.where(Audit.target == target)
    if by:
        rows = rows.where(Audit.by_whom == by)
    return tuple(
        AuditEntry(row.at_ms, row.by_whom, row.role, row.action, row.target, row.details, row.outcome) for row in rows
    )
