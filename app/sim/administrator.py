"""What an administrator changes while calls go on."""

import random
from collections.abc import Callable
from dataclasses import replace

from app.domain.instance import FlowType, Instance
from app.sim.keeping import MemoryConfigurations
from app.sim.office import HOURS, OPEN, SALES, SALES_FIRST, SUPPORT, SUPPORT_FIRST
from app.sim.office_flows import PLACES_CALL


def change(configurations: MemoryConfigurations, chance: random.Random) -> None:
    """One change, of chance; the version that follows has a name of its own."""
    now = configurations.now
    kind = chance.choice(CHANGES)
    first = next(iter(configurations.versions.values()))
    changed = replace(now, agents={**first.agents, **now.agents}) if kind is _agents_come else kind(now, chance)
    configurations.now = replace(changed, version=f"{now.version}:{chance.getrandbits(32):08x}")
    configurations.versions[configurations.now.version] = configurations.now


def _queue(now: Instance, chance: random.Random, **changes: object) -> Instance:
    queue_id = chance.choice((SALES, SUPPORT))
    return replace(now, queues={**now.queues, queue_id: replace(now.queues[queue_id], **changes)})  # type: ignore[arg-type]


def _enabled(now: Instance, chance: random.Random) -> Instance:
    return _queue(now, chance, enabled=chance.random() < 0.6)


def _capacity(now: Instance, chance: random.Random) -> Instance:
    return _queue(now, chance, capacity=chance.choice((None, 0, 1, 3)))


def _outbound_number(now: Instance, chance: random.Random) -> Instance:
    return _queue(now, chance, outbound_number=chance.choice((next(iter(now.numbers)), next(iter(now.numbers)), None)))


def _hours(now: Instance, chance: random.Random) -> Instance:
    spans = OPEN if chance.random() < 0.6 else ()
    return replace(now, hours={**now.hours, HOURS: replace(now.hours[HOURS], spans=spans)})


def _profile_of_agent(now: Instance, chance: random.Random) -> Instance:
    if not now.agents:
        return now
    who = now.agents[chance.choice(sorted(now.agents))]
    moved = replace(who, profile_id=chance.choice((SALES_FIRST, SUPPORT_FIRST)))
    return replace(now, agents={**now.agents, who.agent_id: moved})


def _priorities(now: Instance, chance: random.Random) -> Instance:
    profile = now.profiles[chance.choice((SALES_FIRST, SUPPORT_FIRST))]
    queues = tuple(
        replace(each, priority=chance.randint(1, 3), delay_s=chance.choice((0, 0, 10, 20))) for each in profile.queues
    )
    kept = queues[: chance.choice((1, 2, 2))]
    return replace(now, profiles={**now.profiles, profile.profile_id: replace(profile, queues=kept)})


def _agent_goes(now: Instance, chance: random.Random) -> Instance:
    if len(now.agents) < 2:
        return now
    gone = chance.choice(sorted(now.agents))
    return replace(now, agents={key: each for key, each in now.agents.items() if key != gone})


def _agents_come(now: Instance, chance: random.Random) -> Instance:
    """Whoever was deleted is there again: `change` knows who there was at first."""
    return now


def _outbound_flow(now: Instance, chance: random.Random) -> Instance:
    chosen = (
        PLACES_CALL
        if chance.random() < 0.7
        else next(flow.flow_id for flow in now.flows.values() if flow.type is FlowType.OUTBOUND_WHISPER)
    )
    return replace(now, default_flows={**now.default_flows, FlowType.OUTBOUND_WHISPER: chosen})


def _limits(now: Instance, chance: random.Random) -> Instance:
    return replace(
        now, calls_out_at_once=chance.choice((None, None, 1)), listen_without_recording=chance.random() < 0.5
    )


CHANGES: tuple[Callable[[Instance, random.Random], Instance], ...] = (
    _enabled, _capacity, _outbound_number, _hours, _profile_of_agent, _priorities, _agent_goes, _agents_come, _agents_come,
    _outbound_flow, _limits,
)  # fmt: skip
