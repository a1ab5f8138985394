"""`bench call`: whole calls through queue, agent and recording, on one Asterisk: ours, app_queue's, and a minimal Stasis script's."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.cli.benchmarks import machine
from app.cli.benchmarks.ground import Ground
from app.cli.benchmarks.measure import Bench, Step, highest_clean_rate, spread
from app.cli.benchmarks.targets import DIALPLAN, Application, DialplanQueue, StasisScript, Target, push_phones, queues
from app.cli.benchmarks.telephones import Agents, Callers, phones, trunk
from app.errors import BadInput
from app.telephony.audio import write_tone
from app.telephony.install import ensure_test_tools

GREETING_MS, TALK_MS = 1_000, 2_000
BUSY_S = (TALK_MS + 300) / 1000
"""For how long a call keeps an agent."""
TARGETS = ("app_queue", "stasis_script", "trunkline")
DIFFERENCES = [
    "app_queue: dialplan, Playback, Queue (leastrecent, ringinuse=no), MixMonitor into one mixed file from the moment the agent answers.",
    "stasis_script: greeting, first come first served, ring, bridge, over HTTP; no journal, flow, records, recording or recovery.",
    "trunkline: the whole application: flow of 12 blocks, journal, queue flow, routing, contact trace record, recording of both sides"
    " into one stereo file, web port.",
    "Same Asterisk, trunk, phones, greeting file and codec for all; agents answer at once and talk, callers say one word of 0.2 s.",
]


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured. `rate` is the common rate at which processor time is compared; `targets` who is measured."""

    rounds: int = 3
    seconds: float = 10.0
    agents: int = 400
    rate: float = 15.0
    start_rate: float = 30.0
    search: bool = True
    targets: tuple[str, ...] = TARGETS

    @property
    def cap(self) -> float:
        """The highest rate at which the agents are not the limit."""
        return round(self.agents / BUSY_S * 0.85, 1)


def chosen(targets: tuple[str, ...]) -> None:
    """BadInput when one of them is none."""
    if unknown := set(targets) - set(TARGETS):
        raise BadInput(what=f"The target {sorted(unknown)[0]}", why=f"choose of {', '.join(TARGETS)}")


def run(installation: Path, options: Options, say: Callable[[str], None], profile: bool = False) -> dict[str, Any]:
    """Measures and returns figures, ratios and goals, ready for JSON. With `profile` the application
    profiles itself: its costliest functions are told, and it is slower."""
    chosen(options.targets)
    sipp = ensure_test_tools(installation, say).sipp
    all_phones = phones(options.agents)
    started = time.monotonic()
    added = {"extensions.conf": DIALPLAN, "queues.conf": queues(all_phones)}
    with Ground(installation, (trunk(),), added) as ground:
        greeting = ground.home / "greeting.wav"
        write_tone(greeting, 440, GREETING_MS)
        told = _measure(ground, sipp, greeting, options, say, profile)
    return {**told, "took_s": round(time.monotonic() - started)}


def _measure(
    ground: Ground,
    sipp: Path,
    greeting: Path,
    options: Options,
    say: Callable[[str], None],
    profile: bool,
) -> dict[str, Any]:
    setting = machine.description(ground.engine.version)
    push_phones(ground, phones(options.agents))
    agents = Agents(ground, sipp, options.agents)
    callers = Callers(ground, sipp, GREETING_MS, TALK_MS)
    bench = Bench(ground, agents, callers, GREETING_MS)
    application: Application | None = None
    try:
        targets: list[Target] = []
        if "app_queue" in options.targets:
            targets.append(DialplanQueue(ground))
        if "stasis_script" in options.targets:
            targets.append(StasisScript(ground, agents.phones, greeting))
        if "trunkline" in options.targets:
            application = Application(ground, agents.phones, greeting, ground.home / "profile" if profile else None)
            application.start()
            targets.append(application)
        agents.start()
        common, rates = _rounds(bench, targets, options, say)
    finally:
        agents.stop()
        if application is not None:
            application.stop()
    told = _told(options, common, rates)
    if profile and application is not None:
        told["profile"] = application.costliest()
    return {
        "bench": "call",
        "setting": asdict(options),
        "machine": setting,
        **told,
        "complaints": ground.complaints()[:20],
    }


def _rounds(
    bench: Bench, targets: list[Target], options: Options, say: Callable[[str], None]
) -> tuple[dict[str, list[Step]], dict[str, list[tuple[float, list[Step]]]]]:
    """The targets take turns in every round, so that whatever else the machine does meets them alike."""
    common: dict[str, list[Step]] = {target.name: [] for target in targets}
    rates: dict[str, list[tuple[float, list[Step]]]] = {target.name: [] for target in targets}
    for number in range(options.rounds):
        for target in targets if number % 2 == 0 else reversed(targets):
            target.begin()
            try:
                step = bench.step(target, options.rate, options.seconds)
                common[target.name].append(step)
                say(f"round {number + 1}  {_line(step)}")
                if options.search:
                    rates[target.name].append(_search(bench, target, options, rates[target.name], say))
            finally:
                target.finish()
    return common, rates


def _search(
    bench: Bench,
    target: Target,
    options: Options,
    earlier: list[tuple[float, list[Step]]],
    say: Callable[[str], None],
) -> tuple[float, list[Step]]:
    def step(rate: float) -> Step:
        done = bench.step(target, rate, options.seconds)
        say(f"         {_line(done)}")
        return done

    start = earlier[-1][0] * 0.9 if earlier and earlier[-1][0] else options.start_rate
    return highest_clean_rate(step, round(start, 1), options.cap)


def _line(step: Step) -> str:
    ours = "" if step.application_cpu_ms is None else f"application {step.application_cpu_ms:.2f} "
    return (
        f"{step.target:<13} {step.rate:>6.1f}/s {'clean' if step.clean else 'NOT CLEAN'}: {step.failed} of {step.calls} failed, "
        f"{step.retransmissions} resent, answer p99 {step.answer['p99']:.1f} ms, ring p50 {step.ring['p50']:.1f} "
        f"p99 {step.ring['p99']:.1f} ms, CPU a call {ours}Asterisk {step.asterisk_cpu_ms:.2f} ms"
    )


def _told(
    options: Options, common: dict[str, list[Step]], rates: dict[str, list[tuple[float, list[Step]]]]
) -> dict[str, Any]:
    figures = {name: _figures(steps, [rate for rate, _ in rates[name]], options.cap) for name, steps in common.items()}
    ratios: dict[str, float] = {}
    goals: dict[str, bool] = {}
    undecided: list[str] = []
    ours = figures.get("trunkline")
    if ours is not None:
        cpu_ms = ours["application_cpu_ms_a_call"]["median"]
        goals["application CPU <= 2 ms a call"] = cpu_ms <= 2.0
        for name, least in (("app_queue", 0.8), ("stasis_script", 0.9)):
            goal = f"highest clean rate >= {least} of {name}'s"
            if options.search and name in figures:
                if ours["agents_were_the_limit"] or figures[name]["agents_were_the_limit"]:
                    undecided.append(f"{goal}: the agents were the limit, say more --agents")
                elif base := figures[name]["highest_clean_rate"]["median"]:
                    ratios[f"rate_to_{name}"] = round(ours["highest_clean_rate"]["median"] / base, 3)
                    goals[goal] = ratios[f"rate_to_{name}"] >= least
            if name in figures and (base := figures[name]["asterisk_cpu_ms_a_call"]["median"]):
                ratios[f"asterisk_cpu_to_{name}"] = round(ours["asterisk_cpu_ms_a_call"]["median"] / base, 3)
    steps = {
        name: {
            "common": [_step(one) for one in common[name]],
            "search": [[_step(one) for one in found] for _, found in rates[name]],
        }
        for name in common
    }
    return {
        "differences": DIFFERENCES,
        "figures": figures,
        "ratios": ratios,
        "goals": goals,
        "undecided": undecided,
        "steps": steps,
    }


def _step(step: Step) -> dict[str, Any]:
    return {**asdict(step), "clean": step.clean}


def _figures(steps: list[Step], rates: list[float], cap: float) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rate_of_comparison": steps[0].rate,
        "answer_ms": {part: spread([step.answer[part] for step in steps]) for part in ("p50", "p95", "p99")},
        "ring_ms": {part: spread([step.ring[part] for step in steps]) for part in ("p50", "p95", "p99")},
        "failed": sum(step.failed for step in steps),
        "retransmissions": sum(step.retransmissions for step in steps),
        "asterisk_cpu_ms_a_call": spread([step.asterisk_cpu_ms for step in steps]),
    }
    own = [step.application_cpu_ms for step in steps if step.application_cpu_ms is not None]
    if own:
        told["application_cpu_ms_a_call"] = spread(own)
    if rates:
        told["highest_clean_rate"] = spread(rates)
        told["agents_were_the_limit"] = max(rates) >= cap
    return told


def summary(told: dict[str, Any]) -> list[str]:
    """The result for people."""
    lines = ["Calls through queue, agent and recording"]
    for name, one in told["figures"].items():
        rate = f"{one['highest_clean_rate']['median']:.1f}/s clean, " if "highest_clean_rate" in one else ""
        own = (
            f"application {one['application_cpu_ms_a_call']['median']:.2f} + "
            if "application_cpu_ms_a_call" in one
            else ""
        )
        lines.append(
            f"  {name:<13} {rate}at {one['rate_of_comparison']:.0f}/s: CPU a call {own}Asterisk "
            f"{one['asterisk_cpu_ms_a_call']['median']:.2f} ms, ring p50 {one['ring_ms']['p50']['median']:.1f} "
            f"p99 {one['ring_ms']['p99']['median']:.1f} ms, {one['failed']} failed"
        )
    lines.append("  " + ", ".join(f"{name} {value}" for name, value in told["ratios"].items()))
    lines += [f"  {'reached' if reached else 'MISSED '}  {goal}" for goal, reached in told["goals"].items()]
    return [*lines, *(f"  undecided  {goal}" for goal in told["undecided"])]
