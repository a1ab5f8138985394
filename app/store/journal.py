"""The journal: every fact first into the spool, from there into the database, exactly once and in order."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from app.calls.ports import Fact
from app.errors import TrunklineError, Unavailable
from app.store import facts
from app.store.db import Database
from app.store.lines import line_of
from app.store.repositories.settings import instance_id
from app.store.spool import Position, Spool, unwritable

BATCH = 500
DRAIN_INTERVAL_S = 0.2
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
HELD_LIMIT = 100_000
"""Facts that are held in memory while the spool's disk refuses them; beyond, `append` fails."""
PAGE = 5_000
PRUNE_BATCH = 10_000


class Journal:
    """The `Journal` port. One process owns it; `append` is for one thread, the event loop's."""

    def __init__(self, db: Database, folder: Path, sync_interval_s: float | None) -> None:
        self._db, self._folder = db, folder
        self._spool = Spool(folder, sync_interval_s=sync_interval_s)
        try:
            self._check_database()
            self._drained_seq = db.read_now(facts.last_seq)
        except BaseException:
            self._spool.close()
            raise
        self._last_seq = max(self._drained_seq, self._spool.last_seq)
        self._position = Position()
        self._held: list[tuple[int, bytes]] = []
        self._lock = threading.Lock()
        self._readers = 0
        self._alarm = ""
        self._drain_error = ""
        self._stop = threading.Event()
        self._drainer = threading.Thread(target=self._drain_until_stopped, name="journal-drain", daemon=True)
        self._drainer.start()

    @classmethod
    def open(cls, db: Database, folder: Path, *, sync_interval_s: float | None = 1.0) -> "Journal":
        """Takes the folder's spool over and recovers what an earlier process left in it; blocks.

        `sync_interval_s`: how much a crash of the machine (not of the process) may cost; None leaves it to the system.
        Unavailable when another process owns the spool, or when it belongs to another database.
        """
        return cls(db, folder, sync_interval_s)

    @property
    def last_seq(self) -> int:
        """The number of the newest fact, 0 before the first."""
        return self._last_seq

    @property
    def lag(self) -> int:
        """Facts that are not in the database yet."""
        return self._last_seq - self._drained_seq

    @property
    def alarm(self) -> str:
        """What is wrong with the journal, with the remedy; empty while all is well."""
        if self._spool.sync_error and not self._alarm:
            return str(self._refused(self._spool.sync_error))
        return self._alarm or self._drain_error

    @property
    def recovered(self) -> str:
        """What opening found amiss, in words; empty when nothing was."""
        spool, words = self._spool, []
        if spool.dropped_bytes:
            words.append(f"{spool.dropped_bytes} bytes of an unfinished last line were dropped")
        if spool.damaged_lines:
            words.append(f"{spool.damaged_lines} damaged lines were skipped")
        return " and ".join(words)

    def append(self, kind: str, at_ms: int, contact_id: str | None, payload: bytes) -> int:
        """Numbers a fact and writes it to the spool; `payload` is JSON on one line.

        When the disk refuses, the fact is held in memory, `alarm` says so, and calls go on; Unavailable only when
        too many are held.
        """
        seq = self._last_seq + 1
        line = line_of(Fact(seq, at_ms, kind, contact_id, payload))
        with self._lock:
            if self._held:
                self._retry_held()
            if self._held or not self._spooled(seq, line):
                if len(self._held) >= HELD_LIMIT:
                    raise self._refused("its disk is still full")
                self._held.append((seq, line))
            self._last_seq = seq
        return seq

    def read_from(self, seq: int) -> Iterator[Fact]:
        """Every fact numbered `seq` or higher that was appended before the call's end, in order; blocks."""
        with self._lock:
            self._readers += 1
        try:
            while page := self._db.read_now(facts.facts_from, seq, PAGE):
                yield from page
                seq = page[-1].seq + 1
            position = Position()
            while True:
                spooled, position = self._spool.read(position, PAGE)
                if not spooled:
                    return
                for fact in spooled:
                    if fact.seq >= seq:
                        yield fact
                        seq = fact.seq + 1
        finally:
            with self._lock:
                self._readers -= 1

    async def facts_of(self, contact_id: str) -> list[Fact]:
        """What the database's journal holds about a contact; the newest facts may lag behind by less than a second."""
        return await self._db.read(facts.facts_of_contact, contact_id)

    def latest_snapshot(self) -> tuple[int, bytes] | None:
        """(the last fact it contains, the state); blocks."""
        return self._db.read_now(facts.newest_snapshot)

    async def save_snapshot(self, seq: int, payload: bytes) -> None:
        await self._db.run(facts.store_snapshot, seq, payload)

    async def prune(self, before_seq: int) -> int:
        """Removes facts numbered below `before_seq` from the database, as far as the newest snapshot contains them."""
        removed = 0
        while batch := await self._db.run(facts.delete_facts, before_seq, PRUNE_BATCH):
            removed += batch
        return removed

    def close(self) -> None:
        """Copies what is left, if the database is there, and lets another process own the spool; blocks."""
        self._stop.set()
        self._drainer.join()
        with self._lock:
            self._retry_held()
        with suppress(TrunklineError):
            while self._drain_batch():
                pass
        done = not self._held and self._drained_seq == self._last_seq
        if done:
            with suppress(TrunklineError):
                self._db.sync_now()
        self._spool.close(remove=done)

    def _spooled(self, seq: int, line: bytes) -> bool:
        try:
            self._spool.append(seq, line)
        except OSError as error:
            self._alarm = str(self._refused((error.strerror or str(error)).lower()))
            return False
        return True

    def _retry_held(self) -> None:
        """Writes what is held, oldest first, until the disk refuses again."""
        for done, (seq, line) in enumerate(self._held):
            if not self._spooled(seq, line):
                del self._held[:done]
                return
        self._held.clear()
        self._alarm = ""

    def _refused(self, why: str) -> Unavailable:
        return Unavailable(
            what=f"The journal in {self._folder}",
            why=f"the disk does not take it ({why}); calls go on, but a restart now would forget what came since",
            remedy="Free some space on that disk or repair it.",
        )

    def _drain_until_stopped(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stop.is_set():
            with self._lock:
                if self._held:
                    self._retry_held()
            try:
                full = self._drain_batch()
                self._drain_error, pause_s = "", FIRST_PAUSE_S
            except TrunklineError as error:
                self._drain_error = f"{error} The journal keeps its facts in {self._folder} until then."
                self._stop.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                continue
            if not full:
                self._stop.wait(DRAIN_INTERVAL_S)

    def _drain_batch(self) -> bool:
        """Copies the next facts into the database; True when there may be more at once."""
        batch, position = self._spool.read(self._position, BATCH)
        fresh = [fact for fact in batch if fact.seq > self._drained_seq]
        if fresh:
            self._db.run_now(facts.insert_facts, fresh)
            self._drained_seq = fresh[-1].seq
        self._position = position
        self._remove_finished()
        return len(batch) == BATCH

    def _remove_finished(self) -> None:
        finished = self._spool.finished(self._position)
        if finished:
            self._db.sync_now()
            with self._lock:
                if not self._readers:
                    self._spool.remove(finished)

    def _check_database(self) -> None:
        """A spool that still holds facts must meet the database they are meant for."""
        owner = self._folder / "database"
        identity = self._db.run_now(instance_id)
        if not self._spool.empty and owner.exists() and owner.read_text() != identity:
            raise Unavailable(
                what=f"The journal in {self._folder}",
                why=f"it holds facts that were not yet copied to another database than {self._db.place}",
                remedy="Start once with the earlier database URL, or move that folder away.",
            )
        try:
            owner.write_text(identity)
        except OSError as error:
            raise unwritable(self._folder, error) from None
