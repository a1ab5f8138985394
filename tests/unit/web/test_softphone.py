"""The phone's page and its log-in, over the fakes."""

import pytest
from aiohttp import ClientSession

from app.calls.ports.asks.agents import ConnectSoftphone
from tests.unit.web.conftest import SignIn
from tests.unit.web.fakes import FakeOperations

pytestmark = pytest.mark.contract


async def test_an_agents_page_asks_for_a_log_in_with_its_token(
    browser: ClientSession, sign_in: SignIn, operations: FakeOperations
) -> None:
    token = await sign_in("anna", "battery staple")
    page = await browser.get("/phone")
    assert page.status == 200
    text = await page.text()
    for attribute in (f'data-csrf="{token}"', 'data-key="*" aria-label="star"', 'aria-current="page"'):
        assert attribute in text
    assert (await browser.post("/api/panel/softphone")).status == 403
    assert operations.performed == []
    answer = await browser.post("/api/panel/softphone", headers={"X-CSRF-Token": token})
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    ((actor, ask),) = operations.performed
    assert (actor.agent_id, ask) == ("agent-anna", ConnectSoftphone())


async def test_who_is_no_agent_is_told_so(browser: ClientSession, sign_in: SignIn) -> None:
    await sign_in()
    page = await browser.get("/phone")
    assert page.status == 403
    assert "no agent" in await page.text()
