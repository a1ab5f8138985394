"""Flows that lead to somebody else: a function, a number over the second trunk, another queue, an agent, a callback, a survey.

Proven by tones, by what each phone saw, and by the records.
"""

import time
from collections.abc import Iterator

import pytest

from app.telephony.install import TestTools
from tests.e2e.conftest import ALICE_HZ, CALLER_HZ
from tests.e2e.talking import far_phone, keys
from tests.e2e.transfer_flows import (
    ANNOUNCED_HZ,
    BACK,
    CONTENTS,
    FAILED_HZ,
    FAR_ADDRESS,
    FAR_HZ,
    FAR_NUMBER,
    HANDOVER_HZ,
    IN,
    KEYS,
    LATE_HZ,
    LOOP_HZ,
    MARKS,
    OUT,
    PLANNED_HZ,
    RESUMED_HZ,
    SLOW_HZ,
    SURVEY_HZ,
    WORDS,
)
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip
from tests.rig.listening import RATE, between, has_prompt, spoken, tone_heard_s
from tests.rig.visit import Visit
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def far(tools: TestTools) -> Iterator[Baresip]:
    with far_phone(tools, FAR_NUMBER, address=FAR_ADDRESS, tone_hz=FAR_HZ) as phone:
        yield phone


@pytest.fixture(scope="module")
def centre(far: Baresip) -> Iterator[ApplicationRig]:
    with ApplicationRig() as rig:
        rig.fill(
            contents.demo,
            contents.trunk,
            contents.far_trunk(FAR_ADDRESS, far.sip_port),
            contents.agents(["alice", "bob"], ring_timeout_s=15, after_contact_work_s=1),
            *CONTENTS,
        )
        rig.start()
        rig.wait_trunk("far")
        yield rig
        rig.check()


def test_a_function_speaks_and_a_number_fails_rings_out_answers_and_returns(
    centre: ApplicationRig, caller: Baresip, far: Baresip
) -> None:
    visit = Visit.begin(centre, caller, OUT)
    far.wait_ringing()
    far.hang_up()
    far.wait_ringing(times=2)
    rung_out_s = far.wait_ended(times=2) - far.times("CALL_INCOMING")[1]
    far.wait_ringing(times=3)
    far.answer()
    until(lambda: keys(far) == KEYS, "the far end has all keys", tell=lambda: f"{keys(far)}: {far.log()[-3000:]}")
    keys_sent_s = far.heard().size / RATE
    until(lambda: tone_heard_s(between(far.heard(), keys_sent_s, 99), CALLER_HZ) > 0.5, "the far end hears the caller")
    far.hang_up()
    record = visit.ended()
    heard = visit.heard()
    assert far.log().count("dropping") < 20, "Asterisk's own packets and the caller's are not numbered as one"

    assert record["Attributes"] == {"caller": "+12065550123", "number": FAR_NUMBER}
    assert has_prompt(heard, spoken(centre.var, WORDS))
    assert visit.tones(*MARKS, FAR_HZ) == [SLOW_HZ, FAILED_HZ, LATE_HZ, FAR_HZ, RESUMED_HZ]
    assert rung_out_s == pytest.approx(2.0, abs=1.0)
    assert record["TransferredToEndpoint"]["Address"] == FAR_NUMBER
    took = [result for what, result in visit.steps() if what == "Transfer to phone number"]
    assert took == ["Call failed", "Timeout", "Success"]


def test_a_queue_flow_moves_its_caller_to_another_queue_and_a_survey_follows_the_agent(
    centre: ApplicationRig, caller: Baresip, alice: Baresip
) -> None:
    visit = Visit.begin(centre, caller, IN)
    visit.press("1", "Which")
    alice.wait_ringing()
    alice.answer()
    until(lambda: tone_heard_s(alice.heard(), CALLER_HZ) > 0.5, "alice hears the caller")
    alice.hang_up()
    moved = until(lambda: next((each for each in centre.contacts() if each["block"] == "Rate"), None), "the survey")
    until(lambda: visit.tones(SURVEY_HZ), "the caller hears the survey")
    caller.press("5")
    time.sleep(0.3)
    caller.press("#")
    caller.wait_ended()
    first, last = centre.wait_record(visit.contact_id), centre.wait_record(moved["contact_id"])

    assert list(dict.fromkeys(visit.tones(LOOP_HZ, ALICE_HZ, SURVEY_HZ))) == [LOOP_HZ, ALICE_HZ, SURVEY_HZ]
    assert (first["Queue"]["Name"], first["Agent"], first["NextContactId"]) == ("nobody", None, last["ContactId"])
    chain = (last["InitiationMethod"], last["InitialContactId"], last["PreviousContactId"], last["NextContactId"])
    assert chain == ("QUEUE_TRANSFER", first["ContactId"], first["ContactId"], None)
    assert (last["Queue"]["Name"], last["Agent"]["Username"]) == ("Sales", "alice")
    assert last["Attributes"]["rating"] == "5"
    assert last["Recording"] is None, "nobody asked for one"


def test_a_caller_in_queue_leaves_a_number_and_is_called_back(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, far: Baresip
) -> None:
    rung = len(far.times("CALL_INCOMING"))
    visit = Visit.begin(centre, caller, BACK)
    visit.press("2065550177#", "Which number")
    visit.at("Planned")
    alice.wait_ringing()
    alice.answer()
    far.wait_ringing(times=rung + 1)
    far.answer()
    until(lambda: tone_heard_s(alice.heard(), FAR_HZ) > 0.5, "alice hears the customer")
    called = centre.wait_contact("connected")["contact_id"]
    far.hang_up()
    alice.wait_ended()
    record, before = centre.wait_record(called), visit.ended()

    assert visit.tones(PLANNED_HZ) == [PLANNED_HZ]
    assert (record["InitiationMethod"], record["PreviousContactId"]) == ("CALLBACK", before["ContactId"])
    assert record["CustomerEndpoint"]["Address"] == FAR_NUMBER
    assert (record["Queue"]["Name"], record["Agent"]["Username"]) == ("Sales", "alice")


def test_an_agent_dials_a_customer_and_hands_them_over_through_flows(
    centre: ApplicationRig, alice: Baresip, bob: Baresip, far: Baresip
) -> None:
    """The outbound whisper flow shows its own number and is heard by the customer; the transfer flow is heard by the agent."""
    rung = len(far.times("CALL_INCOMING"))
    asked = {"number": FAR_NUMBER, "queue_id": "sales"}
    dialled = centre.api("POST", "/api/panel/calls", asked, agent="alice")["contact_id"]
    alice.wait_ringing()
    alice.answer()
    far.wait_ringing(times=rung + 1)
    far.answer()
    until(lambda: tone_heard_s(alice.heard(), FAR_HZ) > 0.3, "alice hears the customer")
    centre.api("POST", f"/api/contacts/{dialled}/transfer", {"agent": "bob"}, agent="alice")
    bob.wait_ringing()
    bob.answer()
    until(lambda: tone_heard_s(bob.heard(), ALICE_HZ) > 0.3, "bob hears alice")
    alice.hang_up()
    until(lambda: tone_heard_s(bob.heard(), FAR_HZ) > 0.3, "bob hears the customer")
    far.hang_up()
    bob.wait_ended()
    record = centre.wait_record(dialled)
    after = centre.wait_record(record["NextContactId"])

    ringing = [seen for seen in far.seen if seen.what == "CALL_INCOMING"][rung]
    assert OUT in ringing.details["peeruri"]
    assert tone_heard_s(far.heard(), ANNOUNCED_HZ) > 0.2
    assert tone_heard_s(alice.heard(), HANDOVER_HZ) > 0.2
    assert tone_heard_s(far.heard(), HANDOVER_HZ) == 0
    assert record["InitiationMethod"] == "OUTBOUND"
    assert (after["InitiationMethod"], after["Agent"]["Username"]) == ("TRANSFER", "bob")
