"""The service layer that pages, API and command line call, and who may sign in."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.calls.ports.flows import FlowOperations
from app.domain.contact import Recording
from app.domain.figures import QueueFigures
from app.domain.ids import AgentId, ContactId
from app.domain.trace import TraceEntry


@dataclass(frozen=True, slots=True)
class AgentView:
    agent_id: AgentId
    username: str
    status: str
    activity: str
    since_ms: int
    phone: str
    phone_reachable: bool
    contact_id: str | None = None
    reason: str = ""
    next_status: str | None = None


@dataclass(frozen=True, slots=True)
class ContactView:
    contact_id: ContactId
    state: str
    """in flow, in queue, ringing, whisper, connected, after contact work"""
    since_ms: int
    initiated_ms: int
    customer_number: str
    system_number: str
    flow: str = ""
    block: str = ""
    queue: str = ""
    agent: str = ""
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class QueueView:
    queue_id: str
    name: str
    waiting: int
    oldest_since_ms: int | None
    agents_online: int
    agents_available: int
    figures: QueueFigures = field(default_factory=QueueFigures)
    """All of the queue's live figures."""


@dataclass(frozen=True, slots=True)
class LineView:
    """A node, trunk or phone: `state` is `ok`, `warning` or `down`; `words` say what is so and, when not ok, what to do."""

    kind: str
    name: str
    state: str
    words: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Status:
    """Everything the status page shows, at one moment. `revision` grows with every change."""

    revision: int
    at_ms: int
    lines: tuple[LineView, ...]
    agents: tuple[AgentView, ...]
    contacts: tuple[ContactView, ...]
    queues: tuple[QueueView, ...]
    unhandled: int = 0
    """Exceptions that no part of the call engine expected, since the start."""


@dataclass(frozen=True, slots=True)
class WaitingView:
    """Why a contact still waits, strongest reason first: `because` as codes, `words` as one sentence for people.

    `position` is None when it does not wait for an agent now; `estimated_wait_ms` when too little is known to say.
    """

    contact_id: ContactId
    queue: str
    position: int | None
    waited_ms: int
    estimated_wait_ms: int | None
    because: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """A finished contact in a list."""

    contact_id: ContactId
    initiated_ms: int
    disconnected_ms: int | None
    customer_number: str
    queue: str
    agent: str
    duration_ms: int
    recording: Recording | None


class Operations(Protocol):
    """The service layer: what people may see and do. Every face (pages, API, command line) calls these."""

    @property
    def flows(self) -> FlowOperations:
        """Contact flows: drafts, versions, resources, logs."""
        ...

    def status(self) -> Status: ...

    def changes(self) -> AsyncIterator[Status]:
        """The status now, then again after each change. A reader who is slow gets the newest next, never a backlog."""
        ...

    async def request_agent_status(self, agent_id: str, status: str, by: str) -> None:
        """NotFound for an unknown agent, BadInput for an unknown status."""
        ...

    async def control_call(self, agent_id: str, action: str, details: Mapping[str, str]) -> None:
        """What an agent does with the call they have: hold, resume, mute, unmute, digits, transfer, swap, join, drop, leave,
        pause-recording, resume-recording. Unavailable when they have none, BadInput and NotFound for what cannot be meant."""
        ...

    async def supervise(self, contact_id: str, agent_id: str, mode: str, by: str) -> None:
        """Rings the agent's phone to `listen`, `whisper` or `barge` in a live talk, changes how, or ends it with `leave`. Audited."""
        ...

    async def dial(self, agent_id: str, number: str, queue: str = "") -> ContactId:
        """An agent dials; the contact that this begins. `queue` gives caller id and outbound whisper flow, empty: the agent's first."""
        ...

    async def call(
        self, number: str, flow: str, details: Mapping[str, str], attributes: Mapping[str, str]
    ) -> ContactId:
        """Calls a number and leads it through a flow; the contact that this begins. `details`: `caller_number`, `queue`."""
        ...

    async def reload(self) -> None:
        """Takes over what administrators changed in the database: configuration, phones, trunks. Live calls are not touched."""
        ...

    async def records(self, limit: int = 50) -> tuple[RecordView, ...]: ...

    async def record(self, contact_id: str) -> dict[str, object]:
        """The contact trace record with the guide's field names. NotFound when there is none (yet)."""
        ...

    async def trace(self, contact_id: str) -> tuple[TraceEntry, ...]:
        """The contact's path so far, live or finished."""
        ...

    async def waiting(self, contact_id: str) -> WaitingView:
        """Why a live contact still waits for an agent. NotFound when no such contact is live."""
        ...

    async def recording_file(self, contact_id: str) -> Path:
        """NotFound when the contact has no recording or its file is gone."""
        ...


@dataclass(frozen=True, slots=True)
class WebSession:
    """Somebody who is signed in. `role` is `admin` or `agent`. Times are milliseconds since the epoch; `seen_ms`: last active."""

    username: str
    role: str
    created_ms: int
    seen_ms: int
    expires_ms: int
    agent_id: str | None = None


class Accounts(Protocol):
    """Who may sign in, and who is. Sessions are kept under the SHA-256 of their token, so what the store holds opens no door."""

    async def verify_password(self, username: str, password: str) -> bool:
        """False for a wrong password and for an unknown user alike, after the same work. Never computes on the event loop."""
        ...

    async def create_session(self, token_hash: str, username: str, at_ms: int, expires_ms: int) -> None: ...

    async def lookup_session(self, token_hash: str) -> WebSession | None:
        """None when it was never there, was revoked, or its user is disabled or gone; expiry is judged by the caller."""
        ...

    async def touch_session(self, token_hash: str, at_ms: int) -> None:
        """Moves `seen_ms`; a session that is gone stays gone."""
        ...

    async def revoke_session(self, token_hash: str) -> None: ...
