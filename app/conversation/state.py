"""Where a conversation stands: plain values that the journal can hold.

A conversation is one customer's visit. Who takes part is a `Party`: where each one is (`Place`) says whom they hear, and what the
customer's side is doing is the `Phase`. A transfer gives the visit a new contact; the conversation and its channels go on.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.call_control import Supervision
from app.domain.ids import (
    AgentId,
    BridgeId,
    ChannelId,
    ContactId,
    ExecutionId,
    FlowId,
    InvocationId,
    NodeName,
    QueueId,
    RecordingId,
)


class Phase(StrEnum):
    """What the customer's side is doing."""

    FLOW = "in flow"
    QUEUED = "in queue"
    RINGING = "ringing"
    DIALLING = "dialling"
    """The customer is being called."""
    WHISPER = "whisper"
    TALK = "connected"
    OUTSIDE = "outside call"
    """The customer is with an outside number, or it is being called."""
    REMAINING = "disconnect flow"
    ENDING = "ending"
    """Hang-up was asked for; the channel's end is awaited."""
    GONE = "gone"
    """The customer's channel is gone; after contact work or the recording may still be open."""


class Role(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    OUTSIDE = "outside number"
    SUPERVISOR = "supervisor"


class Place(StrEnum):
    """Where a party is, and with it what they hear."""

    DIALLED = "dialled"
    """Not answered yet."""
    APART = "apart"
    """Alone: in a flow of their own, or with music or ringing in the ear."""
    JOINED = "joined"
    """In the bridge, with everybody else who is."""
    HELD = "on hold"


class Sound(StrEnum):
    """What a party hears from us without a flow."""

    NONE = "none"
    MUSIC = "music"
    RINGING = "ringing"


@dataclass(frozen=True, slots=True)
class Call:
    """How a party is called: a phone's name or an outside number, and what it is shown."""

    address: str
    caller_number: str
    caller_name: str
    timeout_s: int
    attempt: int = 0
    """Which trunk is tried, of an outside number."""
    refused: str = ""
    """Why the trunk before did not take the call."""
    auto_answer: bool = False
    """The phone is asked to answer by itself."""


@dataclass(frozen=True, slots=True)
class Party:
    """One end of the conversation. `contact_id` is the contact that an agent handles."""

    channel_id: ChannelId
    role: Role
    place: Place
    since_ms: int
    contact_id: ContactId
    agent_id: AgentId | None = None
    call: Call | None = None
    run: ExecutionId | None = None
    """The flow that runs for this party now."""
    sound: Sound = Sound.NONE
    muted: bool | None = None
    """None: never was."""
    early: bool = False
    """In the bridge without being joined: who is called there, and who waits for them and hears what their network says."""


class Stage(StrEnum):
    """How far a consultation has come."""

    FLOW = "transfer flow"
    """The agent hears the quick connect's flow."""
    QUEUED = "in queue"
    RINGING = "ringing"
    WHISPER = "whisper"
    TALK = "consulting"


@dataclass(frozen=True, slots=True)
class Lines:
    """The agent consults on the line `second` of their phone. `resting` is the line that they do not talk on now, and no party
    meanwhile. `held`: the customer's line is on hold at the phone itself."""

    second: ChannelId
    resting: Party
    held: bool = False


@dataclass(frozen=True, slots=True)
class Consult:
    """The agent is about to hand the customer over. `contact_id` is the contact that the customer goes on with; None for an outside
    number, which takes the customer as they are. `other` is the party consulted, once there is one."""

    stage: Stage
    contact_id: ContactId | None = None
    to_agent: AgentId | None = None
    queue_id: QueueId | None = None
    waiting_since_ms: int = 0
    other: ChannelId | None = None
    blind: bool = False
    run: ExecutionId | None = None
    """The transfer flow: the agent hears it, until it puts the agent on hold."""
    lines: Lines | None = None
    """None while the agent has one line, as everybody who consults from the panel."""
    not_answered: str = ""
    """Why the agent rung last did not take it, while nobody else is rung."""


@dataclass(frozen=True, slots=True)
class OutsideCall:
    """A flow connects the customer with an outside number. `question` waits to be answered while the flow does."""

    channel_id: ChannelId
    question: InvocationId | None = None
    resume: bool = False
    digits: str = ""
    back_to: Phase = Phase.FLOW
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Callback:
    """A contact that waits in the customer's stead: how often the customer may still be called, and when again."""

    attempts_left: int
    retry_delay_s: int
    not_before_ms: int


@dataclass(frozen=True, slots=True)
class Watch:
    """Somebody supervises: `by`, at the party of `channel_id`. `ear` is at the channel `of` and in a bridge with the supervisor alone; it
    was made when the agent there talked with those `beside`."""

    by: AgentId
    channel_id: ChannelId
    mode: Supervision
    ear: ChannelId | None = None
    of: ChannelId | None = None
    bridge_id: BridgeId | None = None
    beside: tuple[ChannelId, ...] = ()


class Silenced(StrEnum):
    """Why a recording has silence in the place of voices."""

    AGENT = "paused by the agent"
    KEYS = "secret keys"
    """Keys are entered that nobody may know, by their tones neither."""


@dataclass(frozen=True, slots=True)
class RunningRecording:
    """A contact's recording that was started and whose result is not known yet. `paused_ms`: since when it is silent, for one reason
    or for several."""

    recording_id: RecordingId
    contact_id: ContactId
    channel_id: ChannelId
    since_ms: int
    stopping: bool = False
    paused_ms: int | None = None
    silenced: tuple[Silenced, ...] = ()


@dataclass(slots=True)
class Conversation:
    """One customer's visit. `contact_id` is its first contact, the source of all ids; `serial` counts them.

    Only a `Turn` changes it, and only a copy of its own.
    """

    contact_id: ContactId
    node: NodeName
    phase: Phase
    since_ms: int
    serial: int = 0
    parties: tuple[Party, ...] = ()
    customer: ChannelId | None = None
    """None while nobody has called the customer back."""
    lead: ChannelId | None = None
    """The agent whose contact it is: rung, answered or talking."""
    queue_id: QueueId | None = None
    """Where the contact waits, and waits again when an agent does not answer; None for a call that was never queued."""
    waiting_since_ms: int = 0
    bridge_id: BridgeId | None = None
    recordings: tuple[RunningRecording, ...] = ()
    after_work: dict[AgentId, ContactId] = field(default_factory=dict)
    """The agents whose after contact work is not over yet, and for which contact."""
    consult: Consult | None = None
    transfer_failed: str = ""
    """Why the latest transfer came to nothing, in words, until the next one begins."""
    outside: OutsideCall | None = None
    callback: Callback | None = None
    watches: tuple[Watch, ...] = ()
    question: InvocationId | None = None
    """The outbound whisper flow waits for the customer's answer."""
    flow_id: FlowId | None = None
    """The flow that begins when a customer answers whom a program wanted called."""

    def party(self, channel_id: ChannelId | None) -> Party | None:
        return next((party for party in self.parties if party.channel_id == channel_id), None)

    @property
    def agent(self) -> Party | None:
        """The agent whose contact it is."""
        return self.party(self.lead) if self.lead else None

    @property
    def run(self) -> ExecutionId | None:
        """The flow that runs for the customer."""
        customer = self.party(self.customer)
        return customer.run if customer else None

    @property
    def channels(self) -> tuple[ChannelId, ...]:
        """The channels that should exist now, or soon."""
        ears = (watch.ear for watch in self.watches if watch.ear is not None)
        return (*(party.channel_id for party in (*self.parties, *self.resting)), *ears)

    @property
    def resting(self) -> tuple[Party, ...]:
        """The line of the agent's phone that is not talked on, while there are two."""
        lines = self.consult.lines if self.consult is not None else None
        return (lines.resting,) if lines is not None else ()

    @property
    def bridges(self) -> tuple[BridgeId, ...]:
        """The bridges that should exist now."""
        own = (watch.bridge_id for watch in self.watches)
        return tuple(bridge_id for bridge_id in (self.bridge_id, *own) if bridge_id is not None)

    @property
    def recording(self) -> RunningRecording | None:
        """What is recorded now."""
        return next((each for each in self.recordings if not each.stopping), None)
