"""The browser's SIP through this port: frames of the `sip` subprotocol are passed on to Asterisk, so a browser needs one origin and one
certificate (RFC 7118)."""

import asyncio
from collections.abc import AsyncIterator

import structlog
from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    DummyCookieJar,
    TCPConnector,
    WSMsgType,
    web,
)

from app.errors import BadInput, Unavailable
from app.web.live import SESSION_CHECK_EVERY_S, SIGNED_OUT
from app.web.permissions import Principal
from app.web.sessions import PRINCIPAL, SESSIONS
from app.web.settings import SETTINGS, SOCKETS, Sockets

log = structlog.get_logger(__name__)

LARGEST_MESSAGE = 64 * 1024
CONNECT_TIMEOUT_S = 5.0
SEND_TIMEOUT_S = 10.0
PHONES_AT_MOST = 2000
GOING_AWAY = 1001
TAKEN_OVER = 4409
"""Closes an agent's line when another page of theirs opens one: a phone is in one place."""
HEARTBEAT_S = 6.0
"""A browser that cannot be reached is noticed after one and a half of these."""

CLIENT: web.AppKey[ClientSession] = web.AppKey("client", ClientSession)
PHONES: web.AppKey[Sockets] = web.AppKey("phones", Sockets)
LINES: web.AppKey[dict[str, web.WebSocketResponse]] = web.AppKey("lines", dict)
"""By agent: the page that is their phone."""

Socket = web.WebSocketResponse | ClientWebSocketResponse


async def sip_socket(request: web.Request) -> web.StreamResponse:
    """GET /ws/sip. Asterisk is reached first: when it is not there the browser's upgrade is refused, in words."""
    offered = [name.strip() for name in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    if "sip" not in offered:
        raise BadInput(what="The WebSocket's subprotocol", why="this line speaks sip only")
    phones = request.app[PHONES]
    if len(phones) >= PHONES_AT_MOST:
        raise Unavailable(what="The browser's phone line", why="too many are open", remedy="Close unused pages.")
    asterisk = await _reach_asterisk(request)
    try:
        browser = web.WebSocketResponse(
            protocols=("sip",), heartbeat=HEARTBEAT_S, max_msg_size=LARGEST_MESSAGE, compress=False
        )
        await browser.prepare(request)
        phones.add(browser)
        request.app[SOCKETS].add(browser)
        former = _take_over(request, browser)
        closing = asyncio.gather(*(line.close(code=TAKEN_OVER, message=b"used on another page") for line in former))
        try:
            await _join(request, browser, asterisk)
        finally:
            closing.cancel()
            phones.discard(browser)
            request.app[SOCKETS].discard(browser)
            _give_up(request, browser)
    finally:
        await asterisk.close()
    return browser


def _take_over(request: web.Request, browser: web.WebSocketResponse) -> list[web.WebSocketResponse]:
    """The agent's phone is this page now; gives the page that it was before."""
    lines, agent_id = request.app[LINES], request[PRINCIPAL].agent_id
    if agent_id is None:
        return []
    former = [lines[agent_id]] if agent_id in lines else []
    lines[agent_id] = browser
    return former


def _give_up(request: web.Request, browser: web.WebSocketResponse) -> None:
    lines, agent_id = request.app[LINES], request[PRINCIPAL].agent_id
    if agent_id is not None and lines.get(agent_id) is browser:
        del lines[agent_id]


async def _reach_asterisk(request: web.Request) -> ClientWebSocketResponse:
    url = request.app[SETTINGS].asterisk_ws_url
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            return await request.app[CLIENT].ws_connect(
                url, protocols=("sip",), max_msg_size=LARGEST_MESSAGE, timeout=ClientWSTimeout(ws_close=2.0)
            )
    except (ClientError, OSError, TimeoutError) as error:
        log.warning("sip_proxy_unreachable", url=url, error=str(error) or type(error).__name__)
        raise Unavailable(
            what="The browser's phone line",
            why="Asterisk does not answer on its WebSocket",
            remedy="See the nodes on the status page.",
        ) from error


async def _join(request: web.Request, browser: web.WebSocketResponse, asterisk: ClientWebSocketResponse) -> None:
    """Runs until either end closes or the session behind the browser is over; then closes both."""
    principal = request[PRINCIPAL]
    log.info("sip_proxy_opened", username=principal.name)
    tasks = {
        asyncio.create_task(_pass_on(browser, asterisk), name="browser to asterisk"),
        asyncio.create_task(_pass_on(asterisk, browser), name="asterisk to browser"),
        asyncio.create_task(_until_signed_out(request, principal), name="session"),
    }
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    code, reason = next(iter(done)).result()
    log.info("sip_proxy_closed", username=principal.name, code=code, reason=reason)
    await browser.close(code=code, message=reason.encode()[:120])


async def _pass_on(source: Socket, target: Socket) -> tuple[int, str]:
    """Sends before it reads on, so a slow end holds back the other and nothing piles up here."""
    while True:
        message = await source.receive()
        try:
            if message.type is WSMsgType.TEXT:
                await asyncio.wait_for(target.send_str(message.data), SEND_TIMEOUT_S)
            elif message.type is WSMsgType.BINARY:
                await asyncio.wait_for(target.send_bytes(message.data), SEND_TIMEOUT_S)
            else:
                break
        except (TimeoutError, ConnectionError, RuntimeError):
            return GOING_AWAY, "the other end does not take what is sent"
    if isinstance(source, ClientWebSocketResponse):
        return GOING_AWAY, "Asterisk closed the line"
    return source.close_code if source.close_code in (1000, 1001) else 1000, "closed by the browser"


async def _until_signed_out(request: web.Request, principal: Principal) -> tuple[int, str]:
    while await request.app[SESSIONS].still_valid(principal):  # noqa: ASYNC110
        await asyncio.sleep(SESSION_CHECK_EVERY_S)
    return SIGNED_OUT, "signed out"


async def client_context(app: web.Application) -> AsyncIterator[None]:
    """A client of its own: the default limit of connections would count every open phone."""
    async with ClientSession(
        connector=TCPConnector(limit=0), cookie_jar=DummyCookieJar(), timeout=ClientTimeout(total=None)
    ) as session:
        app[CLIENT] = session
        yield
