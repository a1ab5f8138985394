"""Flows that lead to somebody else: a function, a number over the second trunk, another queue, an agent, a callback, a survey.

Proven by tones, by what each phone saw, and by the records.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.instance import FlowType
from app.domain.lines import Trunk
from app.store.db import Database
from app.store.repositories.sip import SipConfiguration
from app.telephony.install import TestTools
from tests.e2e.conftest import ALICE_HZ, CALLER_HZ
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip
from tests.rig.blocks import Action, mark, menu, queue, remember, say, store, tone
from tests.rig.contents import END, HANG_UP, action
from tests.rig.listening import has_prompt, spoken, tone_heard_s
from tests.rig.visit import Visit
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

FAR_ADDRESS, FAR_NUMBER, FAR_HZ = "127.0.0.4", "+12065550177", 1650.0
OUT, IN, BACK = "+12025550121", "+12025550122", "+12025550123"
ASK_HZ, SLOW_HZ, FAILED_HZ, LATE_HZ, RESUMED_HZ, SURVEY_HZ, LOOP_HZ, PLANNED_HZ = (
    600.0 + 130 * step for step in range(8)
)
MARKS = (SLOW_HZ, FAILED_HZ, LATE_HZ, RESUMED_HZ)
WORDS = "You are customer number seven."
FUNCTION = """
import time

def handler(event, context):
    if event["Details"]["Parameters"].get("slow"):
        time.sleep(30)
    caller = event["Details"]["ContactData"]["CustomerEndpoint"]["Address"]
    return {"words": "You are customer number seven.", "caller": caller, "number": "+12065550177"}
"""


def invoke(identifier: str, following: str, *, error: str, **parameters: str) -> Action:
    """Invoke function, with a second's patience."""
    written = {
        "LambdaFunctionARN": "greet",
        "InvocationTimeLimitSeconds": "1",
        "LambdaInvocationAttributes": parameters,
    }
    return action(identifier, "InvokeLambdaFunction", written, following, NoMatchingError=error)


def call_out(identifier: str, following: str, *, failed: str, late: str, **more: str) -> Action:
    """Transfer to phone number, the flow going on afterwards."""
    parameters = {
        "ThirdPartyPhoneNumber": "$.Attributes.number",
        "ThirdPartyConnectionTimeLimitSeconds": "2",
        "ContinueFlowExecution": "True",
    } | more
    errors = {"CallFailed": failed, "ConnectionTimeLimitExceeded": late, "NoMatchingError": "Hang up"}
    return action(identifier, "TransferParticipantToThirdParty", parameters, following, **errors)


def into_queue(queue_id: str, queue_flow: str, first: str = "Queue") -> list[Action]:
    """Set working queue, Set customer queue flow, Transfer to queue."""
    hooks = {"EventHooks": {"CustomerQueue": queue_flow}}
    return [
        action(first, "UpdateContactTargetQueue", {"QueueId": queue_id}, "Queue flow", NoMatchingError="Hang up"),
        action("Queue flow", "UpdateContactEventHooks", hooks, "Transfer", NoMatchingError="Hang up"),
        action(
            "Transfer", "TransferContactToQueue", {}, "Hang up", QueueAtCapacity="Hang up", NoMatchingError="Hang up"
        ),
        HANG_UP,
    ]


def loop(following: str) -> Action:
    """Loop prompts, interrupted every second."""
    parameters = {"Messages": [{"PromptId": tone(LOOP_HZ)}], "InterruptFrequencySeconds": "1"}
    kind = "MessageParticipantIteratively"
    return action("Loop", kind, parameters, "Hang up", NoMatchingError="Hang up", _MessagesInterrupted=following)


OUTSIDE = [
    invoke("Ask", "Keep", error="Hang up"),
    remember("Keep", "Tell", caller="$.External.caller", number="$.External.number"),
    say("Tell", "Ask slowly", Text="$.External.words"),
    invoke("Ask slowly", "Hang up", error="Slow", slow="yes"),
    mark("Slow", SLOW_HZ, "Declined"),
    call_out("Declined", "Hang up", failed="Failed", late="Hang up"),
    mark("Failed", FAILED_HZ, "Unanswered"),
    call_out("Unanswered", "Hang up", failed="Hang up", late="Late"),
    mark("Late", LATE_HZ, "Answered"),
    call_out("Answered", "Resumed", failed="Hang up", late="Hang up", ThirdPartyConnectionTimeLimitSeconds="15"),
    mark("Resumed", RESUMED_HZ, "Hang up"),
    HANG_UP,
]
INSIDE = [
    action(
        "Afterwards",
        "UpdateContactEventHooks",
        {"EventHooks": {"CustomerRemaining": "survey"}},
        "Queue",
        NoMatchingError="Hang up",
    ),
    *into_queue("nobody", "choosing"),
]
CHOOSING = [
    loop("Which"),
    menu("Which", ASK_HZ, timeout_s=5, late="End", other="End", _1="To sales"),
    action("To sales", "DequeueContactAndTransferToQueue", {"QueueId": "sales"}, "Loop", NoMatchingError="Hang up"),
    END,
    HANG_UP,
]
SURVEY = [
    store("Rate", SURVEY_HZ, "Keep rating", error="Hang up"),
    remember("Keep rating", "Hang up", rating="$.StoredCustomerInput"),
    HANG_UP,
]
LEAVING = [
    loop("Number"),
    store(
        "Number",
        ASK_HZ,
        "Call back",
        error="Hang up",
        InputValidation={"PhoneNumberValidation": {"NumberFormat": "Local", "CountryCode": "US"}},
    ),
    action(
        "Call back",
        "UpdateContactCallbackNumber",
        {"CallbackNumber": "$.StoredCustomerInput"},
        "Plan",
        InvalidCallbackNumber="Hang up",
        CallbackNumberNotDialable="Hang up",
    ),
    action(
        "Plan",
        "CreateCallbackContact",
        {
            "QueueId": "sales",
            "InitialCallDelaySeconds": "0",
            "MaximumConnectionAttempts": "0",
            "RetryDelaySeconds": "60",
        },
        "Planned",
        NoMatchingError="Hang up",
    ),
    mark("Planned", PLANNED_HZ, "Hang up"),
    HANG_UP,
]


def far_trunk(port: int) -> contents.Fill:
    """A second carrier, which is tried first."""

    async def fill(database: Database, _var: Path) -> None:
        await SipConfiguration(database).save_trunk(Trunk("far", FAR_ADDRESS, port=port, order=0))

    return fill


async def function(_database: Database, var: Path) -> None:
    """A function of the installation."""
    (var / "functions").mkdir(exist_ok=True)
    (var / "functions" / "greet.py").write_text(FUNCTION)


@pytest.fixture(scope="module")
def far(tools: TestTools) -> Iterator[Baresip]:
    """Somebody in the telephone network, behind the second trunk."""
    account = f"<sip:{FAR_NUMBER}@{FAR_ADDRESS}:{{phone.sip_port}}>;regint=0;audio_codecs=PCMA/8000/1"
    with Baresip(tools, account, FAR_ADDRESS, FAR_HZ) as phone:
        yield phone


@pytest.fixture(scope="module")
def centre(far: Baresip) -> Iterator[ApplicationRig]:
    tones = (ASK_HZ, *MARKS, SURVEY_HZ, LOOP_HZ, PLANNED_HZ)
    with ApplicationRig() as rig:
        rig.fill(
            contents.demo,
            contents.trunk,
            far_trunk(far.sip_port),
            function,
            contents.agents(["alice"], ring_timeout_s=15, after_contact_work_s=1),
            queue("nobody"),
            *(contents.tone_prompt(tone(hz), hz, 0.5) for hz in tones),
            contents.flow("survey", SURVEY),
            contents.flow("choosing", CHOOSING, FlowType.CUSTOMER_QUEUE),
            contents.flow("leaving", LEAVING, FlowType.CUSTOMER_QUEUE),
            contents.flow("outside", OUTSIDE, number=OUT),
            contents.flow("inside", INSIDE, number=IN),
            contents.flow("call back", into_queue("nobody", "leaving"), number=BACK),
        )
        rig.start()
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
    until(lambda: tone_heard_s(far.heard(), CALLER_HZ) > 0.5, "the far end hears the caller")
    far.hang_up()
    record = visit.ended()
    heard = visit.heard()

    assert record["Attributes"] == {"caller": "+12065550123", "number": FAR_NUMBER}
    assert has_prompt(heard, spoken(centre.var, WORDS))
    assert visit.tones(*MARKS, FAR_HZ) == [SLOW_HZ, FAILED_HZ, LATE_HZ, FAR_HZ, RESUMED_HZ]
    assert rung_out_s == pytest.approx(2.0, abs=0.5)
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
    time.sleep(0.4)
    caller.press("5")
    time.sleep(0.3)
    caller.press("#")
    caller.wait_ended()
    first, last = centre.wait_record(visit.contact_id), centre.wait_record(moved["contact_id"])

    assert LOOP_HZ in visit.tones(LOOP_HZ)
    assert ALICE_HZ in visit.tones(ALICE_HZ)
    assert visit.tones(ALICE_HZ, SURVEY_HZ)[-1] == SURVEY_HZ
    assert (first["Queue"]["Name"], first["Agent"], first["NextContactId"]) == ("nobody", None, last["ContactId"])
    assert (last["Queue"]["Name"], last["Agent"]["Username"]) == ("Sales", "alice")
    assert last["Attributes"]["rating"] == "5"


def test_a_caller_in_queue_leaves_a_number_and_is_called_back(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, far: Baresip
) -> None:
    rung = len(far.times("CALL_INCOMING"))
    visit = Visit.begin(centre, caller, BACK)
    visit.press("2065550177#", "Number")
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
