"""What can happen: the inbox of the call engine holds these and nothing else, and the journal is their list.

Telephony, timers, people and the configuration report here. A failed request is an event too. Times are not in the events: the
engine stamps each one once, when it enters the inbox. Only an end that nobody heard at once says how late it is told.
"""

from dataclasses import dataclass, field
from typing import Any

from app.domain.call_control import CallControl, PhoneKeys
from app.domain.contact import Recording
from app.domain.ids import AgentId, ChannelId, ContactId, InvocationId, NodeName, PlaybackId, TimerId

CONCEALED = "x"
"""Stands for a key that is part of an encrypted entry."""


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A new call entered the application. `origin` is `trunk`, `phone` or `test`, `origin_name` the trunk's or phone's name.

    `contact_id` is chosen by telephony. `called` and `calling` are as they came; the engine makes them E.164.
    """

    contact_id: ContactId
    node: NodeName
    channel_id: ChannelId
    origin: str
    origin_name: str
    called: str
    calling: str


@dataclass(frozen=True, slots=True)
class ChannelAnswered:
    """A channel that we originated was answered."""

    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class ChannelEnded:
    """A channel is gone. `cause` is the Q.850 code (0 when unknown, as after a crash of Asterisk). `late_ms`: it was so long ago, while
    the application was away."""

    channel_id: ChannelId
    cause: int
    reason: str = ""
    late_ms: int = 0


@dataclass(frozen=True, slots=True)
class DigitReceived:
    """A party pressed a key: one of 0-9, *, #, A-D, or CONCEALED for one that nobody may know."""

    channel_id: ChannelId
    digit: str


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """A playback ended: to its end, stopped, or `failed` (a prompt that cannot be read or spoken; `reason` in words)."""

    playback_id: PlaybackId
    failed: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """A command could not be carried out. `command` is the command's class name, `target` the channel or bridge it concerned."""

    contact_id: ContactId
    command: str
    target: str
    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class RecordingFinished:
    """A contact's recording is ready, or failed: `recording.status` tells."""

    contact_id: ContactId
    recording: Recording


@dataclass(frozen=True, slots=True)
class RecordWritten:
    """The contact trace record is in the store: nothing more has to be remembered of the contact."""

    contact_id: ContactId


@dataclass(frozen=True, slots=True)
class PhoneReachable:
    """A phone registered or was lost."""

    phone: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class PanelOpened:
    """The agent's panel is open on a page that can be reached."""

    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class PanelClosed:
    """No page of the agent's panel is open any more. One that is back within `patience_s` was only loaded again."""

    agent_id: AgentId
    patience_s: int


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that a core had started ran out."""

    timer_id: TimerId


@dataclass(frozen=True, slots=True)
class AgentStatusRequested:
    """An agent (or somebody for them) chose a status: Available, Offline or a custom one."""

    agent_id: AgentId
    status: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class ConfigurationChanged:
    """From here on the instance's configuration of this version holds."""

    version: str


@dataclass(frozen=True, slots=True)
class FunctionReturned:
    """What a function answered: a JSON object, or None with the reason in words."""

    contact_id: ContactId
    invocation_id: InvocationId
    result: dict[str, Any] | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BotReplied:
    """What a bot made of the customer's words. `state` is `ElicitIntent`, `ElicitSlot`, `ConfirmIntent`, `ReadyForFulfillment`,
    `Fulfilled` or `Failed`; empty with a reason when the bot could not be asked."""

    contact_id: ContactId
    invocation_id: InvocationId
    state: str
    message: str = ""
    intent: str = ""
    slots: dict[str, str | None] = field(default_factory=dict)
    session_attributes: dict[str, str] = field(default_factory=dict)
    dialog: dict[str, Any] = field(default_factory=dict)
    slot: str = ""
    """The slot that the bot asks for now."""
    keys: int = 0
    """The most keys that the bot makes use of now; 0 when it does not say."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class InputSealed:
    """The keys, encrypted (base64), or empty with the reason in words. `lost`: the keys were forgotten, ask for them again."""

    contact_id: ContactId
    invocation_id: InvocationId
    value: str
    reason: str = ""
    lost: bool = False


Event = (
    CallArrived
    | ChannelAnswered
    | ChannelEnded
    | DigitReceived
    | PlaybackFinished
    | RequestFailed
    | RecordingFinished
    | RecordWritten
    | PhoneReachable
    | PanelOpened
    | PanelClosed
    | TimerFired
    | AgentStatusRequested
    | ConfigurationChanged
    | FunctionReturned
    | BotReplied
    | InputSealed
    | CallControl
    | PhoneKeys
)
