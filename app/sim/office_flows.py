"""The flows of the simulated office: together they ask for everything that a flow can ask of a call."""

import json

from app.domain.ids import AgentId, FlowId, QueueId
from app.domain.instance import FlowContent, FlowType

SALES, SUPPORT = QueueId("sales"), QueueId("support")
OUTSIDE = "+12065550111"
"""Where flows connect customers with."""
OWN = AgentId("agent-0")
"""Whose own queue the menu leads to."""
PLACES_CALL = FlowId("outbound-places-call")
"""An outbound whisper flow that places the call itself."""
CERTIFICATE = f"-----BEGIN CERTIFICATE-----\n{'A' * 64}\n-----END CERTIFICATE-----\n"
"""Encrypts nothing: the simulator's keys are those of `FakeKeys`."""

Block = dict[str, object]


def flows() -> dict[FlowId, FlowContent]:
    """By id; those that are the default of their type come first of it."""
    made = (
        _inbound(),
        _queue(),
        _whisper(FlowType.AGENT_WHISPER, "whisper", "$.Queue.Name"),
        _whisper(FlowType.CUSTOMER_WHISPER, "customer-whisper", "Connecting."),
        _whisper(FlowType.OUTBOUND_WHISPER, "outbound", "This call is recorded.", _record("say")),
        _places_call(),
        _hold(FlowType.CUSTOMER_HOLD, "customer-hold", "You are on hold."),
        _hold(FlowType.AGENT_HOLD, "agent-hold", "The customer is on hold."),
        _to_agent(),
        _to_queue(),
        _goodbye(),
        _campaign(),
    )
    return {flow.flow_id: flow for flow in made}


def _inbound() -> FlowContent:
    """A menu whose keys lead to all there is; whoever presses nothing waits for sales, and those of support go first in their queue."""
    asked = {"Text": "Press 1 or 2.", "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    keys = {"1": "sales", "2": "urgent", "3": "callback", "4": "outside", "5": "own", "6": "hours", "7": "private"}
    keys |= {"8": "outside-for-good", "9": "later"}
    return _flow(
        FlowType.CONTACT,
        "inbound",
        _record("greet"),
        _block("greet", "MessageParticipant", {"Text": "Welcome."}, "menu", "menu"),
        _menu("menu", asked, keys, "sales"),
        _block("urgent", "UpdateContactRoutingBehavior", {"QueuePriority": "1"}, "support"),
        _block("sales", "UpdateContactTargetQueue", {"QueueId": SALES}, "transfer", "end"),
        _block("support", "UpdateContactTargetQueue", {"QueueId": SUPPORT}, "transfer", "end"),
        _block("transfer", "TransferContactToQueue", {}, "end", "end"),
        _block("callback", "UpdateContactTargetQueue", {"QueueId": SALES}, "call-back", "end"),
        _callback("call-back", "2", "end"),
        _outside("outside", "True", "sales"),
        _outside("outside-for-good", "False", "end"),
        _block("own", "UpdateContactTargetQueue", {"AgentId": OWN}, "older", "sales"),
        _block("older", "UpdateContactRoutingBehavior", {"QueueTimeAdjustmentSeconds": "60"}, "transfer"),
        _check("hours", "CheckHoursOfOperation", {"HoursOfOperationId": "office-hours"}, {"True": "staff"}, "end"),
        _block("staff", "GetMetricData", {"QueueId": SUPPORT}, "support", "sales"),
        _block("private", "UpdateContactRecordingBehavior", {"RecordingBehavior": {"RecordedParticipants": []}}, "sales"),
        _block("later", "UpdateContactEventHooks", {"EventHooks": {"CustomerRemaining": "goodbye"}}, "sales", "sales"),
        _end(),
    )  # fmt: skip


def _queue() -> FlowContent:
    """Now and then it takes who waits elsewhere: forward, to another queue, to a callback, to a number outside."""
    chances = {"21": "hurry", "41": "other", "51": "call-back", "61": "outside"}
    return _flow(
        FlowType.CUSTOMER_QUEUE,
        "queue",
        _loop("wait", "Please wait.", 8, "figures"),
        _block("figures", "GetMetricData", {}, "chance", "chance"),
        _chance("chance", chances, "stop"),
        _block("hurry", "UpdateContactRoutingBehavior", {"QueuePriority": "3", "QueueTimeAdjustmentSeconds": "30"}, "stop"),
        _block("other", "DequeueContactAndTransferToQueue", {"QueueId": SUPPORT}, "stop", "stop"),
        _callback("call-back", "1", "end"),
        _outside("outside", "True", "stop"),
        _stop(),
        _end(),
    )  # fmt: skip


def _to_agent() -> FlowContent:
    """Half of the time the customer enters secret keys first, with the agent on hold."""
    asked = {
        "Text": "Your card, please.",
        "StoreInput": "True",
        "InputTimeLimitSeconds": "4",
        "InputValidation": {"CustomValidation": {"MaximumLength": "20"}},
        "DTMFConfiguration": {"InputTerminationSequence": "#", "InterdigitTimeLimitSeconds": "2"},
        "InputEncryption": {"EncryptionKeyId": "key", "Key": CERTIFICATE},
    }
    entered: Block = {
        "Identifier": "card",
        "Type": "GetParticipantInput",
        "Parameters": asked,
        "Transitions": {
            "NextAction": "together",
            "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "together"}],
        },
    }
    return _flow(
        FlowType.AGENT_TRANSFER,
        "to-agent",
        _block("say", "MessageParticipant", {"Text": "Transferring."}, "chance", "chance"),
        _chance("chance", {"51": "agent-waits"}, "transfer"),
        _holds("agent-waits", "AgentOnHold", "card"),
        entered,
        _holds("together", "OffHold", "talk"),
        _check("talk", "Wait", {"TimeLimitSeconds": "2"}, {"WaitCompleted": "transfer"}, "transfer"),
        _block("transfer", "TransferContactToAgent", {}),
        _stop(),
    )  # fmt: skip


def _to_queue() -> FlowContent:
    return _flow(
        FlowType.QUEUE_TRANSFER,
        "to-queue",
        _block("say", "MessageParticipant", {"Text": "Transferring."}, "chance", "chance"),
        _chance("chance", {"31": "customer-waits"}, "transfer"),
        _holds("customer-waits", "CustomerOnHold", "transfer"),
        _block("transfer", "TransferContactToQueue", {}, "stop", "stop"),
        _stop(),
    )


def _goodbye() -> FlowContent:
    """The disconnect flow: some wait for the next agent."""
    return _flow(
        FlowType.CONTACT,
        "goodbye",
        _block("say", "MessageParticipant", {"Text": "Goodbye."}, "chance", "end"),
        _chance("chance", {"41": "again", "61": "outside"}, "end"),
        _block("again", "TransferContactToQueue", {"QueueId": SUPPORT}, "end", "end"),
        _outside("outside", "True", "end"),
        _end(),
    )


def _campaign() -> FlowContent:
    """What those hear whom a program calls."""
    return _flow(
        FlowType.CONTACT,
        "campaign",
        _block("say", "MessageParticipant", {"Text": "We call you."}, "sales", "sales"),
        _block("sales", "UpdateContactTargetQueue", {"QueueId": SALES}, "transfer", "end"),
        _block("transfer", "TransferContactToQueue", {}, "end", "end"),
        _end(),
    )


def _places_call() -> FlowContent:
    return _flow(
        FlowType.OUTBOUND_WHISPER,
        PLACES_CALL,
        _record("call"),
        _block("call", "CompleteOutboundCall", {}, "say"),
        _block("say", "MessageParticipant", {"Text": "Hello."}, "stop", "stop"),
        _stop(),
    )


def _whisper(type_: FlowType, name: str, text: str, *before: Block) -> FlowContent:
    return _flow(type_, name, *before, _block("say", "MessageParticipant", {"Text": text}, "stop", "stop"), _stop())


def _hold(type_: FlowType, name: str, text: str) -> FlowContent:
    return _flow(type_, name, _loop("wait", text))


def _flow(type_: FlowType, name: str, *blocks: Block) -> FlowContent:
    content = {
        "Version": "2019-10-30",
        "StartAction": blocks[0]["Identifier"],
        "Metadata": {"name": name, "type": type_.value},
        "Actions": list(blocks),
    }
    return FlowContent(FlowId(name), 1, name, type_, json.dumps(content))


def _block(name: str, type_: str, parameters: object, then: str = "", error: str = "") -> Block:
    transitions: dict[str, object] = {"NextAction": then} if then else {}
    if error:
        transitions["Errors"] = [{"ErrorType": "NoMatchingError", "NextAction": error}]
    return {"Identifier": name, "Type": type_, "Parameters": parameters, "Transitions": transitions}


def _record(then: str) -> Block:
    both = {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]}}
    return _block("record", "UpdateContactRecordingBehavior", both, then)


def _stop() -> Block:
    return _block("stop", "EndFlowExecution", {})


def _end() -> Block:
    return _block("end", "DisconnectParticipant", {})


def _holds(name: str, state: str, then: str) -> Block:
    return _block(
        name, "UpdatePreviousContactParticipantState", {"PreviousContactParticipantState": state}, then, "stop"
    )


def _outside(name: str, resume: str, then: str) -> Block:
    asked = {
        "ThirdPartyPhoneNumber": OUTSIDE,
        "ThirdPartyConnectionTimeLimitSeconds": "8",
        "ContinueFlowExecution": resume,
        "ThirdPartyDTMFDigits": "12",
    }
    return _block(name, "TransferParticipantToThirdParty", asked, then, then)


def _callback(name: str, calls: str, then: str) -> Block:
    asked = {"InitialCallDelaySeconds": "3", "MaximumConnectionAttempts": calls, "RetryDelaySeconds": "15"}
    return _block(name, "CreateCallbackContact", asked, then, then)


def _loop(name: str, text: str, interrupt_s: int = 0, then: str = "") -> Block:
    asked: Block = {"Messages": [{"Text": text}]}
    if not interrupt_s:
        return _block(name, "MessageParticipantIteratively", asked)
    asked["InterruptFrequencySeconds"] = str(interrupt_s)
    return _check(name, "MessageParticipantIteratively", asked, {"MessagesInterrupted": then}, then)


def _chance(name: str, below: dict[str, str], otherwise: str) -> Block:
    """Goes on by a random number of 1 to 100: with the first whose bound lies above it."""
    conditions = [
        {"NextAction": then, "Condition": {"Operator": "NumberLessThan", "Operands": [bound]}}
        for bound, then in below.items()
    ]
    errors = [{"ErrorType": "NoMatchingCondition", "NextAction": otherwise}]
    transitions = {"NextAction": otherwise, "Errors": errors, "Conditions": conditions}
    return {"Identifier": name, "Type": "DistributeByPercentage", "Parameters": {}, "Transitions": transitions}


def _check(name: str, type_: str, parameters: object, results: dict[str, str], otherwise: str) -> Block:
    conditions = [
        {"NextAction": then, "Condition": {"Operator": "Equals", "Operands": [key]}} for key, then in results.items()
    ]
    errors = [{"ErrorType": "NoMatchingError", "NextAction": otherwise}]
    transitions = {"NextAction": otherwise, "Errors": errors, "Conditions": conditions}
    return {"Identifier": name, "Type": type_, "Parameters": parameters, "Transitions": transitions}


def _menu(name: str, parameters: object, keys: dict[str, str], otherwise: str) -> Block:
    block = _check(name, "GetParticipantInput", parameters, keys, otherwise)
    kinds = ("NoMatchingCondition", "InputTimeLimitExceeded", "NoMatchingError")
    errors = [{"ErrorType": kind, "NextAction": otherwise} for kind in kinds]
    return block | {"Transitions": {**block["Transitions"], "Errors": errors}}  # type: ignore[dict-item]
