"""A web port on a free port of this machine, over the fakes, and people who use it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest
from aiohttp import ClientSession, CookieJar

from app.clock import VirtualClock
from app.web.server import WebServer, start_web
from app.web.settings import WebSettings
from tests.unit.web.fakes import NOW_MS, FakeAccounts, FakeOperations

TOKEN = "a-token-of-the-command-line"


class SignIn(Protocol):
    """Signs in by the form; gives the status page's form token."""

    async def __call__(self, username: str = "admin", password: str = "correct horse") -> str: ...


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW_MS)


@pytest.fixture
def accounts() -> FakeAccounts:
    return FakeAccounts()


@pytest.fixture
def operations(tmp_path: Path) -> FakeOperations:
    return FakeOperations(tmp_path)


@pytest.fixture
async def server(operations: FakeOperations, accounts: FakeAccounts, clock: VirtualClock) -> AsyncIterator[WebServer]:
    running = await start_web(operations, accounts, WebSettings(port=0, api_token=TOKEN), clock)
    yield running
    await running.stop()


@pytest.fixture
async def browser(server: WebServer) -> AsyncIterator[ClientSession]:
    """Keeps cookies and asks for pages, as a browser does."""
    jar = CookieJar(unsafe=True)
    async with ClientSession(server.url, cookie_jar=jar, headers={"Accept": "text/html"}) as session:
        yield session


@pytest.fixture
async def program(server: WebServer) -> AsyncIterator[ClientSession]:
    """The command line: a bearer token and no cookies."""
    async with ClientSession(server.url, headers={"Authorization": f"Bearer {TOKEN}"}) as session:
        yield session


@pytest.fixture
async def stranger(server: WebServer) -> AsyncIterator[ClientSession]:
    async with ClientSession(server.url) as session:
        yield session


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, page
    return found.group(1)


@pytest.fixture
def sign_in(browser: ClientSession) -> SignIn:
    async def signing_in(username: str = "admin", password: str = "correct horse") -> str:
        form = {"username": username, "password": password, "csrf": csrf_of(await (await browser.get("/login")).text())}
        answer = await browser.post("/login", data=form)
        assert answer.status == 200, await answer.text()
        return csrf_of(await answer.text())

    return signing_in
