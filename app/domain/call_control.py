"""What people do with a live call: agents from their panel or phone, supervisors, and programs that want somebody called.

`agent_id` is who asks, `contact_id` the contact that they have. A request that does not fit what goes on changes nothing.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.ids import AgentId, ChannelId, ContactId, FlowId, NodeName, QueueId


@dataclass(frozen=True, slots=True)
class CallRequested:
    """An agent dials. `contact_id` is chosen by who posts this; `queue_id` is the queue whose caller id and outbound whisper flow
    hold, the agent's first when None."""

    contact_id: ContactId
    agent_id: AgentId
    number: str
    node: NodeName
    queue_id: QueueId | None = None


@dataclass(frozen=True, slots=True)
class OutboundCallRequested:
    """A program wants a customer called and led through a flow. `contact_id` is chosen by who posts this."""

    contact_id: ContactId
    node: NodeName
    number: str
    flow_id: FlowId
    caller_number: str = ""
    queue_id: QueueId | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    timeout_s: int = 30


@dataclass(frozen=True, slots=True)
class HoldRequested:
    """The customer is put on hold, or with `everybody` every party but the agent."""

    agent_id: AgentId
    contact_id: ContactId
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class ResumeRequested:
    """Whom the agent had on hold is back: the customer, or with `everybody` all (a conference)."""

    agent_id: AgentId
    contact_id: ContactId
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class MuteRequested:
    """Nobody hears the agent while `muted`."""

    agent_id: AgentId
    contact_id: ContactId
    muted: bool


@dataclass(frozen=True, slots=True)
class DigitsRequested:
    """The agent presses keys that the far end hears."""

    agent_id: AgentId
    contact_id: ContactId
    digits: str


@dataclass(frozen=True, slots=True)
class TransferRequested:
    """The agent consults somebody about the customer, who is put on hold: the agent of `to_agent`, a queue or an outside number.

    `flow_id` is the transfer flow of the quick connect. `blind`: the agent leaves as soon as the customer is in good hands.
    """

    agent_id: AgentId
    contact_id: ContactId
    to_agent: AgentId | None = None
    to_queue: QueueId | None = None
    to_number: str = ""
    flow_id: FlowId | None = None
    blind: bool = False


@dataclass(frozen=True, slots=True)
class SwapRequested:
    """The agent talks with the one who was on hold, customer or consulted party; the other is put on hold."""

    agent_id: AgentId
    contact_id: ContactId


@dataclass(frozen=True, slots=True)
class JoinRequested:
    """Customer, agent and consulted party hear one another: a conference."""

    agent_id: AgentId
    contact_id: ContactId


@dataclass(frozen=True, slots=True)
class DropRequested:
    """The consulted party is let go, at any moment of the consultation, and the customer is with the agent again."""

    agent_id: AgentId
    contact_id: ContactId


@dataclass(frozen=True, slots=True)
class LeaveRequested:
    """The agent leaves: in a consultation the customer goes over to the party consulted, else the call ends."""

    agent_id: AgentId
    contact_id: ContactId


@dataclass(frozen=True, slots=True)
class RecordingPauseRequested:
    """Nothing is recorded while `paused`; the gap is kept in the recording and told with it."""

    agent_id: AgentId
    contact_id: ContactId
    paused: bool


@dataclass(frozen=True, slots=True)
class PhoneHeld:
    """Somebody pressed the hold key of their own phone, or took the call back."""

    channel_id: ChannelId
    held: bool


@dataclass(frozen=True, slots=True)
class PhoneTransferred:
    """Somebody sent the call elsewhere with their phone's transfer key (a blind REFER); `to` is what they dialled."""

    channel_id: ChannelId
    to: str


@dataclass(frozen=True, slots=True)
class PhoneLinesJoined:
    """Somebody made two calls of their own phone one with its transfer key (a REFER with Replaces), to leave both."""

    channel_id: ChannelId
    other_id: ChannelId


@dataclass(frozen=True, slots=True)
class ConsultOnPhone:
    """An agent who has this contact dialled `to` on another line of their phone, which is the channel."""

    contact_id: ContactId
    node: NodeName
    agent_id: AgentId
    channel_id: ChannelId
    to: str


class Supervision(StrEnum):
    """How a supervisor takes part in a call."""

    LISTEN = "listen"
    WHISPER = "whisper"
    """The agent hears the supervisor, nobody else does."""
    BARGE = "barge"
    """Everybody hears the supervisor."""


@dataclass(frozen=True, slots=True)
class SupervisionRequested:
    """Somebody (`agent_id`) is rung at his `phone` to take part in a call, or changes how; None leaves it."""

    agent_id: AgentId
    contact_id: ContactId
    mode: Supervision | None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class CallbackCancelRequested:
    """Somebody gives up a callback for which nobody is called yet; `by` is their name."""

    contact_id: ContactId
    by: str


CallControl = (
    CallRequested
    | OutboundCallRequested
    | HoldRequested
    | ResumeRequested
    | MuteRequested
    | DigitsRequested
    | TransferRequested
    | SwapRequested
    | JoinRequested
    | DropRequested
    | LeaveRequested
    | RecordingPauseRequested
    | SupervisionRequested
    | CallbackCancelRequested
)

PhoneKeys = PhoneHeld | PhoneTransferred | PhoneLinesJoined
