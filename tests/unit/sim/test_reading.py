"""Scenarios and flows from files."""

from pathlib import Path

import pytest

from app.errors import BadInput
from app.sim.flow.chance import Vocabulary, random_scenario
from app.sim.flow.reading import read_flow, read_scenarios, write_scenario
from app.sim.flow.scenario import Act, QueueSetting
from app.sim.flow.setting import Survey
from tests.unit.sim.flows import DEMO

pytestmark = pytest.mark.unit


def written(folder: Path, text: str) -> Path:
    path = folder / "calls.yaml"
    path.write_text(text)
    return path


def test_keys_stay_as_they_are_written(tmp_path: Path) -> None:
    (scenario,) = read_scenarios(
        written(tmp_path, "caller: [0123, {press: 1, at_s: 2.5}, '']\nattributes: {yes: no}\n")
    )
    assert scenario.caller == ["0123", Act(press="1", at_s=2.5), ""]
    assert scenario.attributes == {"yes": "no"}
    assert scenario.name == "calls 1"


def test_what_stands_beside_the_scenarios_holds_for_each(tmp_path: Path) -> None:
    text = """
        flow: demo.json
        queues: {Sales: {capacity: 3}}
        scenarios:
          - name: first
          - {queues: {}, expect: {attributes: {topic: null}}}
    """
    first, second = read_scenarios(written(tmp_path, text))
    assert (first.name, first.flow, first.queues) == ("first", "demo.json", {"Sales": QueueSetting(capacity=3)})
    assert (second.name, second.flow, second.queues) == ("calls 2", "demo.json", {})
    assert second.expect.attributes == {"topic": None}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- 1\n", "not a mapping"),
        ("scenarios: 3\n", "not a list"),
        ("caller: {", "line 1"),
        ("called: x\n", "unknown field `called`"),
        ("queues: {Sales: {capacity: many}}\n", r"\$.queues"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path, text: str, why: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadInput, match=why) as told:
        read_scenarios(path)
    assert str(path) in str(told.value)


def test_a_scenario_is_the_same_after_writing_and_reading(tmp_path: Path) -> None:
    words = Vocabulary(Survey((DEMO,)).graphs.graph(DEMO))
    for seed in range(60):
        scenario = random_scenario(words, "demo", seed)
        assert read_scenarios(written(tmp_path, write_scenario(scenario))) == (scenario,)


def test_a_flow_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nothing\.json"):
        read_flow(tmp_path / "nothing.json")
