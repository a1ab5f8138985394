"""What the fake holds: the things Asterisk would hold, as plain records."""

from dataclasses import dataclass, field

from app.domain.ids import BridgeId, ChannelId, ContactId, NodeName, PlaybackId, RecordingId
from app.domain.prompt import Prompt
from app.telephony.fake.agenda import Entry

CALLER = "caller"
PHONE = "phone"
NUMBER = "number"
"""An outside number that we called."""
SNOOP = "snoop"


@dataclass(slots=True)
class Channel:
    """A call leg. `state` is Asterisk's word: Ring (a caller unanswered), Ringing (a phone unanswered), Up. One that is `silent` is in
    its bridge and nobody hears it yet."""

    channel_id: ChannelId
    node: NodeName
    side: str
    state: str
    in_application: bool
    origin: str = ""
    origin_name: str = ""
    called: str = ""
    calling: str = ""
    contact_id: ContactId | None = None
    phone: str = ""
    bridge_id: BridgeId | None = None
    playback_id: PlaybackId | None = None
    music: str | None = None
    recording_id: RecordingId | None = None
    muted: bool = False
    silent: bool = False
    snoops: ChannelId | None = None
    """Whose ear this is."""
    keys_heard: str = ""
    """The keys that we pressed for the other end."""
    plans: list[Entry] = field(default_factory=list)
    """What the party at the other end still means to do."""


@dataclass(slots=True)
class Bridge:
    bridge_id: BridgeId
    node: NodeName
    members: list[ChannelId] = field(default_factory=list)


@dataclass(slots=True)
class Playback:
    playback_id: PlaybackId
    channel_id: ChannelId
    prompts: tuple[Prompt, ...]
    end: Entry


@dataclass(slots=True)
class RunningRecording:
    """Two files that grow while the channel lives: what it says and what it hears."""

    recording_id: RecordingId
    contact_id: ContactId
    channel_id: ChannelId
    started_ms: int
    customer: bool
    agent: bool
    ended_ms: int | None = None
    paused: bool = False


@dataclass(slots=True)
class Phone:
    """A phone and the person at it.

    It rings for `answers_after_ms` and is answered (None: never). `busy` and `rejects` turn the call down after that time
    or at once. `hangs_up_after_ms` counts from the answer (None: stays). An unregistered phone cannot be rung. `refuses_with` is a
    Q.850 cause that the network itself gives, at once or `refuses_after_ms`.
    """

    name: str
    answers_after_ms: int | None = 1_000
    busy: bool = False
    rejects: bool = False
    hangs_up_after_ms: int | None = None
    registered: bool = True
    refuses_with: int | None = None
    refuses_after_ms: int = 0
    says_before_ms: int | None = None
    """From then on the network lets itself be heard before anybody answers; what it says is told as the voice of the channel."""
