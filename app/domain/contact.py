"""A contact: what is known of one caller's visit. The contact trace record is a view of it (guide, p. 70 to 76)."""

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.ids import AgentId, ChannelId, ContactId, FlowId, NodeName, QueueId


class InitiationMethod(StrEnum):
    """How the contact began (guide, p. 72)."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"
    TRANSFER = "TRANSFER"
    CALLBACK = "CALLBACK"
    API = "API"
    QUEUE_TRANSFER = "QUEUE_TRANSFER"


class DisconnectReason(StrEnum):
    """Who or what ended the contact."""

    CUSTOMER = "customer"
    AGENT = "agent"
    FLOW = "flow"
    TRANSFERRED = "transferred"
    """The customer went on with the next contact."""
    NOT_REACHED = "not reached"
    """The customer was called and did not answer."""
    SYSTEM = "system"
    """Asterisk, the network or this application failed."""


class Recorded(StrEnum):
    """Set call recording behavior: whose voice is kept."""

    NONE = "none"
    AGENT = "agent"
    CUSTOMER = "customer"
    BOTH = "both"


class Hook(StrEnum):
    """The events a contact can have its own flow for (Set hold, whisper, customer queue and disconnect flow)."""

    CUSTOMER_QUEUE = "CustomerQueue"
    CUSTOMER_HOLD = "CustomerHold"
    AGENT_HOLD = "AgentHold"
    CUSTOMER_WHISPER = "CustomerWhisper"
    AGENT_WHISPER = "AgentWhisper"
    OUTBOUND_WHISPER = "OutboundWhisper"
    CUSTOMER_REMAINING = "CustomerRemaining"


class RecordingStatus(StrEnum):
    AVAILABLE = "AVAILABLE"
    DELETED = "DELETED"
    FAILED = "FAILED"


NO_FLOW = FlowId("none")
"""In a contact's hooks: no flow runs for the event, not even the default one."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that belongs to a contact, for the agent to see. `type` is `STRING`, `URL`, `EMAIL`, `NUMBER` or `DATE`."""

    value: str
    type: str = "STRING"


@dataclass(frozen=True, slots=True)
class Handling:
    """The agent's part of a contact. Times are milliseconds since the epoch."""

    agent_id: AgentId
    username: str
    profile_id: str
    profile_name: str
    connected_ms: int
    """When the agent answered."""
    joined_ms: int | None = None
    """When agent and customer could hear each other (the whispers are over)."""
    after_work_started_ms: int | None = None
    after_work_ended_ms: int | None = None
    interaction_ended_ms: int | None = None
    holds_ms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Recording:
    """Where a contact's recording is and how it fared."""

    status: RecordingStatus
    location: str = ""
    duration_ms: int = 0
    size_bytes: int = 0
    sha256: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """All facts of one contact. `attributes` are the user-defined ones. Telephone numbers are E.164 where they can be."""

    contact_id: ContactId
    node: NodeName
    channel_id: ChannelId
    """The customer's channel."""
    initiation: InitiationMethod
    customer_number: str
    system_number: str
    initiated_ms: int
    initial_contact_id: ContactId | None = None
    previous_contact_id: ContactId | None = None
    next_contact_id: ContactId | None = None
    connected_to_system_ms: int | None = None
    disconnected_ms: int | None = None
    disconnect_reason: DisconnectReason | None = None
    not_reached: str = ""
    """Why the customer who was called was not reached, in words."""
    attributes: dict[str, str] = field(default_factory=dict)
    name: str = ""
    """What the contact is called, its description, references, customer and tags: set by Set contact data and Tag contact."""
    description: str = ""
    references: dict[str, Reference] = field(default_factory=dict)
    customer_id: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    stored_input: str | None = None
    voice: str = "Joanna"
    language: str = "en-US"
    logging: bool = False
    """Set logging behavior: whether the blocks that the contact goes through, in whatever flow, are logged with their values."""
    hooks: dict[Hook, FlowId] = field(default_factory=dict)
    recorded: Recorded = Recorded.NONE
    queue_id: QueueId | None = None
    """The working queue: set by Set working queue, used by Transfer to queue and by the checks. It may be an agent's own."""
    callback_number: str | None = None
    """Where a callback would call (E.164): set by Set callback number."""
    priority: int = 5
    """Lower is served first among contacts of a queue: set by Change routing priority / age (1 is the most urgent)."""
    age_offset_s: int = 0
    """Seconds that the contact counts as older than it is, among contacts of a queue."""
    queued_in: QueueId | None = None
    """The queue the contact is or was last waiting in."""
    enqueued_ms: int | None = None
    dequeued_ms: int | None = None
    connection_attempts: int = 0
    handling: Handling | None = None
    recording: Recording | None = None
    recording_gaps_ms: tuple[tuple[int, int], ...] = ()
    """Where the recording was paused, from its beginning."""
    transferred_to: str = ""
    """The outside number that the customer was connected with."""
    transfer_completed_ms: int | None = None
    finished_ms: int | None = None
    """When nothing of the contact can change any more: the record is written then, once."""
