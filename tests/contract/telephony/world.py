"""What the contract's tests need of a world with telephony in it: people who call, phones, time, and ears."""

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from app.calls.ports import Telephony
from app.domain.events import CallArrived, ChannelEnded, Event
from app.domain.ids import BridgeId, ChannelId, NodeName, PlaybackId, RecordingId
from app.domain.prompt import Prompt, PromptKind

NODE = NodeName("node1")
ANSWERING_PHONE, SILENT_PHONE, BUSY_PHONE, UNREGISTERED_PHONE = "robot-tone-1004", "robot-wait", "robot-busy", "desk9"
"""Phones that every world has: one answers at once, one never, one is busy, one is not registered."""

ANSWERING_NUMBER, SILENT_NUMBER, BUSY_NUMBER, UNKNOWN_NUMBER = (
    "+12065550111",
    "+12065550112",
    "+12065550113",
    "+12065550114",
)
EARLY_NUMBER = "+12065550116"
"""Its network says for a second that it is not in use, and nobody answers."""
KEYS_NUMBER = "+12065550115"
"""Outside numbers of every world. There is one trunk. KEYS_NUMBER is for `keys_heard`; on a real Asterisk the test answers it."""

Kind = TypeVar("Kind")
_numbers = itertools.count(1)
_run = uuid.uuid4().hex[:8]


def fresh(what: str) -> str:
    """An id as the engine chooses them: it begins with the node and is never used twice."""
    return f"{NODE}-tl-{_run}-{what}-{next(_numbers)}"


def channel_id() -> ChannelId:
    return ChannelId(fresh("phone"))


def bridge_id() -> BridgeId:
    return BridgeId(fresh("bridge"))


def playback_id() -> PlaybackId:
    return PlaybackId(fresh("play"))


def recording_id() -> RecordingId:
    return RecordingId(fresh("rec"))


def silence(duration_ms: int) -> Prompt:
    return Prompt(PromptKind.SILENCE, str(duration_ms))


def say(text: str) -> Prompt:
    return Prompt(PromptKind.TEXT, text)


@dataclass
class Sink:
    """Collects what telephony tells."""

    events: list[Event] = field(default_factory=list)
    connected: list[NodeName] = field(default_factory=list)
    lost: list[NodeName] = field(default_factory=list)

    def event(self, event: Event) -> None:
        self.events.append(event)

    def node_connected(self, node: NodeName) -> None:
        self.connected.append(node)

    def node_lost(self, node: NodeName) -> None:
        self.lost.append(node)

    def of(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.events if isinstance(event, kind)]

    def ended(self, channel: ChannelId) -> list[ChannelEnded]:
        return [event for event in self.of(ChannelEnded) if event.channel_id == channel]


class World(Protocol):
    """One implementation of `calls.ports.Telephony` with people around it."""

    @property
    def telephony(self) -> Telephony: ...

    @property
    def sink(self) -> Sink: ...

    def now_ms(self) -> int: ...

    async def until(self, condition: Callable[[], object], within_ms: int = 10_000) -> None:
        """Lets time pass until the condition holds; AssertionError when it does not within the time."""
        ...

    async def wait(self, duration_ms: int) -> None: ...

    async def call(self, called: str = "+15550123", calling: str = "+15550100") -> CallArrived:
        """A caller dials; returns when the call has arrived."""
        ...

    async def dial(self, called: str) -> None:
        """A caller dials, whether anybody takes the call or not."""
        ...

    async def press(self, channel: ChannelId, digits: str) -> None:
        """The party on this channel presses keys."""
        ...

    async def hang_up(self, channel: ChannelId) -> None:
        """The party on this channel hangs up."""
        ...

    async def voices_heard(self, channel: ChannelId) -> set[ChannelId]:
        """Whose voices the party on this channel heard, asked after the call is over."""
        ...

    async def heard_something(self, channel: ChannelId) -> bool:
        """Whether this party heard any sound, asked after the call is over."""
        ...

    async def restart_application(self) -> None:
        """A new application takes over: its telephony is `telephony`, its events go to a new `sink`. Nothing is carried over."""
        ...

    async def keys_heard(self, channel: ChannelId) -> str:
        """The keys that the party on this channel heard from us."""
        ...

    async def application_away(self) -> None:
        """The application stops; `restart_application` brings the next."""
        ...

    async def break_connection(self) -> None:
        """The connection to the node breaks and comes back by itself."""
        ...

    async def restart_node(self) -> None:
        """The node's Asterisk is killed and started again."""
        ...
