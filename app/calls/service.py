"""The service layer: what people may see and do, whichever face they use. `calls.ports.Operations` says what each promises."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import structlog

from app.calls import controlling, view
from app.calls.engine import Engine
from app.calls.ports import FlowOperations, LineView, RecordView, Status, WaitingView
from app.domain.contact import RecordingStatus
from app.domain.events import AgentStatusRequested
from app.domain.ids import AgentId, ContactId
from app.domain.trace import TraceEntry
from app.errors import BadInput, NotFound

log = structlog.get_logger(__name__)


class Service:
    """Operations over the one engine. `lines` tells how the nodes, trunks and phones are; `provision` brings them up to date."""

    def __init__(
        self,
        engine: Engine,
        lines: Callable[[], tuple[LineView, ...]],
        provision: Callable[[], Awaitable[None]],
        flows: FlowOperations,
    ) -> None:
        self._engine = engine
        self.flows = flows
        self._lines = lines
        self._provision = provision
        self._revision = 0
        self._changed = asyncio.Event()
        engine.listeners.append(self.touch)

    def touch(self) -> None:
        """Something changed that people can see."""
        self._revision += 1
        self._changed.set()

    def status(self) -> Status:
        brain, now_ms = self._engine.brain, self._engine.clock.now_ms()
        return Status(
            self._revision,
            now_ms,
            self._lines(),
            view.agents(brain),
            view.contacts(brain),
            view.queues(brain, now_ms),
            self._engine.unhandled,
        )

    async def changes(self) -> AsyncIterator[Status]:
        seen = -1
        while True:
            if self._revision == seen:
                await self._changed.wait()
                continue
            seen = self._revision
            self._changed = asyncio.Event() if self._changed.is_set() else self._changed
            yield self.status()

    async def request_agent_status(self, agent_id: str, status: str, by: str) -> None:
        if AgentId(agent_id) not in self._engine.brain.instance.agents:
            raise NotFound(what="agent", name=agent_id)
        instance = self._engine.brain.instance
        known = instance.status(status)
        if known is None:
            names = ", ".join(each.name for each in instance.statuses.values() if each.enabled)
            raise BadInput(what=f"The status {status!r}", why=f"choose one of {names}")
        self._engine.post(AgentStatusRequested(AgentId(agent_id), known.name, by))

    async def control_call(self, agent_id: str, action: str, details: Mapping[str, str]) -> None:
        self._engine.post(controlling.by_agent(self._engine.brain, agent_id, action, details))

    async def supervise(self, contact_id: str, agent_id: str, mode: str, by: str) -> None:
        self._engine.post(controlling.supervised(self._engine.brain, contact_id, agent_id, mode))
        log.info("supervision", contact_id=contact_id, agent_id=agent_id, mode=mode, by=by)

    async def dial(self, agent_id: str, number: str, queue: str = "") -> ContactId:
        nodes = self._engine.telephony.nodes()
        event = controlling.dialled(self._engine.brain, nodes, agent_id, number, queue)
        self._engine.post(event)
        return event.contact_id

    async def call(
        self, number: str, flow: str, details: Mapping[str, str], attributes: Mapping[str, str]
    ) -> ContactId:
        nodes = self._engine.telephony.nodes()
        event = controlling.called(self._engine.brain, nodes, number, flow, details, attributes)
        self._engine.post(event)
        return event.contact_id

    async def reload(self) -> None:
        await self._engine.configure()
        await self._provision()
        self.touch()

    async def records(self, limit: int = 50) -> tuple[RecordView, ...]:
        return await self._engine.records.recent(limit)

    async def record(self, contact_id: str) -> dict[str, object]:
        return await self._engine.records.read(contact_id)

    async def trace(self, contact_id: str) -> tuple[TraceEntry, ...]:
        live = self._engine.brain.live(ContactId(contact_id))
        return tuple(live.trace) if live else await self._engine.records.read_trace(contact_id)

    async def waiting(self, contact_id: str) -> WaitingView:
        live = self._engine.brain.live(ContactId(contact_id))
        if live is None:
            raise NotFound(what="live contact", name=contact_id)
        return view.waiting(self._engine.brain, live, self._engine.clock.now_ms())

    async def recording_file(self, contact_id: str) -> Path:
        recording = await self._engine.records.read_recording(contact_id)
        path = Path(recording.location)
        if recording.status is not RecordingStatus.AVAILABLE or not path.is_file():
            raise NotFound(what="recording of the contact", name=contact_id)
        return path
