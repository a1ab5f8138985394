"""Blocks of the older export in both of its dialects, and what Amazon Connect makes of them in the flow language."""

from typing import Any

Json = dict[str, Any]


def module(
    type: str, *parameters: Json, target: str = "", metadata: Json | None = None, **branches: str | None
) -> Json:
    """A block of the older export; a branch `Evaluate_1` is the comparison with 1."""
    exits = []
    for name, to in branches.items():
        condition, _, value = name.partition("_")
        compared = {"conditionType": "Equals", "conditionValue": value} if value else {}
        exits.append({"condition": condition, "transition": to} | compared)
    made = {"id": "it", "type": type, "branches": exits, "parameters": list(parameters), "metadata": metadata or {}}
    return made | ({"target": target} if target else {})


def set_to(name: str, value: Any, **more: Any) -> Json:
    return {"name": name, "value": value} | more


def action(
    type: str, parameters: Json | None, to: str = "", errors: Json | None = None, equals: Json | None = None
) -> Json:
    made: Json = {"Type": type, "Transitions": {"NextAction": to} if to else {}}
    made["Transitions"]["Errors"] = [{"NextAction": to, "ErrorType": error} for error, to in (errors or {}).items()]
    made["Transitions"]["Conditions"] = [
        {"NextAction": to, "Condition": {"Operator": "Equals", "Operands": [operand]}}
        for operand, to in (equals or {}).items()
    ]
    return made if parameters is None else made | {"Parameters": parameters}


SPOKEN = (set_to("Text", "Hello.", namespace=None), set_to("TextToSpeechType", "text"))
BOTH = {"NoMatchingError": "e"}
QUEUE = "arn:aws:connect:eu-west-1:1:instance/i/queue/q"

CASES: list[tuple[str, Json, Json]] = [
    (
        "play prompt",
        module("PlayPrompt", *SPOKEN, Success="s"),
        action("MessageParticipant", {"Text": "Hello."}, "s"),
    ),
    (
        "play prompt in 2017, of an attribute",
        module("PlayAudio", set_to("Text", "words", namespace="External"), SPOKEN[1], Success="s"),
        action("MessageParticipant", {"Text": "$.External.words"}, "s"),
    ),
    (
        "play prompt, markup that does not say so",
        module("PlayPrompt", set_to("Text", "<speak>Hi</speak>"), SPOKEN[1], Success="s", Error="e"),
        action("MessageParticipant", {"SSML": "<speak>Hi</speak>"}, "s", BOTH),
    ),
    (
        "menu",
        module("GetUserInput", *SPOKEN, set_to("Timeout", "5"), set_to("MaxDigits", "1"), target="Digits", Evaluate_1="a",
               Timeout="t", NoMatch="n", Error="e"),
        action(
            "GetParticipantInput",
            {"Text": "Hello.", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
            "n",
            {"NoMatchingError": "e", "NoMatchingCondition": "n", "InputTimeLimitExceeded": "t"},
            {"1": "a"},
        ),
    ),
    (
        "entry of 2017, encrypted",
        module("StoreCustomerInput", *SPOKEN, set_to("CustomerInputType", "Custom"), set_to("Timeout", "6"),
               set_to("MaxDigits", 20), set_to("EncryptEntry", True), set_to("EncryptionKeyId", "k", namespace=None),
               set_to("EncryptionKey", "PEM", namespace=None), set_to("DisableCancel", False), Success="s", Error="e"),
        action(
            "GetParticipantInput",
            {"Text": "Hello.", "StoreInput": "True", "InputTimeLimitSeconds": "6",
             "InputValidation": {"CustomValidation": {"MaximumLength": "20"}},
             "InputEncryption": {"EncryptionKeyId": "k", "Key": "PEM"},
             "DTMFConfiguration": {"DisableCancelKey": "False"}},
            "s",
            BOTH,
        ),
    ),
    (
        "telephone number",
        module("StoreUserInput", *SPOKEN, set_to("CustomerInputType", "PhoneNumber"), set_to("Timeout", "5"),
               set_to("PhoneNumberFormat", "Local"), set_to("CountryCode", "US"), Success="s", InvalidNumber="i", Error="e"),
        action(
            "GetParticipantInput",
            {"Text": "Hello.", "StoreInput": "True", "InputTimeLimitSeconds": "5",
             "InputValidation": {"PhoneNumberValidation": {"NumberFormat": "Local", "CountryCode": "US"}}},
            "s",
            {"NoMatchingError": "e", "InvalidPhoneNumber": "i"},
        ),
    ),
    (
        "attribute check",
        module("CheckCallAttribute", set_to("Attribute", "Stored customer input"), set_to("Namespace", "System"),
               NoMatch="n", Evaluate_Timeout="t"),
        action("Compare", {"ComparisonValue": "$.StoredCustomerInput"}, "n", {"NoMatchingCondition": "n"}, {"Timeout": "t"}),
    ),
    (
        "attributes",
        module("SetAttributes", set_to("Attribute", "5", key="a", namespace=None),
               set_to("Attribute", "Dialed Number", key="b", namespace="System"), Success="s", Error="e"),
        action("UpdateContactAttributes", {"Attributes": {"a": "5", "b": "$.SystemEndpoint.Address"}}, "s", BOTH),
    ),
    (
        "attributes of 2017",
        module("SetScreenPop", set_to("key", "note"), set_to("value", "plan", namespace="User Defined"), Success="s", Error="e"),
        action("UpdateContactAttributes", {"Attributes": {"note": "$.Attributes.plan"}}, "s", BOTH),
    ),
    (
        "function of 2017",
        module("InvokeExternal", set_to("FunctionArn", "arn:f"), set_to("TimeLimit", "3"), Success="s", Error="e"),
        action("InvokeLambdaFunction", {"LambdaFunctionARN": "arn:f", "InvocationTimeLimitSeconds": "3"}, "s", BOTH),
    ),
    (
        "queue that is only named",
        module("SetQueue", {"name": "Queue", "namespace": None, "resourceName": "Sales"}, Success="s", Error="e"),
        action("UpdateContactTargetQueue", {"QueueId": ""}, "s", BOTH),
    ),
    (
        "transfer to queue of 2017",
        module("CustomerInQueue", AtCapacity="c", Error="e"),
        action("TransferContactToQueue", None, "e", {"NoMatchingError": "e", "QueueAtCapacity": "c"}),
    ),
    (
        "transfer to a number, older than resuming",
        module("Transfer", set_to("PhoneNumber", "+61$.External.mobile", namespace=None), set_to("TimeLimit", "30"),
               target="PhoneNumber", Error="e"),
        action(
            "TransferParticipantToThirdParty",
            {"ThirdPartyPhoneNumber": "+61$.External.mobile", "ThirdPartyConnectionTimeLimitSeconds": "30",
             "ContinueFlowExecution": "False"},
            "e",
            BOTH,
        ),
    ),
    (
        "transfer to a number and back",
        module("Transfer", set_to("PhoneNumber", "+1", namespace=None), set_to("BlindTransfer", False), target="PhoneNumber",
               Success="s", CallFailure="f", Timeout="t", Error="e"),
        action(
            "TransferParticipantToThirdParty",
            {"ThirdPartyPhoneNumber": "+1", "ContinueFlowExecution": "True"},
            "s",
            {"NoMatchingError": "e", "CallFailed": "f", "ConnectionTimeLimitExceeded": "t"},
        ),
    ),
    (
        "flow for an event",
        module("SetEventHook", set_to("Type", "CustomerQueue"), set_to("ContactFlowId", "f", resourceName="F"), Success="s",
               Error="e"),
        action("UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "f"}}, "s", BOTH),
    ),
    (
        "recording and analytics",
        module("SetRecordingBehavior", set_to("RecordingBehaviorOption", "Enable"), set_to("RecordingParticipantOption", "Both"),
               set_to("AnalyticsBehaviorOption", "Enable"), set_to("AnalyticsRedactionOption", "Disable"), Success="s"),
        action(
            "UpdateContactRecordingBehavior",
            {"RecordingBehavior": {"RecordedParticipants": ["Agent", "Customer"]},
             "AnalyticsBehavior": {"Enabled": "True", "AnalyticsRedactionBehavior": "Disabled"}},
            "s",
        ),
    ),
    (
        "callback",
        module("CreateCallback", set_to("InitialDelaySeconds", 60), set_to("RetryDelaySeconds", "600"),
               set_to("MaxRetryAttempts", 2), Success="s", Error="e"),
        action(
            "CreateCallbackContact",
            {"InitialCallDelaySeconds": "60", "RetryDelaySeconds": "600", "MaximumConnectionAttempts": "2"},
            "s",
            BOTH,
        ),
    ),
    (
        "loop",
        module("Loop", set_to("LoopCount", "0"), Looping="l", Complete="c"),
        action("Loop", {"LoopCount": "0"}, "c", {}, {"DoneLooping": "c", "ContinueLooping": "l"}),
    ),
    (
        "hours",
        module("CheckHoursOfOperation", set_to("Hours", "h", resourceName="Basic"), **{"True": "y", "False": "n", "Error": "e"}),
        action("CheckHoursOfOperation", {"HoursOfOperationId": "h"}, "e", BOTH, {"True": "y", "False": "n"}),
    ),
    (
        "media streaming, which does not run here",
        module("StartMediaStreaming", set_to("Track", "ToCustomer"), set_to("MediaStreamTypes", "Audio"), Success="s", Error="e"),
        action(
            "UpdateContactMediaStreamingBehavior",
            {"MediaStreamingState": "Enabled", "MediaStreamType": "Audio",
             "Participants": [{"ParticipantType": "Customer", "MediaDirections": ["To"]}]},
            "s",
            BOTH,
        ),
    ),
    (
        "a block that nobody knows",
        module("Summon", set_to("Genie", "Queue.Name", namespace="System"), Success="s", NoMatch="n", Bored="b"),
        action("Summon", {"Genie": "$.Queue.Name"}, "s", {"NoMatchingCondition": "n", "Bored": "b"}),
    ),
]  # fmt: skip
