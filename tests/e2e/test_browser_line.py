"""SIP over WebSocket through the web port to a real Asterisk: a phone registers, is found by Asterisk, and is gone with its page."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse

from app.web.server import WebServer, start_web
from app.web.settings import COUNTERS, WebSettings
from app.web.sip import PHONES
from tests.rig.asterisk import AsteriskRig
from tests.rig.configuration import MODULES, TEMPLATES
from tests.unit.web.fakes import FakeAccounts, FakeOperations, until

pytestmark = pytest.mark.e2e

PHONE = """
[transport-ws]
type = transport
protocol = ws
bind = 127.0.0.1
[ben-browser]
type = endpoint
context = default
disallow = all
allow = ulaw
auth = ben-browser
aors = ben-browser
[ben-browser]
type = auth
username = ben-browser
password = secret-of-ben
[ben-browser]
type = aor
max_contacts = 1
remove_existing = yes
qualify_frequency = 1
"""


@pytest.fixture
def asterisk() -> Iterator[AsteriskRig]:
    modules = (*MODULES.split(), "res_pjsip_transport_websocket")
    with AsteriskRig(modules=modules, overrides={"pjsip.conf": TEMPLATES["pjsip.conf"] + PHONE}) as rig:
        yield rig


@pytest.fixture
async def port(asterisk: AsteriskRig, operations: FakeOperations) -> AsyncIterator[WebServer]:
    settings = WebSettings(port=0, api_token="t", asterisk_ws_url=f"ws://127.0.0.1:{asterisk.http_port}/ws")
    running = await start_web(operations, FakeAccounts(), settings)
    yield running
    assert not running.app[COUNTERS].unhandled
    await running.stop()


@pytest.fixture
def operations(tmp_path_factory: pytest.TempPathFactory) -> FakeOperations:
    return FakeOperations(tmp_path_factory.mktemp("operations"))


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def register(sequence: int, authorization: str = "") -> str:
    """A browser's REGISTER (RFC 7118): its address is invalid on purpose, the connection is its address."""
    lines = [
        "REGISTER sip:trunkline.invalid SIP/2.0",
        f"Via: SIP/2.0/WSS 8aq3.invalid;branch=z9hG4bK{sequence}",
        "Max-Forwards: 70",
        "From: <sip:ben-browser@trunkline.invalid>;tag=b1",
        "To: <sip:ben-browser@trunkline.invalid>",
        "Call-ID: browser-line",
        f"CSeq: {sequence} REGISTER",
        "Contact: <sip:ben-browser@8aq3.invalid;transport=ws>;expires=300",
        *([authorization] if authorization else []),
        "Content-Length: 0",
    ]
    return "\r\n".join(lines) + "\r\n\r\n"


def answer_to(challenge: str) -> str:
    """The digest that a challenge asks for (RFC 2617, qop=auth)."""
    values = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    first = md5(f"ben-browser:{values['realm']}:secret-of-ben")
    second = md5("REGISTER:sip:trunkline.invalid")
    response = md5(f"{first}:{values['nonce']}:00000001:c0ffee:auth:{second}")
    return (
        f'Authorization: Digest username="ben-browser", realm="{values["realm"]}", nonce="{values["nonce"]}", '
        f'uri="sip:trunkline.invalid", response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c0ffee", '
        f'opaque="{values.get("opaque", "")}"'
    )


async def next_starting(line: ClientWebSocketResponse, beginning: str) -> str:
    """The next message that begins so; a browser's stack takes the others."""
    async with asyncio.timeout(10):
        while True:
            text = await line.receive_str()
            if text.startswith(beginning):
                return text


async def shown(asterisk: AsteriskRig, present: bool) -> str:
    """What Asterisk says of the phone's contact, once it is (or is no more) there."""
    async with asyncio.timeout(10):
        while True:
            text = await asyncio.to_thread(asterisk.cli, "pjsip show contacts")
            if ("ben-browser/sip:" in text) is present:
                return text
            await asyncio.sleep(0.1)


async def test_a_browsers_phone_registers_through_the_web_port(asterisk: AsteriskRig, port: WebServer) -> None:
    async with ClientSession(port.url, headers={"Authorization": "Bearer t"}) as browser:
        line = await browser.ws_connect("/ws/sip", protocols=("sip",))
        await line.send_str(register(1))
        challenge = await next_starting(line, "SIP/2.0 401")
        await line.send_str(register(2, answer_to(challenge)))
        assert "CSeq: 2 REGISTER" in await next_starting(line, "SIP/2.0 200")
        assert "ben-browser" in await shown(asterisk, True)
        ping = await next_starting(line, "OPTIONS")
        assert re.match(r"OPTIONS sip:ben-browser@127\.0\.0\.1:\d+;transport=ws SIP/2\.0", ping), ping
        await line.close()
    await shown(asterisk, False)
    await until(lambda: not port.app[PHONES])


async def test_the_page_hears_that_asterisk_died(asterisk: AsteriskRig, port: WebServer) -> None:
    async with ClientSession(port.url, headers={"Authorization": "Bearer t"}) as browser:
        line = await browser.ws_connect("/ws/sip", protocols=("sip",))
        await line.send_str(register(1))
        await next_starting(line, "SIP/2.0 401")
        asterisk.kill()
        message = await line.receive(timeout=5)
        assert message.extra == "Asterisk closed the line"
    await until(lambda: not port.app[PHONES])
