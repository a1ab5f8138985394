"""The whole application while people do everything that can be done with a call, events come twice, out of order, late or never, and
requests are refused: nothing is lost, nothing left, each record once, and Asterisk holds what the application thinks."""

from dataclasses import replace

import pytest

from app.sim.chaos import FAULTS, Setting, plan, run
from app.sim.deeds import DEEDS
from app.sim.seeds import run_all, shrink, story

pytestmark = pytest.mark.sim


async def test_without_faults_every_call_is_heard_of() -> None:
    result = await run(Setting(seed=1, faults=()))
    assert result.broken == []
    assert (result.calls, result.unheard) == (12, 0)
    assert result.answered > 2
    assert result.contacts > 12
    assert result.steps > 200


@pytest.mark.parametrize("seed", range(12))
async def test_all_faults_together(seed: int) -> None:
    setting = Setting(seed=seed)
    result = await run(setting)
    assert result.broken == [], setting.command


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_alone_and_often(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    often = {"drop": 0.05, "late": 0.05, "duplicate": 0.5, "reorder": 0.8}
    monkeypatch.setattr(FAULTS[fault], "chance", often.get(fault, 0.03))
    for seed in range(2):
        setting = Setting(seed=100 + seed, faults=(fault,))
        result = await run(setting)
        assert result.broken == [], setting.command


@pytest.mark.parametrize("seed", range(5))
async def test_faults_and_kills(seed: int) -> None:
    setting = Setting(seed=seed, kills=2)
    result = await run(setting)
    assert result.broken == [], setting.command


async def test_a_seed_decides_everything() -> None:
    assert await run(Setting(seed=7)) == await run(Setting(seed=7))


def test_a_day_has_everything_that_people_do() -> None:
    """Within some days each kind of deed is done, and their order is that of their moments."""
    done = {deed.what for seed in range(10) for deed in plan(Setting(seed=seed, kills=1))}
    assert done == DEEDS.keys() | {"kill", "calm"}
    moments = [deed.at_ms for deed in plan(Setting())]
    assert moments == sorted(moments)


def test_runs_in_other_processes_are_the_same() -> None:
    settings = [Setting(seed=seed, calls=2) for seed in range(2)]
    assert list(run_all(settings, processes=2)) == list(run_all(settings))


def test_a_failing_seed_is_made_short() -> None:
    """Of many deeds those two are found without which nothing fails; the story names them."""
    setting = Setting()
    short = shrink(setting, lambda each: each.only is None or {5, 40} <= set(each.only))
    assert short == replace(setting, only=(5, 40))
    assert "--only 5,40" in short.command
    assert [line.split()[0] for line in story(short)] == ["5", "40"]


async def test_only_some_of_a_day_happens() -> None:
    calls = [number for number, deed in enumerate(plan(Setting())) if deed.what == "call"]
    result = await run(Setting(only=tuple(calls[:3]), faults=()))
    assert (result.calls, result.broken) == (3, [])
