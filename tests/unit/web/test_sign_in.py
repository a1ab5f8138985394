import asyncio

import pytest
from aiohttp import ClientSession

from app.clock import VirtualClock
from app.sim.keeping import MemoryAudit
from app.web.server import WebServer
from app.web.sessions import CHECKS_AT_ONCE, CHECKS_WAITING, Sessions
from app.web.settings import WebSettings
from app.web.throttle import BY_ADDRESS, SPAN_MS, Throttle, TooManyAttempts
from tests.unit.web.conftest import SignIn, csrf_of
from tests.unit.web.fakes import FakeAccounts, FakeOperations, until

pytestmark = pytest.mark.contract


def cookie_of(browser: ClientSession) -> str:
    return next(cookie.value for cookie in browser.cookie_jar if cookie.key == "trunkline")


async def attempt(browser: ClientSession, username: str, password: str) -> tuple[int, str]:
    page = await (await browser.get("/login")).text()
    form = {"username": username, "password": password, "csrf": csrf_of(page)}
    answer = await browser.post("/login", data=form, allow_redirects=False)
    return answer.status, await answer.text()


async def test_a_page_sends_strangers_to_the_login_and_back(browser: ClientSession) -> None:
    answer = await browser.get("/contacts/c-0999", allow_redirects=False)
    assert answer.status == 303
    assert answer.headers["Location"] == "/login?next=/contacts/c-0999"
    page = await (await browser.get("/login?next=/contacts/c-0999")).text()
    form = {"username": "admin", "password": "correct horse", "csrf": csrf_of(page), "next": "/contacts/c-0999"}
    answer = await browser.post("/login", data=form, allow_redirects=False)
    assert answer.headers["Location"] == "/contacts/c-0999"


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "x"])
async def test_the_login_leads_nowhere_else(browser: ClientSession, elsewhere: str) -> None:
    page = await (await browser.get("/login")).text()
    form = {"username": "admin", "password": "correct horse", "csrf": csrf_of(page), "next": elsewhere}
    answer = await browser.post("/login", data=form, allow_redirects=False)
    assert answer.headers["Location"] == "/"


async def test_the_session_cookie_is_closed_to_scripts_and_new_at_each_login(
    browser: ClientSession, sign_in: SignIn, accounts: FakeAccounts
) -> None:
    await sign_in()
    first = cookie_of(browser)
    assert len(first) >= 22
    assert accounts.holds(first)
    assert first not in accounts.sessions
    page = await (await browser.get("/")).text()
    answer = await browser.post("/logout", data={"csrf": csrf_of(page)}, allow_redirects=False)
    assert answer.status == 303
    assert not accounts.holds(first)
    form = {
        "username": "admin",
        "password": "correct horse",
        "csrf": csrf_of(await (await browser.get("/login")).text()),
    }
    answer = await browser.post("/login", data=form, allow_redirects=False)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert cookie_of(browser) != first


async def test_wrong_password_and_unknown_user_are_answered_alike(
    browser: ClientSession, accounts: FakeAccounts
) -> None:
    wrong = await attempt(browser, "admin", "wrong")
    unknown = await attempt(browser, "nobody", "wrong")
    assert wrong[0] == unknown[0] == 401
    assert wrong[1].count("The user name or the password is wrong.") == 1
    assert unknown[1].count("The user name or the password is wrong.") == 1
    assert accounts.checked == 2


async def test_who_signed_in_and_out_and_who_was_refused_is_in_the_audit(
    browser: ClientSession, sign_in: SignIn, operations: FakeOperations
) -> None:
    for number in range(BY_ADDRESS - 1):
        await attempt(browser, f"user{number}", "wrong")
    await sign_in()
    page = await (await browser.get("/")).text()
    await browser.post("/logout", data={"csrf": csrf_of(page)})
    for _ in range(BY_ADDRESS + 5):
        await attempt(browser, "admin", "wrong")
    told = [(each.by, each.action, each.outcome) for each in operations.audit.entries]
    refused = "The user name or the password is wrong."
    assert told[BY_ADDRESS - 1 :][:2] == [("admin", "sign in", "done"), ("admin", "sign out", "done")]
    assert told[0] == ("user0", "sign in", refused)
    assert told[BY_ADDRESS + 1 :] == [("admin", "sign in", refused)] * BY_ADDRESS, "guessing cannot fill the audit"
    assert operations.audit.entries[0].details == {"address": "127.0.0.1"}


async def test_guessing_is_slowed_down_by_address(
    browser: ClientSession, accounts: FakeAccounts, clock: VirtualClock
) -> None:
    for number in range(BY_ADDRESS):
        assert (await attempt(browser, f"user{number}", "wrong"))[0] == 401
    status, page = await attempt(browser, "admin", "correct horse")
    assert status == 429
    assert "Try again in" in page
    assert accounts.checked == BY_ADDRESS
    clock.advance_to(clock.now_ms() + SPAN_MS)
    assert (await attempt(browser, "admin", "correct horse"))[0] == 303


async def test_guessing_is_slowed_down_by_user(clock: VirtualClock) -> None:
    throttle = Throttle(clock)
    for number in range(30):
        throttle.failed(f"10.0.0.{number}", "Admin")
    with pytest.raises(TooManyAttempts):
        throttle.check("10.9.9.9", "admin")
    throttle.check("10.9.9.9", "anna")


async def test_passwords_are_checked_a_few_at_a_time(clock: VirtualClock) -> None:
    accounts = FakeAccounts(gate=asyncio.Event())
    sessions = Sessions(accounts, WebSettings(), clock, MemoryAudit)
    attempts = [
        asyncio.create_task(sessions.sign_in("admin", "correct horse", f"10.0.0.{n}"))
        for n in range(CHECKS_WAITING + 5)
    ]
    await until(lambda: accounts.checked == CHECKS_AT_ONCE)
    await asyncio.sleep(0)
    assert accounts.checked == CHECKS_AT_ONCE
    assert accounts.gate is not None
    accounts.gate.set()
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 5
    assert "too many people are at it" in str(refused[0])


async def test_a_login_form_from_elsewhere_is_refused(browser: ClientSession, accounts: FakeAccounts) -> None:
    form = {"username": "admin", "password": "correct horse", "csrf": "0" * 64}
    answer = await browser.post("/login", data=form)
    assert answer.status == 403
    assert "open for too long" in await answer.text()
    page = await (await browser.get("/login")).text()
    form["csrf"] = csrf_of(page)
    answer = await browser.post("/login", data=form, headers={"Origin": "https://evil.example"})
    assert answer.status == 403
    assert accounts.checked == 0


async def test_a_session_ends_when_idle_and_at_its_absolute_limit(
    browser: ClientSession, sign_in: SignIn, clock: VirtualClock, accounts: FakeAccounts
) -> None:
    defaults = WebSettings()
    await sign_in()
    clock.advance_to(clock.now_ms() + defaults.session_idle_s * 1000 - 1)
    assert (await browser.get("/", allow_redirects=False)).status == 200
    clock.advance_to(clock.now_ms() + defaults.session_idle_s * 1000 + 1)
    assert (await browser.get("/", allow_redirects=False)).status == 303
    assert not accounts.sessions
    await sign_in()
    end_ms = clock.now_ms() + defaults.session_absolute_s * 1000
    while clock.now_ms() + 3_600_000 < end_ms:
        clock.advance_to(clock.now_ms() + 3_600_000)
        assert (await browser.get("/", allow_redirects=False)).status == 200
    clock.advance_to(end_ms)
    assert (await browser.get("/", allow_redirects=False)).status == 303


async def test_a_wrong_bearer_token_opens_nothing(server: WebServer, stranger: ClientSession) -> None:
    answer = await stranger.get("/api/status", headers={"Authorization": "Bearer wrong"})
    assert answer.status == 401
    assert await answer.json() == {"error": "SignInFirst", "message": "Sign in first."}
