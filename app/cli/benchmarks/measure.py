"""One step of calls at one rate, and the search for the highest rate that leaves no call behind (after RFC 7502)."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.cli.benchmarks import machine
from app.cli.benchmarks.ground import Ground
from app.cli.benchmarks.targets import Target
from app.cli.benchmarks.telephones import Agents, Callers

FAILURES_ALLOWED = 0.001
ANSWER_P99_MS = 200.0
RATE_KEPT = 0.95
RESOLUTION = 1.08
IDLE_S = 3.0
STEPS_AT_MOST = 16


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to the calls of one step. Times in milliseconds: `answer` from INVITE to 200, `ring` from the end of the greeting
    to the INVITE at an agent's phone. Processor time a call is what was used beyond idling; None where there is no application."""

    target: str
    rate: float
    calls: int
    failed: int
    refused: int
    retransmissions: int
    kept_rate: float
    answer: dict[str, float]
    ring: dict[str, float]
    application_cpu_ms: float | None
    asterisk_cpu_ms: float
    left: int = 0
    findings: dict[str, Any] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """True when (nearly) every call was answered in time and reached an agent, and the telephones kept the rate."""
        failures = max(self.failed, self.left)
        kept = self.kept_rate >= RATE_KEPT * self.rate
        return kept and failures <= FAILURES_ALLOWED * self.calls and self.answer["p99"] <= ANSWER_P99_MS


@dataclass(frozen=True, slots=True)
class Idle:
    """Processor time that the processes use a second while nobody calls, in milliseconds."""

    application_ms: float
    asterisk_ms: float


class Bench:
    """Places calls to a target and counts."""

    def __init__(self, ground: Ground, agents: Agents, callers: Callers, greeting_ms: int) -> None:
        self._ground, self._agents, self._callers, self._greeting_ms = ground, agents, callers, greeting_ms
        self._idle: dict[str, Idle] = {}

    def idle(self, target: Target, seconds: float = IDLE_S) -> Idle:
        """Measured once a target."""
        if target.name not in self._idle:
            time.sleep(1.0)
            before, started = self._cpu(target), time.monotonic()
            time.sleep(seconds)
            passed_s = time.monotonic() - started
            used = [(after - then) * 1000 / passed_s for after, then in zip(self._cpu(target), before, strict=True)]
            self._idle[target.name] = Idle(*used)
        return self._idle[target.name]

    def step(self, target: Target, rate: float, seconds: float) -> Step:
        """Calls at `rate` for `seconds`, then waits until everything of them is done."""
        idle = self.idle(target)
        calls = max(1, round(rate * seconds))
        self._agents.check()
        self._agents.news()
        resent = self._agents.retransmissions()
        before, started = self._cpu(target), time.monotonic()
        result = self._callers.place(target.called, rate, calls)
        target.settle()
        time.sleep(0.5)
        after, passed_s = self._cpu(target), time.monotonic() - started
        rung, joined = self._agents.news()
        used = [
            max(0.0, (late - early) * 1000 - lazy * passed_s) / calls
            for late, early, lazy in zip(after, before, (idle.application_ms, idle.asterisk_ms), strict=True)
        ]
        answered = [
            (result.answered[number] - at) * 1000 for number, at in result.invited.items() if number in result.answered
        ]
        rings = [
            (at - result.answered[number]) * 1000 - self._greeting_ms
            for number, at in rung.items()
            if number in result.answered
        ]
        moments = sorted(result.invited.values())
        took_s = moments[-1] - moments[0] if len(moments) > 1 else 0.0
        return Step(
            target=target.name,
            rate=rate,
            calls=calls,
            failed=max(result.failed, calls - sum(number in joined for number in result.invited)),
            refused=calls - len(answered),
            retransmissions=result.retransmissions + self._agents.retransmissions() - resent,
            kept_rate=round((len(moments) - 1) / took_s, 2) if took_s else rate,
            answer=percentiles(answered),
            ring=percentiles(rings),
            application_cpu_ms=None if target.pid() is None else round(used[0], 3),
            asterisk_cpu_ms=round(used[1], 3),
            left=self._ground.channels(),
            findings=target.findings(),
        )

    def _cpu(self, target: Target) -> tuple[float, float]:
        pid = target.pid()
        return (machine.cpu_s(pid) if pid is not None else 0.0), machine.cpu_s(self._ground.pid)


def highest_clean_rate(step: Callable[[float], Step], start: float, cap: float) -> tuple[float, list[Step]]:
    """Raises the rate until a step is not clean, then halves the gap until it is small. (0.0, steps) when no rate is clean."""
    steps: list[Step] = []
    low, high, rate = 0.0, 0.0, min(start, cap)
    while len(steps) < STEPS_AT_MOST:
        steps.append(step(rate))
        if steps[-1].clean:
            low = rate
        else:
            high = rate
        if low >= cap or (high and high / max(low, 0.01) <= RESOLUTION) or (high and high <= 1.0):
            break
        if high and low:
            rate = _tenths((low * high) ** 0.5)
        else:
            rate = _tenths(min(cap, low * 1.5) if low else high / 2)
        if rate in (low, high):
            break
    return low, steps


def _tenths(rate: float) -> float:
    return max(0.5, round(rate, 1))


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99; NEVER_MS when there is nothing to measure."""
    if not values:
        return {"p50": NEVER_MS, "p95": NEVER_MS, "p99": NEVER_MS}
    ordered = sorted(values)
    return {f"p{part}": round(ordered[min(len(ordered) - 1, len(ordered) * part // 100)], 2) for part in (50, 95, 99)}


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, lowest and highest of the rounds."""
    return {"median": round(statistics.median(values), 3), "low": round(min(values), 3), "high": round(max(values), 3)}


NEVER_MS = 1e9
"""Stands for a time that never ended: JSON has no infinity."""
