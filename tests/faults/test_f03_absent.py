"""The application is away for five minutes: callers hear ringing, then music, and are taken in their order when it is back."""

import os
import time

import pytest

from app.telephony.install import TestTools
from tests.faults.content import MENU_NUMBER, fault_content
from tests.rig import sipp
from tests.rig.application import ApplicationRig
from tests.rig.baresip import dial, trunk_caller
from tests.rig.listening import RATE, assert_sounding, between
from tests.rig.waiting import until

pytestmark = pytest.mark.fault

ABSENT_S = float(os.environ.get("TRUNKLINE_FAULT_ABSENT_S", "300"))
CALLERS = 12
FADE_OUT_MS = 12_000
"""One of the pieces that come with Asterisk ends in 9 s of next to nothing."""


def test_callers_wait_while_the_application_is_away(tools: TestTools) -> None:
    """Each hears something within 2 s and music soon; on the return all are picked up, who came first first."""
    with ApplicationRig(settings={"FALLBACK_WAIT_S": "900"}) as rig:
        rig.fill(*fault_content([])).start()
        with trunk_caller(tools, "+12065559999") as first, trunk_caller(tools, "+12065559998") as late:
            rig.terminate()
            dial(first, MENU_NUMBER, rig.sip_port)
            ringing_s = first.wait("CALL_RINGING", 2) - first.seen[0].at_s
            assert ringing_s < 2
            time.sleep(8)
            rate = CALLERS / max(ABSENT_S - 20, 11)
            with sipp.callers(tools, MENU_NUMBER, rig.sip_port, CALLERS, rate=rate, answer_timeout_s=900) as callers:
                dial(late, MENU_NUMBER, rig.sip_port)
                late.wait("CALL_RINGING", 2)
                late.wait_established(8)
                time.sleep(ABSENT_S - 9)
                assert callers.outcome().failed == 0
                music = between(late.heard(), 1, ABSENT_S - 13)
                assert_sounding(music[: 25 * RATE], "music while the application is away", 2000)
                assert_sounding(music, "music while the application is away", FADE_OUT_MS)
                until(lambda: len(rig.channels()) == CALLERS + 2, "everybody has called", 20, tell=rig.channels)
                arrived = _in_order_of_arrival(rig)
                rig.start()
                until(lambda: len(rig.contacts()) == CALLERS + 2, "everybody is picked up", 20, tell=rig.contacts)
                taken = [contact["customer_number"] for contact in _by_pick_up(rig)]
                assert taken == arrived, "not picked up in the order of arrival"
                assert (first.in_call, late.in_call) == (True, True)
                first.hang_up()
                late.hang_up()
                for channel in rig.channels():
                    rig.ari_delete(f"channels/{channel['id']}")
                assert callers.wait(20).failed == 0
        rig.check(CALLERS + 2)


def test_overflow_without_an_application(tools: TestTools) -> None:
    """When nobody is there for longer than the installation wants callers to wait, a regret is spoken and the call ends."""
    with ApplicationRig(settings={"FALLBACK_WAIT_S": "9"}) as rig:
        rig.fill(*fault_content([])).start()
        rig.terminate()
        time.sleep(8)
        with trunk_caller(tools) as caller:
            dial(caller, MENU_NUMBER, rig.sip_port)
            caller.wait_established(8)
            caller.wait_ended(20)
            assert_sounding(caller.heard(), "music and regret", 2500)
        until(lambda: not rig.channels(), "no channel is left", 5)
        rig.start()
        rig.check(0)


def _in_order_of_arrival(rig: ApplicationRig) -> list[str]:
    channels = sorted(rig.channels(), key=lambda channel: (channel["creationtime"], channel["id"]))
    return [channel["caller"]["number"] for channel in channels]


def _by_pick_up(rig: ApplicationRig) -> list[dict[str, object]]:
    return sorted(rig.contacts(), key=lambda contact: contact["initiated_ms"])
