"""What outlives the process: the journal, contact trace records, versions of the configuration."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from app.calls.ports.views import RecordView
from app.domain.contact import Contact, Recording
from app.domain.instance import Instance
from app.domain.trace import TraceEntry


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the journal: an event of the inbox as JSON, numbered from 1 without gaps."""

    seq: int
    at_ms: int
    kind: str
    contact_id: str | None
    payload: bytes


class Journal(Protocol):
    """Append-only. `append` returns once the fact outlives a kill of this process."""

    def append(self, kind: str, at_ms: int, contact_id: str | None, payload: bytes) -> int: ...

    def read_from(self, seq: int) -> Iterator[Fact]: ...

    def latest_snapshot(self) -> tuple[int, bytes] | None:
        """(the last fact it contains, the state as JSON)."""
        ...

    async def save_snapshot(self, seq: int, payload: bytes) -> None: ...

    async def prune(self, before_seq: int) -> int:
        """Forgets facts that a snapshot has made needless; returns how many."""
        ...


class Records(Protocol):
    """Contact trace records and what hangs on them."""

    async def write(self, contact: Contact, record: dict[str, object], trace: tuple[TraceEntry, ...]) -> None:
        """Writes the record once: a second call for the same contact changes nothing."""
        ...

    async def recent(self, limit: int) -> tuple[RecordView, ...]:
        """The newest finished contacts, newest first."""
        ...

    async def read(self, contact_id: str) -> dict[str, object]:
        """The record as it was written. NotFound when there is none."""
        ...

    async def read_trace(self, contact_id: str) -> tuple[TraceEntry, ...]:
        """What happened to the contact. NotFound when there is no record."""
        ...

    async def read_recording(self, contact_id: str) -> Recording:
        """NotFound when the contact has no recording."""
        ...


class Configurations(Protocol):
    """Versions of the instance's configuration, by the hash of their content."""

    async def current(self) -> Instance:
        """What administrators have set now, kept under its version."""
        ...

    async def load(self, version: str) -> Instance: ...
