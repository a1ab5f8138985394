"""What people look at: live contacts and why they go where they go, queues, finished contacts."""

import asyncio
from pathlib import Path

from app.calls import view
from app.calls.ports import Actor, AuditEntry, ContactView, ExplanationView, Outcome, RecordView
from app.calls.ports.asks import agents, outbound, reading, supervision
from app.calls.ports.faces import Audit
from app.calls.services import callbacks, transfers
from app.calls.services.desk import Desk
from app.domain.contact import RecordingStatus
from app.domain.ids import ContactId
from app.domain.trace import TraceEntry
from app.errors import BadInput, ContactGone, NotFound

LISTED_AT_MOST = 500


async def contacts(desk: Desk, actor: Actor, ask: supervision.ListContacts) -> Outcome:
    return Outcome(await view.contacts(desk.brain))


async def contact(desk: Desk, actor: Actor, ask: supervision.ReadContact) -> Outcome:
    return Outcome(live_contact(desk, ask.contact_id))


async def queues(desk: Desk, actor: Actor, ask: supervision.ListQueues) -> Outcome:
    return Outcome(view.queues(desk.brain, desk.now_ms))


async def quick_connects(desk: Desk, actor: Actor, ask: agents.ListQuickConnects) -> Outcome:
    return Outcome(transfers.quick_connects(desk, desk.agent_of(actor)))


async def waiting_callbacks(desk: Desk, actor: Actor, ask: outbound.ListCallbacks) -> Outcome:
    return Outcome(callbacks.waiting(desk))


async def waiting(desk: Desk, actor: Actor, ask: supervision.ReadWaiting) -> Outcome:
    live = desk.brain.live(ContactId(ask.contact_id))
    if live is None:
        raise NotFound(what="live contact", name=ask.contact_id)
    return Outcome(view.waiting(desk.brain, live, desk.now_ms))


async def explanation(desk: Desk, actor: Actor, ask: supervision.ExplainContact) -> Outcome:
    """Why the contact waits now, and from its trace how every decision about it fell."""
    path = await trace(desk, ask.contact_id)
    live = desk.brain.live(ContactId(ask.contact_id))
    decisions = tuple(_decision(entry) for entry in path if "why" in entry.details)
    now = view.waiting(desk.brain, live, desk.now_ms) if live is not None else None
    return Outcome(ExplanationView(ask.contact_id, now, decisions))


async def records(desk: Desk, actor: Actor, ask: reading.ListRecords) -> Outcome:
    return Outcome(await recent(desk, at_most(ask.limit)))


async def record(desk: Desk, actor: Actor, ask: reading.ReadRecord) -> Outcome:
    return Outcome(await desk.engine.records.read(ask.contact_id))


async def path(desk: Desk, actor: Actor, ask: reading.ReadTrace) -> Outcome:
    return Outcome(await trace(desk, ask.contact_id))


async def recording(desk: Desk, actor: Actor, ask: reading.OpenRecording) -> Outcome:
    return Outcome(await recording_file(desk, ask.contact_id))


class Audited:
    """Reads the audit."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    async def entries(self, desk: Desk, actor: Actor, ask: supervision.ListAudit) -> Outcome:
        found: tuple[AuditEntry, ...] = await self._audit.recent(at_most(ask.limit), ask.target, ask.by)
        return Outcome(found)


def at_most(limit: int) -> int:
    """BadInput for a limit that is none."""
    if not 1 <= limit <= LISTED_AT_MOST:
        raise BadInput(what=f"The limit {limit}", why=f"it must be a number from 1 to {LISTED_AT_MOST}")
    return limit


def live_contact(desk: Desk, contact_id: str) -> ContactView:
    live = desk.brain.live(ContactId(contact_id))
    if live is None or live.contact.finished_ms is not None:
        raise ContactGone(contact_id=contact_id)
    return view.contact(live, desk.brain)


async def recent(desk: Desk, limit: int) -> tuple[RecordView, ...]:
    return await desk.engine.records.recent(limit)


async def trace(desk: Desk, contact_id: str) -> tuple[TraceEntry, ...]:
    """The contact's path so far, live or finished."""
    live = desk.brain.live(ContactId(contact_id))
    about = live.contacts.get(ContactId(contact_id)) if live else None
    return desk.brain.trace(about) if about else await desk.engine.records.read_trace(contact_id)


async def recording_file(desk: Desk, contact_id: str) -> Path:
    found = await desk.engine.records.read_recording(contact_id)
    file = Path(found.location)
    if found.status is not RecordingStatus.AVAILABLE or not await asyncio.to_thread(file.is_file):
        raise NotFound(what="recording of the contact", name=contact_id)
    return file


def _decision(entry: TraceEntry) -> str:
    return f"{entry.what} {entry.result}: {entry.details['why']}".replace("  ", " ")
