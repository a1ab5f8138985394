"""Calls of more than two, on a real Asterisk and real phones: who hears whom at each moment, by tones, and what the records say."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.ids import AgentId
from app.domain.instance import Agent
from app.domain.lines import Trunk
from app.store.db import Database
from app.store.repositories.administration import Administration
from app.store.repositories.sip import SipConfiguration
from app.telephony.install import TestTools
from tests.e2e.talking import (
    CALL_BACK,
    DIRECT,
    FAR_AND_BACK,
    FAR_NUMBER,
    answer,
    ask,
    far_phone,
    handed_over,
    talk,
    talking_centre,
    until_hears,
)
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, dial
from tests.rig.sipp import Sipp, refusing_trunk
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

DOWN_ADDRESS = "127.0.0.4"
CAROL = Agent(AgentId("carol"), "carol", contents.PROFILE, "", after_contact_work_s=1, outside_number=FAR_NUMBER)


def carol_behind(down_port: int) -> contents.Fill:
    """An agent whose phone is an outside number, and a trunk that is tried before all others and takes no call."""

    async def fill(database: Database, _var: Path) -> None:
        await SipConfiguration(database).save_trunk(Trunk("down", DOWN_ADDRESS, port=down_port, order=-1))
        await Administration(database).save_agent(CAROL)

    return fill


@pytest.fixture(scope="module")
def far(tools: TestTools) -> Iterator[Baresip]:
    with far_phone(tools) as phone:
        yield phone


@pytest.fixture(scope="module")
def down(tools: TestTools) -> Iterator[Sipp]:
    """A carrier that answers 503 to every call: each test's calls out go over the next one."""
    with refusing_trunk(tools, DOWN_ADDRESS) as carrier:
        yield carrier


@pytest.fixture(scope="module")
def centre(far: Baresip, down: Sipp) -> Iterator[ApplicationRig]:
    with talking_centre(far, carol_behind(down.port)) as rig:
        yield rig


def test_a_flow_calls_a_number_and_goes_on(centre: ApplicationRig, caller: Baresip, far: Baresip) -> None:
    """The caller hears ringing, talks with the number over the second trunk, and comes back to the flow when it hangs up."""
    rung = len(far.times("CALL_INCOMING"))
    dial(caller, FAR_AND_BACK, centre.sip_port)
    far.wait_ringing(times=rung + 1)
    contact_id = str(centre.wait_contact("outside call")["contact_id"])
    far.answer()
    until_hears(caller=(caller, {"far"}), far=(far, {"caller"}))
    far.hang_up()
    until_hears(caller=(caller, {"back"}))
    caller.wait_ended(10)
    record = centre.wait_record(contact_id)
    assert record["TransferredToEndpoint"] == {"Address": FAR_NUMBER, "Type": "TELEPHONE_NUMBER"}
    assert record["TransferCompletedTimestamp"]


def test_hold_mute_and_resume(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    contact_id = talk(centre, caller, alice)
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    ask(centre, "hold")
    until_hears(caller=(caller, {"hold"}), alice=(alice, set()))
    ask(centre, "resume")
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    ask(centre, "mute")
    until_hears(caller=(caller, set()), alice=(alice, {"caller"}))
    ask(centre, "mute", {"muted": False})
    until_hears(caller=(caller, {"alice"}))
    caller.hang_up()
    alice.wait_ended()
    agent = centre.wait_record(contact_id)["Agent"]
    assert (agent["NumberOfHolds"], agent["LongestHoldDuration"] >= 1) == (1, True)


def test_consult_swap_conference_and_leave(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip
) -> None:
    first = talk(centre, caller, alice)
    ask(centre, "transfer", {"agent": "bob"})
    answer(bob, 1)
    until_hears(caller=(caller, {"hold"}), alice=(alice, {"bob"}), bob=(bob, {"alice"}))
    ask(centre, "swap")
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    ask(centre, "join")
    until_hears(caller=(caller, {"alice", "bob"}), alice=(alice, {"caller", "bob"}), bob=(bob, {"caller", "alice"}))
    ask(centre, "leave")
    alice.wait_ended()
    until_hears(caller=(caller, {"bob"}), bob=(bob, {"caller"}))
    caller.hang_up()
    bob.wait_ended()
    before, after = handed_over(centre, first, "alice", "bob")
    assert (before["Recording"]["Status"], after["Recording"]["Status"]) == ("AVAILABLE", "AVAILABLE")


def test_an_agent_dials_a_customer(centre: ApplicationRig, alice: Baresip, far: Baresip) -> None:
    """Alice's phone rings first, then the customer's; the outbound whisper is the customer's, then they talk."""
    rung = len(far.times("CALL_INCOMING"))
    asked = {"number": FAR_NUMBER, "queue_id": "sales"}
    contact_id = centre.api("POST", "/api/panel/calls", asked, agent="alice")["contact_id"]
    answer(alice, 1)
    answer(far, rung + 1)
    until_hears(far=(far, {"alice"}), alice=(alice, {"far"}))
    far.hang_up()
    alice.wait_ended()
    record = centre.wait_record(contact_id)
    assert (record["InitiationMethod"], record["CustomerEndpoint"]["Address"]) == ("OUTBOUND", FAR_NUMBER)
    assert record["SystemEndpoint"]["Address"] == DIRECT


def test_a_callback_rings_the_agent_and_then_the_customer(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, far: Baresip
) -> None:
    rung = len(far.times("CALL_INCOMING"))
    dial(caller, CALL_BACK, centre.sip_port)
    caller.wait_ended(10)
    answer(alice, 1)
    answer(far, rung + 1)
    until_hears(far=(far, {"alice"}), alice=(alice, {"far"}))
    contact_id = str(centre.wait_contact("connected")["contact_id"])
    alice.hang_up()
    until(lambda: not far.in_call, "the customer is hung up")
    record = centre.wait_record(contact_id)
    assert (record["InitiationMethod"], record["Agent"]["Username"]) == ("CALLBACK", "alice")
    assert record["PreviousContactId"]


def test_a_supervisor_listens_whispers_and_barges_in(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip
) -> None:
    """Bob's phone is the supervisor's: nobody hears him while he listens, Alice alone when he whispers, all when he barges in."""
    contact_id = talk(centre, caller, alice)

    def supervise(mode: str) -> None:
        centre.api("POST", f"/api/contacts/{contact_id}/supervision", {"mode": mode}, agent="bob")

    supervise("listen")
    answer(bob, 1)
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}), bob=(bob, {"caller", "alice"}))
    supervise("whisper")
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller", "bob"}), bob=(bob, {"caller", "alice"}))
    supervise("barge")
    until_hears(caller=(caller, {"alice", "bob"}), alice=(alice, {"caller", "bob"}))
    supervise("listen")
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}), bob=(bob, {"caller", "alice"}))
    caller.hang_up()
    bob.wait_ended()
    alice.wait_ended()
    assert centre.wait_record(contact_id)["NextContactId"] is None


def test_the_keys_of_a_desk_phone(centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip) -> None:
    """Alice's own hold key is the panel's hold, her transfer key (REFER) a blind transfer to Bob."""
    first = talk(centre, caller, alice)
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    alice.command("hold")
    until_hears(caller=(caller, {"hold"}))
    alice.command("resume")
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    alice.command("transfer", f"sip:bob@127.0.0.1:{centre.sip_port}")
    answer(bob, 1)
    until_hears(caller=(caller, {"bob"}), bob=(bob, {"caller"}))
    caller.hang_up()
    bob.wait_ended()
    handed_over(centre, first, "alice", "bob")


def test_an_agent_dials_on_the_desk_phone(centre: ApplicationRig, alice: Baresip, far: Baresip) -> None:
    rung = len(far.times("CALL_INCOMING"))
    dial(alice, FAR_NUMBER, centre.sip_port)
    answer(far, rung + 1)
    until_hears(far=(far, {"alice"}), alice=(alice, {"far"}))
    contact_id = str(centre.wait_contact("connected")["contact_id"])
    alice.hang_up()
    until(lambda: not far.in_call, "the customer is hung up")
    assert centre.wait_record(contact_id)["InitiationMethod"] == "OUTBOUND"


def test_an_agent_at_an_outside_number_behind_a_trunk_that_fails(
    centre: ApplicationRig, caller: Baresip, far: Baresip, down: Sipp
) -> None:
    """Carol needs no phone of ours: her number is called over the next trunk when the first says 503, and shows the queue's number."""
    refused, rung, ended = down.outcome().created, len(far.times("CALL_INCOMING")), len(far.times("CALL_CLOSED"))
    centre.set_agent_status("carol", "Available")
    dial(caller, DIRECT, centre.sip_port)
    far.wait_ringing(times=rung + 1)
    shown = [seen for seen in far.seen if seen.what == "CALL_INCOMING"][rung].details["peeruri"]
    assert DIRECT in shown
    far.answer()
    contact_id = str(centre.wait_contact("connected")["contact_id"])
    until_hears(caller=(caller, {"far"}), far=(far, {"caller"}))
    far.hang_up()
    far.wait_ended(times=ended + 1)
    caller.wait_ended()
    centre.wait_agent("carol", "idle")
    centre.set_agent_status("carol", "Offline")
    record = centre.wait_record(contact_id)
    assert record["Agent"]["Username"] == "carol"
    assert record["TransferredToEndpoint"] is None
    assert record["Queue"]["Name"] == "Sales"
    until(lambda: down.outcome().created > refused, "the first trunk was tried")
