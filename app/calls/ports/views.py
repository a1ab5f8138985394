"""What people and programs see: the values that the service layer answers with. Times are milliseconds since the epoch."""

from dataclasses import dataclass, field
from typing import Any

from app.domain.contact import Recording, Reference
from app.domain.figures import QueueFigures
from app.domain.ice import IceServer
from app.domain.ids import AgentId, ContactId
from app.turns import TurnFigures


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
    profile: str = ""
    phone_kind: str = ""
    """softphone, desk phone, outside number; empty without a phone"""
    desk_phone: str = ""
    """The agent's desk phone, also while another phone rings."""
    out_of_reach: str = ""
    """Why no contact can reach the agent now, in words with the remedy; empty when one can."""


@dataclass(frozen=True, slots=True)
class PartyView:
    """One who takes part in a contact. `who` is `customer`, `agent`, `outside number` or `supervisor` (agents are not shown these).
    `place` is where they are since `since_ms`: `dialled`, `apart` (alone, with a flow, music or ringing), `joined` or `on hold`.
    `contact_id` is the contact that an agent handles, `mode` how a supervisor takes part: `listen`, `whisper` or `barge`."""

    who: str
    name: str
    place: str
    since_ms: int
    muted: bool = False
    contact_id: str = ""
    mode: str = ""


@dataclass(frozen=True, slots=True)
class ContactView:
    contact_id: ContactId
    state: str
    """in flow, in queue, ringing, dialling, whisper, connected, on hold, consulting, conference, after contact work ..."""
    since_ms: int
    initiated_ms: int
    customer_number: str
    system_number: str
    flow: str = ""
    block: str = ""
    queue: str = ""
    agent: str = ""
    recorded: bool = False
    initiation: str = ""
    parties: tuple[PartyView, ...] = ()


@dataclass(frozen=True, slots=True)
class TransferView:
    """A transfer under way: `stage` is `transfer flow`, `in queue`, `ringing`, `whisper` or `consulting`, `to` whom it goes to.
    `contact_id` is the contact that the customer will go on with; None for an outside number. `reason` says why the agent who was rung
    last did not take it, while it waits for one."""

    stage: str
    to: str
    contact_id: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PanelContact:
    """A contact as its agent sees it. `recording` is `on`, `paused`, `off` or `failed`; `actions` name what can be done with it now;
    `transfer_failed` is why the latest transfer came to nothing, in words."""

    contact_id: ContactId
    state: str
    since_ms: int
    initiated_ms: int
    initiation: str
    customer_number: str
    system_number: str
    queue: str
    parties: tuple[PartyView, ...]
    muted: bool
    recording: str
    transfer: TransferView | None
    actions: tuple[str, ...]
    attributes: dict[str, str] = field(default_factory=dict)
    name: str = ""
    description: str = ""
    references: dict[str, Reference] = field(default_factory=dict)
    transfer_failed: str = ""


@dataclass(frozen=True, slots=True)
class SoftphoneAccess:
    """A SIP log-in for one page. `chosen` is what rings for the agent now: `phone` itself, or another phone or number.
    `ice_servers` help its sound through; their log-in holds for `ice_servers_last_s` (0: for ever)."""

    phone: str
    password: str
    chosen: str
    ice_servers: tuple[IceServer, ...] = ()
    ice_servers_last_s: int = 0


@dataclass(frozen=True, slots=True)
class QueueView:
    """A queue now, counted as `domain.figures` says."""

    queue_id: str
    name: str
    waiting: int
    oldest_since_ms: int | None
    agents_online: int
    agents_available: int
    figures: QueueFigures = field(default_factory=QueueFigures)
    """All of the queue's live figures."""


@dataclass(frozen=True, slots=True)
class CallbackView:
    """A callback that waits. Before `not_before_ms` nobody is offered it; `attempts_left` counts the calls that may still be made."""

    contact_id: ContactId
    number: str
    queue_id: str
    queue: str
    planned_ms: int
    not_before_ms: int
    attempts_left: int


@dataclass(frozen=True, slots=True)
class QuickConnectView:
    """`type` is `agent`, `queue` or `external`; `number` the outside number of an external one."""

    quick_connect_id: str
    name: str
    type: str
    description: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class SupervisionView:
    """A contact that somebody supervises: `mode` is `listen`, `whisper` or `barge`; not `there` yet while their phone rings."""

    contact_id: ContactId
    mode: str
    there: bool


@dataclass(frozen=True, slots=True)
class PanelView:
    """Everything an agent's panel shows. `revision` grows with every change. `actions` are what can be done without a contact,
    `statuses` the names that can be chosen, `queues` and `callbacks` those of the agent's routing profile."""

    revision: int
    agent: AgentView
    actions: tuple[str, ...]
    contacts: tuple[PanelContact, ...]
    supervising: SupervisionView | None
    statuses: tuple[str, ...]
    queues: tuple[QueueView, ...]
    callbacks: tuple[CallbackView, ...]


@dataclass(frozen=True, slots=True)
class ContactAnswer:
    """How a contact stands after something was asked of it; `contact` is None once it is not the agent's any more."""

    revision: int
    contact_id: str
    contact: PanelContact | None


@dataclass(frozen=True, slots=True)
class Started:
    """A contact that a program started; `again` when the same client token had started it before."""

    contact_id: str
    again: bool


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
class ExplanationView:
    """Why a contact still waits (None of a finished one), and in their order, in words, the decisions that were made about it."""

    contact_id: str
    waiting: WaitingView | None
    decisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what. `target` is the contact, agent or other thing it was done to, `outcome` is `done` or why not."""

    at_ms: int
    by: str
    role: str
    action: str
    target: str
    details: dict[str, Any]
    outcome: str


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
    callbacks: tuple[CallbackView, ...] = ()
    turns: TurnFigures | None = None
    """How long the event loop's turns take; None when nobody times them."""
    statuses: tuple[str, ...] = ()
    """The names of the statuses that agents can choose."""


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
