"""Invoke function: what the function is told, and what becomes of its answer."""

import json
from typing import Any

import pytest

from app.domain.events import FunctionReturned
from app.domain.ids import InvocationId, QueueId
from app.domain.questions import InvokeFunction
from tests.unit.flow.driving import Run, action, contact, flow, instance, say

pytestmark = pytest.mark.unit

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:lookup:live"


def invoke(parameters: dict[str, Any], **caller: Any) -> Run:
    written = flow(
        action("f", "InvokeLambdaFunction", parameters, to="found", errors={"NoMatchingError": "broken"}),
        say("found", "You are $.External.name, $.External.tier.", to="found"),
        say("broken", "Broken [$.External.name]", to="broken"),
    )
    return Run(written, world=instance(written), caller=contact(**caller))


def asked(run: Run) -> InvokeFunction:
    return next(command for command in run.every if isinstance(command, InvokeFunction))


def answer(run: Run, result: dict[str, Any] | None, reason: str = "") -> Run:
    assert run.state.invocation_id is not None
    return run.send(FunctionReturned(run.contact.contact_id, run.state.invocation_id, result, reason))


def test_a_function_is_told_what_connect_tells() -> None:
    run = invoke(
        {
            "LambdaFunctionARN": ARN,
            "InvocationTimeLimitSeconds": "7",
            "LambdaInvocationAttributes": {"action": "find", "who": "$.CustomerEndpoint.Address"},
            "ResponseValidation": {"ResponseType": "JSON"},
        },
        attributes={"tier": "gold"},
        queue_id=QueueId("q-sales"),
    )
    command = asked(run)
    assert (command.function, command.timeout_s, command.nested) == (ARN, 7, True)
    data = command.event["Details"]["ContactData"]
    assert command.event["Name"] == "ContactFlowEvent"
    assert command.event["Details"]["Parameters"] == {"action": "find", "who": "+15551234567"}
    assert data == {
        "Attributes": {"tier": "gold"},
        "Channel": "VOICE",
        "ContactId": "c-1",
        "CustomerEndpoint": {"Address": "+15551234567", "Type": "TELEPHONE_NUMBER"},
        "InitialContactId": "c-1",
        "InitiationMethod": "INBOUND",
        "InstanceARN": "arn:trunkline:connect::instance/i-1",
        "LanguageCode": "en-US",
        "MediaStreams": {"Customer": {"Audio": None}},
        "PreviousContactId": "c-1",
        "Queue": {"ARN": data["Queue"]["ARN"], "Name": "Sales", "OutboundCallerId": None},
        "SystemEndpoint": {"Address": "+15550000001", "Type": "TELEPHONE_NUMBER"},
    }
    json.dumps(command.event)


def test_the_shortest_way_to_write_it() -> None:
    command = asked(invoke({"LambdaFunctionARN": "lookup"}))
    assert (command.function, command.timeout_s, command.nested) == ("lookup", 3, False)
    assert command.event["Details"]["ContactData"]["Queue"] is None


def test_the_answer_replaces_the_one_before() -> None:
    written = flow(
        action("f", "InvokeLambdaFunction", {"LambdaFunctionARN": "one"}, to="g", errors={"NoMatchingError": "g"}),
        action("g", "InvokeLambdaFunction", {"LambdaFunctionARN": "two"}, to="say", errors={"NoMatchingError": "say"}),
        say("say", "[$.External.name|$.External.tier|$.External.deep.down]", to="say"),
    )
    run = answer(Run(written, world=instance(written)), {"name": "Ann", "tier": "gold"})
    assert answer(run, {"tier": "silver", "deep": {"down": 3}}).heard == ["[|silver|3]"]


def test_a_failure_empties_the_external_attributes() -> None:
    written = flow(
        action("f", "InvokeLambdaFunction", {"LambdaFunctionARN": "one"}, to="g", errors={"NoMatchingError": "g"}),
        action("g", "InvokeLambdaFunction", {"LambdaFunctionARN": "two"}, to="say", errors={"NoMatchingError": "say"}),
        say("say", "[$.External.name]", to="say"),
    )
    run = answer(Run(written, world=instance(written)), {"name": "Ann"})
    answer(run, None, "The function gave no answer within 3 s.")
    assert run.heard == ["[]"]
    assert run.entries[0].details["reason"].count("no answer within 3 s") == 1


def test_another_invocations_answer_changes_nothing() -> None:
    run = invoke({"LambdaFunctionARN": "lookup"})
    waiting = run.state
    run.send(FunctionReturned(run.contact.contact_id, InvocationId("x.i99"), {"name": "Eve"}))
    assert run.state == waiting


@pytest.mark.parametrize("name", ["$.Attributes.none", "", "  "])
def test_no_name_is_an_error(name: str) -> None:
    assert invoke({"LambdaFunctionARN": name}).heard == ["Broken []"]


@pytest.mark.parametrize("limit", ["0", "9", "soon"])
def test_a_time_limit_that_cannot_be_is_an_error(limit: str) -> None:
    assert invoke({"LambdaFunctionARN": "lookup", "InvocationTimeLimitSeconds": limit}).heard == ["Broken []"]


def test_keys_pressed_meanwhile_are_kept() -> None:
    assert invoke({"LambdaFunctionARN": "lookup"}).press("12").state.typed == "12"
