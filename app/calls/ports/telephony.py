"""Any number of Asterisk nodes, as the call engine sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from app.domain.commands import TelephonyCommand
from app.domain.events import Event
from app.domain.ids import BridgeId, ChannelId, ContactId, NodeName, PlaybackId
from app.domain.prompt import Prompt
from app.errors import TrunklineError


class RequestRefused(TrunklineError):
    """{command} for {target} was refused: {reason}."""

    def __init__(self, *, command: str, target: str, http_status: int, reason: str) -> None:
        super().__init__(command=command, target=target, reason=reason)
        self.command, self.target, self.http_status, self.reason = command, target, http_status, reason


class NodeAway(TrunklineError):
    """The Asterisk node {node} is not connected."""

    status = 503


@dataclass(frozen=True, slots=True)
class ChannelSnapshot:
    """A channel as Asterisk holds it. `state` is Asterisk's word: Down, Ring, Ringing, Up ... `in_application`: it is ours in Stasis.

    `arrived` is set for a channel that came in by the dialplan: what its CallArrived would say.
    """

    channel_id: ChannelId
    state: str
    in_application: bool
    origin: str = ""
    origin_name: str = ""
    called: str = ""
    calling: str = ""
    contact_id: ContactId | None = None
    """The contact id that telephony gave this channel when it arrived, so that adopting it keeps the id."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything one node holds that is ours: the truth that reconciliation compares the journal with."""

    node: NodeName
    channels: dict[ChannelId, ChannelSnapshot]
    bridges: dict[BridgeId, frozenset[ChannelId]]
    reachable_phones: frozenset[str] = frozenset()
    started_ms: int = 0
    """When this Asterisk started: no call that is older can be in it."""


class TelephonySink(Protocol):
    """Who listens to telephony. Every method returns at once."""

    def event(self, event: Event) -> None: ...

    def node_connected(self, node: NodeName) -> None:
        """The node's event stream is (again) whole: events may have been missed, reconcile."""
        ...

    def node_lost(self, node: NodeName) -> None: ...


class Telephony(Protocol):
    """Any number of Asterisk nodes. `app.telephony.asterisk` is the real one, `app.telephony.fake` the one in memory."""

    def remember(self, playing: Mapping[PlaybackId, ChannelId]) -> None:
        """What the last process played, and at which channel: it may go on. Told before the start."""
        ...

    async def start(self, sink: TelephonySink) -> None: ...

    async def stop(self) -> None:
        """Lets go of the nodes first and at once, so that Asterisk keeps the callers for the next process."""
        ...

    async def execute(self, command: TelephonyCommand) -> None:
        """Carries one command out. What is there or gone already is no error.

        Raises RequestRefused when Asterisk says no, NodeAway while the node is not connected: reconciliation sends again what is
        still wanted once it is back.
        """
        ...

    async def inventory(self, node: NodeName) -> Inventory: ...

    async def playing(self, node: NodeName, playback_id: PlaybackId) -> bool:
        """True while this playback is going on."""
        ...

    async def duration_ms(self, prompts: tuple[Prompt, ...]) -> int:
        """How long the prompts take to play."""
        ...

    def nodes(self) -> tuple[NodeName, ...]:
        """The nodes that are connected now."""
        ...
