"""`bench dispatch`: how long an agent who has hung up stays without the next contact while hundreds wait; ours, app_queue's, and a
minimal Stasis script's, on one Asterisk. docs/benchmarks.md says how it is measured."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.cli.benchmarks import machine
from app.cli.benchmarks.call import TARGETS, chosen
from app.cli.benchmarks.desk import Desk
from app.cli.benchmarks.ground import Ground
from app.cli.benchmarks.measure import percentiles, spread
from app.cli.benchmarks.targets import DIALPLAN, Application, DialplanQueue, StasisScript, Target, push_phones, queues
from app.cli.benchmarks.telephones import Crowd, phones, trunk
from app.errors import Unavailable
from app.telephony.audio import write_tone
from app.telephony.install import ensure_test_tools

GREETING_MS = 100
DEFAULT_CASES = ((1, 100), (20, 1_000), (200, 1_000))
IDLE_S = 2.0
LEAST_TALK_S = 0.4
SETTLE_S = 1.0
CALM_MS_A_SECOND, CALM_TIMEOUT_S = 200.0, 60.0
"""How little the application does once all have found their place."""
SERVED_WITHIN_S = 10.0
FILL_TIMEOUT_S = 30.0
MUSIC = "res_musiconhold.so"
"""Not there while this is measured: a machine that sends music to a thousand measures little else."""
GOALS = {"app_queue": 1 / 50, "stasis_script": 1.5}
"""At most so much of a baseline's delay, the median's as that of the hundredth who waits longest."""
JUDGED = ("p50", "p99")
NOTICED_MS = 3
"""Turns of the application's event loop that take more of the processor's time are told."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured: `cases` are agents who hang up and contacts that wait, each for `seconds`. `rate` is how many agents
    become free in a second, and `fill_rate` how many customers call in a second until enough wait."""

    rounds: int = 1
    seconds: float = 20.0
    cases: tuple[tuple[int, int], ...] = DEFAULT_CASES
    rate: float = 10.0
    fill_rate: float = 60.0
    targets: tuple[str, ...] = TARGETS


@dataclass(frozen=True, slots=True)
class Cell:
    """What was measured with so many agents and so many waiting: delays in milliseconds, and processor time for each contact that
    was dispatched, with the call that takes its place."""

    agents: int
    waiting: int
    delays_ms: list[float]
    unserved: int
    application_cpu_ms: float | None
    asterisk_cpu_ms: float
    turns: dict[str, int] | None = None
    """The application's event loop meanwhile: how many of its turns took how long."""


def run(installation: Path, options: Options, say: Callable[[str], None]) -> dict[str, Any]:
    """Measures and returns figures, ratios and goals, ready for JSON."""
    chosen(options.targets)
    sipp = ensure_test_tools(installation, say).sipp
    all_phones, started = phones(max(agents for agents, _ in options.cases)), time.monotonic()
    added = {"extensions.conf": DIALPLAN, "queues.conf": queues(all_phones)}
    with Ground(installation, (trunk(),), added) as ground:
        greeting = ground.home / "greeting.wav"
        write_tone(greeting, 440, GREETING_MS)
        setting = machine.description(ground.engine.version)
        push_phones(ground, all_phones)
        desk, application = Desk(ground, sipp, len(all_phones)), None
        try:
            targets: list[Target] = []
            if "app_queue" in options.targets:
                targets.append(DialplanQueue(ground))
            if "stasis_script" in options.targets:
                targets.append(StasisScript(ground, all_phones, greeting))
            if "trunkline" in options.targets:
                application = Application(ground, all_phones, greeting, music=False)
                application.start()
                targets.append(application)
            ground.command(f"module unload {MUSIC}")
            desk.start()
            measured = _rounds(Dispatching(ground, sipp, desk, options, say), targets)
        finally:
            desk.stop()
            if application is not None:
                application.stop()
        told = _told(*measured)
        complaints = ground.complaints()[:20]
    return {
        "bench": "dispatch",
        "setting": asdict(options),
        "machine": setting,
        **told,
        "complaints": complaints,
        "took_s": round(time.monotonic() - started),
    }


class Dispatching:
    """Fills a target's queue, lets agents hang up, and counts."""

    def __init__(self, ground: Ground, sipp: Path, desk: Desk, options: Options, say: Callable[[str], None]) -> None:
        self._ground, self._sipp, self._desk, self.options, self._say = ground, sipp, desk, options, say

    def measure(self, target: Target, waiting: int, agents: list[int]) -> tuple[list[Cell], dict[str, Any]]:
        """A queue of `waiting` at one target, and what happens when so many agents hang up; what the target finds about itself."""
        target.begin()
        crowd = Crowd(self._ground, self._sipp, target.called, self.options.fill_rate)
        cells: list[Cell] = []
        try:
            self._desk.work(0, 0.0)
            self._fill(crowd, target, waiting)
            idle = self._cpu_a_second(target, IDLE_S)
            for count in agents:
                cells.append(self._cell(target, count, waiting, idle))
                self._say(f"{target.name:<13} {line(cells[-1])}")
        finally:
            crowd.stop_calling()
            self._ground.command("channel request hangup all")
            target.settle()
            findings = target.findings()
            crowd.close()
            target.finish()
        return cells, findings

    def _fill(self, crowd: Crowd, target: Target, waiting: int) -> None:
        everybody = len(self._desk.phones)
        deadline = time.monotonic() + FILL_TIMEOUT_S + 2 * waiting / self.options.fill_rate
        while self._ground.channels() < waiting + 2 * everybody or self._desk.talking < everybody:
            if time.monotonic() > deadline:
                up, busy = self._ground.channels(), self._desk.talking
                raise Unavailable(
                    what=f"A queue of {waiting} at {target.name}",
                    why=f"only {up} channels are up, and {busy} of {everybody} agents have a call",
                    remedy="Say less --waiting or a lower --fill-rate.",
                )
            crowd.grow(waiting + everybody)
            time.sleep(0.3)
        while (
            self._cpu_a_second(target, SETTLE_S)[0] > CALM_MS_A_SECOND and time.monotonic() < deadline + CALM_TIMEOUT_S
        ):
            pass
        self._desk.delays_ms()

    def _cell(self, target: Target, agents: int, waiting: int, idle: tuple[float, float]) -> Cell:
        turns = target.findings().get("turns", {})
        before, started = self._cpu(target), time.monotonic()
        self._desk.work(agents, max(LEAST_TALK_S, agents / self.options.rate))
        time.sleep(self.options.seconds)
        self._desk.work(0, 0.0)
        deadline = time.monotonic() + SERVED_WITHIN_S
        while self._desk.talking < len(self._desk.phones) and time.monotonic() < deadline:
            time.sleep(0.05)
        passed_s, after = time.monotonic() - started, self._cpu(target)
        unserved = len(self._desk.phones) - self._desk.talking
        delays = self._desk.delays_ms()
        used = [
            max(0.0, (late - early) * 1000 - lazy * passed_s) / max(1, len(delays))
            for late, early, lazy in zip(after, before, idle, strict=True)
        ]
        own = None if target.pid() is None else round(used[0], 2)
        taken = {name: count - turns.get(name, 0) for name, count in target.findings().get("turns", {}).items()}
        return Cell(agents, waiting, delays, unserved, own, round(used[1], 2), taken or None)

    def _cpu_a_second(self, target: Target, seconds: float) -> tuple[float, float]:
        """Milliseconds that application and Asterisk use in a second while the contacts wait and nobody becomes free."""
        before, started = self._cpu(target), time.monotonic()
        time.sleep(seconds)
        after, passed_s = self._cpu(target), time.monotonic() - started
        return (after[0] - before[0]) * 1000 / passed_s, (after[1] - before[1]) * 1000 / passed_s

    def _cpu(self, target: Target) -> tuple[float, float]:
        pid = target.pid()
        return (machine.cpu_s(pid) if pid is not None else 0.0), machine.cpu_s(self._ground.pid)


Measured = dict[tuple[int, int], dict[str, list[Cell]]]
"""By case and target, a cell for each round."""


def _rounds(bench: Dispatching, targets: list[Target]) -> tuple[Measured, dict[str, Any]]:
    """For each number of waiting contacts the targets take turns, the order reversed in every second round: what is compared was
    measured within a few minutes."""
    cases = bench.options.cases
    cells: Measured = {
        case: {target.name: [] for target in targets} for case in sorted(cases, key=lambda case: case[1])
    }
    findings: dict[str, Any] = {}
    for number in range(bench.options.rounds):
        for waiting in sorted({waiting for _, waiting in cases}):
            agents = [agents for agents, others in cases if others == waiting]
            for target in targets if number % 2 == 0 else reversed(targets):
                done, findings[target.name] = bench.measure(target, waiting, agents)
                for cell in done:
                    cells[cell.agents, waiting][target.name].append(cell)
    return cells, findings


def _told(cells: Measured, findings: dict[str, Any]) -> dict[str, Any]:
    figures = {
        _name(*case): {name: _figures(each) for name, each in targets.items()} for case, targets in cells.items()
    }
    ratios: dict[str, Any] = {name: {} for name in figures}
    goals: dict[str, bool] = {}
    for name, one in figures.items():
        for target, most in GOALS.items():
            if "trunkline" not in one or target not in one:
                continue
            ours, base = one["trunkline"], one[target]
            ratio = {part: round(ours[part]["median"] / base[part]["median"], 4) for part in ("p50", "p95", "p99")}
            ratios[name][f"to_{target}"] = ratio
            for part in JUDGED:
                goal = f"{name}: {part} at most {'1/50' if most < 1 else f'{most:g}'} of {target}'s"
                goals[goal] = ratio[part] <= most and not ours["unserved"]
    return {"figures": figures, "ratios": ratios, "goals": goals, "findings": findings}


def _name(agents: int, waiting: int) -> str:
    return f"{agents} agents, {waiting} waiting"


def _figures(cells: list[Cell]) -> dict[str, Any]:
    delays = [percentiles(cell.delays_ms) for cell in cells]
    told: dict[str, Any] = {part: spread([one[part] for one in delays]) for part in ("p50", "p95", "p99")}
    told["dispatched"] = sum(len(cell.delays_ms) for cell in cells)
    told["unserved"] = sum(cell.unserved for cell in cells)
    told["asterisk_cpu_ms"] = spread([cell.asterisk_cpu_ms for cell in cells])
    own = [cell.application_cpu_ms for cell in cells if cell.application_cpu_ms is not None]
    if own:
        told["application_cpu_ms"] = spread(own)
    turns = [cell.turns for cell in cells if cell.turns]
    if turns:
        told["turns"] = {name: sum(each[name] for each in turns) for name in turns[0]}
    return told


def _long(turns: dict[str, int]) -> str:
    """The long turns of an event loop, in words: how many, and what the longest of them did not pass."""
    long = [name for name in turns if turns[name] and (name == "longer" or int(name.split()[0]) > NOTICED_MS)]
    if not long:
        return f"no turn of the event loop worked over {NOTICED_MS} ms"
    longest = "longer than 1 s" if long[-1] == "longer" else f"the longest within {long[-1]}"
    return f"{sum(turns[name] for name in long)} turns of the event loop worked over {NOTICED_MS} ms, {longest}"


def line(cell: Cell) -> str:
    """One cell for people."""
    parts = percentiles(cell.delays_ms)
    own = "" if cell.application_cpu_ms is None else f"application {cell.application_cpu_ms:.1f} "
    return (
        f"{cell.agents:>3} agents {cell.waiting:>5} waiting: p50 {parts['p50']:.2f} p95 {parts['p95']:.2f} "
        f"p99 {parts['p99']:.2f} ms of {len(cell.delays_ms)}, {cell.unserved} unserved, "
        f"CPU {own}Asterisk {cell.asterisk_cpu_ms:.1f} ms" + (f", {_long(cell.turns)}" if cell.turns else "")
    )


def summary(told: dict[str, Any]) -> list[str]:
    """The result for people."""
    lines = ["From an agent's hang-up to the INVITE of their next contact, ms"]
    for name, targets in told["figures"].items():
        lines += [f"  {name}"] + [f"    {target:<14}{_row(one)}" for target, one in targets.items()]
        lines += [f"    {_compared(to, ratio)}" for to, ratio in told["ratios"][name].items()]
        lines += [f"    {_long(one['turns'])}" for one in targets.values() if "turns" in one]
    lines += [f"  {'reached' if reached else 'MISSED '}  {goal}" for goal, reached in told["goals"].items()]
    if told["goals"]:
        lines.append(f"  {sum(told['goals'].values())} of {len(told['goals'])} goals reached")
    return lines


def _row(one: dict[str, Any]) -> str:
    parts = "  ".join(f"{part} {one[part]['median']:>8.2f}" for part in ("p50", "p95", "p99"))
    return f"{parts}  of {one['dispatched']}" + (f", {one['unserved']} unserved" if one["unserved"] else "")


def _compared(to: str, ratio: dict[str, float]) -> str:
    """Ours against a baseline; against one that is many times slower, turned round."""
    base = to.removeprefix("to_")
    if ratio["p50"] < 0.1:
        return f"{base} takes " + ", ".join(f"{1 / ratio[part]:.0f} times as long ({part})" for part in ratio)
    return f"ours takes {', '.join(f'{ratio[part]:.2f} ({part})' for part in ratio)} of {base}"
