"""When a node that has connected is able to take calls."""

from typing import Any, cast

import pytest

from app.telephony import able as module
from app.telephony.able import LOADING_S, able
from app.telephony.ami import AmiClient
from app.telephony.ari.errors import AriRequestFailed
from app.telephony.ari.operation import Request
from tests.unit.telephony.scripted import ScriptedClient

pytestmark = pytest.mark.unit


class StartingClient(ScriptedClient):
    """Answers with these statuses first, the last one for ever."""

    def __init__(self, *statuses: int) -> None:
        super().__init__()
        self.statuses = list(statuses)

    async def request(self, request: Request, timeout_s: float | None = None) -> Any:
        await super().request(request, timeout_s)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status >= 400:
            raise AriRequestFailed(operation="filter", node="node1", status_code=status, reason="no")
        return {"name": "trunkline"}


class Manager:
    readied = 0

    async def ready(self, timeout_s: float) -> None:
        self.readied += 1


async def asked(monkeypatch: pytest.MonkeyPatch, *statuses: int) -> int:
    """How often Asterisk was asked before it counted as able."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(module.asyncio, "sleep", sleep)
    client, manager = StartingClient(*statuses), Manager()
    await able(client, cast(AmiClient, manager), "trunkline")
    assert manager.readied == 1
    assert len(waited) == len(client.sent) - 1
    return len(client.sent)


@pytest.mark.parametrize(("statuses", "times"), [((204,), 1), ((404, 404, 503, 503, 204), 5), ((400,), 1)])
async def test_an_asterisk_that_starts_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, statuses: tuple[int, ...], times: int
) -> None:
    assert await asked(monkeypatch, *statuses) == times


async def test_an_asterisk_that_does_not_know_the_request_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await asked(monkeypatch, 404) == pytest.approx(LOADING_S / module.BOOT_POLL_S, abs=2)
