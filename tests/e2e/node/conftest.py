"""One Asterisk as the application runs it, without the application."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.lines import NetworkSettings
from app.telephony.install import Engine, ensure_engine
from tests.rig.provisioned import VAR, Node, find_sipp, free_settings, running


@pytest.fixture(scope="session")
def engine() -> Engine:
    return ensure_engine(VAR)


@pytest.fixture(scope="session")
def sipp() -> Path:
    return find_sipp()


@pytest.fixture
def settings() -> NetworkSettings:
    return free_settings()


@pytest.fixture
async def node(engine: Engine, settings: NetworkSettings, tmp_path: Path) -> AsyncIterator[Node]:
    async with running(engine, settings, tmp_path / "v") as made:
        yield made
        assert await made.channels() == []
        assert re.findall(r"(?m)^.*\bERROR\b.*$", made.log()) == []
