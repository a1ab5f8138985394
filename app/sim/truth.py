"""The simulated shift against the exact formulas, at twenty loads: whether what routing does is what queueing theory says of it.

The calls of a point are cut into batches, and the mean of each batch is one observation (batch means): calls that follow each other
wait alike, batches of a thousand hardly. A point holds when the exact probability of waiting, mean wait and service level all
lie within the simulation's 99 % confidence intervals.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from math import sqrt
from statistics import fmean, stdev

from app.domain.ids import QueueId
from app.domain.instance import Instance
from app.routing.core import Routing
from app.routing.state import RoutingState
from app.sim.erlang import Expected, erlang_a, erlang_c
from app.sim.naive import NaiveRouting
from app.sim.shift import Call, Core, Setting, Shift
from app.sim.skills import Skills, expected

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
        truths = (exact.waits, exact.mean_wait_s, exact.service_level)
        half = STUDENT_99[batches - 1] / sqrt(batches)
        yield Verdict(
            point,
            tuple(
                Measured(name, fmean(each), half * stdev(each), truth)
                for name, each, truth in zip(NAMES, means, truths, strict=True)
            ),
        )


SKILLS = (
    Skills(3, 2, 3.2 / 120, 1.3 / 120, 120, 90),
    Skills(4, 4, 5.0 / 180, 2.5 / 180, 180, 120),
)
"""Loads of two queues and two groups of agents."""
DELAYS_S = (0, 10, 30)
"""How long sales waits before the others take it, in the shifts through naive routing."""
SKILL_NAMES = ("P(wait)", "mean wait")


@dataclass(frozen=True, slots=True)
class SkillVerdict:
    """One queue's figures, beside those of the Markov chain."""

    skills: Skills
    queue_id: QueueId
    measured: tuple[Measured, ...]

    @property
    def holds(self) -> bool:
        return all(each.holds for each in self.measured)


def judge_skills(loads: Iterable[Skills], batches: int, batch: int, seed: int) -> Iterator[SkillVerdict]:
    """As `judge`, of each queue."""
    for number, skills in enumerate(loads):
        calls = skilled_shift(skills, WARM_UP + 2 * batches * batch, seed * 1_000 + 500 + number).run().calls[WARM_UP:]
        for queue_id, exact in expected(skills).items():
            mine = [call for call in calls if call.queue_id == queue_id]
            size = len(mine) // batches
            means = [
                [fmean(map(of, mine[at * size : (at + 1) * size])) for at in range(batches)] for of in _OBSERVED[:2]
            ]
            half = STUDENT_99[batches - 1] / sqrt(batches)
            truths = (exact.waits, exact.mean_wait_s)
            measured = tuple(
                Measured(name, fmean(each), half * stdev(each), truth)
                for name, each, truth in zip(SKILL_NAMES, means, truths, strict=True)
            )
            yield SkillVerdict(skills, queue_id, measured)


def skilled_shift(
    skills: Skills, calls: int, seed: int, routing: Callable[[RoutingState, Instance], Core] = Routing
) -> Shift:
    """Calls of both queues through a routing core; nothing but waiting."""
    point = Point(0, skills.talk_s, (skills.sales_rate + skills.support_rate) * skills.talk_s, skills.patience_s)
    setting = replace(_setting(point), calls=calls, seed=seed)
    return Shift(setting, routing, skills.instance, (skills.sales_rate, skills.support_rate))


def as_naive(delay_s: int, seed: int, calls: int = 4_000) -> bool:
    """True when every single call of a shift fares as with `NaiveRouting`: sales overflows after the delay."""
    skills = replace(SKILLS[0], delay_s=delay_s)
    ours, theirs = (skilled_shift(skills, calls, seed, core).run() for core in (Routing, NaiveRouting))
    return ours.calls == theirs.calls


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
