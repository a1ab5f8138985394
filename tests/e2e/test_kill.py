"""The application is killed with -9 at each phase of a call and started again: the call stays up and goes on where it was."""

import time
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import ALICE_HZ, CALLER_HZ
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, dial, read_recording
from tests.rig.contents import NUMBER, action
from tests.rig.listening import (
    assert_no_tone,
    assert_sounding,
    assert_tone,
    between,
    find_prompt,
    longest_gap_s,
    spoken,
    tone_heard_s,
    tone_spans,
)
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

DIRECT = "+12025550101"
"""Straight to the queue, recorded."""
WHISPER_S, AGENT_WHISPER_HZ, CUSTOMER_WHISPER_HZ = 3.0, 620.0, 780.0
AWAY_S = 1.0
MENU = "Press 1 for sales, 2 for support, or 9 to hear this again."
GREETING = "Welcome to Trunkline. This call may be recorded."
SALES = {"QueueId": "arn:trunkline:connect::instance/default/queue/sales"}

direct = contents.flow(
    "direct",
    [
        contents.RECORD | {"Transitions": {"NextAction": "Sales", "Errors": [], "Conditions": []}},
        action("Sales", "UpdateContactTargetQueue", SALES, "Wait", NoMatchingError="Hang up"),
        action("Wait", "TransferContactToQueue", {}, "Hang up", QueueAtCapacity="Hang up", NoMatchingError="Hang up"),
        contents.HANG_UP,
    ],
    number=DIRECT,
)


@pytest.fixture(scope="module")
def centre() -> Iterator[ApplicationRig]:
    """The demo, and whispers that are long enough to be killed in."""
    with ApplicationRig() as rig:
        rig.fill(
            contents.demo,
            contents.trunk,
            contents.agents(["alice"], ring_timeout_s=20, after_contact_work_s=1),
            contents.agents(["bob"], after_contact_work_s=5),
            direct,
            *contents.whispers(WHISPER_S, AGENT_WHISPER_HZ, CUSTOMER_WHISPER_HZ),
        )
        rig.start()
        yield rig
        rig.check()


def kill_and_restart(centre: ApplicationRig) -> None:
    """Dead for a while, then there again."""
    centre.kill9()
    time.sleep(AWAY_S)
    centre.start()


def talk_and_judge(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, contact_id: str, talk_s: float = 2.0
) -> None:
    """What every one of these calls ends with: two-way audio, an unbroken recording, one whole record."""
    centre.wait_contact("connected", 20)
    time.sleep(talk_s)
    assert caller.in_call, f"{caller.seen}\n{caller.log()}"
    caller.hang_up()
    alice.wait_ended(5)
    centre.wait_agent("alice", "idle", 15, status="Available")
    record = centre.wait_record(contact_id)
    heard, agent_heard = caller.heard(), alice.heard()
    assert tone_heard_s(heard, ALICE_HZ) > talk_s - 0.7, f"the caller heard the agent {tone_spans(heard, ALICE_HZ)}"
    assert tone_heard_s(agent_heard, CALLER_HZ) > talk_s - 0.7, f"the agent heard {tone_spans(agent_heard, CALLER_HZ)}"
    left, right, rate = read_recording(centre.recording(contact_id))
    for channel, own_hz, other_hz in ((left, CALLER_HZ, ALICE_HZ), (right, ALICE_HZ, CALLER_HZ)):
        assert_tone(channel, own_hz, rate)
        assert_no_tone(channel, other_hz, rate)
        assert longest_gap_s(channel, own_hz, rate) == 0, (
            f"the recording has a gap: {tone_spans(channel, own_hz, rate)}"
        )
    agent, queue = record["Agent"], record["Queue"]
    assert abs(left.size / rate - agent["AgentInteractionDuration"]) <= 1.5
    whole = (record["InitiationTimestamp"], record["ConnectedToSystemTimestamp"], record["DisconnectTimestamp"])
    whole += (queue["EnqueueTimestamp"], queue["DequeueTimestamp"], agent["ConnectedToAgentTimestamp"])
    assert all((*whole, agent["AfterContactWorkStartTimestamp"], agent["AfterContactWorkEndTimestamp"])), record
    assert list(whole[:2]) == sorted(whole[:2])
    assert agent["Username"] == "alice"
    assert record["Recording"]["Status"] == "AVAILABLE"
    assert sum(each["contact_id"] == contact_id for each in centre.records()) == 1


def call_direct(centre: ApplicationRig, caller: Baresip, state: str) -> str:
    dial(caller, DIRECT, centre.sip_port)
    return str(centre.wait_contact(state)["contact_id"])


def wait_menu(centre: ApplicationRig) -> None:
    until(lambda: [each["block"] for each in centre.contacts()] == ["Menu"], "the menu", 20, tell=centre.contacts)


def test_killed_while_greeting(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    """The greeting is heard to its end, and the menu follows."""
    dial(caller, NUMBER, centre.sip_port)
    contact_id = centre.wait_contact("in flow")["contact_id"]
    caller.wait_established()
    time.sleep(0.5)
    kill_and_restart(centre)
    wait_menu(centre)
    time.sleep(0.8)
    caller.press("1")
    alice.wait_ringing()
    alice.answer()
    talk_and_judge(centre, caller, alice, contact_id)
    greeting = find_prompt(caller.heard(), spoken(centre.var, GREETING))
    assert greeting.whole, f"the greeting was cut: {greeting}"
    assert find_prompt(caller.heard(), spoken(centre.var, MENU)).likeness > 0.5, "no menu was heard"


def test_killed_while_collecting(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    """The menu still takes the key."""
    dial(caller, NUMBER, centre.sip_port)
    caller.wait_established()
    wait_menu(centre)
    contact_id = centre.contacts()[0]["contact_id"]
    time.sleep(0.8)
    kill_and_restart(centre)
    caller.press("2")
    alice.wait_ringing()
    alice.answer()
    talk_and_judge(centre, caller, alice, contact_id)
    assert centre.api("GET", f"/api/contacts/{contact_id}")["Queue"]["Name"] == "Support"


def test_killed_in_queue(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    """The music goes on all the time, and the wait counts from its beginning."""
    centre.set_agent_status("alice", "Offline")
    contact_id = call_direct(centre, caller, "in queue")
    queued_s, answered_s = time.time(), caller.wait_established()
    time.sleep(2.0)
    kill_and_restart(centre)
    assert [each["state"] for each in centre.contacts()] == ["in queue"]
    time.sleep(1.0)
    until_s = time.time()
    centre.set_agent_status("alice", "Available")
    alice.wait_ringing()
    alice.answer()
    answered_agent_s = alice.wait_established()
    talk_and_judge(centre, caller, alice, contact_id)
    assert_sounding(between(caller.heard(), queued_s - answered_s + 1, until_s - answered_s), "music", silence_ms=1000)
    waited_s = centre.api("GET", f"/api/contacts/{contact_id}")["Queue"]["Duration"]
    assert abs(waited_s - (answered_agent_s - queued_s)) <= 1.5


@pytest.mark.parametrize("answers", ["after the restart", "while nobody is there"])
def test_killed_while_ringing(centre: ApplicationRig, caller: Baresip, alice: Baresip, answers: str) -> None:
    """The phone rings on, and whoever answers it is joined with the caller."""
    contact_id = call_direct(centre, caller, "ringing")
    alice.wait_ringing()
    centre.kill9()
    time.sleep(AWAY_S)
    if answers == "while nobody is there":
        alice.answer()
        alice.wait_established()
        time.sleep(0.5)
    centre.start()
    if answers == "after the restart":
        alice.answer()
        alice.wait_established()
    talk_and_judge(centre, caller, alice, contact_id)
    assert len(alice.times("CALL_INCOMING")) == 1, "the phone rang twice"


def test_killed_while_whispering(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    """Both whispers are heard by the one they are for, and then the two are joined."""
    contact_id = call_direct(centre, caller, "ringing")
    alice.wait_ringing()
    alice.answer()
    centre.wait_contact("whisper")
    time.sleep(0.7)
    kill_and_restart(centre)
    talk_and_judge(centre, caller, alice, contact_id)
    assert tone_heard_s(alice.heard(), AGENT_WHISPER_HZ) > 0.6 * WHISPER_S
    assert tone_heard_s(caller.heard(), CUSTOMER_WHISPER_HZ) > 0.6 * WHISPER_S
    assert_no_tone(alice.heard(), CUSTOMER_WHISPER_HZ)
    assert_no_tone(caller.heard(), AGENT_WHISPER_HZ)


def test_killed_while_talking(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    """Neither side hears anything of it, and the recording has no gap."""
    contact_id = call_direct(centre, caller, "ringing")
    alice.wait_ringing()
    alice.answer()
    centre.wait_contact("connected")
    time.sleep(1.0)
    kill_and_restart(centre)
    talk_and_judge(centre, caller, alice, contact_id)
    assert longest_gap_s(caller.heard(), ALICE_HZ) < 0.3
    assert longest_gap_s(alice.heard(), CALLER_HZ) < 0.3


def test_hung_up_while_the_application_is_away(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    """A call that ends unseen is finished on the return: its record is written, the agent has after contact work."""
    contact_id = call_direct(centre, caller, "ringing")
    alice.wait_ringing()
    alice.answer()
    centre.wait_contact("connected")
    time.sleep(1.0)
    centre.kill9()
    caller.hang_up()
    caller.wait_ended()
    time.sleep(AWAY_S)
    centre.start()
    alice.wait_ended(10)
    centre.wait_agent("alice", "idle", 15)
    record = centre.wait_record(contact_id)
    assert record["Recording"]["Status"] == "AVAILABLE"


def test_killed_in_after_contact_work(centre: ApplicationRig, caller: Baresip, bob: Baresip) -> None:
    """After contact work ends when it would have, not earlier and not later for the restart."""
    contact_id = call_direct(centre, caller, "ringing")
    bob.wait_ringing()
    bob.answer()
    centre.wait_contact("connected")
    time.sleep(1.5)
    caller.hang_up()
    ended_s = bob.wait_ended(5)
    centre.wait_agent("bob", "after contact work")
    kill_and_restart(centre)
    centre.wait_agent("bob", "idle", 15, status="Available")
    assert 4.0 < time.time() - ended_s < 7.5
    record = centre.wait_record(contact_id)
    assert abs(record["Agent"]["AfterContactWorkDuration"] - 5) <= 1
    assert record["Recording"]["Status"] == "AVAILABLE"
