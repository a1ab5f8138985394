"""Reconciliation: what Asterisk holds compared with what the memory says, on every connect and every few seconds.

Each difference becomes an event (a channel is gone, a call is new, a prompt is over) or a command that mends it. Events that arrive
late all the same are harmless: nothing that is known twice happens twice.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import structlog

from app.calls.engine import Engine
from app.calls.memory import Live
from app.calls.ports import ChannelSnapshot, Inventory, NodeAway
from app.conversation.recording import finishing
from app.conversation.resume import misplaced, resume
from app.conversation.state import Place
from app.domain.commands import Command, DestroyBridge, Hangup, StopPlayback, WriteRecord
from app.domain.events import CallArrived, ChannelAnswered, ChannelEnded, Event, PhoneReachable, PlaybackFinished
from app.domain.ids import BridgeId, ContactId, NodeName
from app.turns import in_slices

log = structlog.get_logger(__name__)

EVERY_S = 5.0
PAUSES = 100
"""A pause is at least so many times as long as the look before it: it costs Asterisk most where most is going on."""
OURS = "-tl-"
"""The mark in every channel and bridge id that this application chose."""
PLAYBACK_SLACK_MS = 1_500
"""How much longer than its length a playback may take before it is looked for."""
VISITS_AT_ONCE, MENDED_AT_ONCE = 20, 10
"""How many are looked at, or mended, before everything else has its turn."""
RECORDING_SLACK_MS = 60_000
"""How long after the end of a talk its recording may take before it is asked for again."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be. `key` names it, so that it can be recognised a few seconds later."""

    key: str
    mend: Event | Command


class Recovery:
    """Keeps the engine and the nodes in agreement."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen: dict[NodeName, set[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._periodic: asyncio.Task[None] | None = None
        self.mended = 0
        self.last_recovery_ms = 0
        """How long the latest reconciliation after a connect took."""

    def start(self) -> None:
        """Begins to look regularly, and finishes what the last process left."""
        self.resume_records()
        self._periodic = asyncio.get_running_loop().create_task(self._look_regularly())

    @property
    def active(self) -> bool:
        """True while a reconciliation after a connect is going on."""
        return bool(self._tasks)

    def resume_records(self) -> None:
        """Writes the records that were due when the last process ended."""
        for live in list(self._engine.brain.memory.contacts.values()):
            for contact in live.contacts.values():
                if contact.finished_ms is not None and self._engine.brain.unwritten(contact.contact_id) is not None:
                    self._engine.carry_out(WriteRecord(contact.contact_id))

    async def stop(self) -> None:
        tasks = [*self._tasks, *([self._periodic] if self._periodic else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def node_connected(self, node: NodeName) -> None:
        """The node is there (again): make everything right at once."""
        task = asyncio.get_running_loop().create_task(self._after_connect(node))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _after_connect(self, node: NodeName) -> None:
        started_ms = self._engine.clock.now_ms()
        self._seen.pop(node, None)
        try:
            inventory = await self._engine.telephony.inventory(node)
        except NodeAway:
            return
        comparison = Comparison(self._engine, inventory, started_ms, partial(resume_commands, inventory=inventory))
        self._mend(comparison.unheard())
        self._mend(comparison.unfinished())
        await self._settle_playbacks(node, inventory, started_ms, only_overdue=False)
        self.last_recovery_ms = self._engine.clock.now_ms() - started_ms
        log.info("node reconciled", node=node, channels=len(inventory.channels), took_ms=self.last_recovery_ms)

    async def _look_regularly(self) -> None:
        clock, took_s = self._engine.clock, 0.0
        while True:
            await asyncio.sleep(max(EVERY_S, took_s * PAUSES))
            began_ms = clock.now_ms()
            for node in self._engine.telephony.nodes():
                try:
                    await self.look(node)
                except NodeAway:
                    continue
                except Exception:
                    self._engine.unhandled += 1
                    log.exception("reconciliation failed", node=node)
            took_s = (clock.now_ms() - began_ms) / 1000

    async def look(self, node: NodeName) -> None:
        """Mends what was wrong a few seconds ago and still is: in between, requests and events may just have been on their way. Calls go
        on while it looks: it takes a little at a time."""
        started_ms = self._engine.clock.now_ms()
        inventory = await self._engine.telephony.inventory(node)
        contacts = self._engine.brain.memory.contacts
        comparison = Comparison(
            self._engine, inventory, started_ms, lambda live: unfinished(live, inventory, started_ms)
        )
        found: list[Difference] = []
        async for key in in_slices(list(contacts), VISITS_AT_ONCE):
            if (live := contacts.get(key)) is not None:
                found += comparison.of_visit(live)
        async for channel in in_slices(inventory.channels.values(), VISITS_AT_ONCE):
            found += comparison.of_channel(channel)
        found += comparison.of_the_rest()
        before = self._seen.get(node, set())
        self._seen[node] = {each.key for each in found}
        async for difference in in_slices([each for each in found if each.key in before], MENDED_AT_ONCE):
            self._mend([difference])
        await self._settle_playbacks(node, inventory, started_ms, only_overdue=True)

    def _mend(self, found: list[Difference]) -> None:
        for difference in found:
            self.mended += 1
            log.info("reconciled", difference=difference.key)
            if isinstance(difference.mend, Event):
                self._engine.post(difference.mend)
            else:
                self._engine.carry_out(difference.mend)

    async def _settle_playbacks(self, node: NodeName, inventory: Inventory, now_ms: int, *, only_overdue: bool) -> None:
        """A playback that Asterisk does not know any more has ended; one that cannot have ended yet never began, and begins."""
        lives = [live for live in self._engine.brain.memory.contacts.values() if live.playbacks]
        async for live in in_slices(lives, VISITS_AT_ONCE):
            if live.contact.node != node:
                continue
            for playback_id, playing in list(live.playbacks.items()):
                elapsed_ms = now_ms - playing.at_ms
                if elapsed_ms < 0 or playing.command.channel_id not in inventory.channels:
                    continue
                duration_ms = await self._engine.telephony.duration_ms(playing.command.prompts)
                overdue = elapsed_ms > duration_ms + PLAYBACK_SLACK_MS
                if (only_overdue and not overdue) or await self._engine.telephony.playing(node, playback_id):
                    continue
                if playback_id not in live.playbacks:
                    continue
                self.mended += 1
                if elapsed_ms >= duration_ms:
                    self._engine.post(PlaybackFinished(playback_id))
                else:
                    self._engine.carry_out(playing.command)


def resume_commands(live: Live, inventory: Inventory) -> tuple[Command, ...]:
    key = live.conversation.contact_id
    stops = tuple(StopPlayback(key, playback_id) for playback_id in live.stopping)
    return stops + resume(live.conversation, live.contacts, inventory.channels, inventory.bridges)


def unfinished(live: Live, inventory: Inventory, now_ms: int) -> tuple[Command, ...]:
    """Who is where they should not be is put right, and recordings that should long be finished are asked for again: the request may
    have failed, or the answer was lost. Asking twice is harmless."""
    talk, contacts = live.conversation, live.contacts
    wrong = tuple(misplaced(talk, inventory.channels, inventory.bridges))
    if now_ms - talk.since_ms < RECORDING_SLACK_MS:
        return wrong
    late = [running for running in talk.recordings if running.stopping and running.contact_id in contacts]
    return wrong + tuple(finishing(running, contacts[running.contact_id]) for running in late)


class Comparison:
    """The memory and one node's inventory, and everything in which they disagree: first the visits, then the node's channels, then the
    rest. `fetched_ms` is when the inventory was asked for; `wanted` says what else a visit wants done."""

    def __init__(
        self, engine: Engine, inventory: Inventory, fetched_ms: int, wanted: Callable[[Live], tuple[Command, ...]]
    ) -> None:
        self._engine, self._inventory, self._fetched_ms, self._wanted = engine, inventory, fetched_ms, wanted
        self._bridges: set[BridgeId] = set()

    def unheard(self) -> list[Difference]:
        """What has happened and nobody heard."""
        visits, channels = self._engine.brain.memory.contacts.values(), self._inventory.channels.values()
        happened = [each for live in visits for each in self._happened(live)]
        return [*happened, *(each for channel in channels for each in self.of_channel(channel))]

    def unfinished(self) -> list[Difference]:
        """What visits want done, once they know what has happened: it may be another thing than before. And the rest."""
        visits = self._engine.brain.memory.contacts.values()
        return [*(each for live in visits for each in self._undone(live)), *self.of_the_rest()]

    def of_visit(self, live: Live) -> Iterator[Difference]:
        yield from self._happened(live)
        yield from self._undone(live)

    def _happened(self, live: Live) -> Iterator[Difference]:
        inventory = self._inventory
        if live.contact.node == inventory.node:
            self._bridges.update(live.conversation.bridges)
            fell = live.contact.initiated_ms < inventory.started_ms
            yield from _gone(live, inventory, self._fetched_ms, 0 if fell else 16)

    def _undone(self, live: Live) -> Iterator[Difference]:
        talk, inventory = live.conversation, self._inventory
        if live.contact.node != inventory.node:
            return
        customer = talk.party(talk.customer)
        gone = customer is not None and customer.place is not Place.DIALLED and talk.customer not in inventory.channels
        if not gone or talk.recordings:
            for command in self._wanted(live):
                target = getattr(command, "channel_id", "")
                yield Difference(f"resume {type(command).__name__} {talk.contact_id} {target}", command)

    def of_channel(self, channel: ChannelSnapshot) -> Iterator[Difference]:
        if channel.channel_id not in self._engine.brain.channels and channel.in_application:
            yield _unknown(self._engine, self._inventory.node, channel)

    def of_the_rest(self) -> Iterator[Difference]:
        """Bridges and phones, once the visits were looked at."""
        brain, inventory = self._engine.brain, self._inventory
        for bridge_id in inventory.bridges:
            if bridge_id not in self._bridges and OURS in bridge_id:
                yield Difference(f"bridge {bridge_id}", DestroyBridge(ContactId(""), bridge_id))
        reachable = brain.memory.routing.reachable_phones
        for phone in sorted(inventory.reachable_phones - reachable):
            yield Difference(f"phone {phone}", PhoneReachable(phone, True))
        ours = {agent.phone for agent in brain.instance.agents.values()}
        for phone in sorted(ours & reachable - inventory.reachable_phones):
            yield Difference(f"phone {phone}", PhoneReachable(phone, False))


def _gone(live: Live, inventory: Inventory, fetched_ms: int, cause: int) -> Iterator[Difference]:
    """Channels of a contact that the node no longer has, and answers that were missed."""
    words = "the channel was gone when Asterisk was asked"
    for party in (*live.conversation.parties, *live.conversation.resting):
        channel = inventory.channels.get(party.channel_id)
        if party.since_ms >= fetched_ms or (party.call is None and party.place is Place.DIALLED):
            continue
        if channel is None and party.place is not Place.DIALLED:
            yield Difference(f"channel {party.channel_id}", ChannelEnded(party.channel_id, cause, words))
        elif channel is not None and channel.state == "Up" and party.place is Place.DIALLED:
            yield Difference(f"answer {party.channel_id}", ChannelAnswered(party.channel_id))


def _unknown(engine: Engine, node: NodeName, channel: ChannelSnapshot) -> Difference:
    """A channel that the memory does not know: a call that arrived unheard is adopted, anything else of ours is ended."""
    contact_id = channel.contact_id or ContactId(str(uuid4()))
    key = f"channel {channel.channel_id}"
    if channel.origin and engine.brain.live(contact_id) is None:
        arrival = CallArrived(
            contact_id, node, channel.channel_id, channel.origin, channel.origin_name, channel.called, channel.calling
        )
        return Difference(key, arrival)
    return Difference(key, Hangup(contact_id, channel.channel_id))
