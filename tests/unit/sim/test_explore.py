"""Exploring: walks by chance, what they cover, and that mistakes are found and can be repeated."""

import os
from pathlib import Path

import pytest

from app.flow.block import Block
from app.flow.blocks.play_prompt import PlayPrompt
from app.flow.branches import STAY, Move
from app.flow.context import Context
from app.sim.flow.coverage import Coverage
from app.sim.flow.explore import explore
from app.sim.flow.reading import read_flow
from app.sim.flow.scenario import Scenario
from app.sim.flow.setting import Survey
from tests.unit.flow.driving import action, flow, say
from tests.unit.sim.flows import DEMO, MUSIC, WHISPER, walk

pytestmark = pytest.mark.unit

DEFAULTS = (MUSIC, WHISPER)
REAL = os.environ.get("TRUNKLINE_REAL_FLOWS", "")


def test_walks_by_chance_take_every_branch_that_there_is_a_way_to() -> None:
    explored = explore(DEMO, DEFAULTS, range(200))
    assert not explored.found
    assert explored.walks == sum(explored.endings.values()) == 200
    assert {missed.block + missed.branch for missed in explored.coverage.missed} <= {
        "queueError", "fullError", "goError", "topicError", "thereError"
    }  # fmt: skip
    assert explored.endings.keys() >= {"disconnect", "queue", "agent", "caller hung up", "flow"}


def test_the_same_seeds_give_the_same_walks() -> None:
    one, another = (explore(DEMO, DEFAULTS, range(20)) for _ in range(2))
    assert (one.endings, one.steps) == (another.endings, another.steps)


def test_a_mistake_in_a_block_is_found_and_its_scenario_repeats_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Block, context: Context) -> Move:
        raise KeyError("oh")

    monkeypatch.setattr(PlayPrompt, "enter", broken)
    explored = explore(DEMO, DEFAULTS, range(10))
    found = next(each for each in explored.found if not each.scenario.start)
    fault = found.faults[0]
    assert (fault.block, fault.words) == ("hello", "KeyError: 'oh'")
    assert fault.place.startswith("KeyError at test_explore.py:")
    assert walk(found.scenario).faults == found.faults


def test_a_run_that_waits_for_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayPrompt, "enter", lambda self, context: STAY)
    waiting = flow(say("hello", "Welcome", to="end"))
    assert walk(Scenario(), waiting).ending.words == "stuck"


def test_a_state_that_is_not_plain_json_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def remembers(self: Block, context: Context) -> Move:
        context.locals["pair"] = (1, 2)
        context.start_timer("wait", 1)
        return STAY

    monkeypatch.setattr(PlayPrompt, "enter", remembers)
    explored = explore(flow(say("hello", "Welcome", to="end")), DEFAULTS, range(1))
    assert "not the same after the journal's JSON" in explored.found[0].faults[0].words


def test_coverage_counts_what_the_author_connected() -> None:
    loose = action("loose", "UpdateContactAttributes", {"Attributes": {}}, to="end")
    graph = Survey((flow(say("hello", "Hi", to="end"), loose),)).graphs.graph(flow(say("hello", "Hi", to="end"), loose))
    coverage = Coverage(graph)
    assert [(missed.block, missed.branch) for missed in coverage.missed] == [
        ("hello", "Okay"), ("hello", "Error"), ("end", "reached")
    ]  # fmt: skip
    coverage.add(walk(Scenario(), graph.flow).path)
    assert (coverage.taken, coverage.total, round(coverage.percent)) == (2, 3, 67)


@pytest.mark.skipif(not REAL, reason="TRUNKLINE_REAL_FLOWS names no directory of exported flows")
def test_real_flows_never_raise() -> None:
    for path in sorted(Path(REAL, "language").glob("*.json")):
        assert explore(read_flow(path), DEFAULTS, range(5)).found == (), path
