"""Transfers as a shift makes them, on a real Asterisk: quick connects of the three types through their transfer flows, consultations
cancelled at every moment, conferences held and left. Proven by tones, by the recordings and by the chain of records."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.ids import AgentId, FlowId, QueueId, QuickConnectId
from app.domain.instance import FlowType
from app.domain.quick_connect import QuickConnect, QuickConnectType
from app.store.db import Database
from app.store.repositories.quick_connects import QuickConnects
from app.telephony.audio import tone_level_db
from app.telephony.install import TestTools
from tests.e2e.conftest import ALICE_HZ, BOB_HZ, CALLER_HZ
from tests.e2e.talking import (
    AGENT_HOLD_HZ,
    FAR_HZ,
    FAR_NUMBER,
    answer,
    ask,
    far_phone,
    keys,
    looping,
    talk,
    talking_centre,
    until_hears,
)
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, read_recording
from tests.rig.blocks import mark, tone
from tests.rig.contents import END, HANG_UP, action
from tests.rig.listening import tone_heard_s
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

TO_BOB_HZ, TO_SALES_HZ, QUEUE_HZ = 1800.0, 1950.0, 2250.0


def recorded(voice: str, following: str) -> dict[str, object]:
    """Set recording behavior."""
    parameters = {"RecordingBehavior": {"RecordedParticipants": [voice]}}
    return action("Record", "UpdateContactRecordingBehavior", parameters, following)


TO_BOB = [
    recorded("Agent", "Tone"),
    mark("Tone", TO_BOB_HZ, "Transfer"),
    action("Transfer", "TransferContactToAgent", {}),
    HANG_UP,
]
TO_SALES = [
    recorded("Customer", "Tone"),
    mark("Tone", TO_SALES_HZ, "Transfer"),
    action("Transfer", "TransferContactToQueue", {}, "End", QueueAtCapacity="End", NoMatchingError="End"),
    END,
]


async def quick_connects(database: Database, _var: Path) -> None:
    """One of each type, for everybody who serves Sales."""

    def named(name: str, type_: QuickConnectType, **leads: object) -> QuickConnect:
        return QuickConnect(QuickConnectId(name.lower()), name, type_, f"to {name}", **leads)  # type: ignore[arg-type]

    for each in (
        named("Bob", QuickConnectType.AGENT, agent_id=AgentId("bob"), flow_id=FlowId("to bob")),
        named("Sales again", QuickConnectType.QUEUE, queue_id=QueueId("sales"), flow_id=FlowId("to sales")),
        named("Partner", QuickConnectType.EXTERNAL, number=FAR_NUMBER),
    ):
        await QuickConnects(database).save(each, ("sales",))


@pytest.fixture(scope="module")
def far(tools: TestTools) -> Iterator[Baresip]:
    with far_phone(tools) as phone:
        yield phone


@pytest.fixture(scope="module")
def centre(far: Baresip) -> Iterator[ApplicationRig]:
    tones = (contents.tone_prompt(tone(hz), hz, 0.5) for hz in (TO_BOB_HZ, TO_SALES_HZ, QUEUE_HZ))
    with talking_centre(
        far,
        *tones,
        contents.tone_prompt("agent-hold", AGENT_HOLD_HZ, 3.0),
        looping("agent hold", "agent-hold", FlowType.AGENT_HOLD),
        looping("queue", tone(QUEUE_HZ), FlowType.CUSTOMER_QUEUE),
        contents.flow("to bob", TO_BOB, FlowType.AGENT_TRANSFER),
        contents.flow("to sales", TO_SALES, FlowType.QUEUE_TRANSFER),
        quick_connects,
    ) as rig:
        yield rig


def voices(centre: ApplicationRig, contact_id: str) -> tuple[set[str], set[str]]:
    """Who is in the recording of a contact, on the customer's side and on the agent's."""
    left, right, rate = read_recording(centre.recording(contact_id))
    known = {"caller": CALLER_HZ, "alice": ALICE_HZ, "bob": BOB_HZ, "far": FAR_HZ}
    sides = ({name for name, hz in known.items() if tone_heard_s(side, hz, rate) > 0.5} for side in (left, right))
    return next(sides), next(sides)


def test_blind_transfers_through_the_three_types_of_quick_connects(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip, far: Baresip
) -> None:
    """Alice hands over to Bob, Bob to the queue, where Alice is next, and she to a partner outside: three contacts, three recordings."""
    rung = len(far.times("CALL_INCOMING"))
    first = talk(centre, caller, alice)
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    ask(centre, "transfer", {"quick_connect": "Bob", "blind": True})
    answer(bob, 1)
    alice.wait_ended()
    assert tone_heard_s(alice.heard(), TO_BOB_HZ) > 0.2
    until_hears(caller=(caller, {"bob"}), bob=(bob, {"caller"}))
    ask(centre, "transfer", {"quick_connect": "Sales again", "blind": True}, agent="bob")
    answer(alice, 2)
    bob.wait_ended()
    assert tone_heard_s(bob.heard(), TO_SALES_HZ) > 0.2
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    ask(centre, "transfer", {"quick_connect": "Partner", "blind": True})
    alice.wait_ended(times=2)
    answer(far, rung + 1)
    until_hears(caller=(caller, {"far"}), far=(far, {"caller"}))
    assert tone_heard_s(caller.heard(), TO_BOB_HZ) == tone_heard_s(caller.heard(), TO_SALES_HZ) == 0
    caller.hang_up()
    until(lambda: not far.in_call, "the partner is hung up")

    one = centre.wait_record(first)
    two = centre.wait_record(one["NextContactId"])
    three = centre.wait_record(two["NextContactId"])
    assert [each["InitiationMethod"] for each in (one, two, three)] == ["INBOUND", "TRANSFER", "TRANSFER"]
    assert [each["Agent"]["Username"] for each in (one, two, three)] == ["alice", "bob", "alice"]
    assert [each["PreviousContactId"] for each in (one, two, three)] == [None, first, two["ContactId"]]
    assert [each["InitialContactId"] for each in (one, two, three)] == [None, first, first]
    assert (three["NextContactId"], three["Queue"]["Name"]) == (None, "Sales")
    outside = [each["TransferredToEndpoint"] for each in (one, two, three)]
    assert outside == [None, None, {"Address": FAR_NUMBER, "Type": "TELEPHONE_NUMBER"}]
    assert voices(centre, first) == ({"caller"}, {"alice"})
    assert voices(centre, two["ContactId"]) == (set(), {"bob"})
    assert voices(centre, three["ContactId"]) == ({"caller"}, set())


def test_a_consultation_is_cancelled_at_every_moment(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip
) -> None:
    """In the queue, while Bob's phone rings, after he declined, while they talk: one press, and the customer is back with Alice."""
    first = talk(centre, caller, alice)
    together = {"caller": (caller, {"alice"}), "alice": (alice, {"caller"})}
    centre.set_agent_status("bob", "Offline")
    ask(centre, "transfer", {"queue": "sales"})
    until(lambda: tone_heard_s(alice.heard(), QUEUE_HZ) > 0.3, "alice waits in the queue")
    assert ask(centre, "drop")["state"] == "connected"
    until_hears(**together)
    centre.set_agent_status("bob", "Available")
    ask(centre, "transfer", {"quick_connect": "Bob"})
    bob.wait_ringing()
    ask(centre, "drop")
    bob.wait_ended()
    until_hears(**together)
    assert centre.agent("bob")["activity"] == "idle"
    ask(centre, "transfer", {"agent": "bob"})
    bob.wait_ringing(times=2)
    bob.hang_up()
    centre.wait_agent("bob", "missed")
    until_hears(caller=(caller, {"hold"}), alice=(alice, set()))
    (shown,) = centre.api("GET", "/api/panel", agent="alice")["contacts"]
    told = {"stage": "in queue", "to": "bob", "reason": "the call was declined or the phone is busy"}
    assert told.items() <= shown["transfer"].items()
    ask(centre, "drop")
    centre.set_agent_status("bob", "Available")
    ask(centre, "transfer", {"agent": "bob"})
    answer(bob, 3)
    until_hears(caller=(caller, {"hold"}), alice=(alice, {"bob"}), bob=(bob, {"alice"}))
    ask(centre, "drop")
    bob.wait_ended(times=3)
    until_hears(**together)
    caller.hang_up()
    alice.wait_ended()
    record = centre.wait_record(first)
    assert (record["Agent"]["Username"], record["Agent"]["NumberOfHolds"]) == ("alice", 4)
    assert record["Recording"]["Status"] == "AVAILABLE"
    left, right, rate = read_recording(centre.recording(first))
    assert tone_level_db(left, rate, CALLER_HZ) > -20, "the customer was recorded on hold too"
    assert tone_heard_s(right, BOB_HZ, rate) == 0, "the consultation is not the customer's, and is not recorded"


def test_a_conference_with_an_outside_number_is_held_and_one_party_dropped(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, far: Baresip
) -> None:
    rung, known = len(far.times("CALL_INCOMING")), keys(far)
    first = talk(centre, caller, alice)
    ask(centre, "digits", {"digits": "12#"})
    until(lambda: keys(caller) == "12#", "the customer is sent the keys", tell=lambda: keys(caller))
    ask(centre, "hold")
    until_hears(caller=(caller, {"hold"}), alice=(alice, {"agent hold"}))
    ask(centre, "resume")
    ask(centre, "transfer", {"quick_connect": "Partner"})
    answer(far, rung + 1)
    until_hears(caller=(caller, {"hold"}), alice=(alice, {"far"}), far=(far, {"alice"}))
    ask(centre, "digits", {"digits": "*7"})
    until(lambda: keys(far) == f"{known}*7", "the partner is sent the keys")
    assert keys(caller) == "12#"
    ask(centre, "join")
    conference = {
        "caller": (caller, {"alice", "far"}),
        "alice": (alice, {"caller", "far"}),
        "far": (far, {"caller", "alice"}),
    }
    until_hears(**conference)
    ask(centre, "hold", {"everybody": True})
    until_hears(caller=(caller, {"hold"}), alice=(alice, {"agent hold"}), far=(far, set()))
    ask(centre, "resume", {"everybody": True})
    until_hears(**conference)
    ask(centre, "drop")
    until(lambda: not far.in_call, "the partner is hung up")
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    caller.hang_up()
    alice.wait_ended()
    record = centre.wait_record(first)
    assert (record["NextContactId"], record["TransferredToEndpoint"]) == (None, None)
    assert record["Agent"]["NumberOfHolds"] == 3
    assert voices(centre, first) == ({"caller"}, {"alice", "far"})
