"""The first real call, from the telephone network to an agent's desk phone, heard from every side; and its usual variations."""

import time
from datetime import datetime

import pytest

from tests.e2e.conftest import ALICE_HZ, BOB_HZ, CALLER_HZ, RING_TIMEOUT_S
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, dial, read_recording
from tests.rig.contents import BEEP_HZ, NUMBER
from tests.rig.listening import (
    RATE,
    assert_no_tone,
    assert_sounding,
    assert_tone,
    between,
    find_prompt,
    has_prompt,
    longest_gap_s,
    spoken,
    tone_heard_s,
    tone_spans,
)

pytestmark = pytest.mark.e2e

GREETING = "Welcome to Trunkline. This call may be recorded."
MENU = "Press 1 for sales, 2 for support, or 9 to hear this again."
WHISPER = "Sales"
CLOCKS_AGREE_S = 1.0


def moment_s(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()


def assert_agrees(recorded: object, wire_s: float, what: str) -> None:
    """A record's timestamp names the second in which something began; the wire knows better, but never another second than next to it."""
    assert isinstance(recorded, str), f"{what} is not in the record"
    off_s = wire_s - moment_s(recorded)
    assert -CLOCKS_AGREE_S <= off_s < 1 + CLOCKS_AGREE_S, (
        f"{what}: recorded {recorded}, {off_s:.2f} s before the wire's"
    )


def to_queue(centre: ApplicationRig, caller: Baresip, key: str = "1", state: str = "ringing") -> str:
    """Calls, presses the key as soon as the menu speaks, and returns the contact's id once it is in that state."""
    dial(caller, NUMBER, centre.sip_port)
    caller.wait_established()
    contact_id = at_menu(centre)
    caller.press(key)
    centre.wait_contact(state)
    return contact_id


def at_menu(centre: ApplicationRig) -> str:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        contacts = centre.contacts()
        if contacts and contacts[0]["block"] == "Menu":
            time.sleep(0.3)
            return str(contacts[0]["contact_id"])
        time.sleep(0.05)
    raise AssertionError(f"the menu is not reached: {centre.contacts()}\n{centre.log()[-3000:]}")


def test_first_call(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    """Greeting, menu, key, music, whispers, talk, hang-up; then the record and the recording."""
    centre.set_agent_status("alice", "Offline")
    dialled_s = dial(caller, NUMBER, centre.sip_port)
    answered_s = caller.wait_established()
    contact_id = at_menu(centre)
    time.sleep(1.0)
    pressed_s = time.time()
    caller.press("1")
    centre.wait_contact("in queue")
    queued_s = time.time()
    time.sleep(4.0)
    centre.set_agent_status("alice", "Available")
    alice.wait_ringing()
    time.sleep(0.5)
    alice.answer()
    agent_answered_s = alice.wait_established()
    centre.wait_contact("connected")
    joined_s = time.time()
    time.sleep(3.0)
    caller.hang_up()
    ended_s = alice.wait_ended()
    heard, agent_heard = caller.heard(), alice.heard()
    centre.wait_agent("alice", "after contact work")
    work_ended_s = _time_of_idle(centre)
    record = centre.wait_record(contact_id)

    _judge_what_the_caller_heard(
        centre, heard, pressed_s - answered_s, queued_s - answered_s, agent_answered_s - answered_s
    )
    _judge_whispers_and_talk(centre, heard, agent_heard, agent_answered_s - answered_s)
    _judge_recording(centre, contact_id, ended_s - joined_s)
    agent, queue = record["Agent"], record["Queue"]
    assert_agrees(record["InitiationTimestamp"], dialled_s, "initiation")
    assert_agrees(record["ConnectedToSystemTimestamp"], answered_s, "the answer")
    assert_agrees(queue["EnqueueTimestamp"], queued_s, "enqueueing")
    assert_agrees(queue["DequeueTimestamp"], agent_answered_s, "dequeueing")
    assert_agrees(agent["ConnectedToAgentTimestamp"], agent_answered_s, "the agent's answer")
    assert_agrees(record["DisconnectTimestamp"], ended_s, "the end")
    assert_agrees(agent["AfterContactWorkEndTimestamp"], work_ended_s, "the end of after contact work")
    assert abs(queue["Duration"] - (agent_answered_s - queued_s)) <= CLOCKS_AGREE_S
    assert abs(agent["AgentInteractionDuration"] - (ended_s - joined_s)) <= CLOCKS_AGREE_S
    assert abs(agent["AfterContactWorkDuration"] - 2) <= CLOCKS_AGREE_S
    assert record["CustomerEndpoint"]["Address"] == "+12065550123"
    assert record["SystemEndpoint"]["Address"] == NUMBER
    assert (queue["Name"], agent["Username"], record["AgentConnectionAttempts"]) == ("Sales", "alice", 1)


def _time_of_idle(centre: ApplicationRig) -> float:
    centre.wait_agent("alice", "idle")
    return time.time()


def _judge_what_the_caller_heard(
    centre: ApplicationRig, heard: object, pressed_s: float, queued_s: float, agent_s: float
) -> None:
    greeting, menu = find_prompt(heard, spoken(centre.var, GREETING)), find_prompt(heard, spoken(centre.var, MENU))
    assert greeting.likeness > 0.5, f"no greeting was heard: {greeting}"
    assert greeting.whole, f"the greeting was cut: {greeting}"
    assert menu.likeness > 0.5, f"no menu was heard: {menu}"
    assert_sounding(between(heard, greeting.start_s, pressed_s), "greeting and menu")
    assert not menu.whole, f"the key did not cut the menu: {menu}"
    assert menu.until_s < pressed_s + 1.0, f"the menu went on after the key at {pressed_s:.2f} s: {menu}"
    assert_sounding(between(heard, queued_s + 0.7, agent_s - 0.5), "music", silence_ms=1000)


def _judge_whispers_and_talk(centre: ApplicationRig, heard: object, agent_heard: object, agent_s: float) -> None:
    whisper = spoken(centre.var, WHISPER)
    assert has_prompt(agent_heard, whisper), "the agent did not hear the agent whisper"
    assert not has_prompt(between(heard, agent_s, agent_s + 3), whisper), "the customer heard the agent whisper"
    after = between(heard, agent_s - 0.5, agent_s + 2.0)
    assert 0.05 <= tone_heard_s(after, BEEP_HZ, window_s=0.04) <= 0.4, (
        f"the customer whisper: {tone_spans(after, BEEP_HZ)}"
    )
    assert_no_tone(agent_heard, BEEP_HZ)
    talk = heard[int((agent_s - 0.5) * RATE) :]
    caller_spans, agent_spans = tone_spans(agent_heard, CALLER_HZ), tone_spans(talk, ALICE_HZ)
    assert caller_spans, "the agent did not hear the caller"
    assert agent_spans, "the caller did not hear the agent"
    assert caller_spans[0][0] > find_prompt(agent_heard, whisper).until_s - 0.1, (
        "the caller was heard during the whisper"
    )
    assert agent_spans[0][0] > 0.5, "the agent was heard before the answer"
    for spans in (caller_spans, agent_spans):
        assert 2.0 < spans[-1][1] - spans[0][0] < 4.5, f"two-way audio: {spans}"
    assert longest_gap_s(agent_heard, CALLER_HZ) < 0.3
    assert longest_gap_s(talk, ALICE_HZ) < 0.3


def _judge_recording(centre: ApplicationRig, contact_id: str, talk_s: float) -> None:
    left, right, rate = read_recording(centre.recording(contact_id))
    assert abs(left.size / rate - talk_s) < 1.0, (
        f"the recording lasts {left.size / rate:.1f} s, the talk {talk_s:.1f} s"
    )
    assert_tone(left, CALLER_HZ, rate)
    assert_no_tone(left, ALICE_HZ, rate)
    assert_tone(right, ALICE_HZ, rate)
    assert_no_tone(right, CALLER_HZ, rate)


def test_agent_hangs_up(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    contact_id = to_queue(centre, caller)
    alice.wait_ringing()
    alice.answer()
    centre.wait_contact("connected")
    time.sleep(1.0)
    alice.hang_up()
    caller.wait_ended()
    centre.wait_agent("alice", "after contact work")
    centre.wait_agent("alice", "idle", status="Available")
    record = centre.wait_record(contact_id)
    assert record["Agent"]["Username"] == "alice"
    assert record["Recording"]["Status"] == "AVAILABLE"


@pytest.mark.parametrize("phase", ["greeting", "menu", "in queue", "ringing", "whisper", "connected"])
def test_caller_hangs_up(centre: ApplicationRig, caller: Baresip, alice: Baresip, phase: str) -> None:
    """Whenever the caller gives up, everything is let go and the contact has its record."""
    if phase == "in queue":
        centre.set_agent_status("alice", "Offline")
    if phase in ("greeting", "menu"):
        dial(caller, NUMBER, centre.sip_port)
        caller.wait_established()
        contact_id = at_menu(centre) if phase == "menu" else centre.wait_contact("in flow")["contact_id"]
    else:
        contact_id = to_queue(centre, caller, state="in queue" if phase == "in queue" else "ringing")
    if phase in ("whisper", "connected"):
        alice.wait_ringing()
        alice.answer()
        alice.wait_established()
        if phase == "connected":
            centre.wait_contact("connected")
            time.sleep(0.5)
    caller.hang_up()
    if phase in ("ringing", "whisper", "connected"):
        alice.wait_ended()
    record = centre.wait_record(contact_id)
    answered = phase in ("whisper", "connected")
    assert (record["Agent"] is not None) == answered
    assert (record["Queue"] is None) == (phase in ("greeting", "menu"))
    centre.wait_idle()
    assert centre.agent("alice")["activity"] in ("idle", "after contact work")
    centre.wait_agent("alice", "idle")


def test_the_next_agent_takes_what_one_does_not_answer(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip
) -> None:
    """Alice, who has waited longest, lets it ring; after her ring time bob's phone rings, and the caller has waited on."""
    contact_id = to_queue(centre, caller)
    alice.wait_ringing()
    centre.wait_agent("alice", "missed", 15)
    bob.wait_ringing(5)
    bob.answer()
    centre.wait_contact("connected")
    time.sleep(1.5)
    bob.hang_up()
    caller.wait_ended()
    record = centre.wait_record(contact_id)
    assert (record["Agent"]["Username"], record["AgentConnectionAttempts"]) == ("bob", 2)
    assert_tone(caller.heard()[-8000:-2000], BOB_HZ)


def test_the_next_agent_takes_what_one_declines(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip
) -> None:
    """A declined call goes to the next agent at once, not after the ring time."""
    contact_id = to_queue(centre, caller)
    alice.wait_ringing()
    declined_s = time.time()
    alice.hang_up()
    bob_rang_s = bob.wait_ringing(5)
    assert bob_rang_s - declined_s < RING_TIMEOUT_S / 2
    assert centre.agent("alice")["activity"] == "missed"
    bob.answer()
    centre.wait_contact("connected")
    caller.hang_up()
    bob.wait_ended()
    assert centre.wait_record(contact_id)["Agent"]["Username"] == "bob"
