"""The worlds in which the contract holds: in memory, and on a real Asterisk."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.contract.telephony.asterisk_world import AsteriskWorld, make_rig
from tests.contract.telephony.fake_world import FakeWorld
from tests.contract.telephony.world import World
from tests.rig.asterisk import AsteriskRig


@pytest.fixture(scope="session")
def rig() -> Iterator[AsteriskRig]:
    """One Asterisk for all tests of the contract; each leaves it empty."""
    with make_rig() as running:
        yield running


@asynccontextmanager
async def real_world(rig: AsteriskRig, var_dir: Path) -> AsyncIterator[AsteriskWorld]:
    real = AsteriskWorld(rig, var_dir)
    try:
        await real.open()
        yield real
    finally:
        await real.close()


@pytest.fixture
async def asterisk(rig: AsteriskRig, tmp_path: Path) -> AsyncIterator[AsteriskWorld]:
    """The real world alone, for what only it can show."""
    async with real_world(rig, tmp_path) as real:
        yield real


@pytest.fixture(params=["fake", "asterisk"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    if request.param == "asterisk":
        async with real_world(request.getfixturevalue("rig"), tmp_path) as real:
            yield real
        return
    fake = FakeWorld()
    await fake.open()
    yield fake
    await fake.close()
