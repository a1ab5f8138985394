"""The simulated shift against the exact formulas, at twenty loads: whether what routing does is what queueing theory says of it.

The calls of a point are cut into batches, and the mean of each batch is one observation (batch means): calls that follow each other
wait alike, batches of a thousand hardly. A point holds when the exact probability of waiting, mean wait and service level all
lie within the simulation's 99 % confidence intervals.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from math import sqrt
from statistics import fmean, stdev

from app.sim.erlang import Expected, erlang_a, erlang_c
from app.sim.shift import Call, Setting, Shift

WITHIN_S = 20.0
WARM_UP = 2_000
"""Calls before the first that counts: the centre begins empty."""
STUDENT_99 = {9: 3.250, 19: 2.861, 29: 2.756, 39: 2.708, 59: 2.662, 99: 2.626, 199: 2.601}
"""Half the width of a 99 % interval in standard errors, by degrees of freedom."""
NAMES = ("P(wait)", "mean wait", f"SL{WITHIN_S:.0f}")


@dataclass(frozen=True, slots=True)
class Point:
    """One load: agents, mean talk, load in Erlang; patience None is Erlang C, else Erlang A."""

    agents: int
    talk_s: float
    load: float
    patience_s: float | None = None

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.load / self.talk_s

    @property
    def expected(self) -> Expected:
        if self.patience_s is None:
            return erlang_c(self.agents, self.rate, self.talk_s, WITHIN_S)
        return erlang_a(self.agents, self.rate, self.talk_s, WITHIN_S, self.patience_s)


POINTS = (
    Point(1, 60, 0.5),
    Point(2, 120, 1.4),
    Point(3, 180, 2.1),
    Point(5, 180, 3.5),
    Point(5, 240, 4.25),
    Point(10, 180, 8.0),
    Point(15, 300, 12.75),
    Point(20, 180, 17.0),
    Point(50, 240, 44.0),
    Point(100, 300, 92.0),
    Point(1, 60, 0.9, 60),
    Point(2, 120, 2.0, 90),
    Point(3, 180, 3.5, 120),
    Point(5, 180, 4.5, 60),
    Point(5, 240, 6.0, 180),
    Point(10, 180, 10.0, 120),
    Point(15, 300, 14.0, 90),
    Point(20, 180, 22.0, 60),
    Point(50, 240, 50.0, 120),
    Point(100, 300, 105.0, 180),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure of the simulation with half the width of its 99 % interval, beside what is exact."""

    name: str
    mean: float
    half: float
    exact: float

    @property
    def holds(self) -> bool:
        return abs(self.mean - self.exact) <= self.half


@dataclass(frozen=True, slots=True)
class Verdict:
    point: Point
    measured: tuple[Measured, ...]

    @property
    def holds(self) -> bool:
        return all(each.holds for each in self.measured)


def judge(points: Iterable[Point], batches: int, batch: int, seed: int) -> Iterator[Verdict]:
    """Simulates each point and compares. `batches` must be one more than a key of STUDENT_99."""
    for number, point in enumerate(points):
        setting = replace(_setting(point), calls=WARM_UP + batches * batch, seed=seed * 1_000 + number)
        calls = Shift(setting).run().calls[WARM_UP:]
        means = [[fmean(map(of, calls[at : at + batch])) for at in range(0, len(calls), batch)] for of in _OBSERVED]
        exact = point.expected
        expected = (exact.waits, exact.mean_wait_s, exact.service_level)
        half = STUDENT_99[batches - 1] / sqrt(batches)
        yield Verdict(
            point,
            tuple(
                Measured(name, fmean(each), half * stdev(each), truth)
                for name, each, truth in zip(NAMES, means, expected, strict=True)
            ),
        )


def _setting(point: Point) -> Setting:
    """Nothing but waiting: phones are answered at once, and there is no work after a talk."""
    return Setting(
        agents=point.agents,
        calls_per_hour=point.rate * 3_600,
        talk_s=point.talk_s,
        work_s=0,
        patience_s=point.patience_s,
        ring_s=0.0,
        missed=0.0,
    )


def _wait_s(call: Call) -> float:
    return call.wait_ms / 1_000


def _in_time(call: Call) -> float:
    return float(call.answered_ms is not None and call.wait_ms <= WITHIN_S * 1_000)


def _waited(call: Call) -> float:
    return float(call.waited)


_OBSERVED: tuple[Callable[[Call], float], ...] = (_waited, _wait_s, _in_time)
