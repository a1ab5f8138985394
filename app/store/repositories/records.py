"""Contact trace records, their traces and recordings, and the agents' events: written once, never lost, never doubled."""

from dataclasses import asdict
from typing import Any

import msgspec

from app.calls.ports import RecordView
from app.domain.contact import Contact, Recording, RecordingStatus
from app.domain.ids import ContactId
from app.domain.trace import TraceEntry
from app.errors import NotFound
from app.store.db import Database
from app.store.models import history as tables
from app.store.repositories.rows import insert_once, upsert


class Records:
    """The `Records` port, and what pages and reports read."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def write(self, contact: Contact, record: dict[str, object], trace: tuple[TraceEntry, ...]) -> None:
        """Writes the record once: a second call for the same contact changes nothing. Unavailable while the database is away.

        Once it returns, the record outlives a crash of the machine: the journal may forget the contact.
        """
        await self._db.run_durably(_write, contact, record, trace)

    async def recent(self, limit: int = 50, before_ms: int | None = None) -> tuple[RecordView, ...]:
        """The newest finished contacts first; `before_ms` pages on from an earlier answer's last `initiated_ms`."""
        return await self._db.read(_recent, limit, before_ms)

    async def read(self, contact_id: str) -> dict[str, object]:
        """The contact trace record with the guide's field names, as it was written. NotFound when there is none."""
        return dict(await self._db.read(lambda: _row(contact_id).record))

    async def read_trace(self, contact_id: str) -> tuple[TraceEntry, ...]:
        """What happened to a finished contact. NotFound when there is no record."""
        entries = await self._db.read(lambda: _row(contact_id).trace)
        return msgspec.convert(entries, tuple[TraceEntry, ...])

    async def read_recording(self, contact_id: str) -> Recording:
        """NotFound when the contact has no recording."""
        return await self._db.read(_read_recording, contact_id)

    async def count(self) -> int:
        return int(await self._db.read(lambda: tables.ContactRecord.select().count()))

    async def set_recording(self, contact_id: str, recording: Recording, section: dict[str, object]) -> None:
        """Changes what became of a recording (deleted, say); `section` is the record's new Recording section."""
        await self._db.run(_set_recording, contact_id, recording, section)

    async def set_next_contact(self, contact_id: str, next_contact_id: str) -> None:
        """Links a finished contact to the one that followed it."""
        await self._db.run(_set_next_contact, contact_id, next_contact_id)


class AgentEvents:
    """The agents' events, each under an id of its own."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def write(self, event_id: str, at_ms: int, agent_id: str, event_type: str, event: dict[str, object]) -> None:
        """Writes an event once: a second call with its id changes nothing."""
        await self._db.run(_write_agent_event, event_id, at_ms, agent_id, event_type, event)

    async def between(self, from_ms: int, to_ms: int, agent_id: str | None = None) -> list[dict[str, object]]:
        """The events from `from_ms` up to but not including `to_ms`, oldest first."""
        return await self._db.read(_agent_events, from_ms, to_ms, agent_id)


def _write(contact: Contact, record: dict[str, object], trace: tuple[TraceEntry, ...]) -> None:
    insert_once(tables.ContactRecord, [_columns(contact, record, trace)])
    if contact.recording is not None:
        _insert_recording(contact.contact_id, contact.recording)


def _columns(contact: Contact, record: dict[str, object], trace: tuple[TraceEntry, ...]) -> dict[str, Any]:
    handling, queue = contact.handling, record.get("Queue")
    return {
        "contact_id": contact.contact_id,
        "initial_contact_id": contact.initial_contact_id,
        "previous_contact_id": contact.previous_contact_id,
        "next_contact_id": contact.next_contact_id,
        "channel": "VOICE",
        "initiation_method": contact.initiation.value,
        "customer_number": contact.customer_number,
        "system_number": contact.system_number,
        "initiated_ms": contact.initiated_ms,
        "connected_to_system_ms": contact.connected_to_system_ms,
        "enqueued_ms": contact.enqueued_ms,
        "dequeued_ms": contact.dequeued_ms,
        "connected_to_agent_ms": handling and handling.connected_ms,
        "interaction_ended_ms": handling and handling.interaction_ended_ms,
        "after_work_started_ms": handling and handling.after_work_started_ms,
        "after_work_ended_ms": handling and handling.after_work_ended_ms,
        "disconnected_ms": contact.disconnected_ms,
        "finished_ms": contact.finished_ms,
        "disconnect_reason": contact.disconnect_reason and contact.disconnect_reason.value,
        "queue_id": contact.queued_in,
        "queue_name": str(queue.get("Name") or "") if isinstance(queue, dict) else "",
        "agent_id": handling and handling.agent_id,
        "agent_username": handling.username if handling else "",
        "profile_id": handling and handling.profile_id,
        "profile_name": handling.profile_name if handling else "",
        "connection_attempts": contact.connection_attempts,
        "attributes": contact.attributes,
        "record": record,
        "trace": msgspec.to_builtins(trace),
    }


def _insert_recording(contact_id: str, recording: Recording) -> None:
    insert_once(tables.Recording, [{"contact_id": contact_id, **_recording_columns(recording)}])


def _recording_columns(recording: Recording) -> dict[str, Any]:
    return asdict(recording) | {"status": recording.status.value}


def _row(contact_id: str) -> tables.ContactRecord:
    row = tables.ContactRecord.get_or_none(tables.ContactRecord.contact_id == contact_id)
    if row is None:
        raise NotFound(what="contact trace record", name=contact_id)
    return row


def _read_recording(contact_id: str) -> Recording:
    row = tables.Recording.get_or_none(tables.Recording.contact_id == contact_id)
    if row is None:
        raise NotFound(what="recording of the contact", name=contact_id)
    return _recording_of(row)


def _recording_of(row: tables.Recording) -> Recording:
    return Recording(RecordingStatus(row.status), row.location, row.duration_ms, row.size_bytes, row.sha256, row.reason)


def _recent(limit: int, before_ms: int | None) -> tuple[RecordView, ...]:
    record = tables.ContactRecord
    query = record.select().order_by(record.initiated_ms.desc(), record.contact_id).limit(limit)
    if before_ms is not None:
        query = query.where(record.initiated_ms < before_ms)
    rows = list(query)
    wanted = [row.contact_id for row in rows]
    recordings = {
        row.contact_id: _recording_of(row)
        for row in tables.Recording.select().where(tables.Recording.contact_id.in_(wanted))
    }
    return tuple(_view(row, recordings.get(row.contact_id)) for row in rows)


def _view(row: tables.ContactRecord, recording: Recording | None) -> RecordView:
    return RecordView(
        contact_id=ContactId(row.contact_id),
        initiated_ms=row.initiated_ms,
        disconnected_ms=row.disconnected_ms,
        customer_number=row.customer_number,
        queue=row.queue_name,
        agent=row.agent_username,
        duration_ms=max((row.disconnected_ms or row.initiated_ms) - row.initiated_ms, 0),
        recording=recording,
    )


def _set_recording(contact_id: str, recording: Recording, section: dict[str, object]) -> None:
    row = _row(contact_id)
    upsert(tables.Recording, {"contact_id": contact_id}, _recording_columns(recording))
    _change(contact_id, record=row.record | {"Recording": section})


def _set_next_contact(contact_id: str, next_contact_id: str) -> None:
    record = _row(contact_id).record | {"NextContactId": next_contact_id}
    _change(contact_id, record=record, next_contact_id=next_contact_id)


def _change(contact_id: str, **changes: Any) -> None:
    table = tables.ContactRecord
    table.update(**changes).where(table.contact_id == contact_id).execute()


def _write_agent_event(event_id: str, at_ms: int, agent_id: str, event_type: str, event: dict[str, object]) -> None:
    row = {"id": event_id, "at_ms": at_ms, "agent_id": agent_id, "type": event_type, "event": event}
    tables.AgentEvent.insert(**row).on_conflict_ignore().execute()


def _agent_events(from_ms: int, to_ms: int, agent_id: str | None) -> list[dict[str, object]]:
    table = tables.AgentEvent
    query = table.select(table.event).where(table.at_ms >= from_ms, table.at_ms < to_ms)
    if agent_id is not None:
        query = query.where(table.agent_id == agent_id)
    return [row.event for row in query.order_by(table.at_ms, table.id)]
