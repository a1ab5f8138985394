"""F10: a thousand seeds of people who do everything that can be done with a call, while events of telephony come twice, out of order, a
minute late or never, requests are refused, and the application is killed."""

import os

import pytest

from app.sim.chaos import Setting
from app.sim.seeds import run_all

pytestmark = pytest.mark.fault

SEEDS = 1_000


def test_a_thousand_seeds() -> None:
    """Every third is also killed once on the way, every ninth twice."""
    settings = [Setting(seed=seed, kills=(seed % 3 == 0) + (seed % 9 == 0)) for seed in range(SEEDS)]
    failed = [(r.setting.command, r.broken[:3]) for r in run_all(settings, os.cpu_count() or 1) if r.broken]
    assert failed == []
