"""What the application can ask for. Every id in a command is chosen by us, so sending one twice is harmless.

`TelephonyCommand`s go to Asterisk through `calls.ports.Telephony`, in order for each contact. The rest is the shell's.
"""

from dataclasses import dataclass

from app.domain.ids import BridgeId, ChannelId, ContactId, NodeName, PlaybackId, RecordingId, TimerId
from app.domain.prompt import Prompt
from app.domain.questions import Invocation
from app.domain.trace import WriteFlowLog


@dataclass(frozen=True, slots=True)
class Answer:
    contact_id: ContactId
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class Hangup:
    """Ends a channel. `cause` is Q.850: 16 normal, 17 busy, 1 unallocated, 21 rejected."""

    contact_id: ContactId
    channel_id: ChannelId
    cause: int = 16


@dataclass(frozen=True, slots=True)
class Play:
    """Plays prompts one after the other to a channel; one PlaybackFinished tells the end of all of them."""

    contact_id: ContactId
    channel_id: ChannelId
    playback_id: PlaybackId
    prompts: tuple[Prompt, ...]


@dataclass(frozen=True, slots=True)
class StopPlayback:
    contact_id: ContactId
    playback_id: PlaybackId


@dataclass(frozen=True, slots=True)
class StartMusic:
    """Music on hold to a channel until StopMusic or until it joins a bridge."""

    contact_id: ContactId
    channel_id: ChannelId
    music_class: str = "default"


@dataclass(frozen=True, slots=True)
class StopMusic:
    contact_id: ContactId
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class StartRinging:
    """Ringback tone to an answered channel, until StopRinging."""

    contact_id: ContactId
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class StopRinging:
    contact_id: ContactId
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class SendDigits:
    """Presses keys for the other end to hear: DTMF out of a channel."""

    contact_id: ContactId
    channel_id: ChannelId
    digits: str


@dataclass(frozen=True, slots=True)
class MuteParty:
    """Nobody in the bridge hears what this channel says, until UnmuteParty."""

    contact_id: ContactId
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class UnmuteParty:
    contact_id: ContactId
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class RingPhone:
    """Originates a call to a phone. `phone` is the SIP endpoint's name; with `auto_answer` it is asked to answer by itself."""

    contact_id: ContactId
    node: NodeName
    channel_id: ChannelId
    phone: str
    caller_number: str
    caller_name: str
    timeout_s: int
    auto_answer: bool = False


@dataclass(frozen=True, slots=True)
class DialNumber:
    """Calls an outside number (E.164) over a trunk: the first by the trunks' order, the next with each `attempt`.

    With a bridge the call is in it from its beginning, and who is in there hears what the far end's network says before anybody
    answers (ringing, an announcement). Refused with 404 when there is no trunk left to try. The result is told as for a phone.
    """

    contact_id: ContactId
    node: NodeName
    channel_id: ChannelId
    number: str
    caller_number: str
    caller_name: str
    timeout_s: int
    attempt: int = 0
    bridge_id: BridgeId | None = None


@dataclass(frozen=True, slots=True)
class CreateBridge:
    contact_id: ContactId
    node: NodeName
    bridge_id: BridgeId


@dataclass(frozen=True, slots=True)
class AddToBridge:
    contact_id: ContactId
    bridge_id: BridgeId
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class RemoveFromBridge:
    """Takes a channel out of a bridge; it lives on, alone."""

    contact_id: ContactId
    bridge_id: BridgeId
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class DestroyBridge:
    contact_id: ContactId
    bridge_id: BridgeId


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Records the customer's channel, what it says and what it hears in files of their own (`recording_id` names them)."""

    contact_id: ContactId
    channel_id: ChannelId
    recording_id: RecordingId
    customer: bool = True
    agent: bool = True


@dataclass(frozen=True, slots=True)
class PauseRecording:
    """Silence instead of voices in the channel's recording, until ContinueRecording: the gap keeps its length."""

    contact_id: ContactId
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class ContinueRecording:
    contact_id: ContactId
    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class Snoop:
    """A second ear at a channel: `channel_id` is the ear, which hears both directions of `of`. `speaks`: what is said into it is
    heard by the party of `of` alone."""

    contact_id: ContactId
    node: NodeName
    channel_id: ChannelId
    of: ChannelId
    speaks: bool = False


@dataclass(frozen=True, slots=True)
class AnswerTransfer:
    """Tells a phone what came of its own transfer key: the call is somebody else's from here on, or it stays the phone's."""

    contact_id: ContactId
    channel_id: ChannelId
    accepted: bool = True


@dataclass(frozen=True, slots=True)
class FinishRecording:
    """Stops the recording of a channel (gone or not) and makes the contact's stereo file; RecordingFinished tells the result."""

    contact_id: ContactId
    channel_id: ChannelId
    recording_id: RecordingId
    customer: bool = True
    agent: bool = True


@dataclass(frozen=True, slots=True)
class StartTimer:
    """At `due_ms` a TimerFired with this id enters the inbox. Starting an id again moves it."""

    timer_id: TimerId
    due_ms: int


@dataclass(frozen=True, slots=True)
class CancelTimer:
    timer_id: TimerId


@dataclass(frozen=True, slots=True)
class WriteRecord:
    """The contact is finished: its contact trace record is to be written."""

    contact_id: ContactId


TelephonyCommand = (
    Answer
    | Hangup
    | Play
    | StopPlayback
    | StartMusic
    | StopMusic
    | StartRinging
    | StopRinging
    | SendDigits
    | MuteParty
    | UnmuteParty
    | RingPhone
    | DialNumber
    | CreateBridge
    | AddToBridge
    | RemoveFromBridge
    | DestroyBridge
    | StartRecording
    | PauseRecording
    | ContinueRecording
    | FinishRecording
    | Snoop
    | AnswerTransfer
)
ShellCommand = StartTimer | CancelTimer | WriteRecord | WriteFlowLog | Invocation
Command = TelephonyCommand | ShellCommand
