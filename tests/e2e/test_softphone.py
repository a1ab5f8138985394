"""The agent's phone in three kinds, on real calls: the browser, heard from every side; an outside number in its place, and back."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from app.telephony.install import TestTools
from tests.e2e.talking import DIRECT, FAR_ADDRESS, FAR_HZ, FAR_NUMBER, far_phone
from tests.e2e.test_first_call import to_queue
from tests.e2e.test_status_page import CONTRASTS
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, read_recording, trunk_caller
from tests.rig.listening import assert_no_tone, assert_tone, tone_heard_s
from tests.rig.softphone import LOUD_DB, Softphone, chromium, sign_in
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

CALLER_HZ, AGENT_HZ = 440.0, 1250.0
REFUSALS = {
    "NotAllowedError": "The browser may not use the microphone.",
    "NotFoundError": "No microphone was found.",
    "NotReadableError": "Another program may be using it",
}
RELAYED_ONLY = """const Real = RTCPeerConnection;
window.RTCPeerConnection = function (given) { return new Real({ ...given, iceTransportPolicy: "relay" }); };
window.RTCPeerConnection.prototype = Real.prototype;"""
"""A browser whose only way is a relay that nobody set up."""
ABOVE_NOISE_DB = 20.0


@pytest.fixture(scope="module")
def far(tools: TestTools) -> Iterator[Baresip]:
    """An agent's own telephone in the telephone network, behind a second trunk."""
    with far_phone(tools) as phone:
        yield phone


@pytest.fixture(scope="module")
def centre(far: Baresip) -> Iterator[ApplicationRig]:
    with ApplicationRig() as rig:
        rig.fill(
            contents.demo,
            contents.trunk,
            contents.far_trunk(FAR_ADDRESS, far.sip_port, shown=DIRECT),
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
    centre.set_agent_status(name, "Available")
    centre.wait_agent(name, "idle", status="Available")
    yield phone
    phone.page.context.close()
    centre.set_agent_status(name, "Offline")
    until(lambda: not centre.agent(name)["phone_reachable"], "the phone is gone")


def open_phone(centre: ApplicationRig, browser: Browser, name: str) -> Softphone:
    phone = sign_in(browser, f"http://127.0.0.1:{centre.web_port}/", name, contents.secret_of(name))
    phone.wait_line("Ready")
    until(lambda: centre.agent(name)["phone_reachable"], "the phone is reachable")
    return phone


def assert_both_hear(caller: Baresip, phone: Softphone) -> None:
    of_caller, other = phone.heard(CALLER_HZ, 3100.0)
    assert of_caller > LOUD_DB, f"the browser hears the caller at {of_caller:.0f} dB"
    assert of_caller > other + ABOVE_NOISE_DB, f"noise of {other:.0f} dB beside the caller's {of_caller:.0f} dB"
    assert tone_heard_s(caller.heard()[-8000:], AGENT_HZ) > 0.7, "the caller does not hear the browser"


def assert_unheard(caller: Baresip) -> None:
    time.sleep(0.5)
    before = caller.heard().size
    time.sleep(0.7)
    assert_no_tone(caller.heard()[before:], AGENT_HZ)


def assert_readable(phone: Softphone) -> None:
    """On a telephone's screen nothing is cut off or too small to press; every text stands out from its ground (WCAG 2.1, 1.4.3)."""
    page = phone.page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert [entry for entry in page.evaluate(CONTRASTS) if entry["ratio"] < 4.5] == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    small = "[...document.querySelectorAll('button')].filter(b => b.offsetHeight && b.offsetHeight < 38).length"
    assert page.evaluate(small) == 0
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_call_to_the_browser(centre: ApplicationRig, caller: Baresip, carol: Softphone) -> None:
    """From the telephone network through a queue into the page, declined once, then answered by keyboard, heard from every side, and
    ended by the page."""
    contact_id = to_queue(centre, caller)
    carol.wait_call("ringing")
    carol.press("Decline")
    centre.wait_agent("carol", "missed")
    carol.wait_call("none")
    centre.set_agent_status("carol", "Available")
    carol.wait_call("ringing")
    assert carol.page.locator("#caller").inner_text() == "+12065550123"
    assert carol.page.locator("#queue").inner_text() == "Sales"
    assert carol.page.locator("#answer").evaluate("button => button === document.activeElement")
    carol.page.keyboard.press("Enter")
    carol.wait_call("talking")
    centre.wait_contact("connected")
    assert_readable(carol)
    assert_both_hear(caller, carol)
    carol.press("Hang up")
    caller.wait_ended()
    carol.wait_call("none")
    centre.wait_agent("carol", "after contact work")
    record = centre.wait_record(contact_id)
    assert (record["Agent"]["Username"], record["AgentConnectionAttempts"]) == ("carol", 2)
    left, right, rate = read_recording(centre.recording(contact_id))
    for own, mine, others in ((left, CALLER_HZ, AGENT_HZ), (right, AGENT_HZ, CALLER_HZ)):
        assert_tone(own, mine, rate)
        assert_no_tone(own, others, rate)
    assert carol.complaints == []


def test_buttons_and_a_talk_that_outlives_the_application(
    centre: ApplicationRig, caller: Baresip, carol: Softphone
) -> None:
    """Muted or held the caller does not hear the agent, and keys reach the caller. Then the application is killed: both go on hearing
    each other, and afterwards the page hears of the end again."""
    to_queue(centre, caller)
    carol.wait_call("ringing")
    carol.page.keyboard.press("Enter")
    carol.wait_call("talking")
    centre.wait_contact("connected")
    carol.press("Mute")
    assert_unheard(caller)
    carol.press("Mute")
    carol.press("Hold")
    centre.wait_contact("on hold")
    assert_unheard(caller)
    carol.press("Hold")
    centre.wait_contact("connected")
    carol.press("Keypad")
    carol.page.keyboard.press("5")
    until(lambda: any(seen.what == "CALL_DTMF_START" for seen in caller.seen), "the key reaches the caller")
    centre.kill9()
    carol.wait_line("Interrupted")
    assert_both_hear(caller, carol)
    centre.start()
    carol.wait_line("Ready", 20)
    assert_both_hear(caller, carol)
    caller.hang_up()
    carol.wait_call("none")
    centre.wait_agent("carol", "idle")


def test_auto_accept_and_a_page_closed_in_a_talk(centre: ApplicationRig, caller: Baresip, dave: Softphone) -> None:
    """The page answers by itself. When it is closed the call is over at once, and nobody can be rung there any more."""
    to_queue(centre, caller, state="connected")
    dave.wait_call("talking")
    assert_both_hear(caller, dave)
    dave.page.close()
    closed_s = time.monotonic()
    until(lambda: not centre.agent("dave")["phone_reachable"], "the phone is gone", 5)
    print(f"a closed page cannot be rung after {time.monotonic() - closed_s:.3f} s")
    caller.wait_ended()
    centre.wait_agent("dave", "after contact work")


def test_a_second_page_takes_the_phone_over_if_it_has_a_microphone(
    centre: ApplicationRig, browser: Browser, carol: Softphone
) -> None:
    second = open_phone(centre, browser, "carol")
    carol.wait_line("Used elsewhere")
    carol.press("Use the phone here")
    carol.wait_line("Ready")
    second.wait_line("Used elsewhere")
    for error, words in REFUSALS.items():
        second.page.evaluate("error => { window.refused = error; }", error)
        second.page.locator("#start").press("Enter")
        expect(second.page.locator("#words")).to_contain_text(words)
        second.wait_line("No microphone")
    carol.wait_line("Ready")
    second.page.context.close()


def test_a_network_that_lets_no_sound_pass(centre: ApplicationRig, caller: Baresip, carol: Softphone) -> None:
    """The page says so and is no phone any more, so that no second customer meets a silent agent; starting it again tries again."""
    carol.page.evaluate(RELAYED_ONLY)
    to_queue(centre, caller)
    carol.wait_call("ringing")
    carol.press("Answer")
    carol.wait_line("No sound", 15)
    expect(carol.page.locator("#words")).to_contain_text("a firewall lets none pass", ignore_case=True)
    caller.wait_ended(5)
    until(lambda: centre.agent("carol")["out_of_reach"], "carol is not rung any more", 3)
    carol.press("Start the phone")
    carol.wait_line("Ready")


def test_an_outside_number_rings_instead_and_the_browser_again(
    centre: ApplicationRig, caller: Baresip, carol: Softphone, far: Baresip
) -> None:
    """The agent's own telephone is called over a trunk with the queue's caller id; one press brings the calls back to the page."""
    centre.api("POST", "/api/panel/phone", {"number": FAR_NUMBER}, agent="carol")
    carol.page.reload()
    carol.wait_line("Ready")
    assert FAR_NUMBER in carol.page.locator("#rings").inner_text()
    contact_id = to_queue(centre, caller)
    far.wait_ringing()
    assert DIRECT in far.log()
    far.answer()
    centre.wait_contact("connected")
    until(lambda: tone_heard_s(caller.heard()[-8000:], FAR_HZ) > 0.7, "the caller hears the agent's telephone")
    until(lambda: tone_heard_s(far.heard()[-8000:], CALLER_HZ) > 0.7, "the agent's telephone hears the caller")
    far.hang_up()
    caller.wait_ended()
    centre.wait_agent("carol", "idle")
    assert centre.wait_record(contact_id)["Agent"]["Username"] == "carol"
    carol.press("Have calls ring here")
    until(lambda: centre.agent("carol")["phone_kind"] == "softphone", "the browser rings again")
    assert carol.page.locator("#rings").is_hidden()
