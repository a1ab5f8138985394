"""The whole application while events come twice, out of order, late or never: nothing is lost, nothing left, each record once."""

import pytest

from app.sim.chaos import FAULTS, Setting, run

pytestmark = pytest.mark.sim


async def test_without_faults_every_call_is_heard_of() -> None:
    result = await run(Setting(seed=1, faults=()))
    assert result.broken == []
    assert (result.calls, result.unheard) == (12, 0)
    assert result.answered > 2
    assert result.steps > 30


@pytest.mark.parametrize("seed", range(20))
async def test_all_faults_together(seed: int) -> None:
    setting = Setting(seed=seed)
    result = await run(setting)
    assert result.broken == [], setting.command


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_alone_and_often(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = {"drop": 0.05, "late": 0.05, "duplicate": 0.5, "reorder": 0.8}[fault]
    monkeypatch.setattr(FAULTS[fault], "chance", chance)
    for seed in range(3):
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
