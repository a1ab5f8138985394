"""The routers that the benchmark compares decide alike."""

import pytest

from app.cli.benchmarks.routing import AgentsFirstScan, Day, NaiveScan, Options, house
from app.routing.core import Routing
from app.routing.state import RoutingState

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("seed", range(3))
def test_looking_at_everybody_and_looking_at_heads_decide_alike(seed: int) -> None:
    options = Options(agents=20, queues=8, waiting=100)
    instance = house(options, seed)
    routers = (Routing(RoutingState(), instance), AgentsFirstScan(instance), NaiveScan(instance))
    days = [Day(router, instance, options, seed) for router in routers]
    for day in days:
        day.fill()
        day.run(300)
    assert len(days[0].offers) > 60
    assert days[0].offers == days[1].offers == days[2].offers
