"""Functions behind an address: every way in which the other side can misbehave ends in the error branch, in time."""

import asyncio
import hashlib
import hmac
import json
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.calls.ports import NotAnswered
from app.domain.place import FUNCTION, Place
from app.integrations.functions.circuit import FAILURES
from app.integrations.integrations import Integrations
from tests.contract.functions.conftest import LOCAL, Serve

pytestmark = pytest.mark.contract

EVENT: dict[str, Any] = {"Name": "ContactFlowEvent"}


def place(integrations: Integrations, url: str, secret: str = "") -> None:
    integrations.know([Place(FUNCTION, "lookup", "https", url, secret)])


async def ask(integrations: Integrations, timeout_s: float = 2.0) -> bytes:
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:lookup:live"
    return await integrations.functions.invoke(arn, EVENT, timeout_s)


async def good(request: web.Request) -> web.Response:
    return web.json_response({"event": await request.json()})


async def test_the_event_goes_by_post_and_json_comes_back(integrations: Integrations, serve: Serve) -> None:
    place(integrations, await serve(good))
    assert json.loads(await ask(integrations)) == {"event": EVENT}


async def test_a_shared_secret_signs_the_event(integrations: Integrations, serve: Serve) -> None:
    async def checks(request: web.Request) -> web.Response:
        parts = dict(part.split("=", 1) for part in request.headers["X-Trunkline-Signature"].split(","))
        body = await request.read()
        wanted = hmac.new(b"shared", f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()
        return web.json_response({"signed": hmac.compare_digest(wanted, parts["v1"])})

    place(integrations, await serve(checks), "shared")
    assert json.loads(await ask(integrations)) == {"signed": True}


async def test_over_tls_only_who_is_trusted(tls: tuple[ssl.SSLContext, ssl.SSLContext], tmp_path: Path) -> None:
    server, client = tls
    application = web.Application()
    application.router.add_post("/", good)
    running = TestServer(application, scheme="https")
    await running.start_server(ssl=server)
    trusting = Integrations(tmp_path, networks=LOCAL, trust=client)
    doubting = Integrations(tmp_path, networks=LOCAL)
    try:
        url = f"https://localhost:{running.port}/"
        place(trusting, url)
        assert json.loads(await ask(trusting)) == {"event": EVENT}
        place(doubting, url)
        with pytest.raises(NotAnswered, match="certificate"):
            await ask(doubting)
    finally:
        await trusting.close()
        await doubting.close()
        await running.close()


async def hangs(request: web.Request) -> web.Response:
    await asyncio.sleep(30)
    return web.Response()


async def drips(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.05)


async def floods(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(160):
        await response.write(b'"' + b"x" * 65_535)
    return response


async def breaks_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"a"')
    assert request.transport is not None
    request.transport.abort()
    return response


@pytest.mark.parametrize(
    ("handler", "why", "at_limit"),
    [
        (hangs, "nothing came within 1 s", True),
        (drips, "nothing came within 1 s", True),
        (floods, "more than 32 KB", False),
        (breaks_off, "ClientPayloadError", False),
    ],
)
async def test_misbehaviour_ends_in_time(
    integrations: Integrations, serve: Serve, handler: Any, why: str, at_limit: bool
) -> None:
    place(integrations, await serve(handler))
    loop = asyncio.get_running_loop()
    started_s = loop.time()
    with pytest.raises(NotAnswered, match=why):
        await ask(integrations, 1.0)
    took_s = loop.time() - started_s
    assert took_s < 10, "the handlers that hang do so for longer"
    assert (took_s >= 0.99) is at_limit


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
async def test_another_status_is_no_answer(integrations: Integrations, serve: Serve, status: int) -> None:
    async def refuses(request: web.Request) -> web.Response:
        return web.json_response({"a": "b"}, status=status)

    place(integrations, await serve(refuses))
    with pytest.raises(NotAnswered, match=f"status {status}"):
        await ask(integrations)


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest/meta-data/", "http://localhost:1/", "/elsewhere"])
async def test_redirects_are_followed_nowhere(integrations: Integrations, serve: Serve, target: str) -> None:
    seen: list[str] = []

    async def redirects(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(status=302, headers={"Location": target})

    place(integrations, await serve(redirects))
    with pytest.raises(NotAnswered, match="redirects"):
        await ask(integrations)
    assert seen == ["/"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"])
async def test_private_addresses_are_not_asked(serve: Serve, tmp_path: Path, host: str) -> None:
    asked: list[str] = []

    async def counts(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({})

    port = (await serve(counts)).rstrip("/").rpartition(":")[2]
    careful = Integrations(tmp_path, plain_http=True)
    try:
        place(careful, f"http://{host}:{port}/")
        with pytest.raises(NotAnswered, match="its address is private"):
            await ask(careful)
    finally:
        await careful.close()
    assert asked == []


async def test_plain_http_has_to_be_allowed(serve: Serve, tmp_path: Path) -> None:
    careful = Integrations(tmp_path, networks=LOCAL)
    try:
        place(careful, await serve(good))
        with pytest.raises(NotAnswered, match="not encrypted"):
            await ask(careful)
    finally:
        await careful.close()


async def test_who_keeps_failing_is_left_alone_for_a_while(integrations: Integrations, serve: Serve) -> None:
    asked = 0

    async def fails(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=500)

    place(integrations, await serve(fails))
    for _ in range(FAILURES):
        with pytest.raises(NotAnswered, match="status 500"):
            await ask(integrations)
    for _ in range(20):
        with pytest.raises(NotAnswered, match="failed too often"):
            await ask(integrations)
    assert asked == FAILURES


async def test_hanging_endpoints_slow_nobody_else(integrations: Integrations, serve: Serve) -> None:
    hanging, answering = await serve(hangs), await serve(good)
    places = [Place(FUNCTION, f"hang{number}", "https", f"{hanging}{number}") for number in range(40)]
    integrations.know([*places, Place(FUNCTION, "quick", "https", answering)])
    hung = [
        asyncio.create_task(integrations.functions.invoke(each.called, EVENT, 1.0)) for each in places for _ in range(5)
    ]
    await asyncio.sleep(0.2)
    loop = asyncio.get_running_loop()
    took_ms = []
    for _ in range(30):
        started_s = loop.time()
        await integrations.functions.invoke("quick", EVENT, 1.0)
        took_ms.append((loop.time() - started_s) * 1000)
    assert sorted(took_ms)[15] < 50
    assert all(isinstance(answer, NotAnswered) for answer in await asyncio.gather(*hung, return_exceptions=True))
