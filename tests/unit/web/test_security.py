import pytest
from aiohttp import ClientSession, web

from app.web.permissions import ROUTES, Permission, undeclared_routes
from app.web.server import WebServer, create_app
from app.web.settings import COUNTERS, WebSettings
from tests.unit.web.conftest import SignIn
from tests.unit.web.fakes import FakeAccounts, FakeOperations

pytestmark = pytest.mark.contract


async def nothing(_: web.Request) -> web.StreamResponse:
    return web.Response(text="secret")


def test_every_route_declares_its_permission(operations: FakeOperations, accounts: FakeAccounts) -> None:
    app = create_app(operations, accounts, WebSettings())
    assert undeclared_routes(app) == []
    app.router.add_get("/forgotten", nothing)
    assert undeclared_routes(app) == ["GET /forgotten has no permission"]


async def test_a_route_without_a_declaration_is_refused_to_everybody(
    operations: FakeOperations, accounts: FakeAccounts, aiohttp_client: object
) -> None:
    app = create_app(operations, accounts, WebSettings(api_token="t"))
    app.router.add_get("/forgotten", nothing)
    client = await aiohttp_client(app)  # type: ignore[operator]
    answer = await client.get("/forgotten", headers={"Authorization": "Bearer t"})
    assert answer.status == 403
    assert "secret" not in await answer.text()


@pytest.mark.parametrize(
    ("method", "path"), [key for key, asked in ROUTES.items() if asked is not Permission.EVERYBODY]
)
async def test_nothing_but_the_login_is_open_to_strangers(
    stranger: ClientSession, operations: FakeOperations, method: str, path: str
) -> None:
    path = path.format(contact_id="c-0999", agent_id="agent-anna", name="Main", action="hold")
    answer = await stranger.request(method, path, json={"status": "Offline"} if method == "POST" else None)
    assert answer.status == 401
    assert operations.asked == []


async def test_pages_tell_the_browser_what_it_must_not_do(browser: ClientSession, sign_in: SignIn) -> None:
    await sign_in()
    answer = await browser.get("/")
    policy = answer.headers["Content-Security-Policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    page = await answer.text()
    assert f'nonce="{nonce}"' in page
    assert page.count("<script") == 1
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers
    assert nonce not in (await browser.get("/")).headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": "0" * 64},
        {"X-CSRF-Token": "right", "Origin": "https://evil.example"},
        {"X-CSRF-Token": "right", "Origin": "null"},
        {"X-CSRF-Token": "right", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_a_forged_request_changes_nothing(
    browser: ClientSession, sign_in: SignIn, operations: FakeOperations, headers: dict[str, str]
) -> None:
    token = await sign_in()
    headers = {name: token if value == "right" else value for name, value in headers.items()}
    answer = await browser.post("/api/agents/agent-anna/status", json={"status": "Offline"}, headers=headers)
    assert answer.status == 403
    assert operations.asked == []


async def test_an_agent_changes_nobody_else_and_sees_no_records(
    browser: ClientSession, sign_in: SignIn, operations: FakeOperations
) -> None:
    token = await sign_in("anna", "battery staple")
    page = await (await browser.get("/")).text()
    assert "Last contacts" not in page
    assert "Your status" in page
    headers = {"X-CSRF-Token": token}
    other = await browser.post("/api/agents/agent-ben/status", json={"status": "Offline"}, headers=headers)
    assert other.status == 403
    assert (await other.json())["message"] == "You may not change the status of other agents."
    own = await browser.post("/api/agents/agent-anna/status", json={"status": "Offline"}, headers=headers)
    assert own.status == 200
    assert operations.asked == [("agent-anna", "Offline", "anna")]
    for path in ("/contacts/c-0999", "/api/records", "/api/contacts/c-0999/recording"):
        assert (await browser.get(path)).status == 403


async def test_what_nobody_expected_is_counted_and_told_in_words(
    browser: ClientSession, sign_in: SignIn, operations: FakeOperations, server: WebServer
) -> None:
    await sign_in()
    operations.broken = KeyError("channel-17")
    answer = await browser.get("/")
    page = await answer.text()
    assert answer.status == 500
    assert "Something went wrong here" in page
    assert "Traceback" not in page
    assert "channel-17" not in page
    assert server.app[COUNTERS].unhandled == {"KeyError": 1}


async def test_errors_speak_the_language_of_who_asks(program: ClientSession, browser: ClientSession) -> None:
    answer = await program.get("/api/nothing")
    assert answer.status == 404
    assert (await answer.json())["message"] == "There is nothing at this address."
    answer = await browser.get("/nothing")
    assert answer.status == 404
    assert "<h1>Not possible</h1>" in await answer.text()
    answer = await program.post("/api/agents/agent-anna/status", data=b"x" * 100_000)
    assert answer.status == 413
    answer = await program.put("/api/status")
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET,HEAD"


async def test_static_files_stay_in_their_folder(stranger: ClientSession) -> None:
    assert (await stranger.get("/static/status.js")).status == 200
    assert (await stranger.get("/static/..%2fserver.py")).status in (403, 404)
    assert (await stranger.get("/static/")).status in (403, 404)
