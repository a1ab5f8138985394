"""The service layer that pages, API and command line call."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from app.calls.ports.flows import FlowOperations
from app.calls.ports.permissions import Actor
from app.calls.ports.views import AuditEntry, PanelView, RecordView, Status
from app.domain.lines import Phone
from app.domain.trace import TraceEntry


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an action. `complete` is False when it was accepted and its effect has not shown yet."""

    value: Any
    complete: bool = True


class Operations(Protocol):
    """The service layer: what people may see and do. Every face (pages, API, command line) calls these."""

    @property
    def flows(self) -> FlowOperations:
        """Contact flows: drafts, versions, resources, logs."""
        ...

    @property
    def audit(self) -> "Audit":
        """For those who do things that are no `perform`: signing in and out."""
        ...

    async def perform(self, actor: Actor, ask: object) -> Outcome:
        """Does what is asked: one of the dataclasses of `calls.ports.actions.ACTIONS`, whose row says what it needs and answers.

        Denied without the row's permission; else the errors of its row, in words. What the row says is audited, refused or done.
        """
        ...

    async def status(self) -> Status: ...

    def changes(self) -> AsyncIterator[Status]:
        """The status now, then again after each change. A reader who is slow gets the newest next, never a backlog."""
        ...

    def revisions(self) -> AsyncIterator[int]:
        """The revision now, then again after changes: for those who look at a part only."""
        ...

    def panel(self, agent_id: str) -> PanelView:
        """What the agent's panel shows now. NotFound for an unknown agent."""
        ...

    def panel_stamp(self, agent_id: str) -> object:
        """Something that differs when the agent's panel may show something else, and costs little to ask for."""
        ...

    def panel_opened(self, agent_id: str) -> None:
        """A page shows the agent's panel from now on."""
        ...

    def panel_closed(self, agent_id: str, *, lost: bool) -> None:
        """A page that showed the agent's panel is gone; `lost` without a word, as when the machine sleeps or the network is away."""
        ...

    async def records(self, limit: int = 50) -> tuple[RecordView, ...]: ...

    async def record(self, contact_id: str) -> dict[str, object]:
        """The contact trace record with the guide's field names. NotFound when there is none (yet)."""
        ...

    async def trace(self, contact_id: str) -> tuple[TraceEntry, ...]:
        """The contact's path so far, live or finished."""
        ...

    async def recording_file(self, contact_id: str) -> Path:
        """NotFound when the contact has no recording or its file is gone."""
        ...


class Audit(Protocol):
    """Keeps who did what. Each of these returns at once, and what it was told outlives a kill of this process from then on."""

    def begin(self, entry: AuditEntry) -> str:
        """Something is about to be done; the entry's id, for `end`. Without an end the entry says that nobody knows how it went."""
        ...

    def end(self, entry_id: str, entry: AuditEntry) -> None:
        """How it went."""
        ...

    def note(self, entry: AuditEntry) -> None:
        """Something that is over."""
        ...

    async def recent(self, limit: int, target: str = "", by: str = "") -> tuple[AuditEntry, ...]:
        """Newest first."""
        ...


class PhoneBook(Protocol):
    """Keeps the SIP phones."""

    async def phones(self) -> tuple[Phone, ...]: ...

    async def save_phone(self, phone: Phone) -> None: ...


class AgentPhones(Protocol):
    """Keeps which phone an agent has chosen."""

    async def choose(self, agent_id: str, phone: str, number: str) -> None:
        """A SIP phone by name, or an outside number (E.164). NotFound when there is no such agent or phone."""
        ...
