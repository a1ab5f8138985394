"""The application is killed with -9 at random moments with 120 calls up: in a flow, waiting, talking, on hold, consulting and in
conferences, all talks being recorded."""

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
IN_FLOW, IN_QUEUE = 40, 32
TALKS = {"connected": 24, "on hold": 8, "consulting": 8, "conference": 8}
IN_TALK, CONSULTED = sum(TALKS.values()), TALKS["consulting"] + TALKS["conference"]
COMMANDABLE_S = 5.0
"""The goal is 2 s, and what it takes is printed: here callers, phones, Asterisk and the application share a machine, and most of the
time goes into loading Python's modules. With two slow cores it is 1.8 to 3 s; the application alone is there after 1.3 s."""
SENDER_STALL_S = 0.5
"""On a busy machine SIPp itself sends nothing for some tenths of a second; a recording that died with the application lacks seconds."""


def test_killed_at_random_moments(tools: TestTools) -> None:
    """Every call stays up and is commandable at once, the queue keeps its order, no recording breaks, agents' states are right."""
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    talking, later = agents_phones(IN_TALK), agents_phones(IN_QUEUE, "later")
    helping = agents_phones(CONSULTED, "helper")
    with ApplicationRig() as rig:
        rig.fill(*fault_content(talking, [*later, *helping])).start()
        with (
            sipp.desk_phones(tools, [*talking, *later, *helping], rig.sip_port, tone_hz=AGENT_HZ),
            sipp.callers(tools, QUEUE_NUMBER, rig.sip_port, IN_TALK, tone_hz=CALLER_HZ) as talkers,
        ):
            _until_states(rig, {"connected": IN_TALK})
            plain = _into_their_states(rig, [phone.name for phone in helping])
            with (
                sipp.callers(tools, QUEUE_NUMBER, rig.sip_port, IN_QUEUE, rate=5, address="127.0.0.2") as waiting,
                sipp.callers(tools, MENU_NUMBER, rig.sip_port, IN_FLOW, address="127.0.0.2") as listening,
            ):
                states = TALKS | {"in queue": IN_QUEUE, "in flow": IN_FLOW}
                _until_states(rig, states)
                order, ids = waiting_in_order(rig), {contact["contact_id"] for contact in rig.contacts()}
                took_s = [_kill_once(rig, chance, ids, states) for _ in range(KILLS)]
                assert waiting_in_order(rig) == order, "the queue's order changed"
                for each in (talkers, waiting, listening):
                    assert each.outcome().failed == 0, each.trouble()
                _go_on(rig)
                _serve_the_queue(rig, later, order)
                hang_up_everybody(rig)
                rig.check(IN_TALK + CONSULTED + IN_QUEUE + IN_FLOW, timeout_s=30)
                _judge_recordings(rig, plain)
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
    assert len(busy) == IN_TALK + CONSULTED, "agents' states are wrong"
    return took_s


def _into_their_states(rig: ApplicationRig, helpers: list[str]) -> set[str]:
    """Some of those who talk hold, consult, and join whom they consulted; the contacts of the others. Who is free later takes no call."""
    free = iter(helpers)
    agents = iter(contact["agent"] for contact in rig.contacts())
    for _ in range(TALKS["on hold"]):
        _do(rig, next(agents), "hold")
    consulting = [next(agents) for _ in range(CONSULTED)]
    for agent in consulting:
        helper = next(free)
        rig.set_agent_status(helper, "Available")
        _do(rig, agent, "transfer", {"agent": helper})
    until(lambda: all(_stage(rig, agent) == "consulting" for agent in consulting), "they consult", 60, every_s=0.5)
    for agent in consulting[: TALKS["conference"]]:
        _do(rig, agent, "join")
    for name in (*helpers, *consulting):
        rig.set_agent_status(name, "Offline")
    plain = set(agents)
    return {contact["contact_id"] for contact in rig.contacts() if contact["agent"] in plain}


def _go_on(rig: ApplicationRig) -> None:
    """After the kills everybody's next button works: customers are taken back from hold, those who consult hand over or give it up."""
    by_state = {state: [each["agent"] for each in rig.contacts() if each["state"] == state] for state in TALKS}
    for agent in by_state["on hold"]:
        _do(rig, agent, "resume")
    for agent in by_state["consulting"]:
        _do(rig, agent, "drop")
    for agent in by_state["conference"]:
        _do(rig, agent, "leave")
    _until_states(rig, {"connected": IN_TALK, "in queue": IN_QUEUE, "in flow": IN_FLOW})


def _do(rig: ApplicationRig, agent: str, wish: str, details: dict[str, object] | None = None) -> None:
    rig.api("POST", f"/api/contacts/{rig.agent(agent)['contact_id']}/{wish}", details or {}, agent=agent)


def _stage(rig: ApplicationRig, agent: str) -> str:
    """How far an agent's consultation is."""
    contacts = rig.api("GET", "/api/panel", agent=agent)["contacts"]
    return str((contacts[0]["transfer"] or {}).get("stage")) if contacts else ""


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


def _judge_recordings(rig: ApplicationRig, plain: set[str]) -> None:
    """Those who talked during the kills: the customer's tone without a gap from the first moment to the last, and in talks that nothing
    interrupted the agent's."""
    for contact in rig.records():
        contact_id, recording = contact["contact_id"], contact["recording"]
        if recording is None or not contact["agent"].startswith("agent"):
            continue
        left, right, rate = read_recording(rig.recording(contact_id))
        judged = [(left, CALLER_HZ, AGENT_HZ)] + [(right, AGENT_HZ, CALLER_HZ)] * (contact_id in plain)
        for channel, own_hz, other_hz in judged:
            assert_tone(channel[: rate * 5], own_hz, rate)
            assert_no_tone(channel, other_hz, rate)
            gap_s = longest_gap_s(channel, own_hz, rate)
            assert gap_s <= SENDER_STALL_S, f"the recording of {contact_id} has a gap of {gap_s:.1f} s"
        told = rig.record(contact_id)["Agent"]
        talk_s, recorded_s = told["AgentInteractionDuration"] + told["CustomerHoldDuration"], left.size / rate
        assert abs(recorded_s - talk_s) < 2, f"{contact_id}: {recorded_s} s of {talk_s} s are recorded: {told}"
