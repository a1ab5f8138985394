"""What works from a desk phone works from the browser alike: an agent at a real Chromium holds, consults, swaps, joins, leaves, is
consulted, transfers and dials; a supervisor there listens, whispers and barges in. Who hears whom is told by tones."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from app.telephony.install import TestTools
from tests.e2e.talking import (
    CAROL_HZ,
    DIRECT,
    FAR_NUMBER,
    answer,
    ask,
    far_phone,
    handed_over,
    talk,
    talking_centre,
    until_hears,
)
from tests.e2e.test_softphone import at_the_browser
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, dial
from tests.rig.softphone import Softphone, chromium
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def far(tools: TestTools) -> Iterator[Baresip]:
    with far_phone(tools) as phone:
        yield phone


@pytest.fixture(scope="module")
def centre(far: Baresip) -> Iterator[ApplicationRig]:
    with talking_centre(far, contents.softphone_agent("carol")) as rig:
        yield rig


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("browser"), CAROL_HZ) as running:
        yield running


@pytest.fixture
def carol(centre: ApplicationRig, browser: Browser) -> Iterator[Softphone]:
    yield from at_the_browser(centre, browser, "carol")


def take(carol: Softphone) -> None:
    """Carol's browser rings, and she answers."""
    carol.wait_call("ringing")
    carol.press("Answer")
    carol.wait_call("talking")


def test_an_agent_at_the_browser(centre: ApplicationRig, caller: Baresip, carol: Softphone, bob: Baresip) -> None:
    """Holds, mutes, sends keys; consults Bob, swaps, joins and leaves. Meanwhile another phone cannot be chosen."""
    dial(caller, DIRECT, centre.sip_port)
    take(carol)
    first = str(centre.wait_contact("connected")["contact_id"])
    until_hears(caller=(caller, {"carol"}), carol=(carol, {"caller"}))
    ask(centre, "hold", agent="carol")
    until_hears(caller=(caller, {"hold"}), carol=(carol, set()))
    ask(centre, "resume", agent="carol")
    ask(centre, "mute", agent="carol")
    until_hears(caller=(caller, set()), carol=(carol, {"caller"}))
    ask(centre, "mute", {"muted": False}, agent="carol")
    ask(centre, "digits", {"digits": "5"}, agent="carol")
    until(lambda: any(seen.what == "CALL_DTMF_START" for seen in caller.seen), "the key reaches the caller", 3)
    with pytest.raises(AssertionError, match="You are with a contact: choose another phone when it is over"):
        centre.api("POST", "/api/panel/phone", {"number": FAR_NUMBER}, agent="carol")
    ask(centre, "transfer", {"agent": "bob"}, agent="carol")
    answer(bob, 1)
    until_hears(caller=(caller, {"hold"}), carol=(carol, {"bob"}), bob=(bob, {"carol"}))
    ask(centre, "swap", agent="carol")
    until_hears(caller=(caller, {"carol"}), carol=(carol, {"caller"}), bob=(bob, set()))
    ask(centre, "join", agent="carol")
    until_hears(caller=(caller, {"carol", "bob"}), carol=(carol, {"caller", "bob"}), bob=(bob, {"caller", "carol"}))
    ask(centre, "leave", agent="carol")
    carol.wait_call("none")
    until_hears(caller=(caller, {"bob"}), bob=(bob, {"caller"}))
    caller.hang_up()
    bob.wait_ended()
    before, _ = handed_over(centre, first, "carol", "bob")
    assert before["Agent"]["NumberOfHolds"] >= 1


def test_an_agent_who_is_consulted_at_the_browser_and_transfers_blindly(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, carol: Softphone, far: Baresip
) -> None:
    first = talk(centre, caller, alice)
    ask(centre, "transfer", {"agent": "carol"})
    take(carol)
    until_hears(caller=(caller, {"hold"}), alice=(alice, {"carol"}), carol=(carol, {"alice"}))
    ask(centre, "leave")
    until_hears(caller=(caller, {"carol"}), carol=(carol, {"caller"}))
    rung = len(far.times("CALL_INCOMING"))
    ask(centre, "transfer", {"number": FAR_NUMBER, "blind": True}, agent="carol")
    carol.wait_call("none")
    answer(far, rung + 1)
    until_hears(caller=(caller, {"far"}), far=(far, {"caller"}))
    far.hang_up()
    caller.wait_ended()
    before = centre.wait_record(first)
    after = centre.wait_record(before["NextContactId"])
    assert (before["Agent"]["Username"], after["Agent"]["Username"]) == ("alice", "carol")
    assert after["TransferredToEndpoint"]["Address"] == FAR_NUMBER


def test_an_agent_dials_from_the_browser(centre: ApplicationRig, carol: Softphone, far: Baresip) -> None:
    rung = len(far.times("CALL_INCOMING"))
    centre.api("POST", "/api/panel/calls", {"number": FAR_NUMBER, "queue_id": "sales"}, agent="carol")
    take(carol)
    answer(far, rung + 1)
    until_hears(far=(far, {"carol"}), carol=(carol, {"far"}))
    contact_id = str(centre.wait_contact("connected")["contact_id"])
    carol.press("Hang up")
    until(lambda: not far.in_call, "the customer is hung up")
    record = centre.wait_record(contact_id)
    assert (record["InitiationMethod"], record["Agent"]["Username"]) == ("OUTBOUND", "carol")


def test_a_supervisor_at_the_browser(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip, carol: Softphone
) -> None:
    """Nobody hears Carol while she listens, Alice alone when she whispers, all when she barges in. A transfer goes on as without her,
    and she with it; she is in no record but the audit, and leaves with the call."""
    centre.set_agent_status("carol", "Offline")
    first = talk(centre, caller, alice)

    def supervise(mode: str) -> None:
        centre.api("POST", f"/api/contacts/{first}/supervision", {"mode": mode}, agent="carol")

    supervise("listen")
    take(carol)
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}), carol=(carol, {"caller", "alice"}))
    supervise("whisper")
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller", "carol"}))
    supervise("barge")
    until_hears(
        caller=(caller, {"alice", "carol"}), alice=(alice, {"caller", "carol"}), carol=(carol, {"caller", "alice"})
    )
    supervise("listen")
    ask(centre, "transfer", {"agent": "bob"})
    answer(bob, 1)
    until_hears(caller=(caller, {"hold"}), bob=(bob, {"alice"}), carol=(carol, {"alice", "bob"}))
    ask(centre, "leave")
    until_hears(caller=(caller, {"bob"}), bob=(bob, {"caller"}), carol=(carol, {"caller", "bob"}))
    caller.hang_up()
    carol.wait_call("none")
    before = centre.wait_record(first)
    after = centre.wait_record(before["NextContactId"])
    assert (before["Agent"]["Username"], after["Agent"]["Username"], after["NextContactId"]) == ("alice", "bob", None)
    asked = [
        entry["details"]["mode"]
        for entry in centre.api("GET", "/api/audit?limit=500")
        if entry["action"] == "supervise"
    ]
    assert asked == ["listen", "barge", "whisper", "listen"]
