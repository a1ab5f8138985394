"""Asterisk is killed with 100 calls up and started again: nothing hangs in the air, and the next call works."""

import time

import pytest

from app.telephony.install import TestTools
from tests.faults.content import MENU_NUMBER, QUEUE_NUMBER, agents_phones, fault_content
from tests.rig import sipp
from tests.rig.application import ApplicationRig
from tests.rig.waiting import until

pytestmark = pytest.mark.fault

IN_FLOW, IN_QUEUE, IN_TALK = 60, 20, 20
WORKS_AGAIN_S = 5.0


def test_asterisk_dies(tools: TestTools) -> None:
    """100 records with reason `system`, no ghost contact, no busy agent, and the next call works 5 s after Asterisk is up."""
    phones = agents_phones(IN_TALK)
    with ApplicationRig() as rig:
        rig.fill(*fault_content(phones)).start()
        with (
            sipp.desk_phones(tools, phones, rig.sip_port),
            sipp.callers(tools, QUEUE_NUMBER, rig.sip_port, IN_TALK) as talkers,
        ):
            _until_states(rig, {"connected": IN_TALK})
            with (
                sipp.callers(tools, QUEUE_NUMBER, rig.sip_port, IN_QUEUE) as waiting,
                sipp.callers(tools, MENU_NUMBER, rig.sip_port, IN_FLOW, rate=20) as listening,
            ):
                _until_states(rig, {"connected": IN_TALK, "in queue": IN_QUEUE, "in flow": IN_FLOW})
                before = rig.asterisk_pid()
                rig.kill_asterisk()
                until(lambda: rig.asterisk_pid() not in (None, before), "Asterisk is started again", 15, tell=rig.log)
                until(lambda: _boots(rig), "Asterisk is up", 15)
                up_s = time.monotonic()
                assert {talkers.running, waiting.running, listening.running} == {True}
        with sipp.callers(tools, MENU_NUMBER, rig.sip_port, 1, stay_s=1, answer_timeout_s=WORKS_AGAIN_S) as next_caller:
            outcome = next_caller.wait(20)
        took_s = outcome.answers_ms[0] / 1000 if outcome.answers_ms else 99.0
        print(
            f"the next call was answered {took_s:.2f} s after it was made, {time.monotonic() - up_s:.1f} s after Asterisk was up"
        )
        assert outcome.successful == 1, next_caller.trouble()
        rig.check(IN_FLOW + IN_QUEUE + IN_TALK + 1, timeout_s=30)
        assert _reasons(rig) == {"system": IN_FLOW + IN_QUEUE + IN_TALK, "customer": 1}
        until(lambda: _activities(rig) == {"idle"}, "no agent is busy", 10, tell=lambda: rig.status()["agents"])


def _boots(rig: ApplicationRig) -> bool:
    try:
        return isinstance(rig.channels(), list)
    except (OSError, AssertionError):
        return False


def _activities(rig: ApplicationRig) -> set[str]:
    return {agent["activity"] for agent in rig.status()["agents"]}


def _reasons(rig: ApplicationRig) -> dict[str, int]:
    reasons = rig.disconnect_reasons()
    return {reason: reasons.count(reason) for reason in set(reasons)}


def _until_states(rig: ApplicationRig, wanted: dict[str, int]) -> None:
    def counted() -> dict[str, int]:
        states = [contact["state"] for contact in rig.contacts()]
        return {state: states.count(state) for state in sorted(set(states))}

    until(lambda: counted() == dict(sorted(wanted.items())), f"the calls are {wanted}", 30, tell=counted)
