"""The worlds in which the contract holds."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.telephony.fake_world import FakeWorld
from tests.contract.telephony.world import World


@pytest.fixture(params=["fake"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    fake = FakeWorld()
    await fake.open()
    yield fake
    await fake.close()
