"""Two groups of agents and two queues: one group serves sales alone, the other support first and, when nobody waits there, sales too.

Which agent a call of sales finds depends on who has been free for longest, so the exact answer is that of a Markov chain whose states
are the free agents in the order of their turn, with how many wait in each queue. Talks, patience and the time between calls are
exponential; the chain is cut off where hardly anybody ever waits.
"""

from dataclasses import dataclass
from itertools import product

from app.domain.ids import AgentId, ProfileId, QueueId
from app.domain.instance import Agent, Instance, ProfileQueue, Queue, RoutingProfile

SALES, SUPPORT = QueueId("sales"), QueueId("support")
SELLS, HELPS = "s", "h"
"""An agent of the first group, and one of the second."""
State = tuple[str, int, int]
"""The free agents, longest free first; how many wait in sales; in support."""
ROUNDS, CLOSE = 4_000, 1e-11


@dataclass(frozen=True, slots=True)
class Skills:
    """`sell` agents serve sales; `help` support, and sales as the second priority after `delay_s`. Calls a second of each queue."""

    sell: int
    help: int
    sales_rate: float
    support_rate: float
    talk_s: float
    patience_s: float
    delay_s: int = 0

    @property
    def instance(self) -> Instance:
        sells = RoutingProfile(ProfileId("sells"), "Sells", (ProfileQueue(SALES),))
        overflow = ProfileQueue(SALES, 2, self.delay_s)
        helps = RoutingProfile(ProfileId("helps"), "Helps", (ProfileQueue(SUPPORT), overflow))
        profiles = [sells] * self.sell + [helps] * self.help
        people = [
            Agent(AgentId(f"agent-{number}"), f"agent-{number}", each.profile_id, f"phone-{number}", after_contact_work_s=0)
            for number, each in enumerate(profiles)
        ]  # fmt: skip
        return Instance(
            "skills",
            "skills",
            queues={SALES: Queue(SALES, "Sales"), SUPPORT: Queue(SUPPORT, "Support")},
            profiles={each.profile_id: each for each in (sells, helps)},
            agents={each.agent_id: each for each in people},
        )


@dataclass(frozen=True, slots=True)
class Waits:
    """Of all calls of a queue: the share that waits, and the mean wait, who gives up included."""

    waits: float
    mean_wait_s: float


def expected(skills: Skills, longest: int = 25) -> dict[QueueId, Waits]:
    """The exact figures of each queue, without a delay. `longest`: nobody comes when so many wait in a queue."""
    shares = _stationary(skills, longest)
    return {
        SALES: Waits(
            sum(share for (free, _, _), share in shares.items() if not free),
            sum(share * sales for (_, sales, _), share in shares.items()) / skills.sales_rate,
        ),
        SUPPORT: Waits(
            sum(share for (free, _, _), share in shares.items() if HELPS not in free),
            sum(share * support for (_, _, support), share in shares.items()) / skills.support_rate,
        ),
    }


def _states(skills: Skills, longest: int) -> list[State]:
    """Sales waits only when nobody is free, support only when no helper is."""
    orders = {
        "".join(order)
        for length in range(skills.sell + skills.help + 1)
        for order in product(SELLS + HELPS, repeat=length)
        if order.count(SELLS) <= skills.sell and order.count(HELPS) <= skills.help
    }
    return [
        (free, sales, support)
        for free in sorted(orders)
        for sales in range(1 if free else longest + 1)
        for support in range(1 if HELPS in free else longest + 1)
    ]


def _moves(skills: Skills, longest: int, state: State) -> list[tuple[float, State]]:
    """Where the state goes, and how often a second."""
    free, sales, support = state
    ends, gives_up = 1 / skills.talk_s, 1 / skills.patience_s
    selling, helping = skills.sell - free.count(SELLS), skills.help - free.count(HELPS)
    after_seller = (free, sales - 1, support) if sales else (free + SELLS, sales, support)
    after_helper = (
        (free, sales, support - 1)
        if support
        else (free, sales - 1, support)
        if sales
        else (free + HELPS, sales, support)
    )
    moves = [
        (selling * ends, after_seller),
        (helping * ends, after_helper),
        (sales * gives_up, (free, sales - 1, support)),
        (support * gives_up, (free, sales, support - 1)),
    ]
    if free:
        moves.append((skills.sales_rate, (free[1:], sales, support)))
    elif sales < longest:
        moves.append((skills.sales_rate, (free, sales + 1, support)))
    if HELPS in free:
        moves.append((skills.support_rate, (free.replace(HELPS, "", 1), sales, support)))
    elif support < longest:
        moves.append((skills.support_rate, (free, sales, support + 1)))
    return [(rate, to) for rate, to in moves if rate > 0]


def _stationary(skills: Skills, longest: int) -> dict[State, float]:
    """How much of all time each state takes: the balance of every state in turn (Gauss and Seidel), until nothing changes any more."""
    states = _states(skills, longest)
    index = {state: number for number, state in enumerate(states)}
    leaves = [0.0] * len(states)
    comes: list[list[tuple[int, float]]] = [[] for _ in states]
    for number, state in enumerate(states):
        for rate, to in _moves(skills, longest, state):
            leaves[number] += rate
            comes[index[to]].append((number, rate))
    shares = [1 / len(states)] * len(states)
    for _ in range(ROUNDS):
        furthest = 0.0
        for number, sources in enumerate(comes):
            share = sum(shares[source] * rate for source, rate in sources) / leaves[number]
            furthest = max(furthest, abs(share - shares[number]))
            shares[number] = share
        total = sum(shares)
        shares = [share / total for share in shares]
        if furthest < CLOSE:
            return dict(zip(states, shares, strict=True))
    raise ArithmeticError("the chain does not settle")
