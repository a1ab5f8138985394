"""The application is killed with -9 at random moments with 50 calls up: in a flow, waiting, talking and being recorded."""

import os
import random
import time

import pytest

from app.domain.lines import Phone
from app.telephony.install import TestTools
from tests.faults.content import (
    AGENT_HZ,
    CALLER_HZ,
    MENU_NUMBER,
    QUEUE_NUMBER,
    agents_phones,
    fault_content,
    hang_up_everybody,
    waiting_in_order,
)
from tests.rig import sipp
from tests.rig.application import ApplicationRig
from tests.rig.baresip import read_recording
from tests.rig.listening import assert_no_tone, assert_tone, longest_gap_s
from tests.rig.waiting import until

pytestmark = pytest.mark.fault

KILLS = int(os.environ.get("TRUNKLINE_FAULT_KILLS", "20"))
SEED = int(os.environ.get("TRUNKLINE_FAULT_SEED", str(time.time_ns() % 1_000_000)))
IN_FLOW, IN_QUEUE, IN_TALK = 15, 15, 20
COMMANDABLE_S = 2.0
SENDER_STALL_S = 0.5
"""On a busy machine SIPp itself sends nothing for some tenths of a second; a recording that died with the application lacks seconds."""


def test_killed_at_random_moments(tools: TestTools) -> None:
    """Every call stays up and is commandable at once, the queue keeps its order, no recording breaks, agents' states are right."""
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    talking, later = agents_phones(IN_TALK), agents_phones(IN_QUEUE, "later")
    with ApplicationRig() as rig:
        rig.fill(*fault_content(talking, later)).start()
        with (
            sipp.desk_phones(tools, [*talking, *later], rig.sip_port, tone_hz=AGENT_HZ),
            sipp.callers(tools, QUEUE_NUMBER, rig.sip_port, IN_TALK, tone_hz=CALLER_HZ) as talkers,
        ):
            _until_states(rig, {"connected": IN_TALK})
            with (
                sipp.callers(tools, QUEUE_NUMBER, rig.sip_port, IN_QUEUE, rate=5, address="127.0.0.2") as waiting,
                sipp.callers(tools, MENU_NUMBER, rig.sip_port, IN_FLOW, address="127.0.0.2") as listening,
            ):
                states = {"connected": IN_TALK, "in queue": IN_QUEUE, "in flow": IN_FLOW}
                _until_states(rig, states)
                order, ids = waiting_in_order(rig), {contact["contact_id"] for contact in rig.contacts()}
                took_s = [_kill_once(rig, chance, ids, states) for _ in range(KILLS)]
                assert waiting_in_order(rig) == order, "the queue's order changed"
                for each in (talkers, waiting, listening):
                    assert each.outcome().failed == 0, each.trouble()
                _serve_the_queue(rig, later, order)
                hang_up_everybody(rig)
                rig.check(IN_TALK + IN_QUEUE + IN_FLOW, timeout_s=30)
                _judge_recordings(rig)
                print(
                    f"commandable after {max(took_s):.2f} s at worst, {sorted(took_s)[len(took_s) // 2]:.2f} s in the median"
                )
                assert max(took_s) <= COMMANDABLE_S, f"commandable after {took_s}"


def _kill_once(rig: ApplicationRig, chance: random.Random, ids: set[str], states: dict[str, int]) -> float:
    """Seconds from the start of the process until every call is known, in its state, and the node takes commands."""
    time.sleep(chance.uniform(0.0, 1.5))
    rig.kill9()
    time.sleep(chance.uniform(0.0, 1.0))
    channels = {channel["id"] for channel in rig.channels()}
    started_s = time.monotonic()
    rig.start()
    _until_states(rig, states)
    took_s = time.monotonic() - started_s
    assert {contact["contact_id"] for contact in rig.contacts()} == ids, "a contact was lost or came twice"
    assert channels <= {channel["id"] for channel in rig.channels()}, "a channel was lost"
    busy = [agent for agent in rig.status()["agents"] if agent["activity"] == "on contact"]
    assert len(busy) == states["connected"], "agents' states are wrong"
    return took_s


def _serve_the_queue(rig: ApplicationRig, later: list[Phone], order: list[str]) -> None:
    """Agents come one after the other, and each gets the caller who has waited longest: all of them can be commanded."""
    for number, phone in enumerate(later):
        rig.set_agent_status(phone.name, "Available")
        until(lambda wanted=order[number]: _state(rig, wanted) == "connected", f"caller {number} is served", 15)
        assert waiting_in_order(rig) == order[number + 1 :], "somebody was served out of turn"


def _state(rig: ApplicationRig, contact_id: str) -> str:
    return next((contact["state"] for contact in rig.contacts() if contact["contact_id"] == contact_id), "gone")


def _until_states(rig: ApplicationRig, wanted: dict[str, int]) -> None:
    def counted() -> dict[str, int]:
        states = [contact["state"] for contact in rig.contacts()]
        return {state: states.count(state) for state in sorted(set(states))}

    until(lambda: counted() == dict(sorted(wanted.items())), f"the calls are {wanted}", 30, tell=counted)


def _judge_recordings(rig: ApplicationRig) -> None:
    """Those who talked during the kills: the tones of both without a gap, from the first moment to the last."""
    for contact in rig.records():
        if contact["recording"] is None or not contact["agent"].startswith("agent"):
            continue
        left, right, rate = read_recording(rig.recording(contact["contact_id"]))
        for channel, own_hz, other_hz in ((left, CALLER_HZ, AGENT_HZ), (right, AGENT_HZ, CALLER_HZ)):
            assert_tone(channel[: rate * 5], own_hz, rate)
            assert_no_tone(channel, other_hz, rate)
            gap_s = longest_gap_s(channel, own_hz, rate)
            assert gap_s <= SENDER_STALL_S, f"the recording of {contact['contact_id']} has a gap of {gap_s:.1f} s"
        talk_s = rig.record(contact["contact_id"])["Agent"]["AgentInteractionDuration"]
        assert abs(left.size / rate - talk_s) < 2, f"{left.size / rate} s of {talk_s} s are recorded"
