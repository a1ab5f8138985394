"""The pages in a real browser, over a service layer in memory: what a person and their keyboard see and do."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from app.calls.ports import ContactView
from app.clock import SystemClock
from app.domain.ids import ContactId
from app.web.server import WebServer, start_web
from app.web.settings import ACCOUNTS, COUNTERS, WebSettings
from tests.unit.web.fakes import A_RECORD, FakeAccounts, FakeOperations

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
]


@pytest.fixture
def operations(tmp_path: Path) -> FakeOperations:
    return FakeOperations(tmp_path, SystemClock().now_ms())


@pytest_asyncio.fixture(loop_scope="module")
async def server(operations: FakeOperations) -> AsyncIterator[WebServer]:
    running = await start_web(operations, FakeAccounts(), WebSettings(port=0))
    yield running
    assert not running.app[COUNTERS].unhandled
    await running.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One program for all tests; each has a context of its own, with its own cookies."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, server: WebServer) -> AsyncIterator[Page]:
    """A page that is signed in and live. Whatever the browser complains about fails the test."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        complaints.append(f"{message.text} ({message.location['url']})")

    context = await browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="Europe/Berlin")
    opened = await context.new_page()
    opened.on("console", lambda message: note(message) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    await opened.goto(server.url)
    await opened.fill("#username", "admin")
    await opened.fill("#password", "correct horse")
    await opened.press("#password", "Enter")
    await expect(opened.locator("#stamp")).to_contain_text("Live")
    yield opened
    await context.close()
    expected = ("WebSocket connection", "ERR_CONNECTION", "/api/agents/agent-anna/status")
    assert [text for text in complaints if not any(words in text for words in expected)] == []


async def eventually(page: Page, expression: str) -> None:
    """Asks again and again from outside: the page's own policy forbids evaluating text within it."""
    async with asyncio.timeout(8):
        while not await page.evaluate(expression):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_new_contact_appears_moves_and_goes_without_a_reload(page: Page, operations: FakeOperations) -> None:
    table = page.get_by_role("table", name="Live contacts")
    await expect(table.get_by_role("row")).to_have_count(4)
    contact = ContactView(
        ContactId("c-1004"), "in flow", operations.current.at_ms, operations.current.at_ms, "+12025550199", "+18005550100",
        "Main menu", "Play prompt",
    )  # fmt: skip
    others = operations.current.contacts
    await operations.set(contacts=(*others, contact))
    row = table.get_by_role("row", name="(202) 555-0199")
    await expect(row).to_contain_text("In flow")
    await expect(row).to_contain_text("Main menu › Play prompt")
    await operations.set(contacts=(*others, replace(contact, state="in queue", queue="Sales")))
    await expect(row).to_contain_text("In queue")
    await expect(page.locator("#announcements")).to_contain_text("(202) 555-0199: In queue", timeout=8000)
    operations.finished = (replace(operations.finished[0], contact_id=contact.contact_id), *operations.finished)
    await operations.set(contacts=others)
    await expect(row).to_have_count(0)
    await expect(page.get_by_role("table", name="Last contacts").get_by_role("row")).to_have_count(5)
    await operations.set(contacts=())
    await expect(page.get_by_text("Nobody is calling now.")).to_be_visible()


async def test_the_time_in_a_state_ticks_by_the_servers_clock(page: Page) -> None:
    age = page.get_by_role("row", name="cleo").locator(".age")
    before = await age.text_content()
    assert before is not None
    assert before.startswith("2:15:")
    await expect(age).not_to_have_text(before, timeout=3000)


async def test_an_agents_status_is_set_from_the_keyboard(page: Page, operations: FakeOperations) -> None:
    button = page.get_by_role("button", name="Offline: anna")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(button).to_have_attribute("aria-pressed", "true")
    await expect(page.get_by_role("row", name="anna").first).to_contain_text("Offline")
    await expect(button).to_be_focused()
    assert operations.asked == [("agent-anna", "Offline", "admin")]


async def test_another_status_is_chosen_from_a_menu(page: Page, operations: FakeOperations) -> None:
    menu = page.get_by_role("group", name="Another status: anna")
    await menu.locator("summary").focus()
    await page.keyboard.press("Enter")
    await menu.get_by_role("button", name="Lunch").click()
    await expect(page.get_by_role("row", name="anna").first.locator(".state").first).to_have_text("Lunch")
    await expect(menu.get_by_role("button", name="Lunch")).to_be_hidden()
    assert operations.asked == [("agent-anna", "Lunch", "admin")]


async def test_who_is_in_a_call_and_which_callbacks_wait(page: Page, operations: FakeOperations) -> None:
    row = page.get_by_role("table", name="Live contacts").get_by_role("row", name="(202) 555-0143")
    await expect(row).to_contain_text("Customer on hold; Recording")
    await expect(row).to_contain_text("ben, (206) 555-0111, sue (listening in)")
    parties = operations.current.contacts[0].parties
    joined = tuple(replace(party, place="joined", mode=party.mode and "whisper") for party in parties)
    first = replace(operations.current.contacts[0], state="conference", parties=joined)
    await operations.set(contacts=(first, *operations.current.contacts[1:]))
    await expect(row).to_contain_text("sue (whispering to the agent)")
    await expect(row).not_to_contain_text("on hold")
    callbacks = page.get_by_role("table", name="Callbacks")
    await expect(callbacks.get_by_role("row", name="(202) 555-0188")).to_contain_text("Planned")
    await expect(callbacks.get_by_role("row", name="(202) 555-0189")).to_contain_text("Waits for an agent")
    await operations.set(callbacks=())
    await expect(page.get_by_text("No callback waits.")).to_be_visible()


async def test_a_refusal_is_told_in_words(page: Page, operations: FakeOperations) -> None:
    operations.current = replace(operations.current, agents=operations.current.agents[1:])
    await page.get_by_role("button", name="Offline: anna").click()
    await expect(page.locator("#refusal")).to_have_text("There is no agent named agent-anna.")


async def test_a_recording_plays_and_goes_on_while_the_page_changes(page: Page, operations: FakeOperations) -> None:
    await page.get_by_role("link", name="Play the recording of (202) 555-0177").click()
    await eventually(page, "document.querySelector('#player audio').currentTime > 0.3")
    await operations.set(contacts=operations.current.contacts[1:])
    await expect(page.get_by_role("table", name="Live contacts").get_by_role("row")).to_have_count(3)
    await eventually(page, "document.querySelector('#player audio').ended")
    assert await page.evaluate("document.querySelector('#player audio').duration") == pytest.approx(2.0, abs=0.05)
    await page.get_by_role("button", name="Close").click()
    await expect(page.locator("#player")).to_be_hidden()


async def test_a_page_that_hears_nothing_says_so_and_recovers(
    page: Page, server: WebServer, operations: FakeOperations
) -> None:
    await server.stop()
    banner = page.locator("#stale")
    await expect(banner).to_be_visible(timeout=8000)
    await expect(banner).to_contain_text("Live updates are interrupted")
    await expect(page.locator("#stamp")).to_contain_text("Stale")
    back = await start_web(operations, server.app[ACCOUNTS], WebSettings(port=server.port))
    try:
        await expect(banner).to_be_hidden(timeout=20000)
        await operations.set(queues=())
        await expect(page.get_by_text("There are no queues yet.")).to_be_visible()
    finally:
        await back.stop()


async def test_a_live_contacts_page_follows_it_to_the_record(
    page: Page, server: WebServer, operations: FakeOperations
) -> None:
    await page.goto(f"{server.url}contacts/c-1001")
    await expect(page.get_by_text("The record is written when the contact is over.")).to_be_visible()
    operations.contents["c-1001"] = {**A_RECORD, "ContactId": "c-1001"}
    operations.paths["c-1001"] = operations.paths["c-0999"]
    operations.files["c-1001"] = operations.files["c-0999"]
    await operations.set(contacts=operations.current.contacts[1:])
    await expect(page.get_by_text("InitiationTimestamp")).to_be_visible()
    await expect(page.get_by_text("customer hung up")).to_be_visible()
    await eventually(page, "document.querySelector('audio').readyState >= 1")


@pytest.mark.parametrize("path", ["login", "", "contacts/c-0999", "contacts/c-4711"])
async def test_nothing_is_wider_than_a_telephone(browser: Browser, server: WebServer, path: str) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(f"{server.url}login")
    if path != "login":
        await page.fill("#username", "admin")
        await page.fill("#password", "correct horse")
        await page.press("#password", "Enter")
        await page.goto(server.url + path)
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    small = (
        "[...document.querySelectorAll('button, .button')].filter(b => b.offsetHeight && b.offsetHeight < 38).length"
    )
    assert await page.evaluate(small) == 0
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["login", "", "contacts/c-0999"])
async def test_words_stand_out_from_their_ground(browser: Browser, server: WebServer, path: str, scheme: str) -> None:
    """WCAG 2.1, 1.4.3: 4.5 to 1, for every text that is shown."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{server.url}login")
    if path != "login":
        await page.fill("#username", "admin")
        await page.fill("#password", "correct horse")
        await page.press("#password", "Enter")
        await page.goto(server.url + path)
        await page.wait_for_timeout(400)
    found = await page.evaluate(CONTRASTS)
    assert len(found) >= 4
    assert [entry for entry in found if entry["ratio"] < 4.5] == []
    await context.close()


CONTRASTS = """() => {
  const part = (c) => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const rgb = (text) => text.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const shown = [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility()
    && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && !["NOSCRIPT", "TEMPLATE"].includes(e.tagName));
  return shown.map((e) => {
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    return { text: e.textContent.trim().slice(0, 40), ratio: (a + 0.05) / (b + 0.05) };
  });
}"""
