"""Exact waiting of a single queue, to hold the simulation to: Erlang C (nobody gives up) and Erlang A (patience is exponential).

Sources: A. K. Erlang (1917); C. Palm (1946); O. Garnett, A. Mandelbaum, M. Reiman, Designing a call center with impatient customers
(2002). Calls arrive at `rate` a second, last `mean_s`, and wait for one of `agents`.
"""

from dataclasses import dataclass
from math import exp

NEGLIGIBLE = 1e-15


@dataclass(frozen=True, slots=True)
class Expected:
    """Of all calls: the share that waits, the mean wait (who gives up included), the share answered within the given time, and the
    share that gives up."""

    waits: float
    mean_wait_s: float
    service_level: float
    abandons: float = 0.0


def erlang_c(agents: int, rate: float, mean_s: float, within_s: float) -> Expected:
    """Nobody gives up; the load must be below the number of agents."""
    load = rate * mean_s
    blocked = 1.0
    for number in range(1, agents + 1):
        blocked = load * blocked / (number + load * blocked)
    waits = blocked / (1 - load / agents * (1 - blocked))
    spare = agents / mean_s - rate
    return Expected(waits, waits / spare, 1 - waits * exp(-spare * within_s))


def erlang_a(agents: int, rate: float, mean_s: float, within_s: float, patience_s: float) -> Expected:
    """Each caller gives up after a patience that is exponential with this mean; any load."""
    service, leaving = 1 / mean_s, 1 / patience_s
    weights = [1.0]
    while len(weights) <= agents or weights[-1] > NEGLIGIBLE * sum(weights):
        number = len(weights)
        weights.append(weights[-1] * rate / (min(number, agents) * service + max(0, number - agents) * leaving))
    total = sum(weights)
    waiting = [weight / total for weight in weights[agents:]]
    in_queue = sum(ahead * share for ahead, share in enumerate(waiting))
    served = 1 - sum(waiting)
    ratio, edge = agents * service / leaving, exp(-leaving * within_s)
    for ahead, share in enumerate(waiting):
        served += share * ratio / (ratio + ahead + 1) * (1 - _beta(edge, ratio + 1, ahead + 1))
    return Expected(sum(waiting), in_queue / rate, served, leaving * in_queue / rate)


def _beta(x: float, a: float, whole: int) -> float:
    """The regularised incomplete beta function of (x; a, whole): `whole` is a natural number, so it is a finite sum."""
    term = total = 1.0
    for number in range(whole - 1):
        term *= (a + number) / (number + 1) * (1 - x)
        total += term
    return float(x**a * total)
