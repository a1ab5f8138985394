"""The application is restarted five times in a minute with 50 new calls each second: nobody notices but by a longer ringing."""

import os
import time

import pytest

from app.telephony.install import TestTools
from tests.faults.content import HELLO_NUMBER, fault_content
from tests.rig import sipp
from tests.rig.application import ApplicationRig
from tests.rig.waiting import until

pytestmark = pytest.mark.fault

RATE = int(os.environ.get("TRUNKLINE_FAULT_RATE", "50"))
SECONDS = int(os.environ.get("TRUNKLINE_FAULT_SECONDS", "60"))
RESTARTS = 5
STAY_S = 1.0
ANSWER_P99_MS = 3_000
ORPHAN_S = 5.0


def test_restarts_under_load(tools: TestTools) -> None:
    """No call fails, none is left behind for more than 5 s, and 99 of 100 callers wait at most 3 s more for the answer."""
    with ApplicationRig() as rig:
        rig.fill(*fault_content([])).start()
        count = RATE * SECONDS
        with sipp.callers(tools, HELLO_NUMBER, rig.sip_port, count, rate=RATE, stay_s=STAY_S) as callers:
            for number in range(RESTARTS):
                time.sleep(max(0.0, (number + 0.5) * SECONDS / RESTARTS - (number * SECONDS / RESTARTS) - 1))
                code = rig.terminate()
                assert code == 0, f"the application ended with {code}"
                rig.start()
                _no_orphans(rig)
                until(
                    lambda wanted=number: callers.outcome().created >= RATE * SECONDS * (wanted + 1) / RESTARTS,
                    "calls",
                    60,
                )
            outcome = callers.wait(60)
        assert (outcome.created, outcome.successful, outcome.failed) == (count, count, 0), outcome.created
        _no_orphans(rig)
        rig.check(count, timeout_s=ORPHAN_S)
        median, p99 = outcome.answer_percentile_ms(50), outcome.answer_percentile_ms(99)
        print(f"{count} calls, answered after {median:.0f} ms in the median, {p99:.0f} ms at p99")
        assert p99 - median <= ANSWER_P99_MS


def _no_orphans(rig: ApplicationRig) -> None:
    """Channels of calls that are over are gone within 5 s: the ids that are there now are not there then, unless their call goes on."""
    known = {channel["id"] for channel in rig.channels()}
    deadline = time.monotonic() + ORPHAN_S + STAY_S
    while known and time.monotonic() < deadline:
        time.sleep(0.2)
        known &= {channel["id"] for channel in rig.channels()}
    assert not known, f"channels that nobody ends: {known}"
