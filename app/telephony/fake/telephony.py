"""`calls.ports.Telephony` in memory: what the call engine is tested and simulated against."""

import asyncio
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from app.calls.ports import ChannelSnapshot, Inventory, NodeAway, RequestRefused, TelephonySink
from app.clock import VirtualClock
from app.domain.commands import TelephonyCommand
from app.domain.events import CallArrived, ChannelEnded, DigitReceived, Event, PhoneReachable
from app.domain.ids import ChannelId, ContactId, NodeName, PlaybackId
from app.domain.prompt import Prompt, PromptKind
from app.errors import NotFound
from app.telephony.fake.agenda import Agenda
from app.telephony.fake.carry_out import CARRY_OUT
from app.telephony.fake.exchange import NORMAL_CLEARING, Exchange
from app.telephony.fake.faults import Faults
from app.telephony.fake.sound import Heard
from app.telephony.fake.state import CALLER, Channel, Phone

MS_A_LETTER = 60


def reading_time_ms(prompt: Prompt) -> int | None:
    """The fake's rule for a prompt's length: its letters x 60 ms; a silence's own; a library prompt 2,000 ms; none when empty."""
    if prompt.kind is PromptKind.SILENCE:
        return int(prompt.value)
    if prompt.kind is PromptKind.AUDIO:
        return 2_000
    return len(prompt.value) * MS_A_LETTER or None


class Caller:
    """A person who called: what they do, they do at the present virtual time."""

    def __init__(self, telephony: "FakeTelephony", channel: Channel) -> None:
        self._telephony = telephony
        self.channel_id = channel.channel_id
        self.contact_id = channel.contact_id

    def press(self, digits: str, gap_ms: int = 200) -> None:
        """Presses the keys one after the other, the first one now."""
        for position, digit in enumerate(digits):
            self._telephony.agenda.after(position * gap_ms, partial(self._telephony.press, self.channel_id, digit))

    def hang_up(self, cause: int = NORMAL_CLEARING) -> None:
        self._telephony.hang_up(self.channel_id, cause)


class FakeTelephony:
    """Any number of Asterisk nodes as values. Time moves only through `agenda` (or `advance`); chance is the seed's.

    `prompt_length` says how long a prompt takes, None for one that cannot be made. `faults` holds the rules of what goes wrong.
    `executed` is every command with its time, in order, the refused ones included; `waiting` counts those that wait for time to pass.
    """

    def __init__(
        self,
        agenda: Agenda | None = None,
        nodes: Sequence[str] = ("node1",),
        prompt_length: Callable[[Prompt], int | None] = reading_time_ms,
        seed: int = 0,
    ) -> None:
        self.agenda = agenda or Agenda(VirtualClock())
        self.faults = Faults(seed=seed)
        self.executed: list[tuple[int, TelephonyCommand]] = []
        self.exchange = Exchange(self.agenda, self._emit, prompt_length)
        self.waiting = 0
        self._random = random.Random(seed)
        self._sink: TelephonySink | None = None
        self._connected: dict[NodeName, bool] = {NodeName(node): True for node in nodes}
        self._keeps_events: dict[NodeName, bool] = {}
        self._kept: dict[NodeName, list[tuple[int, Event]]] = {node: [] for node in self._connected}
        self._started_ms: dict[NodeName, int] = {}
        self._calls = 0

    # -- calls.ports.Telephony ---------------------------------------------------------------------------------------------

    async def start(self, sink: TelephonySink) -> None:
        self._sink = sink
        for node, connected in self._connected.items():
            if connected:
                self._announce(node)

    def remember(self, playing: Mapping[PlaybackId, ChannelId]) -> None:
        self.exchange.stoppable.update(playing)

    async def stop(self) -> None:
        self._sink = None
        self.exchange.stoppable.clear()

    async def execute(self, command: TelephonyCommand) -> None:
        self.executed.append((self.agenda.now_ms(), command))
        fault = self.faults.request(command)
        if fault is not None and fault.delay_ms:
            await self._pause(fault.delay_ms)
        refused = fault is not None and fault.http_status > 0
        if fault is None or fault.carried_out or not refused:
            self._carry_out(command)
        if fault is not None and refused:
            name, target = type(command).__name__, _target(command)
            raise RequestRefused(command=name, target=target, http_status=fault.http_status, reason=fault.reason)

    async def inventory(self, node: NodeName) -> Inventory:
        self._require(node)
        channels = {item.channel_id: _snapshot(item) for item in self.exchange.channels.values() if item.node == node}
        bridges = {
            item.bridge_id: frozenset(item.members) for item in self.exchange.bridges.values() if item.node == node
        }
        phones = frozenset(phone.name for phone in self.exchange.phones.values() if phone.registered)
        return Inventory(node, channels, bridges, phones, self._started_ms.get(node, 0))

    async def playing(self, node: NodeName, playback_id: PlaybackId) -> bool:
        self._require(node)
        return playback_id in self.exchange.playbacks

    async def duration_ms(self, prompts: tuple[Prompt, ...]) -> int:
        lengths = [self.exchange.prompt_length(prompt) for prompt in prompts]
        if None in lengths:
            raise NotFound(what="prompt", name=prompts[lengths.index(None)].value)
        return sum(length or 0 for length in lengths)

    def nodes(self) -> tuple[NodeName, ...]:
        return tuple(node for node, connected in self._connected.items() if connected)

    # -- people and phones -------------------------------------------------------------------------------------------------

    def call(
        self,
        called: str,
        calling: str = "+15550100",
        origin: str = "trunk",
        origin_name: str = "carrier",
        node: str | None = None,
        script: Sequence[tuple[int, str]] = (),
    ) -> Caller:
        """A call comes in. `script` is what the caller does: (milliseconds after dialling, keys to press or `hang up`)."""
        self._calls += 1
        where = NodeName(node) if node else next(iter(self._connected))
        channel_id = ChannelId(f"{where}-{self.agenda.now_ms() // 1_000}.{self._calls}")
        contact_id = ContactId(str(uuid.UUID(int=self._random.getrandbits(128), version=4)))
        channel = Channel(channel_id, where, CALLER, "Ring", True, origin, origin_name, called, calling, contact_id)
        self.exchange.add(channel)
        self._emit(where, CallArrived(contact_id, where, channel_id, origin, origin_name, called, calling))
        caller = Caller(self, channel)
        for after_ms, what in script:
            act = caller.hang_up if what == "hang up" else partial(caller.press, what)
            channel.plans.append(self.agenda.after(after_ms, act))
        return caller

    def add_phone(self, phone: Phone) -> Phone:
        """A phone exists from now on; one that is registered is announced."""
        self.exchange.phones[phone.name] = phone
        if phone.registered:
            self._everywhere(PhoneReachable(phone.name, True))
        return phone

    def add_number(self, number: str, phone: Phone) -> Phone:
        """Somebody is reachable at an outside number from now on."""
        self.exchange.numbers[number] = phone
        return phone

    def register(self, name: str, registered: bool = True) -> None:
        """The phone registers, or is lost."""
        phone = self.exchange.phones[name]
        if phone.registered != registered:
            phone.registered = registered
            self._everywhere(PhoneReachable(name, registered))

    def press(self, channel_id: ChannelId, digit: str) -> None:
        """The party on this channel presses a key."""
        channel = self.exchange.channels.get(channel_id)
        if channel is not None and channel.in_application:
            self._emit(channel.node, DigitReceived(channel_id, digit))

    def tell(self, node: NodeName, event: Event) -> None:
        """Something that a phone does beyond this: it holds, it transfers."""
        self._emit(node, event)

    def hang_up(self, channel_id: ChannelId, cause: int = NORMAL_CLEARING) -> None:
        """The party on this channel hangs up; harmless when the call is over."""
        self.exchange.end(channel_id, cause)

    def heard(self, channel_id: ChannelId) -> list[Heard]:
        """What the party on this channel heard until now."""
        return self.exchange.timeline.heard(channel_id, self.agenda.now_ms())

    def advance(self, duration_ms: int) -> None:
        """Lets virtual time pass."""
        self.agenda.advance(duration_ms)

    # -- nodes that fail ---------------------------------------------------------------------------------------------------

    def lose_node(self, node: str, keeps_events: bool = False) -> None:
        """The connection breaks; calls on the node go on. Events come after the reconnect, or are lost but for the arrivals
        and ends of callers who arrive meanwhile."""
        name = NodeName(node)
        if self._connected[name]:
            self._connected[name] = False
            self._keeps_events[name] = keeps_events
            if self._sink is not None:
                self._sink.node_lost(name)

    def return_node(self, node: str) -> None:
        """The connection is back."""
        name = NodeName(node)
        if not self._connected[name]:
            self._connected[name] = True
            self._announce(name)

    def restart_node(self, node: str, down_ms: int = 2_000) -> None:
        """The node's Asterisk dies with all its calls and is back after `down_ms`."""
        self.lose_node(node)
        self.exchange.wipe(NodeName(node))
        self._started_ms[NodeName(node)] = self.agenda.now_ms() + down_ms
        self._kept[NodeName(node)].clear()
        self.agenda.after(down_ms, lambda: self.return_node(node))

    def _carry_out(self, command: TelephonyCommand) -> None:
        node = self._node_of(command)
        if node is not None and not self._connected.get(node, False):
            raise NodeAway(node=node)
        following = CARRY_OUT[type(command)](self.exchange, command)
        if following is not None:
            self.agenda.after(0, partial(self._emit, node or next(iter(self._connected)), following))

    def _node_of(self, command: TelephonyCommand) -> NodeName | None:
        named = getattr(command, "node", None)
        if named is not None:
            return NodeName(named)
        for node in self._connected:
            if _target(command).startswith(f"{node}-"):
                return node
        bridge = self.exchange.bridges.get(getattr(command, "bridge_id", None))  # type: ignore[arg-type]
        return bridge.node if bridge is not None else None

    def _require(self, node: NodeName) -> None:
        if not self._connected.get(node, False):
            raise NodeAway(node=node)

    def _emit(self, node: NodeName, event: Event) -> None:
        for delay_ms in self.faults.deliveries(event):
            deliver = partial(self._deliver, node, event)
            self.agenda.after(delay_ms, deliver) if delay_ms else deliver()

    def _deliver(self, node: NodeName, event: Event) -> None:
        if self._sink is not None and self._connected[node]:
            self._sink.event(event)
            return
        kept = self._kept[node]
        arrivals = {item.channel_id for _, item in kept if isinstance(item, CallArrived)}
        waits = isinstance(event, CallArrived) or (isinstance(event, ChannelEnded) and event.channel_id in arrivals)
        if waits or self._keeps_events.get(node, False):
            kept.append((self.agenda.now_ms(), event))

    def _announce(self, node: NodeName) -> None:
        if self._sink is None:
            return
        self._sink.node_connected(node)
        kept, self._kept[node] = self._kept[node], []
        for at_ms, event in kept:
            late = {"late_ms": self.agenda.now_ms() - at_ms} if isinstance(event, ChannelEnded) else {}
            self._sink.event(replace(event, **late))  # type: ignore[arg-type]

    def _everywhere(self, event: Event) -> None:
        for node in self.nodes()[:1]:
            self._emit(node, event)

    async def _pause(self, delay_ms: int) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.agenda.after(delay_ms, lambda: None if done.done() else done.set_result(None))
        self.waiting += 1
        try:
            await done
        finally:
            self.waiting -= 1


def _target(command: TelephonyCommand) -> str:
    for name in ("channel_id", "playback_id", "bridge_id", "recording_id"):
        value = getattr(command, name, None)
        if value is not None:
            return str(value)
    return command.contact_id


def _snapshot(channel: Channel) -> ChannelSnapshot:
    return ChannelSnapshot(
        channel.channel_id,
        channel.state,
        channel.in_application,
        channel.origin,
        channel.origin_name,
        channel.called,
        channel.calling,
        channel.contact_id,
    )
