"""`flow run`, `flow test` and `flow explore` as they are typed."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.unit.cli.conftest import Type
from tests.unit.sim.flows import DEMO

pytestmark = pytest.mark.unit

SCENARIOS = """
flow: demo.json
scenarios:
  - {name: sales, caller: ['1'], expect: {ends: queue Sales}}
  - {name: wrong, caller: ['7'], expect: {ends: queue Sales, heard: [no choice]}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "demo.json").write_text(DEMO.content)
    (tmp_path / "calls.yaml").write_text(SCENARIOS)
    return tmp_path


def test_a_flow_is_walked_without_a_script(trunkline: Type, folder: Path) -> None:
    told = trunkline("flow", "run", str(folder / "demo.json"))
    assert told.code == 0
    assert "Get customer input (menu)" in told.out
    assert "disconnect." in told.out.splitlines()[-1]


def test_a_flow_is_walked_with_a_scenario(trunkline: Type, folder: Path) -> None:
    script = ("--script", str(folder / "calls.yaml"))
    told = trunkline("flow", "run", str(folder / "demo.json"), *script, "--json")
    walked = json.loads(told.out)
    assert walked["ends"] == "queue Sales"
    assert [visit["branch"] for visit in walked["path"] if visit["block"] == "menu"] == ["1"]
    told = trunkline("flow", "run", str(folder / "demo.json"), *script, "--scenario", "wrong")
    assert "That is no choice" in told.out
    told = trunkline("flow", "run", str(folder / "demo.json"), *script, "--scenario", "nobody")
    assert told.code == 2
    assert "has only sales, wrong" in told.err


def test_scenarios_are_tests(trunkline: Type, folder: Path) -> None:
    told = trunkline("flow", "test", str(folder), "--junit", str(folder / "report.xml"))
    assert told.code == 1
    assert "ok      calls: sales" in told.out
    assert "FAILED  calls: wrong" in told.out
    assert "The walk ended with disconnect, not with queue Sales." in told.out
    assert "Never taken in demo:" in told.out
    assert "2 scenarios, 1 failed." in told.out
    suite = ElementTree.parse(folder / "report.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert "not with queue Sales" in suite[1][0].get("message", "")


def test_too_little_covered_fails(trunkline: Type, folder: Path) -> None:
    (folder / "calls.yaml").write_text("flow: demo.json\n")
    assert trunkline("flow", "test", str(folder)).code == 0
    told = trunkline("flow", "test", str(folder), "--cover", "90")
    assert told.code == 1
    assert "less than 90 %" in told.err


def test_no_scenario_is_an_error(trunkline: Type, tmp_path: Path) -> None:
    told = trunkline("flow", "test", str(tmp_path))
    assert told.code == 2
    assert "no scenario" in told.err.lower()


def test_flows_are_explored(trunkline: Type, folder: Path) -> None:
    told = trunkline("flow", "explore", str(folder), "--seeds", "20")
    assert told.code == 0
    assert "20 walks through 1 flows" in told.out
    told = trunkline("flow", "explore", str(folder), "--seeds", "5", "--json")
    (file,) = json.loads(told.out)["files"]
    assert file["walks"] == 5
    assert sum(file["endings"].values()) == 5


def test_what_is_no_flow_is_told_and_the_rest_is_explored(trunkline: Type, folder: Path) -> None:
    (folder / "broken.json").write_text("{")
    told = trunkline("flow", "explore", str(folder), "--seeds", "2")
    assert told.code == 1
    assert "not JSON" in told.err
    assert "demo.json" in told.out
