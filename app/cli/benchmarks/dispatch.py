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
"""At most so much of a baseline's median delay."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured: every number of agents with every number of waiting contacts. `rate` is how many agents become free in a
    second, and `fill_rate` how many customers call in a second until enough wait."""

    rounds: int = 1
    seconds: float = 6.0
    agents: tuple[int, ...] = (1, 20)
    waiting: tuple[int, ...] = (100, 1_000)
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


def run(installation: Path, options: Options, say: Callable[[str], None]) -> dict[str, Any]:
    """Measures and returns figures, ratios and goals, ready for JSON."""
    chosen(options.targets)
    sipp = ensure_test_tools(installation, say).sipp
    all_phones, started = phones(max(options.agents)), time.monotonic()
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
        told = _told(options, *measured)
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
        self._ground, self._sipp, self._desk, self._options, self._say = ground, sipp, desk, options, say

    def round(self, target: Target) -> tuple[list[Cell], dict[str, Any]]:
        """Every cell of one target, the fewest waiting first; and what it finds about itself at the end."""
        target.begin()
        crowd = Crowd(self._ground, self._sipp, target.called, self._options.fill_rate)
        cells: list[Cell] = []
        try:
            self._desk.work(0, 0.0)
            for waiting in sorted(self._options.waiting):
                self._fill(crowd, target, waiting)
                idle = self._cpu_a_second(target, IDLE_S)
                for agents in sorted(self._options.agents):
                    cells.append(self._cell(target, agents, waiting, idle))
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
        deadline = time.monotonic() + FILL_TIMEOUT_S + 2 * waiting / self._options.fill_rate
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
        before, started = self._cpu(target), time.monotonic()
        self._desk.work(agents, max(LEAST_TALK_S, agents / self._options.rate))
        time.sleep(self._options.seconds)
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
        return Cell(agents, waiting, delays, unserved, own, round(used[1], 2))

    def _cpu_a_second(self, target: Target, seconds: float) -> tuple[float, float]:
        """Milliseconds that application and Asterisk use in a second while the contacts wait and nobody becomes free."""
        before, started = self._cpu(target), time.monotonic()
        time.sleep(seconds)
        after, passed_s = self._cpu(target), time.monotonic() - started
        return (after[0] - before[0]) * 1000 / passed_s, (after[1] - before[1]) * 1000 / passed_s

    def _cpu(self, target: Target) -> tuple[float, float]:
        pid = target.pid()
        return (machine.cpu_s(pid) if pid is not None else 0.0), machine.cpu_s(self._ground.pid)


def _rounds(bench: Dispatching, targets: list[Target]) -> tuple[dict[str, list[list[Cell]]], dict[str, Any]]:
    """The targets take turns, the order reversed in every second round."""
    cells: dict[str, list[list[Cell]]] = {target.name: [] for target in targets}
    findings: dict[str, Any] = {}
    for number in range(bench._options.rounds):
        for target in targets if number % 2 == 0 else reversed(targets):
            done, findings[target.name] = bench.round(target)
            cells[target.name].append(done)
    return cells, findings


def _told(options: Options, cells: dict[str, list[list[Cell]]], findings: dict[str, Any]) -> dict[str, Any]:
    sizes = [(agents, waiting) for waiting in sorted(options.waiting) for agents in sorted(options.agents)]
    figures: dict[str, Any] = {_name(*size): {} for size in sizes}
    ratios: dict[str, Any] = {_name(*size): {} for size in sizes}
    goals: dict[str, bool] = {}
    for number, size in enumerate(sizes):
        name = _name(*size)
        for target, rounds in cells.items():
            figures[name][target] = _figures([one[number] for one in rounds])
        ours = figures[name].get("trunkline")
        for target, most in GOALS.items():
            if ours is None or target not in figures[name]:
                continue
            base = figures[name][target]
            ratios[name][f"to_{target}"] = {
                part: round(ours[part]["median"] / base[part]["median"], 4) for part in ("p50", "p95", "p99")
            }
            goal = "1/50" if most < 1 else f"{most:g}"
            reached = ratios[name][f"to_{target}"]["p50"] <= most and not ours["unserved"]
            goals[f"{name}: at most {goal} of {target}'s median"] = reached
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
    return {**told, "application_cpu_ms": spread(own)} if own else told


def line(cell: Cell) -> str:
    """One cell for people."""
    parts = percentiles(cell.delays_ms)
    own = "" if cell.application_cpu_ms is None else f"application {cell.application_cpu_ms:.1f} "
    return (
        f"{cell.agents:>3} agents {cell.waiting:>5} waiting: p50 {parts['p50']:.2f} p95 {parts['p95']:.2f} "
        f"p99 {parts['p99']:.2f} ms of {len(cell.delays_ms)}, {cell.unserved} unserved, "
        f"CPU {own}Asterisk {cell.asterisk_cpu_ms:.1f} ms"
    )


def summary(told: dict[str, Any]) -> list[str]:
    """The result for people."""
    lines = ["From an agent's hang-up to the INVITE of their next contact, ms"]
    for name, targets in told["figures"].items():
        lines += [
            f"  {name:<24} {target:<13} p50 {one['p50']['median']:>8.2f}  p99 {one['p99']['median']:>8.2f}  of {one['dispatched']}"
            for target, one in targets.items()
        ]
    return [*lines, *(f"  {'reached' if reached else 'MISSED '}  {goal}" for goal, reached in told["goals"].items())]
