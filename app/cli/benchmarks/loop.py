"""`bench loop`: how long the application's event loop is kept from an agent's phone by its own work, with a full house.

The production engine in memory and virtual time, on a real journal; Asterisk's lists are read from text as it writes them. What the
application does now and then is done again and again beside calls that come, are served and end; each turn of the loop is timed, by
the processor's time that it takes. What is told is the longest turn of each repetition, their median and the worst.
"""

import asyncio
import gc
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from app import garbage
from app.calls import view
from app.calls.ports import Inventory
from app.cli.benchmarks import machine
from app.cli.benchmarks.content import FLOW, GREETING, NUMBER, WAITING, contact_flow, silent_waiting_flow
from app.domain.agent import AVAILABLE
from app.domain.events import AgentStatusRequested
from app.domain.ids import AgentId, HoursId, NodeName, ProfileId, QueueId
from app.domain.instance import (
    Agent,
    FlowContent,
    FlowType,
    Hours,
    Instance,
    OpenHours,
    OwnedNumber,
    ProfileQueue,
    Queue,
    RoutingProfile,
)
from app.errors import NotFound
from app.sim.world import World
from app.store.db import Database
from app.store.journal import Journal
from app.telephony.ari.client import AriClient
from app.telephony.ari.node import AriNode
from app.telephony.ari.operation import Request
from app.telephony.fake.state import Phone
from app.telephony.inventory import take_inventory
from app.turns import TurnFigures, Turns

GOAL_MS = 3.0
BUSY_MS, BETWEEN_CALLS_MS, TALK_MS = 1_000, 20, 20_000
"""In virtual time: how long calls go on beside each repetition, how they follow one another at the beginning, how long agents talk."""


@dataclass(frozen=True, slots=True)
class Options:
    contacts: int = 1_000
    agents: int = 200
    repetitions: int = 20
    rounds: int = 5


class Lists(AriClient):
    """Asterisk as its lists tell of it: the fake's channels in the words of the real one."""

    def __init__(self, world: World) -> None:
        node = world.telephony.nodes()[0]
        super().__init__(AriNode(node, "http://127.0.0.1:1/ari", "user", "password"), "trunkline")
        exchange = world.telephony.exchange
        channels = [_channel(each.channel_id, number) for number, each in enumerate(exchange.channels.values())]
        phones = [
            {"technology": "PJSIP", "resource": name, "state": "online", "channel_ids": []} for name in exchange.phones
        ]
        self.answers: dict[str, Any] = {
            "channels": msgspec.json.encode(channels),
            "bridges": [{"id": each.bridge_id, "channels": list(each.members)} for each in exchange.bridges.values()],
            "endpoints/PJSIP": phones,
            "asterisk/info": {"status": {"startup_time": "2026-01-01T00:00:00.000+0000"}},
        }

    async def request(self, request: Request, timeout_s: float | None = None) -> Any:
        if request.uri not in self.answers:
            raise NotFound(what="list", name=request.uri)
        return self.answers[request.uri]


def _channel(channel_id: str, number: int) -> dict[str, Any]:
    """A caller's channel as Asterisk 22 describes one."""
    return {
        "id": channel_id,
        "name": f"PJSIP/trunk-carrier-{number:08x}",
        "state": "Up",
        "protocol_id": f"1-{number}@198.51.100.7",
        "caller": {"name": "", "number": f"+1202555{number:05d}"},
        "connected": {"name": "", "number": ""},
        "accountcode": "",
        "dialplan": {
            "context": "from-trunk",
            "exten": NUMBER,
            "priority": 4,
            "app_name": "Stasis",
            "app_data": f"trunkline,trunk,carrier,{NUMBER}",
        },
        "creationtime": "2026-01-01T00:00:00.000+0000",
        "language": "en",
    }


def centre(agents: int) -> Instance:
    """The number, the flow of twelve blocks and the queue of `bench call`; after contact work takes no time."""
    queue, hours, profile = QueueId("bench"), HoursId("always"), ProfileId("bench")
    contents = ((FLOW, FlowType.CONTACT, contact_flow()), (WAITING, FlowType.CUSTOMER_QUEUE, silent_waiting_flow()))
    week = tuple(OpenHours(weekday, 0, 1440) for weekday in range(7))
    people = [
        Agent(AgentId(f"agent-{number}"), f"agent-{number}", profile, f"phone-{number}", after_contact_work_s=0)
        for number in range(agents)
    ]
    return Instance(
        "bench",
        "bench",
        hours={hours: Hours(hours, "Always", "UTC", week)},
        queues={queue: Queue(queue, "Bench", hours)},
        profiles={profile: RoutingProfile(profile, "Bench", (ProfileQueue(queue, 1),))},
        agents={each.agent_id: each for each in people},
        numbers={NUMBER: OwnedNumber(NUMBER, FLOW)},
        flows={flow_id: FlowContent(flow_id, 1, flow_id, kind, text) for flow_id, kind, text in contents},
        prompts={GREETING: "greeting.wav"},
    )


class House:
    """`contacts` wait, all agents talk for a while each, and whoever leaves is followed by another caller."""

    def __init__(self, options: Options, folder: Path) -> None:
        self.options, self.world, self.calls = options, World(centre(options.agents)), 0
        self.lists: Lists
        self._database = Database.open(f"sqlite:///{folder / 'loop.db'}", folder)
        self._journal = Journal.open(self._database, folder / "journal")
        self.world.journal = self._journal  # type: ignore[assignment]

    async def fill(self) -> None:
        world = self.world
        for number in range(self.options.agents):
            talk_ms = TALK_MS + 17 * number
            world.telephony.add_phone(Phone(f"phone-{number}", answers_after_ms=500, hangs_up_after_ms=talk_ms))
        await world.start()
        assert world.engine is not None
        for number in range(self.options.agents):
            world.engine.post(AgentStatusRequested(AgentId(f"agent-{number}"), AVAILABLE))
        await self.go_on(TALK_MS)

    async def go_on(self, duration_ms: int) -> None:
        """Calls go on, and new ones come until as many contacts are there as there should be."""
        assert self.world.engine is not None
        while len(self.world.engine.brain.memory.contacts) < self.options.contacts + self.options.agents:
            self.calls += 1
            self.world.telephony.call(NUMBER, calling=f"+1202{self.calls:07d}")
            await self.world.advance(BETWEEN_CALLS_MS)
        await self.world.advance(duration_ms)

    def forget(self) -> None:
        """What the world remembers of calls that are over, and an application does not."""
        world = self.world
        world.telephony.executed.clear()
        for kept in (world.records.contacts, world.records.records, world.records.traces):
            kept.clear()

    def close(self) -> None:
        self._journal.close()
        self._database.close()


def activities(house: House) -> dict[str, Callable[[], Awaitable[object]]]:
    """What is done beside the calls."""
    engine, recovery = house.world.engine, house.world.recovery
    assert engine is not None
    assert recovery is not None
    node = house.world.telephony.nodes()[0]

    async def nothing() -> None:
        await asyncio.sleep(0)

    async def inventory(node: NodeName) -> Inventory:
        return (await take_inventory(house.lists, uuid.NAMESPACE_OID))[0]

    async def reconcile() -> None:
        await recovery.look(node)

    house.world.telephony.inventory = inventory  # type: ignore[method-assign,assignment]

    async def show() -> None:
        await view.contacts(engine.brain)

    return {"calls": nothing, "reconciliation": reconcile, "snapshot": engine.snapshot, "status": show}


def run(options: Options) -> dict[str, Any]:
    """Measures and returns figures and goals, ready for JSON."""
    started, before, turns = time.monotonic(), gc.get_threshold(), Turns()
    rounds: dict[str, list[dict[str, float]]] = {}
    try:
        with TemporaryDirectory(prefix="trunkline-bench-") as folder, asyncio.Runner(loop_factory=turns.loop) as runner:
            house = House(options, Path(folder))
            try:
                runner.run(_measure(house, turns, rounds))
            finally:
                house.close()
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
    figures = {
        name: {part: statistics.median(one[part] for one in each) for part in each[0]} for name, each in rounds.items()
    }
    goals = {
        f"{name}: no turn of the loop works over {GOAL_MS:g} ms": one["longest_ms"] <= GOAL_MS
        for name, one in figures.items()
        if name != "look at all garbage"
    }
    return {
        "bench": "loop",
        "setting": asdict(options),
        "machine": machine.description(""),
        "figures": figures,
        "goals": goals,
        "rounds": rounds,
        "took_s": round(time.monotonic() - started),
    }


async def _measure(house: House, turns: Turns, rounds: dict[str, list[dict[str, float]]]) -> None:
    await house.fill()
    garbage.settle()
    for _ in range(house.options.rounds):
        for name, act in activities(house).items():
            rounds.setdefault(name, []).append(await _repeated(house, turns, act))
        begun_s = time.thread_time()
        gc.collect()
        took_ms = (time.thread_time() - begun_s) * 1000
        rounds.setdefault("look at all garbage", []).append({"longest_ms": took_ms, "ever_ms": took_ms, "turns": 1})


async def _repeated(house: House, turns: Turns, act: Callable[[], Awaitable[object]]) -> dict[str, float]:
    each: list[TurnFigures] = []
    for _ in range(house.options.repetitions):
        house.forget()
        house.lists = Lists(house.world)
        await asyncio.sleep(0)
        turns.forget()
        await act()
        await house.go_on(BUSY_MS)
        each.append(turns.figures())
    work = [one.longest_work_ms for one in each]
    return {"longest_ms": statistics.median(work), "ever_ms": max(work), "turns": sum(each[-1].within.values())}


def summary(told: dict[str, Any]) -> list[str]:
    """The result for people."""
    setting = told["setting"]
    lines = [
        f"The longest turn of the event loop, with {setting['contacts']} contacts waiting and {setting['agents']} agents"
    ]
    lines += [
        f"  {name:<20} {one['longest_ms']:>7.2f} ms of work, at worst {one['ever_ms']:.2f} ms, of {one['turns']:,.0f} turns"
        for name, one in told["figures"].items()
    ]
    return [*lines, *(f"  {'reached' if reached else 'MISSED '}  {goal}" for goal, reached in told["goals"].items())]
