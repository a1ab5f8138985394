"""The service layer's one door. `calls.ports.Operations` says what each method promises."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from app.calls import view
from app.calls.engine import Engine
from app.calls.ports import (
    ACTIONS,
    Action,
    Actor,
    AgentPhones,
    Audit,
    AuditEntry,
    FlowOperations,
    LineView,
    Outcome,
    PanelView,
    RecordView,
    Status,
)
from app.calls.ports.asks import agents as of_agents
from app.calls.ports.asks import contacts as of_contacts
from app.calls.ports.asks import outbound as of_programs
from app.calls.ports.asks import reading as of_anybody
from app.calls.ports.asks import supervision as of_supervisors
from app.calls.services import acting, agents, callbacks, contacts, reading, supervision
from app.calls.services.desk import PATIENCE_S, Desk
from app.calls.services.outbound import Outbound
from app.calls.services.panel import Panels, choices
from app.calls.services.presence import Presence
from app.calls.services.softphones import Softphones
from app.domain.trace import TraceEntry
from app.errors import Denied, TrunklineError
from app.turns import Turns

Handler = Callable[[Desk, Actor, Any], Awaitable[Outcome]]

CONCEALED = frozenset({"digits", "attributes"})
"""Fields that the audit does not keep."""
TARGETS = ("contact_id", "agent_id")


class Service:
    """Operations over the one engine. `lines` tells how the nodes, trunks and phones are; `provision` brings them up to date; `turns` is
    the loop's own clock."""

    def __init__(
        self,
        engine: Engine,
        lines: Callable[[], tuple[LineView, ...]],
        provision: Callable[[], Awaitable[None]],
        flows: FlowOperations,
        audit: Audit,
        phones: AgentPhones,
        softphones: Softphones,
        patience_s: float = PATIENCE_S,
        turns: Turns | None = None,
    ) -> None:
        self._desk = Desk(engine, patience_s)
        self._panels = Panels(self._desk)
        self._presence = Presence(self._desk)
        self.audit = audit
        self._lines, self._turns = lines, turns
        self._provision = provision
        self.flows = flows
        self._handlers = self._table(phones, softphones)

    def _table(self, phones: AgentPhones, softphones: Softphones) -> dict[type, Handler]:
        """Who does what is asked."""
        return {
            **dict.fromkeys(contacts.CONTROLS, acting.control),
            of_contacts.Dial: acting.dial,
            of_agents.ReadPanel: self._read_panel,
            of_agents.ListQuickConnects: reading.quick_connects,
            of_agents.ChooseStatus: agents.choose_status,
            of_agents.ChoosePhone: agents.Phones(phones).choose,
            of_agents.ConnectSoftphone: softphones.connect,
            of_agents.ClearContact: agents.clear,
            of_supervisors.ListContacts: reading.contacts,
            of_supervisors.ReadContact: reading.contact,
            of_supervisors.ExplainContact: reading.explanation,
            of_supervisors.ReadWaiting: reading.waiting,
            of_supervisors.ListQueues: reading.queues,
            of_supervisors.ListAudit: reading.Audited(self.audit).entries,
            of_supervisors.Supervise: supervision.supervise,
            of_supervisors.StopSupervising: supervision.stop,
            of_programs.StartOutboundContact: Outbound().start,
            of_programs.ListCallbacks: reading.waiting_callbacks,
            of_programs.CancelCallback: callbacks.cancel,
            of_anybody.ReadStatus: self._read_status,
            of_anybody.Reload: self._reload,
            of_anybody.ListRecords: reading.records,
            of_anybody.ReadRecord: reading.record,
            of_anybody.ReadTrace: reading.path,
            of_anybody.OpenRecording: reading.recording,
        }

    async def perform(self, actor: Actor, ask: object) -> Outcome:
        action = ACTIONS[type(ask)]
        begun = self.audit.begin(self._entry(actor, action, ask)) if action.audited else ""
        try:
            if not actor.may(action.permission):
                raise Denied(what=action.permission.value)
            if action.by_agent:
                self._desk.agent_of(actor)
            outcome = await self._handlers[type(ask)](self._desk, actor, ask)
        except BaseException as error:
            if begun:
                how = str(error) if isinstance(error, TrunklineError) else f"failed: {type(error).__name__}"
                self.audit.end(begun, self._entry(actor, action, ask, how))
            raise
        if begun:
            how = "done" if outcome.complete else "accepted"
            self.audit.end(begun, self._entry(actor, action, ask, how, outcome))
        return outcome

    def _entry(
        self, actor: Actor, action: Action, ask: Any, how: str = "", outcome: Outcome | None = None
    ) -> AuditEntry:
        given = {each.name: getattr(ask, each.name) for each in fields(ask)}
        target = next((str(given.pop(name)) for name in TARGETS if name in given), "")
        target = target or getattr(outcome.value if outcome else None, "contact_id", None) or actor.agent_id or ""
        details = {name: "concealed" if name in CONCEALED else value for name, value in given.items() if value}
        return AuditEntry(self._desk.now_ms, actor.name, actor.role, action.name, target, details, how)

    # -- looking -----------------------------------------------------------------------------------------------------------

    def touch(self) -> None:
        """Something changed that people can see."""
        self._desk.touch()

    async def status(self) -> Status:
        desk = self._desk
        revision, contacts = desk.revision, await view.contacts(desk.brain)
        return Status(
            revision,
            desk.now_ms,
            self._lines(),
            view.agents(desk.brain),
            contacts,
            view.queues(desk.brain, desk.now_ms),
            desk.engine.unhandled,
            callbacks.waiting(desk),
            self._turns.figures() if self._turns else None,
            choices(desk.instance),
        )

    async def changes(self) -> AsyncIterator[Status]:
        async for _ in self._desk.revisions():
            yield await self.status()

    def revisions(self) -> AsyncIterator[int]:
        return self._desk.revisions()

    def panel(self, agent_id: str) -> PanelView:
        return self._panels.show(agent_id)

    def panel_stamp(self, agent_id: str) -> object:
        return self._panels.stamp(agent_id)

    def panel_opened(self, agent_id: str) -> None:
        self._presence.opened(agent_id)

    def panel_closed(self, agent_id: str, *, lost: bool) -> None:
        self._presence.closed(agent_id, lost=lost)

    async def records(self, limit: int = 50) -> tuple[RecordView, ...]:
        return await reading.recent(self._desk, limit)

    async def record(self, contact_id: str) -> dict[str, object]:
        return await self._desk.engine.records.read(contact_id)

    async def trace(self, contact_id: str) -> tuple[TraceEntry, ...]:
        return await reading.trace(self._desk, contact_id)

    async def recording_file(self, contact_id: str) -> Path:
        return await reading.recording_file(self._desk, contact_id)

    # -- of the whole installation -----------------------------------------------------------------------------------------

    async def _read_panel(self, desk: Desk, actor: Actor, ask: of_agents.ReadPanel) -> Outcome:
        return Outcome(self.panel(desk.agent_of(actor)))

    async def _read_status(self, desk: Desk, actor: Actor, ask: of_anybody.ReadStatus) -> Outcome:
        return Outcome(await self.status())

    async def _reload(self, desk: Desk, actor: Actor, ask: of_anybody.Reload) -> Outcome:
        await desk.engine.configure()
        await self._provision()
        self.touch()
        return Outcome(None)
