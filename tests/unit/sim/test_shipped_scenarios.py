"""The scenarios of the shipped flows: everything is as they expect, and they go through every flow that ships."""

from functools import cache
from pathlib import Path

import pytest

from app.cli.flow.run import default_flows
from app.config import PROJECT
from app.sim.flow.testing import Suite

pytestmark = pytest.mark.unit

FLOWS = PROJECT / "flows"
FILES = sorted((FLOWS / "tests").glob("*.yaml"))
LEAST_PERCENT = 40
"""Of every shipped flow's branches; most of the rest are errors that lead where success does."""


@cache
def suite() -> Suite:
    made = Suite(default_flows())
    for path in FILES:
        made.run(path)
    return made


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_everything_is_as_expected(path: Path) -> None:
    told = {each.scenario.name: each.differences for each in suite().results if each.path == path}
    assert told
    assert {name: differences for name, differences in told.items() if differences} == {}


def test_every_shipped_flow_is_tested() -> None:
    covered = {flow_id: coverage.percent for flow_id, coverage in suite().coverage.items()}
    assert covered.keys() == {path.stem for path in FLOWS.glob("*.json")}
    assert {name: percent for name, percent in covered.items() if percent < LEAST_PERCENT} == {}
