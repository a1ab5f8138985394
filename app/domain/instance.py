"""The configuration of an instance as the cores see it: one immutable value, replaced whole when an administrator changes something."""

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.agent import AVAILABLE, OFFLINE
from app.domain.ids import AgentId, FlowId, HoursId, ProfileId, QueueId, QuickConnectId, agent_of_queue
from app.domain.lines import softphone_of
from app.domain.quick_connect import QuickConnect


class FlowType(StrEnum):
    """The nine types of contact flows, named as in an exported flow's metadata, and the module that they have in common."""

    CONTACT = "contactFlow"
    CUSTOMER_QUEUE = "customerQueue"
    CUSTOMER_HOLD = "customerHold"
    CUSTOMER_WHISPER = "customerWhisper"
    OUTBOUND_WHISPER = "outboundWhisper"
    AGENT_HOLD = "agentHold"
    AGENT_WHISPER = "agentWhisper"
    AGENT_TRANSFER = "agentTransfer"
    QUEUE_TRANSFER = "queueTransfer"
    MODULE = "module"
    """A part that flows invoke and that returns to them. An export of one has `Settings` and no type of flow."""


class ResourceKind(StrEnum):
    """What a flow can name that belongs to an instance."""

    QUEUE = "queue"
    FLOW = "flow"
    MODULE = "module"
    HOURS = "hours"
    PROMPT = "prompt"
    AGENT = "agent"
    FUNCTION = "function"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class OpenHours:
    """One span of opening on one weekday (0 is Monday). Minutes from local midnight; `end_minute` 1440 is the day's end."""

    weekday: int
    start_minute: int
    end_minute: int


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of operation, local to `time_zone` (an IANA name)."""

    hours_id: HoursId
    name: str
    time_zone: str
    spans: tuple[OpenHours, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """A place where contacts wait. `capacity` None is unlimited."""

    queue_id: QueueId
    name: str
    hours_id: HoursId | None = None
    capacity: int | None = None
    enabled: bool = True
    outbound_number: str | None = None
    outbound_name: str | None = None
    outbound_flow_id: FlowId | None = None
    """The outbound whisper flow of calls that show this queue's number; None: the default one."""
    quick_connects: tuple[QuickConnectId, ...] = ()
    """What agents who serve the queue can transfer to."""


@dataclass(frozen=True, slots=True)
class ProfileQueue:
    """A queue within a routing profile. Priority 1 is served first; a contact must have waited `delay_s` to be offered."""

    queue_id: QueueId
    priority: int = 1
    delay_s: int = 0


@dataclass(frozen=True, slots=True)
class RoutingProfile:
    """Which queues an agent serves."""

    profile_id: ProfileId
    name: str
    queues: tuple[ProfileQueue, ...]


class StatusType(StrEnum):
    """What a status means for routing: only an agent in a routable one is offered contacts."""

    ROUTABLE = "ROUTABLE"
    OFFLINE = "OFFLINE"
    CUSTOM = "CUSTOM"


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """A status that agents can choose. Time in a custom one is non-productive unless it says otherwise (guide, p. 53)."""

    name: str
    type: StatusType = StatusType.CUSTOM
    productive: bool = False
    enabled: bool = True
    description: str = ""


def own_statuses() -> dict[str, AgentStatus]:
    """The two statuses that every instance has."""
    return {
        AVAILABLE: AgentStatus(AVAILABLE, StatusType.ROUTABLE, productive=True),
        OFFLINE: AgentStatus(OFFLINE, StatusType.OFFLINE),
    }


class PhoneKind(StrEnum):
    """What can ring for an agent."""

    SOFTPHONE = "softphone"
    DESK_PHONE = "desk phone"
    OUTSIDE_NUMBER = "outside number"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who takes contacts. `phone` names the SIP endpoint that rings.

    `after_contact_work_s` ends after contact work by itself (None: the agent ends it). `available_when_registered` makes a
    desk phone's registration the agent's login. `missed_return_s` brings an agent who missed a contact back to Available.
    `auto_accept`: their phone answers by itself. After `missed_limit` contacts in a row that did not reach them they are set to
    `missed_limit_status`. An agent whose phone is lost for `offline_when_lost_s` is set to Offline. None turns a rule off.
    """

    agent_id: AgentId
    username: str
    profile_id: ProfileId
    phone: str
    first_name: str = ""
    last_name: str = ""
    ring_timeout_s: int = 20
    after_contact_work_s: int | None = None
    available_when_registered: bool = False
    missed_return_s: int | None = None
    auto_accept: bool = False
    missed_limit: int | None = None
    missed_limit_status: str = OFFLINE
    offline_when_lost_s: int | None = None
    outside_number: str = ""
    """A number (E.164) that is called over the trunks instead of the phone."""
    desk_phone: str = ""
    """The desk phone that stays the agent's while another phone rings."""

    @property
    def phone_kind(self) -> PhoneKind:
        """What rings for the agent."""
        if self.outside_number:
            return PhoneKind.OUTSIDE_NUMBER
        if self.phone == softphone_of(self.agent_id):
            return PhoneKind.SOFTPHONE
        return PhoneKind.DESK_PHONE if self.phone else PhoneKind.NONE


@dataclass(frozen=True, slots=True)
class OwnedNumber:
    """A telephone number of this instance (E.164) and the flow that answers it."""

    number: str
    flow_id: FlowId


@dataclass(frozen=True, slots=True)
class FlowContent:
    """One immutable version of a flow. `content` is the JSON text of an export, in either format."""

    flow_id: FlowId
    version: int
    name: str
    type: FlowType
    content: str


@dataclass(frozen=True, slots=True)
class Instance:
    """Everything the cores may look up. `version` is the hash of the content, so a journal can name what it ran under."""

    version: str
    instance_id: str
    name: str = "Trunkline"
    country: str = "US"
    hours: dict[HoursId, Hours] = field(default_factory=dict)
    queues: dict[QueueId, Queue] = field(default_factory=dict)
    profiles: dict[ProfileId, RoutingProfile] = field(default_factory=dict)
    agents: dict[AgentId, Agent] = field(default_factory=dict)
    statuses: dict[str, AgentStatus] = field(default_factory=own_statuses)
    """By name; Available and Offline are always there."""
    numbers: dict[str, OwnedNumber] = field(default_factory=dict)
    flows: dict[FlowId, FlowContent] = field(default_factory=dict)
    default_flows: dict[FlowType, FlowId] = field(default_factory=dict)
    listen_without_recording: bool = False
    """Supervisors may listen to contacts that are not recorded too."""
    calls_out_at_once: int | None = None
    """How many calls to outside numbers may go on at a time, and go out in a day (UTC); None: any number."""
    calls_out_a_day: int | None = None
    destinations: tuple[str, ...] = ()
    """E.164 prefixes that may be called besides the instance's own country."""
    quick_connects: dict[QuickConnectId, QuickConnect] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)
    """Prompt id and name -> path of the 8 kHz WAV."""
    resources: dict[ResourceKind, dict[str, str]] = field(default_factory=dict)
    """What imported flows name, by kind: an ARN, id or name of another instance -> id or name of our own resource."""

    def queue(self, queue_id: QueueId) -> Queue | None:
        """A shared queue or an agent's own; None when there is neither."""
        agent_id = agent_of_queue(queue_id)
        if agent_id is None:
            return self.queues.get(queue_id)
        agent = self.agents.get(agent_id)
        return Queue(queue_id, agent.username) if agent else None

    def status(self, name: str) -> AgentStatus | None:
        """The status that agents can choose by this name, however it is capitalised; None when there is none."""
        wanted = name.strip().casefold()
        found = (status for status in self.statuses.values() if status.enabled and status.name.casefold() == wanted)
        return next(found, None)

    def caller_id(self, queue_id: QueueId | None, otherwise: str, chosen: str = "") -> tuple[str, str]:
        """(number, name) that a call shows: the number that was chosen when it is the instance's own, else the queue's outbound
        caller id, else `otherwise`."""
        queue = self.queue(queue_id) if queue_id else None
        name = queue.outbound_name or "" if queue else ""
        if chosen in self.numbers:
            return chosen, name
        return (queue.outbound_number if queue and queue.outbound_number else otherwise), name

    def arn(self, kind: str, resource_id: str) -> str:
        """The resource's name in ARN form, for example `arn:trunkline:connect::instance/I/queue/Q`."""
        return f"arn:trunkline:connect::instance/{self.instance_id}/{kind}/{resource_id}"
