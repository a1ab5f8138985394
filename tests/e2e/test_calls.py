"""Calls of more than two, on a real Asterisk and real phones: who hears whom at each moment, by tones, and what the records say."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.ids import QueueId
from app.domain.instance import FlowType
from app.domain.lines import Trunk
from app.store.db import Database
from app.store.repositories.administration import Administration
from app.store.repositories.configurations import Configurations
from app.store.repositories.sip import SipConfiguration
from app.telephony.audio import tone_level_db
from app.telephony.install import TestTools
from tests.e2e.conftest import ALICE_HZ, BOB_HZ, CALLER_HZ
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import RATE, Baresip, dial
from tests.rig.contents import action
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

FAR_ADDRESS, FAR_NUMBER, FAR_HZ = "127.0.0.3", "+12065550111", 1600.0
DIRECT, FAR_AND_BACK, CALL_BACK = "+12025550101", "+12025550102", "+12025550103"
HOLD_HZ, BACK_HZ, WHISPER_HZ = 700.0, 550.0, 850.0
VOICES = {"caller": CALLER_HZ, "alice": ALICE_HZ, "bob": BOB_HZ, "far": FAR_HZ, "hold": HOLD_HZ, "back": BACK_HZ}
SALES = {"QueueId": "arn:trunkline:connect::instance/default/queue/sales"}
AUDIBLE_DB = -38.0

to_queue = contents.flow(
    "direct",
    [
        contents.RECORD | {"Transitions": {"NextAction": "Sales", "Errors": [], "Conditions": []}},
        action("Sales", "UpdateContactTargetQueue", SALES, "Wait", NoMatchingError="Hang up"),
        action("Wait", "TransferContactToQueue", {}, "Hang up", QueueAtCapacity="Hang up", NoMatchingError="Hang up"),
        contents.HANG_UP,
    ],
    number=DIRECT,
)
to_number = contents.flow(
    "far and back",
    [
        action(
            "Call",
            "TransferParticipantToThirdParty",
            {
                "ThirdPartyPhoneNumber": FAR_NUMBER,
                "ThirdPartyConnectionTimeLimitSeconds": "20",
                "ContinueFlowExecution": "True",
            },
            "Back",
            CallFailed="Hang up",
            ConnectionTimeLimitExceeded="Hang up",
            NoMatchingError="Hang up",
        ),
        contents.play("Back", "back", "Hang up"),
        contents.HANG_UP,
    ],
    number=FAR_AND_BACK,
)
callback = contents.flow(
    "call back",
    [
        action("Number", "UpdateContactCallbackNumber", {"CallbackNumber": FAR_NUMBER}, "Plan"),
        action(
            "Plan",
            "CreateCallbackContact",
            SALES | {"InitialCallDelaySeconds": "1", "MaximumConnectionAttempts": "0", "RetryDelaySeconds": "60"},
            "Hang up",
            NoMatchingError="Hang up",
        ),
        contents.HANG_UP,
    ],
    number=CALL_BACK,
)
hold = contents.flow(
    "hold",
    [
        action(
            "Hold",
            "MessageParticipantIteratively",
            {"Messages": [{"PromptId": "arn:trunkline:connect::instance/default/prompt/hold"}]},
        )
    ],
    FlowType.CUSTOMER_HOLD,
    default=True,
)
outbound = contents.flow(
    "outbound", [contents.play("Tone", "whisper", "End"), contents.END], FlowType.OUTBOUND_WHISPER, default=True
)


def far_trunk(port: int) -> contents.Fill:
    """A second carrier, which is tried first, and the number that calls out show."""

    async def fill(database: Database, _var: Path) -> None:
        await SipConfiguration(database).save_trunk(Trunk("far", FAR_ADDRESS, port=port, order=0))
        queue = (await Configurations(database).current()).queues[QueueId("sales")]
        await Administration(database).save_queue(replace(queue, outbound_number=DIRECT))

    return fill


@pytest.fixture(scope="module")
def far(tools: TestTools) -> Iterator[Baresip]:
    """Somebody in the telephone network, behind the second trunk."""
    account = f"<sip:{FAR_NUMBER}@{FAR_ADDRESS}:{{phone.sip_port}}>;regint=0;audio_codecs=PCMA/8000/1"
    with Baresip(tools, account, FAR_ADDRESS, FAR_HZ) as phone:
        yield phone


@pytest.fixture(scope="module")
def centre(far: Baresip) -> Iterator[ApplicationRig]:
    """The demo, two agents, and a second trunk whose far end is there before Asterisk asks for it."""
    with ApplicationRig() as rig:
        rig.fill(
            contents.demo,
            contents.trunk,
            far_trunk(far.sip_port),
            contents.agents(["alice", "bob"], ring_timeout_s=15, after_contact_work_s=1),
            contents.tone_prompt("hold", HOLD_HZ, 3.0),
            contents.tone_prompt("back", BACK_HZ, 3.0),
            contents.tone_prompt("whisper", WHISPER_HZ, 1.0),
            to_queue,
            to_number,
            callback,
            hold,
            outbound,
        )
        rig.start()
        yield rig
        rig.check()


def hears(phone: Baresip) -> set[str]:
    """Whose tones were in a phone's ear in the last moments. A phone program that crashed says so."""
    phone.wait_established()
    heard = phone.heard()[-int(RATE * 0.6) :]
    return {name for name, hz in VOICES.items() if tone_level_db(heard, RATE, hz) > AUDIBLE_DB}


def until_hears(**expected: tuple[Baresip, set[str]]) -> None:
    """Waits until each phone hears exactly these, and then that it stays so."""

    def so() -> bool:
        return all(hears(phone) == voices for phone, voices in expected.values())

    def tell() -> str:
        return str({name: hears(phone) for name, (phone, _) in expected.items()})

    until(so, f"{ {name: voices for name, (_, voices) in expected.items()} }", 10, every_s=0.1, tell=tell)
    time.sleep(0.7)
    assert so(), tell()


def ask(centre: ApplicationRig, wish: str, details: dict[str, object] | None = None) -> None:
    """What Alice wants with her call."""
    contact_id = centre.agent("alice")["contact_id"]
    centre.api("POST", f"/api/contacts/{contact_id}/{wish}", details or {}, agent="alice")


def talk(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> str:
    """The caller talks with Alice; the contact's id."""
    rung = len(alice.times("CALL_INCOMING"))
    dial(caller, DIRECT, centre.sip_port)
    alice.wait_ringing(times=rung + 1)
    alice.answer()
    return str(centre.wait_contact("connected")["contact_id"])


def answer(phone: Baresip, times: int) -> None:
    """Answers the phone's nth call."""
    phone.wait_ringing(15, times)
    phone.answer()


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


@pytest.mark.parametrize("killed", [False, True], ids=["", "killed at each step"])
def test_consult_swap_conference_and_leave(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip, killed: bool
) -> None:
    """Alice consults Bob, swaps, makes it a conference and leaves. With a kill at each step nobody is dropped."""

    def step() -> None:
        if killed:
            centre.kill9()
            time.sleep(0.3)
            centre.start()

    first = talk(centre, caller, alice)
    ask(centre, "transfer", {"agent": "bob"})
    answer(bob, 1)
    until_hears(caller=(caller, {"hold"}), alice=(alice, {"bob"}), bob=(bob, {"alice"}))
    step()
    ask(centre, "swap")
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    step()
    ask(centre, "join")
    until_hears(caller=(caller, {"alice", "bob"}), alice=(alice, {"caller", "bob"}), bob=(bob, {"caller", "alice"}))
    step()
    ask(centre, "leave")
    alice.wait_ended()
    until_hears(caller=(caller, {"bob"}), bob=(bob, {"caller"}))
    step()
    until_hears(caller=(caller, {"bob"}), bob=(bob, {"caller"}))
    caller.hang_up()
    bob.wait_ended()
    before = centre.wait_record(first)
    after = centre.wait_record(before["NextContactId"])
    assert (before["Agent"]["Username"], after["Agent"]["Username"]) == ("alice", "bob")
    assert (after["InitiationMethod"], after["PreviousContactId"], after["InitialContactId"]) == (
        "TRANSFER",
        first,
        first,
    )
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
    centre.kill9()
    centre.start()
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
    record = centre.wait_record(centre.wait_record(first)["NextContactId"])
    assert (record["InitiationMethod"], record["Agent"]["Username"]) == ("TRANSFER", "bob")


def test_an_agent_dials_on_the_desk_phone(centre: ApplicationRig, alice: Baresip, far: Baresip) -> None:
    rung = len(far.times("CALL_INCOMING"))
    dial(alice, FAR_NUMBER, centre.sip_port)
    answer(far, rung + 1)
    until_hears(far=(far, {"alice"}), alice=(alice, {"far"}))
    contact_id = str(centre.wait_contact("connected")["contact_id"])
    alice.hang_up()
    until(lambda: not far.in_call, "the customer is hung up")
    assert centre.wait_record(contact_id)["InitiationMethod"] == "OUTBOUND"
