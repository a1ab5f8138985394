"""`calls.ports.Telephony` on real Asterisk nodes."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import structlog

from app.calls.ports import Inventory, NodeAway, TelephonySink
from app.domain.commands import Hangup, TelephonyCommand
from app.domain.events import ChannelEnded, Event, PhoneReachable, PlaybackFinished
from app.domain.ids import ChannelId, ContactId, NodeName, PlaybackId
from app.domain.prompt import Prompt
from app.errors import NotFound, TrunklineError
from app.telephony.able import able
from app.telephony.ami import AmiClient, AmiEvent, ContactStatusChanged, SecurityEvent
from app.telephony.ari.client import AriClient
from app.telephony.ari.errors import AriDisconnected, AriError, AriRequestFailed
from app.telephony.ari.node import AriNode
from app.telephony.ari.server import AriServer
from app.telephony.backlog import Backlog
from app.telephony.dialling import Trunks
from app.telephony.inbound import Inbound, LeftAlive
from app.telephony.inventory import take_inventory
from app.telephony.late_arrivals import LateArrivals, burst_over, dated
from app.telephony.media import Media, Speech
from app.telephony.outbound import Outbound
from app.telephony.reachability import Reachability
from app.telephony.recording.recorder import Recorder

log = structlog.get_logger(__name__)

APPLICATION = "trunkline"
TRUNK = "trunk-"
"""What the endpoint of a trunk begins with: it has contacts too, but is no phone."""
PLAYING = ("queued", "playing", "continuing", "paused")


@dataclass(frozen=True, slots=True)
class Listener:
    """Where the nodes open their websockets to, and what they must say there."""

    host: str
    port: int
    user: str
    password: str


@dataclass(slots=True)
class _Node:
    client: AriClient
    manager: AmiClient
    inbound: Inbound
    outbound: Outbound
    late: LateArrivals
    backlog: Backlog
    phones: Reachability
    present: bool = False
    """Connected, booted and announced to the sink; what it tells before is held."""
    looked_at: bool = False
    """Its inventory was taken since it connected."""
    held: list[Event] = field(default_factory=list)


class AsteriskTelephony:
    """Ties together, for every node: its ARI client, its manager interface, and the two tables between them and the domain.
    Every `AmiClient` is started and closed here, and its sink is taken. `speech` speaks; `library` gives a recorded prompt's path by id
    or name; what is written lies under `var_dir`: `recordings` and `silence`. `namespace` makes contact ids, and must stay the same for
    one installation. `trunks` are the addresses that outside numbers are called over. `browsers` says whether agents may talk from one.
    """

    def __init__(
        self,
        nodes: Sequence[tuple[AriNode, AmiClient]],
        listener: Listener,
        *,
        speech: Speech,
        library: Callable[[str], Path | None],
        var_dir: Path,
        namespace: uuid.UUID = uuid.NAMESPACE_OID,
        trunks: Trunks = tuple,
        browsers: Callable[[], bool] = bool,
        application: str = APPLICATION,
    ) -> None:
        self._namespace = namespace
        self._trunks, self._browsers = trunks, browsers
        self._application = application
        self._media = Media(speech, library, var_dir / "silence")
        self.recorder = Recorder(var_dir / "recordings", self._emit)
        self._sink: TelephonySink | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._nodes = {NodeName(access.name): self._node(access, manager) for access, manager in nodes}
        self._server = AriServer(
            [node.client for node in self._nodes.values()],
            user=listener.user,
            password=listener.password,
            host=listener.host,
            port=listener.port,
        )

    def _node(self, access: AriNode, manager: AmiClient) -> _Node:
        name = NodeName(access.name)
        manager.sink = lambda _, event: self._told(name, event)
        client = AriClient(
            access,
            self._application,
            sink=self._received,
            on_connected=lambda _: self._connected(name),
            on_disconnected=lambda _, reason: self._lost(name, reason),
        )
        inbound = Inbound(name, self._namespace)
        outbound = Outbound(
            name, client, manager, inbound, self._media, self.recorder, self._emit, self._trunks, self._browsers
        )
        late = LateArrivals(lambda event: self._pass_on(name, event))
        backlog = Backlog(lambda event: self._pass_on(name, event))
        return _Node(client, manager, inbound, outbound, late, backlog, Reachability())

    # -- calls.ports.Telephony ---------------------------------------------------------------------------------------------

    def remember(self, playing: Mapping[PlaybackId, ChannelId]) -> None:
        for playback_id, channel_id in playing.items():
            if (node := self._nodes.get(self._node_of(channel_id))) is not None:
                node.outbound.learn_playback(channel_id, playback_id)

    async def start(self, sink: TelephonySink) -> None:
        """Listens for the nodes; Unavailable when the address is taken. Each node is announced when it has connected."""
        self._sink = sink
        await self._server.start()
        for node in self._nodes.values():
            node.manager.start()

    async def stop(self) -> None:
        if self._sink is None:
            return
        self._sink = None
        await self._server.close()
        for node in self._nodes.values():
            node.late.close()
            node.backlog.close()
        for task in self._tasks:
            task.cancel()
        await self.recorder.close()
        await asyncio.gather(*(node.manager.close() for node in self._nodes.values()), return_exceptions=True)

    async def execute(self, command: TelephonyCommand) -> None:
        for node in self._concerned(command):
            if not node.present:
                raise NodeAway(node=node.outbound.node)
            await node.outbound.carry_out(command)

    async def inventory(self, node: NodeName) -> Inventory:
        looked = self._known(node)
        looked.phones.looking()
        try:
            inventory, present = await take_inventory(self._require(node), self._namespace)
        except AriError as error:
            raise NodeAway(node=node) from error
        self._looked_at(looked, present)
        for channel_id in (*looked.late.kept, *looked.backlog.kept):
            inventory.channels.pop(channel_id, None)
        return replace(inventory, reachable_phones=looked.phones.looked(inventory.reachable_phones))

    async def playing(self, node: NodeName, playback_id: PlaybackId) -> bool:
        try:
            playback = await self._require(node).playbacks.get(playback_id)
        except AriRequestFailed:
            return False
        except AriError as error:
            raise NodeAway(node=node) from error
        channel_id = ChannelId(playback.json["target_uri"].removeprefix("channel:"))
        self._nodes[node].outbound.learn_playback(channel_id, playback_id)
        return playback.json["state"] in PLAYING

    async def duration_ms(self, prompts: tuple[Prompt, ...]) -> int:
        return sum(file.duration_ms for file in await self._media.files(prompts))

    def nodes(self) -> tuple[NodeName, ...]:
        return tuple(name for name, node in self._nodes.items() if node.present)

    def client(self, node: NodeName) -> AriClient:
        """The node's ARI client, for what is not a call: provisioning, signs of life. NodeAway when there is no such node."""
        return self._known(node).client

    def _concerned(self, command: TelephonyCommand) -> list[_Node]:
        """The node of a command; every node when it names only a playback that no process of today began."""
        named = getattr(command, "node", None)
        if named is not None:
            return [self._known(NodeName(named))]
        for name in ("channel_id", "bridge_id"):
            thing = getattr(command, name, None)
            if thing is not None:
                return [self._known(self._node_of(str(thing)))]
        playback_id = getattr(command, "playback_id", PlaybackId(""))
        knowing = [node for node in self._nodes.values() if node.outbound.knows_playback(playback_id)]
        return knowing or [node for node in self._nodes.values() if node.present]

    def _node_of(self, thing: str) -> NodeName:
        """The node whose name an id begins with: the longest, because `node1-a` may stand beside `node1`."""
        fitting = [name for name in self._nodes if thing.startswith(f"{name}-")]
        if not fitting and len(self._nodes) == 1:
            return next(iter(self._nodes))
        return max(fitting, key=len, default=NodeName(thing.partition("-")[0]))

    def _known(self, name: NodeName) -> _Node:
        if (node := self._nodes.get(name)) is None:
            raise NodeAway(node=name)
        return node

    def _require(self, name: NodeName) -> AriClient:
        node = self._known(name)
        if not node.present:
            raise NodeAway(node=name)
        return node.client

    def _looked_at(self, node: _Node, present: set[str]) -> None:
        if not node.looked_at:
            node.inbound.keep_only(present)
            node.outbound.keep_only(present)
            node.looked_at = True

    def _received(self, client: AriClient, event: Any) -> None:
        name = NodeName(client.node.name)
        node = self._nodes[name]
        for outcome in node.inbound.translate(event):
            if isinstance(outcome, LeftAlive):
                self._spawn(self._hang_up_stray(node, outcome.channel_id))
                continue
            if isinstance(outcome, PlaybackFinished):
                node.outbound.playback_ended(outcome.playback_id)
            elif isinstance(outcome, ChannelEnded):
                node.outbound.channel_ended(outcome.channel_id)
            if not node.late.keep(outcome, event) and not node.backlog.keep(outcome):
                self._pass_on(name, outcome if node.present else dated(outcome, event))

    def _pass_on(self, name: NodeName, event: Event) -> None:
        node = self._nodes[name]
        (self._emit if node.present else node.held.append)(event)

    def _emit(self, event: Event) -> None:
        if self._sink is not None:
            self._sink.event(event)

    def _connected(self, name: NodeName) -> None:
        self._spawn(self._announce(name, self._nodes[name].client.figures().connections))

    def _lost(self, name: NodeName, reason: str) -> None:
        node = self._nodes[name]
        if node.present and self._sink is not None:
            log.warning("node lost", node=name, reason=reason)
            self._sink.node_lost(name)
        node.present = False

    async def _announce(self, name: NodeName, connection: int) -> None:
        """Tells the sink once the node can do what will be asked of it."""
        node = self._nodes[name]
        await able(node.client, node.manager, self._application)
        await burst_over(node.held)
        if node.client.connected and node.client.figures().connections == connection and self._sink is not None:
            node.present, node.looked_at = True, False
            while node.held:
                self._emit(node.held.pop(0))
            self._sink.node_connected(name)

    async def _hang_up_stray(self, node: _Node, channel_id: ChannelId) -> None:
        """A channel that left the application without a hang-up would be nobody's."""
        log.warning("channel left the application and is hung up", node=node.outbound.node, channel=channel_id)
        try:
            await node.outbound.carry_out(Hangup(ContactId(""), channel_id))
        except TrunklineError as error:
            log.warning("stray channel not hung up", channel=channel_id, reason=str(error))

    def _told(self, name: NodeName, event: AmiEvent) -> None:
        if isinstance(event, ContactStatusChanged) and not event.contact.endpoint.startswith(TRUNK):
            self._spawn(self._look_at_phone(name, event.contact.endpoint))
        elif isinstance(event, SecurityEvent) and event.failed:
            told = {"service": event.service, "account": event.account, "address": event.remote_ip, "why": event.kind}
            log.warning("log-in refused", node=name, **told)

    async def _look_at_phone(self, name: NodeName, phone: str) -> None:
        """One contact of a phone came or went: what counts is whether any is left."""
        node = self._nodes[name]
        try:
            endpoint = await node.client.endpoints.get("PJSIP", phone)
        except (AriRequestFailed, AriDisconnected, NotFound):
            reachable = False
        except AriError:
            return
        else:
            reachable = endpoint.json.get("state") == "online"
        if node.phones.told(phone, reachable):
            self._emit(PhoneReachable(phone, reachable))

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
