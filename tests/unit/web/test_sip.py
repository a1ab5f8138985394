import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestServer

from app.clock import VirtualClock
from app.web.server import WebServer, start_web
from app.web.sessions import SESSIONS, hash_token
from app.web.settings import WebSettings
from app.web.sip import LARGEST_MESSAGE, PHONES, TAKEN_OVER
from tests.unit.web.fakes import NOW_MS, FakeAccounts, FakeOperations, until

pytestmark = pytest.mark.contract

TOKEN = {"Authorization": "Bearer t"}
REGISTER = "REGISTER sip:trunkline SIP/2.0\r\nCSeq: 1 REGISTER\r\n\r\n"


@dataclass
class Exchange:
    """Plays Asterisk's WebSocket: answers each request, remembers how lines ended."""

    closed: list[int | None] = field(default_factory=list)
    protocols: list[str | None] = field(default_factory=list)
    lines: list[web.WebSocketResponse] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        line = web.WebSocketResponse(protocols=("sip",))
        await line.prepare(request)
        self.lines.append(line)
        self.protocols.append(line.ws_protocol)
        async for message in line:
            if message.type is WSMsgType.TEXT:
                await line.send_str(f"SIP/2.0 200 OK for {message.data.split(' ')[0]}")
            else:
                await line.send_bytes(message.data)
        self.closed.append(line.close_code)
        return line


@pytest.fixture
async def exchange() -> AsyncIterator[tuple[Exchange, str]]:
    played = Exchange()
    app = web.Application()
    app.router.add_get("/ws", played.serve)
    async with TestServer(app) as running:
        yield played, f"ws://127.0.0.1:{running.port}/ws"


@pytest.fixture
async def port(
    operations: FakeOperations, accounts: FakeAccounts, clock: VirtualClock, exchange: tuple[Exchange, str]
) -> AsyncIterator[WebServer]:
    running = await start_web(
        operations, accounts, WebSettings(port=0, api_token="t", asterisk_ws_url=exchange[1]), clock
    )
    yield running
    await running.stop()


@pytest.fixture
async def phone(port: WebServer) -> AsyncIterator[ClientSession]:
    async with ClientSession(port.url, headers=TOKEN) as session:
        yield session


async def test_sip_goes_both_ways_and_both_ends_close(
    phone: ClientSession, exchange: tuple[Exchange, str], port: WebServer
) -> None:
    async with phone.ws_connect("/ws/sip", protocols=("sip",)) as line:
        assert line.protocol == "sip"
        await line.send_str(REGISTER)
        assert await line.receive_str(timeout=5) == "SIP/2.0 200 OK for REGISTER"
        await line.send_bytes(b"\r\n\r\n")
        assert await line.receive_bytes(timeout=5) == b"\r\n\r\n"
        assert exchange[0].protocols == ["sip"]
        assert len(port.app[PHONES]) == 1
    await until(lambda: exchange[0].closed)
    await until(lambda: not port.app[PHONES])


async def test_the_browser_hears_when_asterisk_goes(
    phone: ClientSession, exchange: tuple[Exchange, str], port: WebServer
) -> None:
    async with phone.ws_connect("/ws/sip", protocols=("sip",)) as line:
        await line.send_str(REGISTER)
        await line.receive_str(timeout=5)
        closing = asyncio.create_task(exchange[0].lines[0].close())
        message = await line.receive(timeout=5)
        assert message.type is WSMsgType.CLOSE
        assert message.extra == "Asterisk closed the line"
        await closing
    await until(lambda: not port.app[PHONES])


async def test_too_large_a_message_ends_the_line(phone: ClientSession, port: WebServer) -> None:
    async with phone.ws_connect("/ws/sip", protocols=("sip",)) as line:
        await line.send_str("x" * (LARGEST_MESSAGE + 1))
        message = await line.receive(timeout=5)
        assert message.type is WSMsgType.CLOSE
    await until(lambda: not port.app[PHONES])


async def test_no_asterisk_is_told_before_the_upgrade(operations: FakeOperations, accounts: FakeAccounts) -> None:
    settings = WebSettings(port=0, api_token="t", asterisk_ws_url="ws://127.0.0.1:1/ws")
    server = await start_web(operations, accounts, settings)
    try:
        async with ClientSession(server.url, headers=TOKEN) as session:
            with pytest.raises(WSServerHandshakeError) as refused:
                await session.ws_connect("/ws/sip", protocols=("sip",))
            assert refused.value.status == 503
    finally:
        await server.stop()


async def test_only_sip_and_only_the_signed_in(phone: ClientSession, port: WebServer) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await phone.ws_connect("/ws/sip", protocols=("chat",))
    assert refused.value.status == 400
    async with ClientSession(port.url) as stranger:
        with pytest.raises(WSServerHandshakeError) as refused:
            await stranger.ws_connect("/ws/sip", protocols=("sip",))
        assert refused.value.status == 401


async def test_stopping_the_web_lets_go_of_open_lines(
    operations: FakeOperations, accounts: FakeAccounts, exchange: tuple[Exchange, str]
) -> None:
    server = await start_web(operations, accounts, WebSettings(port=0, api_token="t", asterisk_ws_url=exchange[1]))
    async with ClientSession(server.url, headers=TOKEN) as session:
        line = await session.ws_connect("/ws/sip", protocols=("sip",))
        feed = await session.ws_connect("/ws/status")
        stopping = asyncio.create_task(server.stop())
        messages = [await line.receive(timeout=5), await feed.receive(timeout=5)]
        while messages[1].type is WSMsgType.TEXT:
            messages[1] = await feed.receive(timeout=5)
        assert [message.type for message in messages] == [WSMsgType.CLOSE, WSMsgType.CLOSE]
        async with asyncio.timeout(5):
            await stopping
    await until(lambda: exchange[0].closed)


async def test_an_agents_second_page_takes_the_phone_over(port: WebServer, accounts: FakeAccounts) -> None:
    async with AsyncExitStack() as stack:
        lines = []
        for name in ("anna", "anna", "admin", "admin"):
            session = await stack.enter_async_context(await signed_in(port, accounts, name))
            lines.append(await session.ws_connect("/ws/sip", protocols=("sip",)))
        taken = await lines[0].receive(timeout=5)
        assert (taken.type, taken.data) == (WSMsgType.CLOSE, TAKEN_OVER)
        for line in lines[1:]:
            await line.send_str(REGISTER)
            assert await line.receive_str(timeout=5) == "SIP/2.0 200 OK for REGISTER"


async def signed_in(server: WebServer, accounts: FakeAccounts, username: str) -> ClientSession:
    token = f"token-{username}-{len(accounts.sessions)}"
    await accounts.create_session(hash_token(token), username, NOW_MS, NOW_MS + 10_000_000)
    headers = {"Cookie": f"{server.app[SESSIONS].cookie}={token}", "Origin": server.url.rstrip("/")}
    return ClientSession(server.url, headers=headers)
