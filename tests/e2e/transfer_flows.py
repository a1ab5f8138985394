"""The flows of `test_flow_transfer`: each leads its caller to somebody else, and sounds a tone where it passes."""

from pathlib import Path

from app.domain.instance import FlowType
from app.store.db import Database
from tests.rig import contents
from tests.rig.blocks import Action, call_back, call_number, mark, menu, queue, remember, say, store, tone
from tests.rig.contents import END, HANG_UP, action

FAR_ADDRESS, FAR_NUMBER, FAR_HZ = "127.0.0.4", "+12065550177", 1650.0
OUT, IN, BACK = "+12025550121", "+12025550122", "+12025550123"
ASK_HZ, SLOW_HZ, FAILED_HZ, LATE_HZ, RESUMED_HZ, SURVEY_HZ, LOOP_HZ, PLANNED_HZ = (
    600.0 + 130 * step for step in range(8)
)
HANDOVER_HZ, ANNOUNCED_HZ = 1800.0, 1950.0
MARKS = (SLOW_HZ, FAILED_HZ, LATE_HZ, RESUMED_HZ)
KEYS_SENT, KEYS = "123,4567890#", "1234567890#"
"""A comma is a pause."""
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
    call_number("Declined", "$.Attributes.number", "Hang up", timeout_s=2, failed="Failed"),
    mark("Failed", FAILED_HZ, "Unanswered"),
    call_number("Unanswered", "$.Attributes.number", "Hang up", timeout_s=2, late="Late"),
    mark("Late", LATE_HZ, "Answered"),
    call_number("Answered", "$.Attributes.number", "Resumed", timeout_s=15, ThirdPartyDTMFDigits=KEYS_SENT),
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
    loop("Which number"),
    store(
        "Which number",
        ASK_HZ,
        "Number",
        error="Hang up",
        InputValidation={"PhoneNumberValidation": {"NumberFormat": "Local", "CountryCode": "US"}},
    ),
    *call_back("$.StoredCustomerInput", {"QueueId": "sales"}, "Planned"),
    mark("Planned", PLANNED_HZ, "Hang up"),
    HANG_UP,
]
HANDING_OVER = [
    mark("Handing over", HANDOVER_HZ, "Hold"),
    action(
        "Hold",
        "UpdatePreviousContactParticipantState",
        {"PreviousContactParticipantState": "CustomerOnHold"},
        "Agent",
        NoMatchingError="Hang up",
    ),
    action("Agent", "TransferContactToAgent", {}),
    HANG_UP,
]
DIALLING = [
    action("Dial", "CompleteOutboundCall", {"CallerId": {"Number": OUT}}, "Announced"),
    mark("Announced", ANNOUNCED_HZ, "End"),
    END,
]


async def function(_database: Database, var: Path) -> None:
    """A function of the installation."""
    (var / "functions").mkdir(exist_ok=True)
    (var / "functions" / "greet.py").write_text(FUNCTION)


TONES = (HANDOVER_HZ, ANNOUNCED_HZ, ASK_HZ, *MARKS, SURVEY_HZ, LOOP_HZ, PLANNED_HZ)
CONTENTS = (
    function,
    queue("nobody"),
    *(contents.tone_prompt(tone(hz), hz, 0.5) for hz in TONES),
    contents.flow("survey", SURVEY),
    contents.flow("handing over", HANDING_OVER, FlowType.AGENT_TRANSFER, default=True),
    contents.flow("dialling", DIALLING, FlowType.OUTBOUND_WHISPER, default=True),
    contents.flow("choosing", CHOOSING, FlowType.CUSTOMER_QUEUE),
    contents.flow("leaving", LEAVING, FlowType.CUSTOMER_QUEUE),
    contents.flow("outside", OUTSIDE, number=OUT),
    contents.flow("inside", INSIDE, number=IN),
    contents.flow("call back", into_queue("nobody", "leaving"), number=BACK),
)
