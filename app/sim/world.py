"""The whole application in memory and in virtual time: the production engine over the fake telephony and a store that survives kills."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from app.calls.engine import Engine
from app.calls.ports import Helpers
from app.calls.recovery import Recovery
from app.clock import VirtualClock
from app.domain.events import Event
from app.domain.ids import NodeName
from app.domain.instance import Instance
from app.sim.keeping import MemoryConfigurations, MemoryFlowLogs, MemoryJournal, MemoryRecords
from app.sim.outside import FakeBots, FakeFunctions, FakeKeys
from app.telephony.fake.agenda import Agenda, Entry
from app.telephony.fake.telephony import FakeTelephony

RECONCILE_EVERY_MS = 5_000


class World:
    """`start` it, let callers call through `telephony`, `advance` time; `kill` and `start` again as often as you like."""

    def __init__(self, instance: Instance, seed: int = 0) -> None:
        self.clock = VirtualClock()
        self.agenda = Agenda(self.clock)
        self.telephony = FakeTelephony(self.agenda, seed=seed)
        self.journal = MemoryJournal()
        self.records = MemoryRecords()
        self.flow_logs = MemoryFlowLogs()
        self.configurations = MemoryConfigurations(instance)
        self.functions = FakeFunctions(self.agenda)
        self.bots = FakeBots()
        self.helpers = Helpers(self.functions, self.bots, FakeKeys())
        self.engine: Engine | None = None
        self.recovery: Recovery | None = None
        self.unhandled = 0
        self.on_remembered: Callable[[Engine], None] = _nothing
        """Told of each new process once it remembers, before it meets the nodes."""
        self._errands: set[asyncio.Task[None]] = set()
        self._away: list[NodeName] = []

    async def start(self) -> None:
        """A new process: remembers from the journal, then meets the nodes."""
        self.engine = Engine(
            self.clock,
            self.journal,
            self.telephony,
            self.records,
            self.configurations,
            partial(_later, self.agenda),
            self.helpers,
            self.flow_logs,
        )
        await self.engine.start()
        self.on_remembered(self.engine)
        self.recovery = Recovery(self.engine)
        self.recovery.resume_records()
        await self.telephony.start(_Sink(self.engine, self.recovery))
        for node in self._away:
            self.telephony.return_node(node)
        self._away.clear()
        await self.settle()

    async def kill(self, *, events_lost: bool = False) -> None:
        """kill -9: whatever the process held in memory is gone; nodes, callers, journal and records stay.

        The nodes keep their events for the next process, as Asterisk does; `events_lost` is when that fails.
        """
        assert self.engine is not None
        assert self.recovery is not None
        await self.recovery.stop()
        self.unhandled += self.engine.unhandled
        await self.telephony.stop()
        for node in self.telephony.nodes():
            self.telephony.lose_node(node, keeps_events=not events_lost)
            self._away.append(node)
        self.engine.timers.stop()
        self.engine.dispatch.abandon()
        self.engine.outside.abandon()
        for errand in self._errands:
            errand.cancel()
        self.engine = self.recovery = None

    def later(self, errand: Callable[[], Awaitable[None]]) -> None:
        """Something that the application is asked to do and that takes no time; a kill interrupts it."""

        async def run() -> None:
            await errand()

        task = asyncio.get_running_loop().create_task(run())
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def advance(self, duration_ms: int) -> None:
        """Lets time pass: everything due happens in its order, and each happening is dealt with before the next."""
        await self.settle()
        end_ms = self.clock.now_ms() + duration_ms
        while (due_ms := self.agenda.next_due_ms()) is not None and due_ms <= end_ms:
            self.agenda.step()
            await self.settle()
        self.clock.advance_to(end_ms)

    async def reconcile(self) -> None:
        """The look at every node that the application takes every few seconds."""
        if self.recovery is not None:
            for node in self.telephony.nodes():
                await self.recovery.look(node)
            await self.settle()

    async def settle(self) -> None:
        """Runs the event loop until nothing is on its way any more."""
        for _ in range(10_000):
            await asyncio.sleep(0)
            if self.engine is None or not (self.engine.writing or self.busy):
                return
        raise AssertionError("the application never comes to rest")

    @property
    def busy(self) -> bool:
        """True while something is on its way that needs no time to pass."""
        engine = self.engine
        if self._errands or (engine is not None and engine.outside.active > self.functions.waiting):
            return True
        if engine is not None and engine.dispatch.active > self.telephony.waiting:
            return True
        return self.recovery is not None and self.recovery.active


class _Sink:
    """Hands telephony's events to one process; after a kill nobody listens."""

    def __init__(self, engine: Engine, recovery: Recovery) -> None:
        self._engine, self._recovery = engine, recovery

    def event(self, event: Event) -> None:
        self._engine.post(event)

    def node_connected(self, node: NodeName) -> None:
        self._recovery.node_connected(node)

    def node_lost(self, node: NodeName) -> None:
        """Nothing to do: commands find the node away, and reconciliation follows its return."""


def _nothing(engine: Engine) -> None:
    """Nobody wants to know."""


def _later(agenda: Agenda, delay_s: float, action: Callable[[], None]) -> Entry:
    return agenda.after(round(delay_s * 1000), action)
