"""What one core asks of another. The engine hands each to the core that its table names; no core calls another."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.agent import AgentTrigger
from app.domain.contact import Hook
from app.domain.ids import AgentId, ChannelId, ContactId, ExecutionId, FlowId, QueueId
from app.domain.instance import FlowType


class FlowOutcome(StrEnum):
    """How a flow's run ended."""

    ENDED = "ended"
    """End flow / Resume, or there was no further block."""
    DISCONNECT = "disconnect"
    """The Disconnect block."""
    FAILED = "failed"
    """The step guard, an unreadable flow, or an error without a branch."""


# -- of the flow core ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EnterQueue:
    """Transfer to queue: the contact is to wait for an agent. The run that asked is over."""

    contact_id: ContactId
    execution_id: ExecutionId
    queue_id: QueueId


@dataclass(frozen=True, slots=True)
class FlowEnded:
    contact_id: ContactId
    execution_id: ExecutionId
    outcome: FlowOutcome
    reason: str = ""


# -- of the routing core ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferContact:
    """This contact is this agent's: ring them. `why` says in words how the decision fell."""

    contact_id: ContactId
    agent_id: AgentId
    queue_id: QueueId
    why: str


@dataclass(frozen=True, slots=True)
class AfterWorkDone:
    """The agent has finished after contact work for this contact."""

    contact_id: ContactId
    agent_id: AgentId


# -- of the conversation core ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StartFlow:
    """Run a flow on one party: the contact's own for `hook` when it has one, else the default flow of `type`, else `flow_id`."""

    contact_id: ContactId
    execution_id: ExecutionId
    channel_id: ChannelId
    type: FlowType
    hook: Hook | None = None
    flow_id: FlowId | None = None


@dataclass(frozen=True, slots=True)
class StopFlow:
    """End a run now: its prompt stops, its timers are cancelled, no FlowEnded follows."""

    contact_id: ContactId
    execution_id: ExecutionId


@dataclass(frozen=True, slots=True)
class WaitInQueue:
    """Put the contact in its queue; `since_ms` is the age it is ordered by (kept after an agent missed it)."""

    contact_id: ContactId
    queue_id: QueueId
    since_ms: int


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """The contact waits no more: it was connected, or it is gone."""

    contact_id: ContactId


@dataclass(frozen=True, slots=True)
class MoveAgent:
    """An agent's activity changes because of a contact."""

    agent_id: AgentId
    contact_id: ContactId
    trigger: AgentTrigger
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ContactOver:
    """Nobody is connected any more and no work is left: finish the contact."""

    contact_id: ContactId


Request = (
    EnterQueue
    | FlowEnded
    | OfferContact
    | AfterWorkDone
    | StartFlow
    | StopFlow
    | WaitInQueue
    | LeaveQueue
    | MoveAgent
    | ContactOver
)
