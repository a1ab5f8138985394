"""An agent's browser dies or freezes in the middle of a talk: nobody is rung there any more, the silence ends the call, and a page that
wakes up again is a phone again. A panel that is gone, or a desk phone without its plug, takes an agent out as well."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.calls.view import PANEL_LOST
from app.telephony.install import TestTools
from app.telephony.node.endpoints import BROWSER_SILENT_S
from app.web.panel_socket import HEARTBEAT_S as PANEL_HEARTBEAT_S
from app.web.sip import HEARTBEAT_S
from tests.e2e.test_first_call import to_queue
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, desk_phone, trunk_caller
from tests.rig.softphone import Softphone, chromium, sign_in
from tests.rig.waiting import until

pytestmark = pytest.mark.fault

ASKED_EVERY_S, ANSWERS_WITHIN_S = 10.0, 3.0
"""How Asterisk asks a desk phone whether it is there."""
PATIENCE_S = 6.0
"""What Asterisk and a busy machine may add to a limit."""


@pytest.fixture(scope="module")
def centre() -> Iterator[ApplicationRig]:
    with ApplicationRig() as rig:
        rig.fill(
            contents.demo,
            contents.trunk,
            contents.softphone_agent("carol"),
            contents.agents(["alice"], signs_in_by_phone=False),
        )
        rig.start()
        yield rig
        rig.check()


@pytest.fixture
def caller(centre: ApplicationRig, tools: TestTools) -> Iterator[Baresip]:
    with trunk_caller(tools) as phone:
        yield phone


def talk(centre: ApplicationRig, caller: Baresip, browser: Browser) -> Softphone:
    phone = sign_in(browser, f"http://127.0.0.1:{centre.web_port}/", "carol", contents.secret_of("carol"))
    phone.wait_line("Ready")
    until(lambda: centre.agent("carol")["phone_reachable"], "the phone is reachable")
    centre.set_agent_status("carol", "Available")
    to_queue(centre, caller)
    phone.wait_call("ringing")
    phone.page.keyboard.press("Enter")
    phone.wait_call("talking")
    centre.wait_contact("connected")
    return phone


def processes(folder: Path) -> list[int]:
    """The browser that listens to this folder's microphone, with everything it started."""
    parents: dict[int, int] = {}
    found: set[int] = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if str(folder).encode() in (entry / "cmdline").read_bytes():
                found.add(int(entry.name))
        except OSError:
            continue
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


def tell(folder: Path, what: signal.Signals) -> None:
    for pid in processes(folder):
        try:
            os.kill(pid, what)
        except ProcessLookupError:
            continue


def gone_s(centre: ApplicationRig, caller: Baresip) -> tuple[float, float]:
    """After how long the agent could not be rung any more, and the call was over."""
    began_s = time.monotonic()
    until(lambda: not centre.agent("carol")["phone_reachable"], "the phone is gone", 2 * HEARTBEAT_S + PATIENCE_S)
    unreachable_s = time.monotonic() - began_s
    caller.wait_ended(BROWSER_SILENT_S + PATIENCE_S)
    return unreachable_s, time.monotonic() - began_s


def test_a_browser_that_dies(centre: ApplicationRig, caller: Baresip, tmp_path: Path) -> None:
    with chromium(tmp_path, 1250.0) as browser:
        talk(centre, caller, browser)
        tell(tmp_path, signal.SIGKILL)
        unreachable_s, over_s = gone_s(centre, caller)
    print(f"not rung after {unreachable_s:.1f} s, over after {over_s:.1f} s")
    assert unreachable_s < 1.0
    centre.wait_agent("carol", "idle")


def test_a_browser_that_freezes(centre: ApplicationRig, caller: Baresip, tmp_path: Path) -> None:
    with chromium(tmp_path, 1250.0) as browser:
        phone = talk(centre, caller, browser)
        tell(tmp_path, signal.SIGSTOP)
        try:
            unreachable_s, over_s = gone_s(centre, caller)
        finally:
            tell(tmp_path, signal.SIGCONT)
        print(f"not rung after {unreachable_s:.1f} s, over after {over_s:.1f} s")
        assert unreachable_s < 1.5 * HEARTBEAT_S + 1.0
        phone.wait_line("Ready", 20)
        phone.wait_call("none", 20)
        until(lambda: centre.agent("carol")["phone_reachable"], "the phone is back")


def test_a_frozen_browser_takes_an_agent_out_whose_telephone_still_rings(
    centre: ApplicationRig, tmp_path: Path
) -> None:
    """Carol's calls ring at an outside number, which nobody can ask whether it is there: her panel tells."""
    with chromium(tmp_path, 1250.0) as browser:
        phone = sign_in(browser, f"http://127.0.0.1:{centre.web_port}/", "carol", contents.secret_of("carol"))
        phone.wait_line("Ready")
        centre.api("POST", "/api/panel/phone", {"number": "+12065550111"}, agent="carol")
        centre.set_agent_status("carol", "Available")
        phone.page.evaluate("window.panel = new WebSocket(`ws://${location.host}/ws/panel`)")
        until(lambda: phone.page.evaluate("window.panel.readyState") == 1, "the panel is open", 5)
        tell(tmp_path, signal.SIGSTOP)
        began_s = time.monotonic()
        try:
            patience_s = 1.5 * PANEL_HEARTBEAT_S + 1.0
            until(lambda: centre.agent("carol")["out_of_reach"] == PANEL_LOST, "the panel is lost", patience_s)
        finally:
            tell(tmp_path, signal.SIGCONT)
        print(f"out of reach after {time.monotonic() - began_s:.1f} s")
        phone.page.reload()
        phone.page.evaluate("window.panel = new WebSocket(`ws://${location.host}/ws/panel`)")
        until(lambda: not centre.agent("carol")["out_of_reach"], "the panel is back", 5)


def test_a_desk_phone_without_its_plug(centre: ApplicationRig, tools: TestTools) -> None:
    with desk_phone(tools, "alice", contents.secret_of("alice"), centre.sip_port) as phone:
        phone.wait_registered()
        until(lambda: centre.agent("alice")["phone_reachable"], "the phone is reachable")
        centre.set_agent_status("alice", "Available")
        phone.vanish()
        began_s = time.monotonic()
        words = "The desk phone is not registered"
        limit_s = ASKED_EVERY_S + ANSWERS_WITHIN_S + 2.0
        until(lambda: words in centre.agent("alice")["out_of_reach"], "the phone is lost", limit_s)
        print(f"out of reach after {time.monotonic() - began_s:.1f} s")
