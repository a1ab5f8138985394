"""What one core asks of another. The engine hands each to the core that its table names; no core calls another."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.agent import AgentTrigger
from app.domain.call_control import ConsultOnPhone
from app.domain.contact import Hook
from app.domain.ids import AgentId, ChannelId, ContactId, ExecutionId, FlowId, InvocationId, QueueId
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
class ChangeQueue:
    """Transfer to queue in a customer queue flow: the contact leaves its queue and waits in this one. The run goes on."""

    contact_id: ContactId
    execution_id: ExecutionId
    queue_id: QueueId


@dataclass(frozen=True, slots=True)
class FlowEnded:
    contact_id: ContactId
    execution_id: ExecutionId
    outcome: FlowOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRouting:
    """Change routing priority / age: takes effect at once when the contact already waits. None leaves a value as it is."""

    contact_id: ContactId
    priority: int | None = None
    age_offset_s: int | None = None


@dataclass(frozen=True, slots=True)
class SetAgentStatus:
    """Set agent status: as if the agent had chosen it; while a contact is with them it holds afterwards."""

    contact_id: ContactId
    agent_id: AgentId
    status: str


@dataclass(frozen=True, slots=True)
class CallNumber:
    """Transfer to phone number: connect the customer with an outside number (E.164).

    With `resume` the run waits and Answered tells how it went: `success` when the other end hung up, `call failure`, `timeout`
    or `error`. Without, only `error` is ever answered and the run is over once the call is under way.
    """

    contact_id: ContactId
    execution_id: ExecutionId
    invocation_id: InvocationId
    number: str
    time_limit_s: int
    caller_number: str = ""
    caller_name: str = ""
    digits: str = ""
    """DTMF to send once the other end has answered: 0 to 9, *, # and A to D; a comma is a pause of half a second."""
    resume: bool = False


@dataclass(frozen=True, slots=True)
class TransferToAgent:
    """Transfer to agent: the run of a transfer flow is over and the agent that the transfer is for is rung. Only `error` is answered."""

    contact_id: ContactId
    execution_id: ExecutionId
    invocation_id: InvocationId


@dataclass(frozen=True, slots=True)
class HoldParty:
    """Hold customer or agent. `state` is `AgentOnHold`, `CustomerOnHold` or `OffHold`; answered `success` or `error`."""

    contact_id: ContactId
    execution_id: ExecutionId
    invocation_id: InvocationId
    state: str


@dataclass(frozen=True, slots=True)
class DialCustomer:
    """Call phone number, in an outbound whisper flow: place the agent's call now, showing this caller id (empty: the queue's).
    Answered `success` once the customer has answered: what the flow plays next is for them. When they do not, the call is over and
    with it the run; `error` fails it."""

    contact_id: ContactId
    execution_id: ExecutionId
    invocation_id: InvocationId
    caller_number: str = ""
    caller_name: str = ""


@dataclass(frozen=True, slots=True)
class QueueCallback:
    """Transfer to callback queue: a new contact waits in the customer's stead, who is called `attempts` times at most, the first call
    among them. Answered `success` or `error`."""

    contact_id: ContactId
    execution_id: ExecutionId
    invocation_id: InvocationId
    queue_id: QueueId
    number: str
    initial_delay_s: int
    attempts: int
    retry_delay_s: int


@dataclass(frozen=True, slots=True)
class CancelCallback:
    """A callback that waits is not needed any more, for this reason."""

    contact_id: ContactId
    reason: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer of another core to what a run asked. `result` is one of the words that ANSWERS has for the request."""

    contact_id: ContactId
    invocation_id: InvocationId
    result: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SilenceRecording:
    """Keys that nobody may know are being entered: their tones are not to be recorded. `silent` false: it is over."""

    contact_id: ContactId
    silent: bool


# -- of the routing core ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferContact:
    """This contact is this agent's: ring them. `why` says in words how the decision fell."""

    contact_id: ContactId
    agent_id: AgentId
    queue_id: QueueId
    why: str


@dataclass(frozen=True, slots=True)
class NoteWaiting:
    """The contact could not be offered to anybody at once: `why`, in words, for its trace."""

    contact_id: ContactId
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
class MoveFlow:
    """A run goes on for this contact on this channel: the contact was transferred with its flow, or called on another channel."""

    contact_id: ContactId
    execution_id: ExecutionId
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class WaitInQueue:
    """Put the contact in its queue; `since_ms` is the age it is ordered by (kept after an agent missed it).

    `priority` and `age_offset_s` are the contact's. A callback that is to wait for its time says `not_before_ms`: until then it is
    scheduled, and nobody is offered it.
    """

    contact_id: ContactId
    queue_id: QueueId
    since_ms: int
    priority: int = 5
    age_offset_s: int = 0
    not_before_ms: int = 0


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """The contact waits no more: it was connected, or it is gone."""

    contact_id: ContactId


@dataclass(frozen=True, slots=True)
class MoveAgent:
    """An agent's activity changes because of a contact. `OFFERED` and `DIALLED` give an idle agent the contact without a queue."""

    agent_id: AgentId
    contact_id: ContactId
    trigger: AgentTrigger
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ContactOver:
    """Nobody is connected any more and no work is left: finish the contact."""

    contact_id: ContactId


ANSWERS: dict[type, tuple[str, ...]] = {
    CallNumber: ("success", "call failure", "timeout", "error"),
    TransferToAgent: ("error",),
    HoldParty: ("success", "error"),
    DialCustomer: ("success", "error"),
    QueueCallback: ("success", "error"),
}
"""What can be answered to each request that is a question."""

Request = (
    EnterQueue
    | ChangeQueue
    | SetAgentStatus
    | FlowEnded
    | OfferContact
    | NoteWaiting
    | AfterWorkDone
    | StartFlow
    | StopFlow
    | MoveFlow
    | WaitInQueue
    | LeaveQueue
    | MoveAgent
    | ContactOver
    | ChangeRouting
    | CallNumber
    | TransferToAgent
    | HoldParty
    | SilenceRecording
    | DialCustomer
    | QueueCallback
    | CancelCallback
    | ConsultOnPhone
    | Answered
)
