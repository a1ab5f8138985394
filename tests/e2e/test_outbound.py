"""Calls out, on a real Asterisk: what who waits hears, why a call did not come about, and what is recorded of one that did."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.ids import AgentId, FlowId, QueueId
from app.domain.instance import Agent, FlowType
from app.domain.lines import Trunk
from app.store.db import Database
from app.store.repositories.administration import Administration
from app.store.repositories.configurations import Configurations
from app.store.repositories.sip import SipConfiguration
from app.telephony.install import TestTools
from tests.e2e.conftest import ALICE_HZ, CALLER_HZ
from tests.e2e.talking import (
    BACK_HZ,
    DIRECT,
    FAR_HZ,
    FAR_NUMBER,
    WHISPER_HZ,
    answer,
    ask,
    far_phone,
    talk,
    talking_centre,
    until_hears,
)
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import RATE, Baresip, dial, read_recording
from tests.rig.contents import action
from tests.rig.listening import goes_on, tone_heard_s, tone_spans
from tests.rig.sipp import Sipp, carrier
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

CARRIER_ADDRESS, NETWORK_HZ, RING_HZ = "127.0.0.5", 1850.0, 480.0
SPEAKS, RINGS, SPEAKS_AND_ANSWERS = "+12065550183", "+12065550180", "+12065550199"
BUSY, REJECTED, FORBIDDEN, UNKNOWN = "+12065550486", "+12065550603", "+12065550403", "+12065550404"
TO_SPEAKS, TO_RINGS = "+12025550111", "+12025550112"
CAROL = Agent(AgentId("carol"), "carol", contents.PROFILE, "", after_contact_work_s=1, outside_number=FAR_NUMBER)
RECORDED = {"none": [], "agent": ["Agent"], "customer": ["Customer"], "both": ["Agent", "Customer"]}


def to_number(name: str, number: str, own: str) -> contents.Fill:
    """Calls the number for three seconds; what follows a failure is heard."""
    parameters = {
        "ThirdPartyPhoneNumber": number,
        "ThirdPartyConnectionTimeLimitSeconds": "3",
        "ContinueFlowExecution": "True",
    }
    failures = dict.fromkeys(("CallFailed", "ConnectionTimeLimitExceeded", "NoMatchingError"), "Back")
    call = action("Call", "TransferParticipantToThirdParty", parameters, "Hang up", **failures)
    return contents.flow(name, [call, contents.play("Back", "back", "Hang up"), contents.HANG_UP], number=own)


def whisper(kept: str) -> contents.Fill:
    """An outbound whisper flow that says what is recorded."""
    behaviour = {"RecordingBehavior": {"RecordedParticipants": RECORDED[kept]}}
    record = action("Record", "UpdateContactRecordingBehavior", behaviour, "Tone")
    return contents.flow(
        f"record-{kept}", [record, contents.play("Tone", "whisper", "End"), contents.END], FlowType.OUTBOUND_WHISPER
    )


def carrier_and_queues(port: int) -> contents.Fill:
    """The carrier that is tried first, and a queue for each way of recording."""

    async def fill(database: Database, _var: Path) -> None:
        await SipConfiguration(database).save_trunk(Trunk("network", CARRIER_ADDRESS, port=port, order=-1))
        sales = (await Configurations(database).current()).queues[QueueId("sales")]
        for kept in RECORDED:
            named = {"queue_id": QueueId(f"out-{kept}"), "name": f"Out {kept}"}
            queue = replace(sales, **named, outbound_flow_id=FlowId(f"record-{kept}"))  # type: ignore[arg-type]
            await Administration(database).save_queue(queue)
        await Administration(database).save_agent(CAROL)

    return fill


@pytest.fixture(scope="module")
def far(tools: TestTools) -> Iterator[Baresip]:
    with far_phone(tools) as phone:
        yield phone


@pytest.fixture(scope="module")
def network(tools: TestTools) -> Iterator[Sipp]:
    with carrier(tools, CARRIER_ADDRESS, tone_hz=NETWORK_HZ) as running:
        yield running


@pytest.fixture(scope="module")
def centre(far: Baresip, network: Sipp) -> Iterator[ApplicationRig]:
    more = (
        *(whisper(kept) for kept in RECORDED),
        carrier_and_queues(network.port),
        to_number("to-speaks", SPEAKS, TO_SPEAKS),
        to_number("to-rings", RINGS, TO_RINGS),
        contents.flow("survey", [contents.play("Back", "back", "Hang up"), contents.HANG_UP]),
    )
    with talking_centre(far, *more) as rig:
        rig.wait_trunk("network")
        yield rig


def dials(centre: ApplicationRig, alice: Baresip, number: str, queue_id: str = "sales") -> str:
    """Alice calls the number and is at her phone; the contact's id."""
    rung = len(alice.times("CALL_INCOMING"))
    asked = {"number": number, "queue_id": queue_id}
    contact_id = str(centre.api("POST", "/api/panel/calls", asked, agent="alice")["contact_id"])
    answer(alice, rung + 1)
    return contact_id


def noted(centre: ApplicationRig, contact_id: str, what: str) -> dict[str, Any]:
    """What the contact's path says of something that happened once."""
    (entry,) = [each for each in centre.trace(contact_id) if each["what"] == what]
    return dict(entry)


def test_the_agent_the_record_and_the_path_say_why_nobody_was_reached(centre: ApplicationRig, alice: Baresip) -> None:
    words = {
        BUSY: "the line is busy",
        REJECTED: "the call was rejected",
        FORBIDDEN: "the call was rejected",
        UNKNOWN: "the number is not in use",
    }
    for number, why in words.items():
        contact_id = dials(centre, alice, number)
        until(lambda: centre.agent("alice")["activity"] == "after contact work", "alice is told", 10)
        assert centre.agent("alice")["reason"] == why
        assert centre.wait_record(contact_id)["NotReached"] == why
        assert noted(centre, contact_id, "customer not reached")["details"]["reason"] == why
        centre.wait_agent("alice", "idle")


def test_an_agent_hears_our_ringing_and_then_what_the_network_says(centre: ApplicationRig, alice: Baresip) -> None:
    contact_id = dials(centre, alice, SPEAKS)
    alice.wait_ended(15)
    rang, said = tone_spans(alice.heard(), RING_HZ), tone_spans(alice.heard(), NETWORK_HZ)
    assert rang[0][0] < said[0][0] <= rang[-1][1] + 0.3
    assert tone_heard_s(alice.heard(), NETWORK_HZ) == pytest.approx(2.0, abs=0.5)
    assert centre.wait_record(contact_id)["NotReached"] == "the number is not in use"


def test_a_caller_hears_what_the_network_says_and_comes_back_to_the_flow(
    centre: ApplicationRig, caller: Baresip
) -> None:
    dial(caller, TO_SPEAKS, centre.sip_port)
    caller.wait_ended(15)
    said, back = tone_spans(caller.heard(), NETWORK_HZ), tone_spans(caller.heard(), BACK_HZ)
    assert tone_heard_s(caller.heard(), NETWORK_HZ) == pytest.approx(2.0, abs=0.5)
    assert said[-1][1] <= back[0][0] + 0.1


def test_who_is_called_and_does_not_answer_is_ringing_for_its_time(centre: ApplicationRig, caller: Baresip) -> None:
    dial(caller, TO_RINGS, centre.sip_port)
    contact_id = str(centre.wait_contact("outside call")["contact_id"])
    caller.wait_ended(15)
    rang, back = tone_spans(caller.heard(), RING_HZ), tone_spans(caller.heard(), BACK_HZ)
    assert back[0][0] - rang[0][0] == pytest.approx(3.0, abs=0.6)
    assert tone_heard_s(caller.heard(), NETWORK_HZ) == 0
    centre.wait_record(contact_id)
    (failed,) = [each for each in centre.trace(contact_id) if each["result"] == "timeout"]
    assert failed["details"]["reason"] == "nobody answered"


def test_who_answers_after_that_hears_the_whisper_alone_and_then_they_talk(
    centre: ApplicationRig, alice: Baresip
) -> None:
    contact_id = dials(centre, alice, SPEAKS_AND_ANSWERS)
    centre.wait_contact("connected")
    until(lambda: goes_on(alice.heard()[-RATE // 2 :], NETWORK_HZ), "alice hears the customer")
    alice.hang_up()
    assert "NotReached" not in centre.wait_record(contact_id)
    early, talk_ = tone_spans(alice.heard(), NETWORK_HZ)
    assert early[1] - early[0] == pytest.approx(2.0, abs=0.5)
    assert talk_[0] - early[1] == pytest.approx(1.0, abs=0.5)


def test_a_call_that_is_being_made_outlives_the_application(centre: ApplicationRig, alice: Baresip) -> None:
    """Killed while the network speaks; the customer has answered when the next process looks."""
    contact_id = dials(centre, alice, SPEAKS_AND_ANSWERS)
    until(lambda: tone_heard_s(alice.heard(), NETWORK_HZ) > 0.5, "alice hears the network")
    centre.kill9()
    centre.start()
    assert centre.wait_contact("connected")["contact_id"] == contact_id
    until(lambda: goes_on(alice.heard()[-RATE // 2 :], NETWORK_HZ), "alice hears the customer")
    alice.hang_up()
    assert "NotReached" not in centre.wait_record(contact_id)


def test_the_next_trunk_is_tried_while_it_rings_and_the_whisper_is_the_customers_alone(
    centre: ApplicationRig, alice: Baresip, far: Baresip
) -> None:
    rung = len(far.times("CALL_INCOMING"))
    contact_id = dials(centre, alice, FAR_NUMBER)
    far.wait_ringing(times=rung + 1)
    until(lambda: tone_heard_s(alice.heard(), RING_HZ) > 0.5, "alice hears ringing")
    far.answer()
    far.wait_established()
    until_hears(alice=(alice, {"far"}), far=(far, {"alice"}))
    far.hang_up()
    alice.wait_ended()
    assert tone_heard_s(alice.heard(), WHISPER_HZ) == 0
    record = centre.wait_record(contact_id)
    assert "NotReached" not in record
    assert noted(centre, contact_id, "next trunk")["details"]["reason"] == "the trunk has no free line"


def test_an_agent_who_consults_hears_the_network_and_has_the_customer_back(
    centre: ApplicationRig, caller: Baresip, alice: Baresip
) -> None:
    contact_id = talk(centre, caller, alice)
    ask(centre, "transfer", {"number": SPEAKS})
    until(lambda: goes_on(alice.heard()[-RATE // 2 :], NETWORK_HZ), "alice hears the network")
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    assert tone_heard_s(caller.heard(), NETWORK_HZ) == 0
    (shown,) = centre.api("GET", "/api/panel", agent="alice")["contacts"]
    assert shown["transfer_failed"] == "the number is not in use"
    caller.hang_up()
    alice.wait_ended()
    centre.wait_record(contact_id)


def test_a_program_calls_and_the_flow_begins_when_the_customer_answers(centre: ApplicationRig, far: Baresip) -> None:
    rung = len(far.times("CALL_INCOMING"))
    asked = {"number": FAR_NUMBER, "flow": "survey", "caller_number": TO_RINGS, "attributes": {"order": "7"}}
    contact_id = str(centre.api("POST", "/api/outbound-contacts", asked)["contact_id"])
    answer(far, rung + 1)
    far.wait_ended(10, times=rung + 1)
    assert tone_heard_s(far.heard(), BACK_HZ) == pytest.approx(3.0, abs=0.4)
    record = centre.wait_record(contact_id)
    assert (record["InitiationMethod"], record["Attributes"]) == ("API", {"order": "7"})
    assert record["SystemEndpoint"]["Address"] == TO_RINGS


@pytest.mark.parametrize("kept", RECORDED)
def test_the_outbound_whisper_flow_says_what_is_recorded(
    centre: ApplicationRig, alice: Baresip, far: Baresip, kept: str
) -> None:
    """The recording holds whom it should, from the moment when the two talk: no ringing and no whisper."""
    rung = len(far.times("CALL_INCOMING"))
    contact_id = dials(centre, alice, FAR_NUMBER, f"out-{kept}")
    answer(far, rung + 1)
    until_hears(alice=(alice, {"far"}), far=(far, {"alice"}))
    far.hang_up()
    alice.wait_ended()
    record = centre.wait_record(contact_id)
    if kept == "none":
        assert record["Recording"] is None
    else:
        voices = (FAR_HZ if "Customer" in RECORDED[kept] else None, ALICE_HZ if "Agent" in RECORDED[kept] else None)
        assert_recorded(record, *voices)


def test_an_agent_at_an_outside_number_is_recorded(centre: ApplicationRig, caller: Baresip, far: Baresip) -> None:
    rung = len(far.times("CALL_INCOMING"))
    centre.set_agent_status("carol", "Available")
    dial(caller, DIRECT, centre.sip_port)
    answer(far, rung + 1)
    contact_id = str(centre.wait_contact("connected")["contact_id"])
    until_hears(caller=(caller, {"far"}), far=(far, {"caller"}))
    caller.hang_up()
    far.wait_ended(times=len(far.times("CALL_INCOMING")))
    centre.set_agent_status("carol", "Offline")
    assert_recorded(centre.wait_record(contact_id), CALLER_HZ, FAR_HZ)


def assert_recorded(record: dict[str, Any], customer_hz: float | None, agent_hz: float | None) -> None:
    """Each voice on its own side, or silence there, and nothing else: no ringing, no whisper, no network."""
    assert record["Recording"]["Status"] == "AVAILABLE", record["Recording"]
    *sides, rate = read_recording(Path(record["Recording"]["Location"]))
    for samples, voice in zip(sides, (customer_hz, agent_hz), strict=True):
        expected = {voice} if voice is not None else set()
        heard = {hz for hz in (CALLER_HZ, ALICE_HZ, FAR_HZ) if goes_on(samples[-rate:], hz, rate)}
        assert heard == expected
        assert [tone_heard_s(samples, hz, rate) for hz in (WHISPER_HZ, RING_HZ, NETWORK_HZ)] == [0, 0, 0]
