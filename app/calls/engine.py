"""The one writer: an event enters the inbox, becomes a fact of the journal, passes the cores, and its commands leave.

    event -> journal -> brain -> dispatch -> telephony
      ^                   |-> timers           |
      |___________________|____________________|

Everything runs on the event loop's thread, one event at a time, without a pause in between: there is nothing to lock.
"""

import asyncio
from collections import deque
from collections.abc import Callable

import structlog

from app.calls import runs
from app.calls.brain import Brain
from app.calls.codec import decode_event, decode_memory, encode_event, encode_memory_in_slices
from app.calls.dispatch import Dispatch
from app.calls.log_book import LogBook
from app.calls.memory import Memory
from app.calls.outside import Outside
from app.calls.ports import Configurations, FlowLogs, Helpers, Journal, Records, Telephony
from app.calls.timers import Later, Timers
from app.calls.vault import Vault
from app.clock import Clock
from app.domain.commands import CancelTimer, Command, DialNumber, RingPhone, StartTimer, WriteRecord
from app.domain.events import (
    CONCEALED,
    CallArrived,
    ChannelEnded,
    ConfigurationChanged,
    DigitReceived,
    Event,
    RecordWritten,
    TimerFired,
)
from app.domain.ids import ContactId, TimerId
from app.domain.instance import Instance
from app.domain.questions import Invocation
from app.domain.trace import WriteFlowLog
from app.flow.secrecy import Secrecy
from app.metrics.ctr import contact_trace_record

log = structlog.get_logger(__name__)

FACTS_KEPT = 500_000
"""Facts before the latest snapshot that are kept to replay what happened."""
SNAPSHOT_EVERY = 5_000
"""Facts between two snapshots: what a restart has to replay at most."""


class Engine:
    """Drives every contact of the instance. `start` remembers, `post` is the inbox, `stop` lets go without losing anything."""

    def __init__(
        self,
        clock: Clock,
        journal: Journal,
        telephony: Telephony,
        records: Records,
        configurations: Configurations,
        later: Later | None = None,
        helpers: Helpers | None = None,
        flow_logs: FlowLogs | None = None,
    ) -> None:
        self.clock, self.journal, self.telephony, self.records = clock, journal, telephony, records
        self.configurations = configurations
        self.instances: dict[str, Instance] = {}
        self.dispatch = Dispatch(telephony, self.post, later)
        self.timers = Timers(clock, self._timer_fired, later)
        self.vault = Vault()
        self.outside = Outside(helpers or Helpers(), self.vault, self.post)
        self.log_book = LogBook(flow_logs)
        self.listeners: list[Callable[[], None]] = []
        self.unhandled = 0
        self.replayed = 0
        self._inbox: deque[Event] = deque()
        self._draining = False
        self._last_seq = 0
        self._snapshot_seq = 0
        self._snapshotting: asyncio.Task[None] | None = None
        self._writing: dict[ContactId, asyncio.Task[None]] = {}
        self._last_ms = 0

    # -- life --------------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Remembers what went on: the latest snapshot, then every fact after it. No command leaves for what is remembered,
        but entries of the flow log that the last process may not have written are written.

        The first fact of a journal is the configuration it begins under: the next process may find another one in force.
        """
        current = await self.configurations.current()
        self.instances[current.version] = current
        found = self.journal.latest_snapshot()
        seq, memory = (
            (found[0], decode_memory(found[1])) if found else (0, Memory(self._first_version(current.version)))
        )
        instance = await self._instance(memory.instance_version)
        self.brain = Brain(memory, instance, self.instances.__getitem__)
        self._last_seq = self._snapshot_seq = seq
        for fact in self.journal.read_from(seq + 1):
            event = decode_event(fact.seq, fact.kind, fact.payload)
            if isinstance(event, ConfigurationChanged):
                await self._instance(event.version)
            for command in self._handle(event, fact.at_ms):
                if isinstance(command, WriteFlowLog):
                    self.log_book.keep(fact.seq, fact.at_ms, command)
            self._last_seq, self._last_ms = fact.seq, max(self._last_ms, fact.at_ms)
            self.replayed += 1
        for timer_id, due_ms in self.brain.memory.timers.items():
            self.timers.start(timer_id, due_ms)
        self.outside.resume(self.brain.memory)
        self.telephony.remember(self.brain.memory.playing)
        if self.brain.instance.version != current.version or self._last_seq == 0:
            self.post(ConfigurationChanged(current.version))

    def _first_version(self, otherwise: str) -> str:
        """The configuration that the journal begins under."""
        first = next(iter(self.journal.read_from(1)), None)
        event = decode_event(first.seq, first.kind, first.payload) if first is not None else None
        return event.version if isinstance(event, ConfigurationChanged) else otherwise

    async def stop(self) -> None:
        """Finishes what is on its way and keeps a snapshot. Telephony is let go by its owner before."""
        self.timers.stop()
        self.outside.abandon()
        await self.dispatch.drain(1.0)
        if self._writing:
            await asyncio.wait(self._writing.values(), timeout=2.0)
        if self._snapshotting is not None:
            await self._snapshotting
        await self.snapshot()

    async def configure(self) -> None:
        """Takes over what administrators have changed."""
        instance = await self.configurations.current()
        self.instances[instance.version] = instance
        if instance.version != self.brain.instance.version:
            self.post(ConfigurationChanged(instance.version))

    async def snapshot(self) -> None:
        """Writes the memory as it is now, so that a restart replays only what follows. Calls go on meanwhile: it is put into words a
        little at a time, from a copy."""
        seq, memory = self._last_seq, self.brain.memory.copy()
        self._snapshot_seq = seq
        payload = await encode_memory_in_slices(memory)
        await self.log_book.flush()
        await self.journal.save_snapshot(seq, payload)
        await self.journal.prune(seq - FACTS_KEPT)

    @property
    def writing(self) -> bool:
        """True while a contact trace record is on its way to the store."""
        return bool(self._writing)

    # -- the inbox ---------------------------------------------------------------------------------------------------------

    def post(self, event: Event) -> None:
        """Puts an event in the inbox; it is handled at once, after those that came before it."""
        self._inbox.append(event)
        if self._draining:
            return
        self._draining = True
        try:
            while self._inbox:
                self._take(self._inbox.popleft())
        finally:
            self._draining = False
        for listener in self.listeners:
            listener()

    def _take(self, event: Event) -> None:
        now_ms = self._last_ms = max(self.clock.now_ms(), self._last_ms)
        event = self._without_secrets(event)
        contact_id = self.brain.contact_of(event)
        self._last_seq = self.journal.append(type(event).__name__, now_ms, contact_id, encode_event(event))
        for command in self._ringing_first(self._handle(event, now_ms)):
            self.carry_out(command)
        if isinstance(event, CallArrived) and event.channel_id not in self.brain.channels:
            log.warning("a call was refused: nobody owns the number", called=event.called, by=event.origin_name)
        if self._last_seq - self._snapshot_seq >= SNAPSHOT_EVERY and self._snapshotting is None:
            self._snapshotting = asyncio.get_running_loop().create_task(self._background_snapshot())

    def _without_secrets(self, event: Event) -> Event:
        """The event as the journal may have it: keys of an encrypted entry go to the vault, and nobody else sees them."""
        if isinstance(event, ChannelEnded):
            self.vault.forget(event.channel_id)
        if not isinstance(event, DigitReceived):
            return event
        secrecy = runs.secrecy(self.brain, event.channel_id, event.digit)
        if secrecy is Secrecy.OPEN:
            return event
        if secrecy is Secrecy.KEPT:
            self.vault.keep(event.channel_id, event.digit)
        return DigitReceived(event.channel_id, CONCEALED)

    def _handle(self, event: Event, now_ms: int) -> list[Command]:
        try:
            return self.brain.handle(event, now_ms)
        except Exception:
            self.unhandled += 1
            log.exception("event failed", event_kind=type(event).__name__, contact_id=self.brain.contact_of(event))
            return self.brain.abandon()

    def carry_out(self, command: Command) -> None:
        """Sends one command where it belongs."""
        if isinstance(command, StartTimer):
            self.timers.start(command.timer_id, command.due_ms)
        elif isinstance(command, CancelTimer):
            self.timers.cancel(command.timer_id)
        elif isinstance(command, WriteRecord):
            self._write_record(command.contact_id)
        elif isinstance(command, WriteFlowLog):
            self.log_book.keep(self._last_seq, self._last_ms, command)
        elif isinstance(command, Invocation):
            self.outside.ask(command)
        else:
            self.dispatch.send(command, self.brain.visit(command.contact_id))

    def _ringing_first(self, commands: list[Command]) -> list[Command]:
        """A phone that is to ring waits for nothing else that the event leads to: an agent who has hung up is rung for the next
        contact before the last one is cleared away. The commands of one visit keep their order."""
        calls = [command for command in commands if isinstance(command, RingPhone | DialNumber)]
        if not calls:
            return commands
        first = {self.brain.visit(command.contact_id) for command in calls}
        return sorted(
            commands, key=lambda each: self.brain.visit(getattr(each, "contact_id", ContactId(""))) not in first
        )

    def _timer_fired(self, timer_id: TimerId) -> None:
        self.post(TimerFired(timer_id))

    # -- records and configuration -----------------------------------------------------------------------------------------

    def _write_record(self, contact_id: ContactId) -> None:
        if contact_id not in self._writing:
            task = asyncio.get_running_loop().create_task(self._write_until_written(contact_id))
            self._writing[contact_id] = task
            task.add_done_callback(lambda _: self._writing.pop(contact_id, None))

    async def _write_until_written(self, contact_id: ContactId) -> None:
        """Keeps trying: the contact stays in the memory until its record is in the store."""
        delay_s = 0.2
        while (contact := self.brain.unwritten(contact_id)) is not None:
            try:
                record = contact_trace_record(contact, self.brain.instance)
                await self.records.write(contact, record, self.brain.trace(contact))
            except Exception as error:
                log.warning("contact trace record not written yet", contact_id=contact_id, why=str(error))
                await asyncio.sleep(delay_s)
                delay_s = min(delay_s * 2, 10.0)
            else:
                self.post(RecordWritten(contact_id))

    async def _background_snapshot(self) -> None:
        try:
            await self.snapshot()
        except Exception as error:
            log.warning("snapshot not written", why=str(error))
        finally:
            self._snapshotting = None

    async def _instance(self, version: str) -> Instance:
        if version not in self.instances:
            self.instances[version] = await self.configurations.load(version)
        return self.instances[version]
