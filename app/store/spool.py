"""The journal's first stage: an append-only local file that outlives the process, one line a fact.

A line is in the operating system's cache once `append` returns, so a kill -9 of the process loses nothing; a thread asks
the disk to keep it every `sync_interval_s`, so a crash of the machine loses no more than that.
"""

import fcntl
import os
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.calls.ports import Fact
from app.errors import Unavailable
from app.store.lines import fact_of

SEGMENT_BYTES = 16 * 1024 * 1024
READ_BYTES = 256 * 1024


@dataclass(slots=True)
class Segment:
    """One file. `size` is how much of it is whole lines."""

    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Position:
    """How far a reader has come: the name of a segment and the offset in it."""

    segment: str = ""
    offset: int = 0


class Spool:
    """The segments in one folder, owned by one process at a time.

    One thread appends; others may read, remove and sync at the same time.
    """

    def __init__(
        self, folder: Path, *, sync_interval_s: float | None = 1.0, segment_bytes: int = SEGMENT_BYTES
    ) -> None:
        self._folder, self._segment_bytes, self._sync_interval_s = folder, segment_bytes, sync_interval_s
        self._lock_file = _own(folder)
        self._retired: deque[int] = deque()
        self._descriptor = -1
        self._unsynced = False
        self.sync_error = ""
        """Why the disk does not keep what it is told to; empty while it does."""
        self.dropped_bytes = 0
        """What recovery cut off the end of the last segment: lines that were being written when the machine went down."""
        self.damaged_lines = 0
        """Lines between whole ones that are not as they were written."""
        self.last_seq = 0
        """The number of the last fact that the spool holds, 0 when it is empty."""
        self._segments: list[Segment] = []
        self._recover()
        self._closing = threading.Event()
        self._syncer = threading.Thread(target=self._sync_now_and_then, name="journal-sync", daemon=True)
        if sync_interval_s is not None:
            self._syncer.start()

    @property
    def size(self) -> int:
        """Bytes in all segments."""
        return sum(segment.size for segment in list(self._segments))

    @property
    def empty(self) -> bool:
        return not self._segments

    def append(self, seq: int, line: bytes) -> None:
        """Adds one whole line. OSError when it cannot be written; then nothing of it remains."""
        if self._descriptor < 0 or self._segments[-1].size >= self._segment_bytes:
            self._begin_segment(seq)
        segment = self._segments[-1]
        written = 0
        try:
            while written < len(line):
                written += os.write(self._descriptor, line[written:] if written else line)
        except OSError:
            if written:
                os.ftruncate(self._descriptor, segment.size)
            raise
        segment.size += written
        self.last_seq = seq
        self._unsynced = True

    def read(self, position: Position, limit: int) -> tuple[list[Fact], Position]:
        """Up to `limit` facts from the position on, and the position after them; none at the end."""
        facts: list[Fact] = []
        for segment in list(self._segments):
            if segment.path.name < position.segment:
                continue
            offset = position.offset if segment.path.name == position.segment else 0
            if offset < segment.size:
                facts_here, offset = self._read_segment(segment, offset, limit - len(facts))
                facts += facts_here
            position = Position(segment.path.name, offset)
            if len(facts) >= limit:
                break
        return facts, position

    def finished(self, position: Position) -> list[Segment]:
        """Segments that a reader at this position has behind it for good."""
        return [segment for segment in self._segments[:-1] if self._is_behind(segment, position)]

    def remove(self, segments: list[Segment]) -> None:
        for segment in segments:
            with suppress(FileNotFoundError):
                segment.path.unlink()
            self._segments.remove(segment)

    def sync(self) -> None:
        """Asks the disk to keep everything that was appended until now."""
        self._unsynced = False
        try:
            while self._retired:
                descriptor = self._retired.popleft()
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
            if self._descriptor >= 0:
                os.fsync(self._descriptor)
            _sync_folder(self._folder)
            self.sync_error = ""
        except OSError as error:
            self.sync_error = error.strerror or str(error)

    def close(self, *, remove: bool = False) -> None:
        """Lets another process own the spool. `remove`: nothing in it is needed any more."""
        self._closing.set()
        if self._sync_interval_s is not None:
            self._syncer.join()
        self.sync()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if remove:
            self.remove(list(self._segments))
        os.close(self._lock_file)

    def _is_behind(self, segment: Segment, position: Position) -> bool:
        if segment.path.name == position.segment:
            return position.offset >= segment.size
        return segment.path.name < position.segment

    def _begin_segment(self, seq: int) -> None:
        path = self._folder / f"{seq:020d}.jsonl"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        if self._descriptor >= 0:
            self._retired.append(self._descriptor)
            if self._sync_interval_s is None:
                self.sync()
        self._descriptor = descriptor
        if not self._segments or self._segments[-1].path != path:
            self._segments.append(Segment(path, os.fstat(descriptor).st_size))

    def _read_segment(self, segment: Segment, offset: int, limit: int) -> tuple[list[Fact], int]:
        facts: list[Fact] = []
        with segment.path.open("rb", buffering=READ_BYTES) as file:
            file.seek(offset)
            while offset < segment.size and len(facts) < limit:
                line = file.readline()
                offset += len(line)
                fact = fact_of(line)
                if fact is not None:
                    facts.append(fact)
        return facts, offset

    def _recover(self) -> None:
        for path in sorted(self._folder.glob("*.jsonl")):
            whole, size = self._inspect(path)
            if whole == 0:
                self.dropped_bytes += size
                path.unlink()
                continue
            if whole < size:
                os.truncate(path, whole)
                self.dropped_bytes += size - whole
            self._segments.append(Segment(path, whole))

    def _inspect(self, path: Path) -> tuple[int, int]:
        """(the offset after the last good line, the file's size)."""
        whole = offset = bad = 0
        with path.open("rb", buffering=READ_BYTES) as file:
            for line in file:
                offset += len(line)
                fact = fact_of(line)
                if fact is None:
                    bad += 1
                    continue
                self.damaged_lines += bad
                bad, whole, self.last_seq = 0, offset, fact.seq
        return whole, offset

    def _sync_now_and_then(self) -> None:
        while not self._closing.wait(self._sync_interval_s):
            if self._unsynced or self._retired:
                self.sync()


def _own(folder: Path) -> int:
    """Takes the folder's lock; Unavailable when another process has it or the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise unwritable(folder, error) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise Unavailable(
            what=f"The journal in {folder}",
            why=f"process {owner} is using it",
            remedy="Stop that process first; two must not serve the same calls.",
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
    return descriptor


def unwritable(folder: Path, error: OSError) -> Unavailable:
    """The error of a folder that refuses to be written."""
    return Unavailable(
        what=f"The journal in {folder}",
        why=f"it cannot be written ({(error.strerror or str(error)).lower()})",
        remedy="Free space on its disk and give this user write permission, or set another folder for variable data.",
    )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
