"""The whole application under faults: seeded callers, agents, supervisors, administrators and phones over the production engine and
the fake telephony.

While people do everything that can be done with a live call, events come twice, out of order, a minute late or not at all, requests
are refused, and the application is killed. After every event everything is looked at (`watching`); now and then, and at the end, the
faults stop, and what Asterisk holds must be what the application thinks. One seed decides it all.
"""

import random
from dataclasses import dataclass, field, replace

from app.calls.codec import decode_memory, encode_memory
from app.domain.agent import AVAILABLE, OFFLINE
from app.domain.events import AgentStatusRequested
from app.sim import agreement, judging
from app.sim.deeds import DEEDS, REACHED, Deed, Stage
from app.sim.office import HOME, office
from app.sim.office_flows import OUTSIDE
from app.sim.watching import Watch
from app.sim.world import RECONCILE_EVERY_MS, World
from app.telephony.fake.faults import EventFault, RequestFault
from app.telephony.fake.state import Phone

FAULTS: dict[str, EventFault | RequestFault] = {
    "drop": EventFault(chance=0.01, lose=True),
    "late": EventFault(chance=0.005, delay_ms=(60_000, 60_000)),
    "duplicate": EventFault(chance=0.1, copies=1, delay_ms=(0, 300)),
    "reorder": EventFault(chance=0.3, delay_ms=(0, 500)),
    "refuse": RequestFault(chance=0.005, http_status=500),
    "answer lost": RequestFault(chance=0.005, http_status=500, carried_out=True),
    "slow": RequestFault(chance=0.02, delay_ms=400),
}
"""By name, what can happen to an event of telephony or to a command. Each meets the first that applies."""

STEP_MS = 1_000
CALM_MS = 75_000
"""How long after the last fault Asterisk must be what the application thinks: later than the latest event."""
QUIET_MS = 240_000
"""How long the application may take to bring everything to its end once callers have gone and faults have stopped."""
ROUNDS = 3
"""How often everybody hangs up then: callbacks may still reach somebody."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One run: so many calls come in one after the other, `gap_s` apart on average, and people do `deeds` other things a call."""

    seed: int = 1
    agents: int = 3
    calls: int = 12
    gap_s: float = 8.0
    faults: tuple[str, ...] = tuple(FAULTS)
    kills: int = 0
    """How often the application is killed and started again on the way."""
    deeds: int = 6
    only: tuple[int, ...] | None = None
    """Of all that is planned only these happen, by their numbers; None: everything."""

    def of_seed(self, seed: int) -> "Setting":
        return replace(self, seed=seed)

    @property
    def command(self) -> str:
        """What runs exactly this again."""
        only = f" --only {','.join(map(str, self.only))}" if self.only is not None else ""
        return (
            f"python -m app sim --seed {self.seed} --agents {self.agents} --calls {self.calls} "
            f"--faults '{','.join(self.faults) or 'none'}' --kills {self.kills}{only}"
        )


@dataclass(slots=True)
class Result:
    """How a run went; `broken` holds what must never happen, in sentences."""

    setting: Setting
    broken: list[str] = field(default_factory=list)
    calls: int = 0
    answered: int = 0
    unheard: int = 0
    """Calls whose every sign was lost before the application asked for them."""
    contacts: int = 0
    events: int = 0
    steps: int = 0
    """Events, after each of which everything was looked at."""
    mended: int = 0


def plan(setting: Setting) -> list[Deed]:
    """Everything that will happen, in its order."""
    chance = random.Random(setting.seed)
    weights, kinds = [weight for weight, _ in DEEDS.values()], list(DEEDS)
    end_ms = round(setting.calls * setting.gap_s * 1_000) + 20_000
    whats = ["call"] * setting.calls + chance.choices(kinds, weights, k=setting.calls * setting.deeds)
    found = [Deed(chance.randrange(end_ms), what, chance.getrandbits(32)) for what in whats]
    found += [Deed(chance.randrange(end_ms), "kill", chance.getrandbits(32)) for _ in range(setting.kills)]
    if len(found) > 10:
        found.append(Deed(chance.randrange(end_ms), "calm", 0))
    return sorted(found, key=lambda deed: deed.at_ms)


async def run(setting: Setting) -> Result:
    """One run from the first call to the moment when nothing is left."""
    day = Day(setting)
    try:
        await day.run()
    except Exception as error:
        day.result.broken.append(f"the simulation failed: {type(error).__name__}: {error}")
    return day.result


class Day:
    """One run in the making."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.result = setting, Result(setting, calls=0)
        self.chance = random.Random(f"{setting.seed} people")
        self.watch = Watch()
        self.result.broken = self.watch.broken
        self.world = World(office(setting.agents), setting.seed)
        self.stage = Stage(self.world)

    async def run(self) -> None:
        world, setting = self.world, self.setting
        self._people()
        await self._start()
        for agent in world.configurations.now.agents:
            self.stage.post(AgentStatusRequested(agent, AVAILABLE))
        await world.settle()
        self._faults(on=True)
        numbered = enumerate(plan(setting))
        for number, deed in numbered:
            if setting.only is None or number in setting.only:
                await self._do(deed)
        self._faults(on=False)
        await self._pass(CALM_MS)
        self._compare()
        await self._close()
        judging.judge(self.world, self.result, self.watch)

    def _people(self) -> None:
        telephony = self.world.telephony
        for agent in self.world.configurations.now.agents.values():
            telephony.add_phone(_phone(agent.phone, self.chance))
        telephony.add_phone(Phone("boss", 1_000))
        telephony.add_number(HOME, Phone(HOME, 2_000))
        telephony.add_number(REACHED, Phone(REACHED, 3_000, hangs_up_after_ms=30_000))
        telephony.add_number(OUTSIDE, _outside(self.chance))
        telephony.exchange.trunks = 2

    async def _start(self) -> None:
        world = self.world
        await world.start()
        assert world.engine is not None
        self.watch.attend(world.engine)
        self.stage.meet(world.engine)

    async def _do(self, deed: Deed) -> None:
        """Lets time pass until the deed's moment, and does it. After a kill or a calm everything later is later."""
        late_ms = self._begun_ms + deed.at_ms - self.world.clock.now_ms()
        await self._pass(max(late_ms, 0))
        chance = random.Random(deed.seed)
        if deed.what == "kill":
            await self._kill(chance)
        elif deed.what == "calm":
            self._faults(on=False)
            await self._pass(CALM_MS)
            self._compare()
            self._faults(on=True)
        else:
            self.result.calls += deed.what == "call"
            DEEDS[deed.what][1](self.stage, chance)
            await self.world.settle()

    async def _kill(self, chance: random.Random) -> None:
        """The next process remembers exactly what the last one knew."""
        world = self.world
        assert world.engine is not None
        assert world.recovery is not None
        self.result.mended += world.recovery.mended
        before = encode_memory(world.engine.brain.memory)
        if chance.random() < 0.3:
            await world.engine.snapshot()
        await world.kill()
        await world.advance(chance.randint(0, 5_000))
        world.on_remembered = lambda engine: self._same(before, encode_memory(engine.brain.memory))
        await self._start()

    def _same(self, before: bytes, after: bytes) -> None:
        if decode_memory(before) != decode_memory(after):
            self.watch.broken.append("the journal, replayed, gives another memory than the one that died")

    async def _pass(self, duration_ms: int) -> None:
        """Lets time pass, with the regular look at the nodes."""
        end_ms = self.world.clock.now_ms() + duration_ms
        while (left_ms := end_ms - self.world.clock.now_ms()) > 0:
            until_look_ms = RECONCILE_EVERY_MS - self.world.clock.now_ms() % RECONCILE_EVERY_MS
            await self.world.advance(min(left_ms, until_look_ms))
            if until_look_ms <= left_ms:
                await self.world.reconcile()

    def _faults(self, *, on: bool) -> None:
        faults = self.world.telephony.faults
        chosen = [FAULTS[name] for name in FAULTS if on and name in self.setting.faults]
        faults.events = [each for each in chosen if isinstance(each, EventFault)]
        faults.requests = [each for each in chosen if isinstance(each, RequestFault)]
        if on:
            self._begun_ms = getattr(self, "_begun_ms", self.world.clock.now_ms())

    def _compare(self) -> None:
        engine = self.world.engine
        assert engine is not None
        found = agreement.with_asterisk(engine.brain, self.world.telephony.exchange)
        self.watch.broken += [f"in the calm: {each}" for each in found]

    async def _close(self) -> None:
        """Everybody goes home: callers and phones hang up, callbacks are given up, agents sign out."""
        world = self.world
        exchange = world.telephony.exchange
        for phone in exchange.phones.values():
            world.telephony.register(phone.name, True)
        for _ in range(ROUNDS):
            for channel_id in list(exchange.channels):
                world.telephony.hang_up(channel_id)
            for agent in world.configurations.now.agents:
                self.stage.post(AgentStatusRequested(agent, OFFLINE))
            await self._pass(QUIET_MS // ROUNDS)
            for contact_id in self.stage.contacts:
                judging.give_up(self.stage, contact_id)
        await self._pass(STEP_MS)


def _phone(name: str, chance: random.Random) -> Phone:
    """Most answer within seconds; some never do, decline, or hang up first after a talk."""
    kind = chance.random()
    if kind < 0.1:
        return Phone(name, answers_after_ms=None)
    hangs_up_after_ms = chance.randint(3_000, 40_000) if kind > 0.7 else None
    return Phone(name, chance.randint(300, 9_000), rejects=0.1 <= kind < 0.2, hangs_up_after_ms=hangs_up_after_ms)


def _outside(chance: random.Random) -> Phone:
    """Who is called may answer, be busy, reject, not answer; the trunk may fail."""
    kinds = (
        Phone(OUTSIDE, 1_000),
        Phone(OUTSIDE, 3_000, hangs_up_after_ms=6_000),
        Phone(OUTSIDE, busy=True),
        Phone(OUTSIDE, 2_000, rejects=True),
        Phone(OUTSIDE, None),
        Phone(OUTSIDE, refuses_with=34),
    )
    return chance.choice(kinds)
