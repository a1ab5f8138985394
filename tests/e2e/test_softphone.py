"""The agent's phone in the browser, on real calls: a page registers, rings, is answered by keyboard, and both sides hear each other."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from app.telephony.install import TestTools
from tests.e2e.test_first_call import to_queue
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, read_recording, trunk_caller
from tests.rig.listening import assert_no_tone, assert_tone, tone_heard_s
from tests.rig.softphone import Softphone, chromium, sign_in
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

CALLER_HZ, AGENT_HZ = 440.0, 1250.0
LOUD_DB = -45.0
CAROL = "web-carol"


@pytest.fixture(scope="module")
def centre() -> Iterator[ApplicationRig]:
    with ApplicationRig() as rig:
        rig.fill(
            contents.demo,
            contents.trunk,
            contents.softphone_agent("carol"),
            contents.softphone_agent("dave", auto_accept=True),
        )
        rig.start()
        yield rig
        rig.check()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("browser"), AGENT_HZ) as running:
        yield running


@pytest.fixture
def caller(centre: ApplicationRig, tools: TestTools) -> Iterator[Baresip]:
    with trunk_caller(tools, tone_hz=CALLER_HZ) as phone:
        yield phone
        if phone.in_call:
            phone.hang_up()
        centre.wait_idle()


@pytest.fixture
def carol(centre: ApplicationRig, browser: Browser) -> Iterator[Softphone]:
    yield from at_the_browser(centre, browser, "carol")


@pytest.fixture
def dave(centre: ApplicationRig, browser: Browser) -> Iterator[Softphone]:
    """Takes every contact at once: auto accept."""
    yield from at_the_browser(centre, browser, "dave")


def at_the_browser(centre: ApplicationRig, browser: Browser, name: str) -> Iterator[Softphone]:
    """The agent at their browser, Available."""
    phone = open_phone(centre, browser, name)
    until(lambda: centre.agent(name)["phone_reachable"], "the phone is reachable")
    centre.set_agent_status(name, "Available")
    centre.wait_agent(name, "idle", status="Available")
    yield phone
    phone.page.context.close()
    centre.set_agent_status(name, "Offline")
    until(lambda: not centre.agent(name)["phone_reachable"], "the phone is gone")


def open_phone(centre: ApplicationRig, browser: Browser, name: str) -> Softphone:
    phone = sign_in(browser, f"http://127.0.0.1:{centre.web_port}/", name, contents.secret_of(name))
    phone.wait_line("Ready")
    return phone


def talk(centre: ApplicationRig, caller: Baresip, carol: Softphone) -> str:
    """A caller through the menu and the queue to the browser, answered from the keyboard; the contact's id."""
    contact_id = to_queue(centre, caller)
    carol.wait_call("ringing")
    carol.page.keyboard.press("Enter")
    carol.wait_call("talking")
    centre.wait_contact("connected")
    return contact_id


def assert_both_hear(caller: Baresip, carol: Softphone) -> None:
    of_caller, other = carol.heard(CALLER_HZ, 3100.0)
    assert of_caller > LOUD_DB, f"the browser hears the caller at {of_caller:.0f} dB"
    assert of_caller > other + 20, f"noise of {other:.0f} dB beside the caller's {of_caller:.0f} dB"
    assert tone_heard_s(caller.heard()[-8000:], AGENT_HZ) > 0.7, "the caller does not hear the browser"


def test_a_call_to_the_browser(centre: ApplicationRig, caller: Baresip, carol: Softphone) -> None:
    """From the telephone network through a queue into the page and back, heard from every side, ended by the page."""
    contact_id = to_queue(centre, caller)
    carol.wait_call("ringing")
    assert carol.page.locator("#caller").inner_text() == "+12065550123"
    assert carol.page.locator("#queue").inner_text() == "Sales"
    assert carol.page.locator("#answer").evaluate("button => button === document.activeElement")
    carol.page.keyboard.press("Enter")
    carol.wait_call("talking")
    centre.wait_contact("connected")
    time.sleep(1.0)
    assert_both_hear(caller, carol)
    carol.press("Hang up")
    caller.wait_ended(5)
    carol.wait_call("none")
    centre.wait_agent("carol", "after contact work")
    record = centre.wait_record(contact_id)
    assert record["Agent"]["Username"] == "carol"
    left, right, rate = read_recording(centre.recording(contact_id))
    for own, mine, others in ((left, CALLER_HZ, AGENT_HZ), (right, AGENT_HZ, CALLER_HZ)):
        assert_tone(own, mine, rate)
        assert_no_tone(own, others, rate)
    assert carol.complaints == []


def test_mute_hold_keys_and_decline(centre: ApplicationRig, caller: Baresip, carol: Softphone) -> None:
    """Muted or held the caller does not hear the agent; keys reach the caller; a call that is declined counts as missed."""
    talk(centre, caller, carol)
    carol.press("Mute")
    assert_unheard(caller)
    carol.press("Mute")
    time.sleep(0.8)
    assert_both_hear(caller, carol)
    carol.press("Hold")
    centre.wait_contact("on hold")
    assert_unheard(caller)
    carol.press("Hold")
    centre.wait_contact("connected")
    time.sleep(0.8)
    assert_both_hear(caller, carol)
    carol.press("Keypad")
    carol.page.keyboard.press("5")
    until(lambda: any(seen.what == "CALL_DTMF_START" for seen in caller.seen), "the key reaches the caller", 3)
    caller.hang_up()
    carol.wait_call("none")
    centre.wait_agent("carol", "idle")
    to_queue(centre, caller)
    carol.wait_call("ringing")
    carol.press("Decline")
    centre.wait_agent("carol", "missed")


def assert_unheard(caller: Baresip) -> None:
    time.sleep(0.5)
    before = caller.heard().size
    time.sleep(1.0)
    assert_no_tone(caller.heard()[before:], AGENT_HZ)


def test_auto_accept(centre: ApplicationRig, caller: Baresip, dave: Softphone) -> None:
    """The page answers by itself; a page that is closed in a talk ends the call at once."""
    to_queue(centre, caller, state="connected")
    dave.wait_call("talking")
    time.sleep(0.5)
    assert_both_hear(caller, dave)
    dave.page.close()
    caller.wait_ended(5)
    centre.wait_agent("dave", "after contact work")


def test_a_closed_page_cannot_be_rung(centre: ApplicationRig, browser: Browser) -> None:
    phone = open_phone(centre, browser, "carol")
    until(lambda: centre.agent("carol")["phone_reachable"], "the phone is reachable")
    phone.page.close()
    closed_s = time.monotonic()
    until(lambda: not centre.agent("carol")["phone_reachable"], "the phone is gone", 5)
    print(f"unroutable after {time.monotonic() - closed_s:.3f} s")
    phone.page.context.close()


def test_a_second_page_takes_the_phone_over(centre: ApplicationRig, browser: Browser, carol: Softphone) -> None:
    second = open_phone(centre, browser, "carol")
    carol.wait_line("Used elsewhere")
    carol.press("Use the phone here")
    carol.wait_line("Ready")
    second.wait_line("Used elsewhere")
    second.page.context.close()


def test_a_call_outlives_the_application_and_the_line(
    centre: ApplicationRig, caller: Baresip, carol: Softphone
) -> None:
    """The application is killed in the middle of a talk: both go on hearing each other, and the page's buttons work afterwards."""
    talk(centre, caller, carol)
    centre.kill9()
    carol.wait_line("Interrupted")
    time.sleep(1.0)
    assert_both_hear(caller, carol)
    centre.start()
    carol.wait_line("Ready", 20)
    time.sleep(1.0)
    assert_both_hear(caller, carol)
    caller.hang_up()
    carol.wait_call("none", 5)
    centre.wait_agent("carol", "idle")
