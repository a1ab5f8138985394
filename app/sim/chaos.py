"""The whole application under faults: seeded callers, phones and agents over the production engine and the fake telephony.

While calls go on, events come twice, out of order, a minute late or not at all. What always holds in routing is looked at after
every step of it; when everything is over nothing may be left, and every contact has exactly one record. One seed decides it all.
"""

import random
from dataclasses import dataclass, field, replace
from functools import partial

from app.domain.agent import AVAILABLE, OFFLINE
from app.domain.events import AgentStatusRequested, CallArrived
from app.domain.instance import Instance
from app.routing import invariants
from app.routing.core import Happening, Routing
from app.routing.matching import Outcome
from app.routing.state import RoutingState
from app.sim.office import NUMBER, office
from app.sim.world import RECONCILE_EVERY_MS, World
from app.telephony.fake.faults import EventFault
from app.telephony.fake.state import Phone

FAULTS: dict[str, EventFault] = {
    "drop": EventFault(chance=0.01, lose=True),
    "late": EventFault(chance=0.005, delay_ms=(60_000, 60_000)),
    "duplicate": EventFault(chance=0.1, copies=1, delay_ms=(0, 300)),
    "reorder": EventFault(chance=0.3, delay_ms=(0, 500)),
}
"""By name, what can happen to an event of telephony. An event meets the first that applies."""

STEP_MS = 1_000
QUIET_MS = 240_000
"""How long the application may take to bring everything to its end once callers have gone and faults have stopped."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One run: so many calls come in one after the other, `gap_s` apart on average."""

    seed: int = 1
    agents: int = 3
    calls: int = 12
    gap_s: float = 8.0
    faults: tuple[str, ...] = tuple(FAULTS)
    kills: int = 0
    """How often the application is killed and started again on the way."""

    def of_seed(self, seed: int) -> "Setting":
        return replace(self, seed=seed)

    @property
    def command(self) -> str:
        """What runs exactly this again."""
        return (
            f"python -m app sim --seed {self.seed} --agents {self.agents} --calls {self.calls} "
            f"--faults {','.join(self.faults) or 'none'} --kills {self.kills}"
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
    events: int = 0
    steps: int = 0
    """Steps of the routing core, after each of which everything was looked at."""
    mended: int = 0


class WatchedRouting(Routing):
    """Looks at everything after every step."""

    def __init__(self, state: RoutingState, instance: Instance, result: Result) -> None:
        super().__init__(state, instance)
        self._result = result

    def handle(self, event: Happening, now_ms: int) -> Outcome:
        outcome = super().handle(event, now_ms)
        self._result.steps += 1
        found = invariants.broken(self.state, self.orders, self.instance, now_ms)
        found += invariants.order_kept(self.state, self.instance, outcome, now_ms)
        self._result.broken += [f"after {type(event).__name__}: {each}" for each in found]
        return outcome


async def run(setting: Setting) -> Result:
    """One run from the first call to the moment when nothing is left."""
    result = Result(setting)
    chance = random.Random(setting.seed)
    instance = office(setting.agents)
    world = World(instance, setting.seed)
    for agent in instance.agents.values():
        world.telephony.add_phone(_phone(agent.phone, chance))
    await _start(world, result)
    for agent in instance.agents.values():
        _post(world, AgentStatusRequested(agent.agent_id, AVAILABLE))
    await world.settle()
    faults = world.telephony.faults
    faults.events = [FAULTS[name] for name in FAULTS if name in setting.faults]
    end_ms = _plan_calls(world, setting, chance)
    _plan_agents(world, instance, chance, end_ms)
    kills = sorted(chance.randrange(end_ms) for _ in range(setting.kills))
    await _pass(world, end_ms, kills, result, chance)
    faults.clear()
    await _pass(world, QUIET_MS, [], result, chance)
    _judge(world, result)
    return result


def _phone(name: str, chance: random.Random) -> Phone:
    """Most answer within seconds; some never do, decline, or hang up first after a talk."""
    kind = chance.random()
    if kind < 0.1:
        return Phone(name, answers_after_ms=None)
    hangs_up_after_ms = chance.randint(3_000, 40_000) if kind > 0.5 else None
    return Phone(name, chance.randint(300, 9_000), rejects=0.1 <= kind < 0.2, hangs_up_after_ms=hangs_up_after_ms)


def _plan_calls(world: World, setting: Setting, chance: random.Random) -> int:
    """Callers come, perhaps press a key, and hang up when they have had enough; when the last one has, in milliseconds."""
    at_ms = end_ms = 0
    for number in range(setting.calls):
        at_ms += round(chance.expovariate(1 / setting.gap_s) * 1000)
        stays_ms = round(chance.choice((3_000, 20_000, 60_000)) * (0.2 + chance.random()))
        script = ((chance.randint(100, 4_000), chance.choice("12#")), (stays_ms, "hang up"))
        call = partial(world.telephony.call, NUMBER, f"+1202555{number:04d}", script=script)
        world.agenda.after(at_ms, lambda call=call: (call(), None)[1])  # type: ignore[misc]
        end_ms = max(end_ms, at_ms + stays_ms)
    return end_ms + 1_000


def _plan_agents(world: World, instance: Instance, chance: random.Random, end_ms: int) -> None:
    """Now and then an agent takes a break, and a phone is lost for a while."""
    for agent in instance.agents.values():
        for _ in range(2):
            at_ms, back_ms = chance.randrange(end_ms), chance.randint(500, 30_000)
            wishes = ((at_ms, chance.choice(("Lunch", OFFLINE))), (at_ms + back_ms, AVAILABLE))
            for moment_ms, status in wishes:
                wish = AgentStatusRequested(agent.agent_id, status)
                world.agenda.after(moment_ms, partial(_post, world, wish))
        if chance.random() < 0.5:
            at_ms, back_ms = chance.randrange(end_ms), chance.randint(100, 20_000)
            world.agenda.after(at_ms, partial(world.telephony.register, agent.phone, False))
            world.agenda.after(at_ms + back_ms, partial(world.telephony.register, agent.phone, True))


async def _pass(world: World, duration_ms: int, kills: list[int], result: Result, chance: random.Random) -> None:
    """Lets time pass, with the regular look at the nodes and the kills that are due."""
    passed_ms = 0
    while passed_ms < duration_ms:
        if kills and passed_ms >= kills[0]:
            del kills[0]
            await world.kill()
            await world.advance(chance.randint(0, 5_000))
            await _start(world, result)
        await world.advance(STEP_MS)
        passed_ms += STEP_MS
        if passed_ms % RECONCILE_EVERY_MS == 0:
            await world.reconcile()


async def _start(world: World, result: Result) -> None:
    if world.recovery is not None:
        result.mended += world.recovery.mended
    await world.start()
    assert world.engine is not None
    brain = world.engine.brain
    brain.routing = WatchedRouting(brain.memory.routing, brain.instance, result)


def _post(world: World, event: AgentStatusRequested) -> None:
    """A person's wish; while the application is down nobody can be told."""
    if world.engine is not None:
        world.engine.post(event)


def _judge(world: World, result: Result) -> None:
    """What must hold at the end: nothing left anywhere, one record for each contact that was ever heard of, nobody lost."""
    engine, recovery = world.engine, world.recovery
    assert engine is not None
    assert recovery is not None
    exchange, broken = world.telephony.exchange, result.broken
    result.events, result.mended = len(world.journal.facts), result.mended + recovery.mended
    result.calls = result.setting.calls
    heard = {fact.contact_id for fact in world.journal.facts if fact.kind == CallArrived.__name__}
    records = world.records
    result.unheard = result.calls - len(heard)
    result.answered = sum(contact.handling is not None for contact in records.contacts.values())
    broken += [f"{unhandled} events failed" for unhandled in (engine.unhandled + world.unhandled,) if unhandled]
    broken += [f"the contact {each} has no record" for each in sorted(map(str, heard - records.records.keys()))]
    broken += [f"the record of {each} belongs to no call" for each in sorted(records.records.keys() - heard)]
    broken += [f"{records.doubled} records were written twice"] if records.doubled else []
    broken += [f"the contact {each} is still there" for each in engine.brain.memory.contacts]
    broken += [f"the channel {each} is left" for each in exchange.channels]
    broken += [f"the bridge {each} is left" for each in exchange.bridges]
    broken += [f"the timer {each} is left" for each in engine.brain.memory.timers]
    routing = engine.brain.memory.routing
    registered = {phone.name for phone in exchange.phones.values() if phone.registered}
    if routing.reachable_phones != registered:
        broken.append(f"the phones {sorted(routing.reachable_phones ^ registered)} are not as they are thought to be")
    broken += [f"{each} still waits" for each in (*routing.waiting, *routing.offered)]
    broken += [
        f"{agent.agent_id} is left {agent.activity.value}" for agent in routing.agents.values() if agent.contact_id
    ]
