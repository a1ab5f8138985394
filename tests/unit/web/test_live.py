import asyncio
from dataclasses import replace

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from app.domain.ids import ContactId
from app.web import live
from app.web.server import WebServer
from app.web.settings import COUNTERS
from tests.unit.web.conftest import SignIn
from tests.unit.web.fakes import NOW_MS, FakeAccounts, FakeOperations, until

pytestmark = pytest.mark.contract


async def snapshot(socket: ClientWebSocketResponse) -> dict[str, object]:
    """The next snapshot, whatever signs of life come before it."""
    async with asyncio.timeout(5):
        while True:
            content = await socket.receive_json()
            if "revision" in content:
                return content  # type: ignore[no-any-return]


async def test_every_change_comes_as_a_whole_snapshot(program: ClientSession, operations: FakeOperations) -> None:
    async with program.ws_connect("/ws/status") as socket:
        assert await socket.receive_json() == {"now_ms": NOW_MS}
        first = await snapshot(socket)
        assert first["revision"] == 7
        assert [row["say"] for row in first["contacts"]][1] == "+44 20 7946 0958: In queue"  # type: ignore[attr-defined]
        await operations.request_agent_status("agent-cleo", "Available", "test")
        second = await snapshot(socket)
        assert second["revision"] == 8
        assert second["summary"][0]["available"] == 2  # type: ignore[index]
        assert second["summary"][0]["telephony"] == "1 not well"  # type: ignore[index]
        assert len(second["agents"]) == 4  # type: ignore[arg-type]


async def test_the_service_layer_is_read_once_for_all_and_only_while_somebody_watches(
    program: ClientSession, operations: FakeOperations
) -> None:
    assert operations.readers == 0
    async with program.ws_connect("/ws/status") as one, program.ws_connect("/ws/status") as two:
        await snapshot(one)
        await snapshot(two)
        assert operations.readers == 1
    await until(lambda: operations.readers == 0)
    async with program.ws_connect("/ws/status") as again:
        assert (await snapshot(again))["revision"] == 7


async def test_many_changes_at_once_come_as_few_snapshots(program: ClientSession, operations: FakeOperations) -> None:
    async with program.ws_connect("/ws/status") as socket:
        await snapshot(socket)
        for number in range(200):
            await operations.set(at_ms=NOW_MS + number)
        received = 0
        while (await snapshot(socket))["revision"] != 207:
            received += 1
        assert received <= 2


async def test_a_finished_contact_brings_the_new_record(program: ClientSession, operations: FakeOperations) -> None:
    async with program.ws_connect("/ws/status") as socket:
        await snapshot(socket)
        operations.finished = (replace(operations.finished[0], contact_id=ContactId("c-1001")), *operations.finished)
        await operations.set(contacts=operations.current.contacts[1:])
        assert (await snapshot(socket))["records"][0]["key"] == "c-1001"  # type: ignore[index]


async def test_a_feed_that_fails_says_nothing_and_comes_back(
    program: ClientSession, operations: FakeOperations, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "ALIVE_EVERY_S", 0.02)
    monkeypatch.setattr(live, "RETRY_S", 0.3)
    async with program.ws_connect("/ws/status") as socket:
        await snapshot(socket)
        assert "now_ms" in await socket.receive_json()
        operations.broken = RuntimeError("engine")
        await operations.set(at_ms=NOW_MS + 1)
        await until(lambda: not server.app[live.FEED].working)
        operations.broken = None
        while "now_ms" in (message := await socket.receive_json(timeout=5)):
            continue
        assert message["revision"] == 8
        assert server.app[COUNTERS].unhandled == {"RuntimeError": 1}


async def test_a_page_of_another_site_gets_no_feed(browser: ClientSession, sign_in: SignIn, server: WebServer) -> None:
    await sign_in()
    for headers in ({"Origin": "https://evil.example"}, {}):
        with pytest.raises(WSServerHandshakeError) as refused:
            await browser.ws_connect("/ws/status", headers=headers)
        assert refused.value.status == 403
    async with browser.ws_connect("/ws/status", headers={"Origin": server.url.rstrip("/")}) as socket:
        assert (await snapshot(socket))["revision"] == 7


async def test_an_agents_feed_has_no_records(browser: ClientSession, sign_in: SignIn, server: WebServer) -> None:
    await sign_in("anna", "battery staple")
    async with browser.ws_connect("/ws/status", headers={"Origin": server.url.rstrip("/")}) as socket:
        assert (await snapshot(socket))["records"] == []


async def test_signing_out_ends_the_feed(
    browser: ClientSession, sign_in: SignIn, accounts: FakeAccounts, server: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SESSION_CHECK_EVERY_S", 0.0)
    monkeypatch.setattr(live, "ALIVE_EVERY_S", 0.02)
    await sign_in()
    async with browser.ws_connect("/ws/status", headers={"Origin": server.url.rstrip("/")}) as socket:
        await snapshot(socket)
        accounts.sessions.clear()
        async with asyncio.timeout(5):
            while (await socket.receive()).type is WSMsgType.TEXT:
                continue
        assert socket.close_code == live.SIGNED_OUT
