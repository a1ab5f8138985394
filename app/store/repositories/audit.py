"""Who did what. Each entry is in a local file before what it tells of begins, and in the database soon after it is known how it ended."""

import asyncio
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import msgspec
import structlog

from app.calls.ports import AuditEntry
from app.errors import TrunklineError
from app.store.db import Database
from app.store.models.history import Audit

log = structlog.get_logger(__name__)

HELD_LIMIT = 10_000
"""Entries that wait in memory for a database that is away; beyond, new ones are only logged."""
UNKNOWN = "begun; Trunkline was ended before it was known how it went"


class Line(msgspec.Struct):
    """A line of the file: an entry that has begun, or how it ended."""

    id: str
    entry: AuditEntry


class AuditLog:
    """The `Audit` port, for one thread, the event loop's. `file` outlives the process; without one, entries begin in memory only.

    Blocks while it takes over what an earlier process left in the file. `flush` before the database is closed.
    """

    def __init__(self, db: Database, file: Path | None = None) -> None:
        self._db = db
        self._begun: set[str] = set()
        self._writing: set[asyncio.Task[None]] = set()
        self._file = -1
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            left = _left_in(file)
            if left:
                db.run_now(_store, left)
            self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)

    def begin(self, entry: AuditEntry) -> str:
        entry_id = str(uuid.uuid4())
        self._begun.add(entry_id)
        self._keep(Line(entry_id, replace(entry, outcome=UNKNOWN)))
        return entry_id

    def end(self, entry_id: str, entry: AuditEntry) -> None:
        self._begun.discard(entry_id)
        self._keep(Line(entry_id, entry))
        if len(self._writing) >= HELD_LIMIT:
            log.warning("audit entry held", at_ms=entry.at_ms, by=entry.by, action=entry.action, target=entry.target)
            return
        work = self._db.run_until_stored(_store, {entry_id: entry})
        task = asyncio.get_running_loop().create_task(work, name="audit")
        self._writing.add(task)
        task.add_done_callback(self._written)

    def note(self, entry: AuditEntry) -> None:
        self.end(str(uuid.uuid4()), entry)

    async def flush(self, timeout_s: float = 2.0) -> None:
        """Waits until everything is written, or the time is over; what is left then stays in the file for the next process."""
        if self._writing:
            _, late = await asyncio.wait(self._writing, timeout=timeout_s)
            for task in late:
                task.cancel()
            if late:
                log.warning("audit entries not written: the database is away", entries=len(late), kept=self._file >= 0)

    async def recent(self, limit: int, target: str = "", by: str = "") -> tuple[AuditEntry, ...]:
        return await self._db.read(_recent, limit, target, by)

    def _keep(self, line: Line) -> None:
        if self._file < 0:
            return
        try:
            os.write(self._file, msgspec.json.encode(line) + b"\n")
        except OSError as error:
            log.warning("audit file not written", why=error.strerror)

    def _written(self, task: asyncio.Task[None]) -> None:
        """Once everything is in the database the file is begun anew."""
        self._writing.discard(task)
        if self._file >= 0 and not (self._writing or self._begun or task.cancelled() or task.exception()):
            with suppress(OSError):
                os.ftruncate(self._file, 0)


@contextmanager
def audited(db: Database, entry: AuditEntry) -> Iterator[None]:
    """For commands without an event loop: the entry is stored before the work is done, and again with how it ended."""
    entry_id = str(uuid.uuid4())
    db.run_now(_store, {entry_id: replace(entry, outcome=UNKNOWN)})
    try:
        yield
    except TrunklineError as error:
        db.run_now(_store, {entry_id: replace(entry, outcome=str(error))})
        raise
    db.run_now(_store, {entry_id: replace(entry, outcome="done")})


def _left_in(file: Path) -> dict[str, AuditEntry]:
    """What the last process did not live to store; a line that it could not finish is none."""
    found: dict[str, AuditEntry] = {}
    with suppress(FileNotFoundError):
        for text in file.read_bytes().splitlines():
            with suppress(msgspec.DecodeError):
                line = msgspec.json.decode(text, type=Line)
                found[line.id] = line.entry
    return found


def _store(entries: dict[str, AuditEntry]) -> None:
    """Writes the entries, each once, with its newest outcome."""
    for entry_id, entry in entries.items():
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
        newest = {Audit.outcome: entry.outcome, Audit.target: entry.target}
        Audit.insert(**row).on_conflict(conflict_target=[Audit.id], update=newest).execute()


def _recent(limit: int, target: str, by: str) -> tuple[AuditEntry, ...]:
    rows = Audit.select().order_by(Audit.at_ms.desc(), Audit.id).limit(limit)
    if target:
        rows = rows.where(Audit.target == target)
    if by:
        rows = rows.where(Audit.by_whom == by)
    return tuple(
        AuditEntry(row.at_ms, row.by_whom, row.role, row.action, row.target, row.details, row.outcome) for row in rows
    )
