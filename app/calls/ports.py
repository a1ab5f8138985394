"""What the call engine needs from the world and what it offers: telephony, journal, records, configuration; and, for faces, operations.

Adapters (telephony, store, web, integrations) implement or use these and never import one another.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.domain.commands import TelephonyCommand
from app.domain.contact import Contact, Recording
from app.domain.events import Event
from app.domain.ids import AgentId, BridgeId, ChannelId, ContactId, NodeName, PlaybackId
from app.domain.instance import Instance
from app.domain.prompt import Prompt
from app.domain.trace import TraceEntry
from app.errors import TrunklineError

# -- telephony -------------------------------------------------------------------------------------------------------------


class RequestRefused(TrunklineError):
    """{command} for {target} was refused: {reason}."""

    def __init__(self, *, command: str, target: str, http_status: int, reason: str) -> None:
        super().__init__(command=command, target=target, reason=reason)
        self.command, self.target, self.http_status, self.reason = command, target, http_status, reason


class NodeAway(TrunklineError):
    """The Asterisk node {node} is not connected."""

    status = 503


@dataclass(frozen=True, slots=True)
class ChannelSnapshot:
    """A channel as Asterisk holds it. `state` is Asterisk's word: Down, Ring, Ringing, Up ... `in_application`: it is ours in Stasis.

    `arrived` is set for a channel that came in by the dialplan: what its CallArrived would say.
    """

    channel_id: ChannelId
    state: str
    in_application: bool
    origin: str = ""
    origin_name: str = ""
    called: str = ""
    calling: str = ""
    contact_id: ContactId | None = None
    """The contact id that telephony gave this channel when it arrived, so that adopting it keeps the id."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything one node holds that is ours: the truth that reconciliation compares the journal with."""

    node: NodeName
    channels: dict[ChannelId, ChannelSnapshot]
    bridges: dict[BridgeId, frozenset[ChannelId]]
    reachable_phones: frozenset[str] = frozenset()


class TelephonySink(Protocol):
    """Who listens to telephony. Every method returns at once."""

    def event(self, event: Event) -> None: ...

    def node_connected(self, node: NodeName) -> None:
        """The node's event stream is (again) whole: events may have been missed, reconcile."""
        ...

    def node_lost(self, node: NodeName) -> None: ...


class Telephony(Protocol):
    """Any number of Asterisk nodes. `app.telephony.asterisk` is the real one, `app.telephony.fake` the one in memory."""

    async def start(self, sink: TelephonySink) -> None: ...

    async def stop(self) -> None:
        """Lets go of the nodes first and at once, so that Asterisk keeps the callers for the next process."""
        ...

    async def execute(self, command: TelephonyCommand) -> None:
        """Carries one command out. What is there or gone already is no error.

        Raises RequestRefused when Asterisk says no, NodeAway while the node is not connected: reconciliation sends again what is
        still wanted once it is back.
        """
        ...

    async def inventory(self, node: NodeName) -> Inventory: ...

    async def playing(self, node: NodeName, playback_id: PlaybackId) -> bool:
        """True while this playback is going on."""
        ...

    async def duration_ms(self, prompts: tuple[Prompt, ...]) -> int:
        """How long the prompts take to play."""
        ...

    def nodes(self) -> tuple[NodeName, ...]:
        """The nodes that are connected now."""
        ...


# -- journal, records, configuration ---------------------------------------------------------------------------------------


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

    async def recent(self, limit: int) -> "tuple[RecordView, ...]":
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


# -- faces -----------------------------------------------------------------------------------------------------------------


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

    def status(self) -> Status: ...

    def changes(self) -> AsyncIterator[Status]:
        """The status now, then again after each change. A reader who is slow gets the newest next, never a backlog."""
        ...

    async def request_agent_status(self, agent_id: str, status: str, by: str) -> None:
        """NotFound for an unknown agent, BadInput for an unknown status."""
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


EventSink = Callable[[Event], None]
