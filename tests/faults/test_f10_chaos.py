"""F10: a thousand seeds of calls while events of telephony come twice, out of order, a minute late or never."""

import pytest

from app.sim.chaos import Setting, run

pytestmark = pytest.mark.fault

SEEDS, GROUPS = 1_000, 10


@pytest.mark.parametrize("group", range(GROUPS))
async def test_a_hundred_seeds(group: int) -> None:
    """Every third is also killed once on the way."""
    failed = []
    for seed in range(group, SEEDS, GROUPS):
        result = await run(Setting(seed=seed, kills=int(seed % 3 == 0)))
        if result.broken:
            failed.append((result.setting.command, result.broken[:3]))
    assert failed == []
