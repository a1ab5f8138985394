"""Where a conversation stands: plain values that the journal can hold."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.ids import AgentId, BridgeId, ChannelId, ContactId, ExecutionId, NodeName, QueueId, RecordingId


class Phase(StrEnum):
    """What the customer's side is doing."""

    FLOW = "in flow"
    QUEUED = "in queue"
    RINGING = "ringing"
    WHISPER = "whisper"
    TALK = "connected"
    REMAINING = "disconnect flow"
    ENDING = "ending"
    """Hang-up was asked for; the channel's end is awaited."""
    GONE = "gone"
    """The customer's channel is gone; after contact work or the recording may still be open."""


@dataclass(frozen=True, slots=True)
class AgentLeg:
    """The agent who was offered the contact, and the channel to their phone."""

    agent_id: AgentId
    channel_id: ChannelId
    phone: str
    offered_ms: int
    answered: bool = False
    run: ExecutionId | None = None
    """The agent whisper, while it runs."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One contact's parties. `serial` is the source of this contact's ids."""

    contact_id: ContactId
    node: NodeName
    customer: ChannelId
    phase: Phase
    since_ms: int
    serial: int = 0
    run: ExecutionId | None = None
    """The flow that runs on the customer's channel now."""
    leg: AgentLeg | None = None
    queue_id: QueueId | None = None
    waiting_since_ms: int = 0
    bridge_id: BridgeId | None = None
    recording_id: RecordingId | None = None
    recording_open: bool = False
    """The recording was started and its result is not known yet."""
    recording_stopping: bool = False
    after_work_by: AgentId | None = None
    """The agent whose after contact work is not over yet."""

    @property
    def channels(self) -> tuple[ChannelId, ...]:
        """The channels that should exist now."""
        customer = () if self.phase is Phase.GONE else (self.customer,)
        return customer + ((self.leg.channel_id,) if self.leg else ())
