"""The store in memory: a journal, records and a configuration that outlive a kill of the simulated application, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

from app.calls.ports import AuditEntry, Fact, LoggedBlock, RecordView
from app.domain.contact import Contact, Recording
from app.domain.ids import AgentId
from app.domain.instance import Instance
from app.domain.trace import TraceEntry
from app.errors import NotFound

T = TypeVar("T")


class MemoryJournal:
    """`calls.ports.Journal` as a list."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.snapshot: tuple[int, bytes] | None = None

    def append(self, kind: str, at_ms: int, contact_id: str | None, payload: bytes) -> int:
        seq = len(self.facts) + 1
        self.facts.append(Fact(seq, at_ms, kind, contact_id, payload))
        return seq

    def read_from(self, seq: int) -> Iterator[Fact]:
        return iter(self.facts[seq - 1 :])

    def latest_snapshot(self) -> tuple[int, bytes] | None:
        return self.snapshot

    async def save_snapshot(self, seq: int, payload: bytes) -> None:
        self.snapshot = (seq, payload)

    async def prune(self, before_seq: int) -> int:
        return 0


class MemoryRecords:
    """`calls.ports.Records` as a dictionary. `doubled` counts second writes of one contact, which must change nothing."""

    def __init__(self) -> None:
        self.contacts: dict[str, Contact] = {}
        self.records: dict[str, dict[str, object]] = {}
        self.traces: dict[str, tuple[TraceEntry, ...]] = {}
        self.doubled = 0

    async def write(self, contact: Contact, record: dict[str, object], trace: tuple[TraceEntry, ...]) -> None:
        if contact.contact_id in self.records:
            self.doubled += 1
            return
        self.contacts[contact.contact_id] = contact
        self.records[contact.contact_id] = record
        self.traces[contact.contact_id] = trace

    async def recent(self, limit: int) -> tuple[RecordView, ...]:
        newest = sorted(self.contacts.values(), key=lambda contact: -contact.initiated_ms)[:limit]
        return tuple(
            RecordView(
                contact.contact_id,
                contact.initiated_ms,
                contact.disconnected_ms,
                contact.customer_number,
                contact.queued_in or "",
                contact.handling.username if contact.handling else "",
                (contact.disconnected_ms or contact.initiated_ms) - contact.initiated_ms,
                contact.recording,
            )
            for contact in newest
        )

    async def read(self, contact_id: str) -> dict[str, object]:
        return self._find(self.records, contact_id)

    async def read_trace(self, contact_id: str) -> tuple[TraceEntry, ...]:
        return self._find(self.traces, contact_id)

    async def read_recording(self, contact_id: str) -> Recording:
        recording = self._find(self.contacts, contact_id).recording
        if recording is None:
            raise NotFound(what="recording of the contact", name=contact_id)
        return recording

    @staticmethod
    def _find(found: dict[str, T], contact_id: str) -> T:
        if contact_id not in found:
            raise NotFound(what="contact trace record", name=contact_id)
        return found[contact_id]


class MemoryFlowLogs:
    """`calls.ports.FlowLogs` as a dictionary. `doubled` counts entries that were written again, which must change nothing."""

    def __init__(self) -> None:
        self.blocks: dict[tuple[int, int], LoggedBlock] = {}
        self.doubled = 0

    def append(self, block: LoggedBlock) -> None:
        before = self.blocks.setdefault((block.seq, block.position), block)
        if before is not block:
            assert before == block, "the same fact led to another entry"
            self.doubled += 1

    async def flush(self) -> None:
        """All is written already."""

    async def read(self, contact_id: str) -> tuple[dict[str, Any], ...]:
        return tuple(self.blocks[key].entry for key in sorted(self.blocks) if self.blocks[key].contact_id == contact_id)


class MemoryAudit:
    """`calls.ports.Audit` as a list."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    def begin(self, entry: AuditEntry) -> str:
        self.entries.append(entry)
        return str(len(self.entries) - 1)

    def end(self, entry_id: str, entry: AuditEntry) -> None:
        self.entries[int(entry_id)] = entry

    def note(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    async def recent(self, limit: int, target: str = "", by: str = "") -> tuple[AuditEntry, ...]:
        found = [each for each in self.entries if target in ("", each.target) and by in ("", each.by)]
        return tuple(found[::-1][:limit])


class MemoryConfigurations:
    """`calls.ports.Configurations` over values. Assign `now` to change the configuration."""

    def __init__(self, instance: Instance) -> None:
        self.versions = {instance.version: instance}
        self.now = instance

    async def current(self) -> Instance:
        self.versions[self.now.version] = self.now
        return self.now

    async def load(self, version: str) -> Instance:
        return self.versions[version]


class MemoryPhones:
    """`calls.ports.AgentPhones` over the configuration in memory."""

    def __init__(self, configurations: MemoryConfigurations) -> None:
        self._configurations = configurations

    async def choose(self, agent_id: str, phone: str, number: str) -> None:
        now = self._configurations.now
        before = now.agents[AgentId(agent_id)]
        agent = replace(before, phone=phone or before.phone, outside_number=number)
        version = f"{now.version}:{agent_id}={phone or number}"
        self._configurations.now = replace(now, version=version, agents={**now.agents, agent.agent_id: agent})
