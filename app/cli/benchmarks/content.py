"""What the application under the benchmark serves: one number, a flow of twelve blocks, one queue, and the agents."""

import json
from pathlib import Path
from typing import Any

from app.domain.ids import AgentId, FlowId, HoursId, ProfileId, QueueId
from app.domain.instance import (
    Agent,
    FlowType,
    Hours,
    OpenHours,
    OwnedNumber,
    ProfileQueue,
    Queue,
    RoutingProfile,
)
from app.domain.lines import Phone, Trunk
from app.store.db import Database
from app.store.repositories.administration import Administration
from app.store.repositories.flows import Flows
from app.store.repositories.sip import SipConfiguration

NUMBER = "+12025550100"
GREETING, MUSIC = "bench-greeting", "bench-music"
FLOW, WAITING = FlowId("bench"), FlowId("bench-waiting")
_ALWAYS = tuple(OpenHours(weekday, 0, 1440) for weekday in range(7))
_ERROR = [{"NextAction": "Hang up", "ErrorType": "NoMatchingError"}]


def _action(name: str, kind: str, then: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    transitions: dict[str, Any] = {"Errors": more.get("errors", _ERROR), "Conditions": more.get("conditions", [])}
    if then:
        transitions["NextAction"] = then
    return {"Identifier": name, "Type": kind, "Parameters": parameters, "Transitions": transitions}


def _when(operand: str, then: str, operator: str = "Equals") -> dict[str, Any]:
    return {"NextAction": then, "Condition": {"Operator": operator, "Operands": [operand]}}


def _flow(*actions: dict[str, Any]) -> str:
    start = actions[0]["Identifier"]
    return json.dumps({"Version": "2019-10-30", "StartAction": start, "Metadata": {}, "Actions": list(actions)})


def contact_flow() -> str:
    """Twelve blocks from the answer to the queue, the greeting among them."""
    no_match = [{"NextAction": "Hang up", "ErrorType": "NoMatchingCondition"}, *_ERROR]
    here = {"TargetContact": "Current"}
    both = {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}}
    waiting = {"EventHooks": {"CustomerQueue": WAITING}}
    return _flow(
        _action("Logging", "UpdateFlowLoggingBehavior", "Voice", {"FlowLoggingBehavior": "Enabled"}, errors=[]),
        _action("Voice", "UpdateContactTextToSpeechVoice", "Record", {"TextToSpeechVoice": "Joanna"}),
        _action("Record", "UpdateContactRecordingBehavior", "Greeting", both, errors=[]),
        _action("Greeting", "MessageParticipant", "Topic", {"PromptId": GREETING}),
        _action("Topic", "UpdateContactAttributes", "Which topic", {"Attributes": {"topic": "sales"}, **here}),
        _action(
            *("Which topic", "Compare", "Hang up", {"ComparisonValue": "$.Attributes.topic"}),
            conditions=[_when("sales", "Dialled")],
            errors=no_match,
        ),
        _action(
            *("Dialled", "UpdateContactAttributes", "Hours"),
            {"Attributes": {"dialled": "$.SystemEndpoint.Address"}, **here},
        ),
        _action(
            *("Hours", "CheckHoursOfOperation", "Hang up", {"HoursOfOperationId": "always"}),
            conditions=[_when("True", "Queue"), _when("False", "Hang up")],
        ),
        _action("Queue", "UpdateContactTargetQueue", "Staffing", {"QueueId": "bench"}),
        _action(
            *("Staffing", "CheckMetricData", "Hang up", {"MetricType": "NumberOfAgentsOnline"}),
            conditions=[_when("0", "Waiting", "NumberGreaterThan")],
            errors=no_match,
        ),
        _action("Waiting", "UpdateContactEventHooks", "To the queue", waiting),
        _action(
            *("To the queue", "TransferContactToQueue", "Hang up", {}),
            errors=[{"NextAction": "Hang up", "ErrorType": "QueueAtCapacity"}, *_ERROR],
        ),
        {"Identifier": "Hang up", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}},
    )


def _question(name: str, key: str, then: str) -> dict[str, Any]:
    errors = [
        {"NextAction": "Hang up", "ErrorType": kind} for kind in ("InputTimeLimitExceeded", "NoMatchingCondition")
    ]
    return _action(
        *(name, "GetParticipantInput", "Hang up"),
        {"Text": f"Please press {key}.", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
        conditions=[_when("9", "Hang up"), _when(key, then)],
        errors=errors + _ERROR,
    )


def _entry(name: str, then: str) -> dict[str, Any]:
    parameters = {
        "Text": "Please enter your number.",
        "StoreInput": "True",
        "InputTimeLimitSeconds": "5",
        "InputValidation": {"CustomValidation": {"MaximumLength": "20"}},
        "DTMFConfiguration": {"InputTerminationSequence": "#", "DisableCancelKey": "False"},
    }
    return _action(name, "GetParticipantInput", then, parameters)


def talk_flow() -> str:
    """Twelve blocks, six of which wait: a greeting, menus and numbers to enter."""
    no_match = [{"NextAction": "Menu", "ErrorType": "NoMatchingCondition"}]
    here = {"TargetContact": "Current"}
    return _flow(
        _action("Greeting", "MessageParticipant", "Choice", {"Text": "Welcome, and thank you for calling."}),
        _question("Choice", "1", "Keep"),
        _action("Keep", "UpdateContactAttributes", "Account", {"Attributes": {"choice": "1"}, **here}),
        _entry("Account", "Entered"),
        _action(
            *("Entered", "Compare", "Menu", {"ComparisonValue": "$.StoredCustomerInput"}),
            conditions=[_when("Timeout", "Hang up")],
            errors=no_match,
        ),
        _question("Menu", "2", "Code"),
        _entry("Code", "Keep code"),
        _action(
            "Keep code", "UpdateContactAttributes", "Hours", {"Attributes": {"code": "$.StoredCustomerInput"}, **here}
        ),
        _action(
            *("Hours", "CheckHoursOfOperation", "Hang up", {"HoursOfOperationId": "always"}),
            conditions=[_when("True", "Sure"), _when("False", "Hang up")],
        ),
        _question("Sure", "1", "Queue"),
        _action("Queue", "UpdateContactTargetQueue", "To the queue", {"QueueId": "bench"}),
        _action(
            *("To the queue", "TransferContactToQueue", "Hang up", {}),
            errors=[{"NextAction": "Hang up", "ErrorType": "QueueAtCapacity"}, *_ERROR],
        ),
        {"Identifier": "Hang up", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}},
    )


def _silent_flow() -> str:
    return _flow({"Identifier": "End", "Type": "EndFlowExecution", "Parameters": {}, "Transitions": {}})


def waiting_flow() -> str:
    """Music, over and over."""
    return _flow(_action("Music", "MessageParticipantIteratively", "", {"Messages": [{"PromptId": MUSIC}]}, errors=[]))


def silent_waiting_flow() -> str:
    """A day of silence: thousands can wait on a machine that could not send music to them."""
    return _flow(
        _action("Wait", "Wait", "", {"TimeLimitSeconds": "86400"}, conditions=[_when("WaitCompleted", "End")]),
        {"Identifier": "End", "Type": "EndFlowExecution", "Parameters": {}, "Transitions": {}},
    )


async def write_content(
    db: Database, trunk: Trunk, phones: tuple[Phone, ...], greeting: Path, music: Path | None
) -> None:
    """Fills an empty database. No whispers: the baselines have none. After contact work takes no time. Without `music` who waits
    hears nothing."""
    administration, flows, sip = Administration(db), Flows(db), SipConfiguration(db)
    await administration.save_hours(Hours(HoursId("always"), "Always", "UTC", _ALWAYS))
    await administration.save_queue(Queue(QueueId("bench"), "Bench", HoursId("always")))
    served = (ProfileQueue(QueueId("bench")),)
    await administration.save_profile(RoutingProfile(ProfileId("bench"), "Bench", served))
    for name, path in ((GREETING, greeting), (MUSIC, music or greeting)):
        await administration.save_prompt(name, name, str(path))
    written = (
        (FLOW, "Bench", FlowType.CONTACT, contact_flow()),
        (WAITING, "Bench waiting", FlowType.CUSTOMER_QUEUE, waiting_flow() if music else silent_waiting_flow()),
        (FlowId("bench-agent"), "Bench agent", FlowType.AGENT_WHISPER, _silent_flow()),
        (FlowId("bench-customer"), "Bench customer", FlowType.CUSTOMER_WHISPER, _silent_flow()),
    )
    for flow_id, name, kind, content in written:
        await flows.save(flow_id, name, kind, content)
        await flows.publish({flow_id: content})
        if kind is not FlowType.CONTACT:
            await administration.set_default_flow(kind, flow_id)
    await administration.save_number(OwnedNumber(NUMBER, FLOW))
    await sip.save_trunk(trunk)
    for phone in phones:
        await sip.save_phone(phone)
        await administration.save_agent(_agent(phone))


def _agent(phone: Phone) -> Agent:
    return Agent(
        agent_id=AgentId(phone.name),
        username=phone.name,
        profile_id=ProfileId("bench"),
        phone=phone.name,
        after_contact_work_s=0,
        available_when_registered=True,
        missed_return_s=1,
    )
