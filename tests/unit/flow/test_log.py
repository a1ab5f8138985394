"""The flow log: one entry a block while logging is on, with the names and shapes of the older export, whatever format a flow has."""

import json
from typing import Any

import pytest

from app.domain.events import FunctionReturned, InputSealed
from app.domain.ids import ContactId
from app.domain.instance import FlowContent, FlowType
from tests.unit.flow.driving import Run, action, contact, flow, instance, say
from tests.unit.flow.test_block_encrypted_input import PEM

pytestmark = pytest.mark.unit

ON = action("on", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, to="a")
ERROR = {"NoMatchingError": "end"}


def logging(*actions: dict[str, Any], **more: Any) -> FlowContent:
    return flow(ON, *actions, **more)


class Logged(Run):
    """A run that keeps its log."""

    log: list[dict[str, Any]]

    def _take(self, step: Any) -> None:
        if not hasattr(self, "log"):
            self.log = []
        self.log += json.loads(json.dumps(step.log))
        super()._take(step)

    @property
    def path(self) -> list[tuple[str, str]]:
        return [(entry["ContactFlowModuleType"], entry["Results"]) for entry in self.log]


def entry_of(*actions: dict[str, Any], **world: Any) -> dict[str, Any]:
    """The entry of the block `a`."""
    run = Logged(logging(*actions), world=instance(**world), caller=contact(attributes={"plan": "gold"}))
    return next(entry for entry in run.log if entry["Identifier"] == "a")


def test_an_entry_says_where_when_and_what() -> None:
    run = Logged(logging(action("a", "UpdateContactTargetQueue", {"QueueId": "Sales"}, to="end", errors=ERROR)))
    assert run.log[1] == {
        "ContactId": "c-1",
        "ContactFlowId": "arn:trunkline:connect::instance/i-1/contact-flow/f",
        "ContactFlowName": "Flow f",
        "ContactFlowModuleType": "SetQueue",
        "Identifier": "a",
        "Timestamp": "2025-06-15T15:06:40.000Z",
        "Parameters": {"Queue": "arn:trunkline:connect::instance/i-1/queue/q-sales"},
        "Results": "Success",
    }
    assert run.path == [("SetLoggingBehavior", "Success"), ("SetQueue", "Success"), ("Disconnect", "Disconnect")]
    assert run.log[0]["Parameters"] == {"LoggingBehavior": "Enable"}


def test_nothing_is_logged_unless_a_block_turns_it_on_and_after_one_turned_it_off() -> None:
    assert Logged(flow(say("a", "x", to="end"))).played().log == []
    off = action("off", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Disabled"}, to="secret")
    run = Logged(logging(say("a", "x", to="off"), off, say("secret", "y", to="end"))).played().played()
    assert run.state.ended
    assert run.path == [("SetLoggingBehavior", "Success"), ("PlayPrompt", "Success")]


def test_logging_follows_the_contact_into_other_flows_and_modules() -> None:
    module = flow(action("m", "EndFlowModuleExecution", {}), flow_id="module", type_=FlowType.MODULE)
    other = flow(say("b", "x", to="end"), flow_id="other")
    first = logging(
        action("a", "InvokeFlowModule", {"FlowModuleId": "module"}, to="go", errors=ERROR),
        action("go", "TransferToFlow", {"ContactFlowId": "other"}, errors=ERROR),
    )
    run = Logged(first, module, other)
    run.played()
    logged = [(entry["ContactFlowName"], entry["ContactFlowModuleType"]) for entry in run.log]
    assert logged[1:] == [
        ("Flow module", "ReturnFromFlowModule"),
        ("Flow f", "InvokeFlowModule"),
        ("Flow f", "Transfer"),
        ("Flow other", "PlayPrompt"),
        ("Flow other", "Disconnect"),
    ]
    assert run.contact.logging, "the next run of this contact logs from its first block on"
    assert Logged(other, caller=run.contact).played().path[0] == ("PlayPrompt", "Success")


@pytest.mark.parametrize(("operand", "second", "result"), [("gold", "gold", "true"), ("lead", "lead", "false")])
def test_a_comparison_is_logged_with_both_sides(operand: str, second: str, result: str) -> None:
    compare = action(
        "a",
        "Compare",
        {"ComparisonValue": "$.Attributes.plan"},
        to="end",
        errors={"NoMatchingCondition": "end"},
        conditions=[("TextStartsWith", "x", "end"), ("Equals", operand, "end")],
    )
    entry = entry_of(compare)
    assert entry["ContactFlowModuleType"] == "CheckAttribute"
    assert entry["Parameters"] == {"ComparisonMethod": "Equals", "Value": "gold", "SecondValue": second}
    assert entry["Results"] == result


def test_attributes_are_logged_as_they_were_given() -> None:
    swap = {"Attributes": {"plan": "not $.Attributes.plan"}}
    entry = entry_of(action("a", "UpdateContactAttributes", swap, to="end", errors=ERROR))
    assert (entry["ContactFlowModuleType"], entry["Parameters"]) == (
        "SetAttributes",
        {"Key": "plan", "Value": "not gold"},
    )
    two = {"Attributes": {"a": "1", "b": "2"}}
    entry = entry_of(action("a", "UpdateContactAttributes", two, to="end", errors=ERROR))
    assert entry["Parameters"] == {"Attributes": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}


def test_every_flow_that_is_set_is_logged_by_its_old_name() -> None:
    hook = action("a", "UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "q"}}, to="end", errors=ERROR)
    waiting = flow(action("b", "EndFlowExecution"), flow_id="q")
    entry = entry_of(hook, flows={waiting.flow_id: waiting})
    assert entry["ContactFlowModuleType"] == "SetContactFlow"
    assert entry["Parameters"] == {
        "Type": "CustomerQueue",
        "ContactFlowId": "arn:trunkline:connect::instance/i-1/contact-flow/q",
    }


def menu(identifier: str = "a", **parameters: str) -> dict[str, Any]:
    return action(
        identifier,
        "GetParticipantInput",
        {"Text": "Dear $.Attributes.plan", "StoreInput": "False", "InputTimeLimitSeconds": "5"} | parameters,
        to="end",
        errors={"NoMatchingCondition": "end", "InputTimeLimitExceeded": "end", "NoMatchingError": "end"},
        equals={"1": "end"},
    )


@pytest.mark.parametrize(("key", "result"), [("1", "1"), ("7", "NoMatch"), ("", "Timeout")])
def test_a_menu_is_logged_with_what_was_asked_and_chosen(key: str, result: str) -> None:
    run = Logged(logging(menu()), caller=contact(attributes={"plan": "gold"}))
    run.press(key) if key else run.played().ring_out()
    entry = run.log[1]
    assert (entry["ContactFlowModuleType"], entry["Results"]) == ("GetUserInput", result)
    given = entry["Parameters"]
    assert (given["Text"], given["TextToSpeechType"], given["Voice"]) == ("Dear gold", "text", "Joanna")
    assert given["Timeout"] == "5"


def test_what_is_stored_is_logged() -> None:
    store = action("a", "GetParticipantInput", {"Text": "x", "StoreInput": "True"}, to="end", errors=ERROR)
    entry = Logged(logging(store)).press("4711#").log[1]
    assert (entry["ContactFlowModuleType"], entry["Results"]) == ("StoreUserInput", "4711")


def test_an_encrypted_entry_is_never_logged() -> None:
    parameters = {
        "Text": "x",
        "StoreInput": "True",
        "InputEncryption": {"EncryptionKeyId": "k-1", "Key": PEM},
    }
    store = action("a", "GetParticipantInput", parameters, to="b", errors=ERROR)
    run = Logged(logging(store, say("b", "Thanks", to="end")))
    run.press("4711#")
    assert run.state.invocation_id is not None
    run.send(InputSealed(ContactId("c-1"), run.state.invocation_id, "c2VjcmV0"))
    assert run.path[1][0] == "StoreUserInput"
    assert "4711" not in json.dumps(run.log)
    assert "BEGIN CERTIFICATE" not in json.dumps(run.log)


def test_a_function_is_logged_with_what_it_was_asked_and_said() -> None:
    parameters = {
        "LambdaFunctionARN": "arn:aws:lambda:x:function:find",
        "InvocationTimeLimitSeconds": "4",
        "LambdaInvocationAttributes": {"level": "$.Attributes.plan"},
    }
    ask = action("a", "InvokeLambdaFunction", parameters, to="end", errors=ERROR)
    run = Logged(logging(ask), caller=contact(attributes={"plan": "gold"}))
    assert run.state.invocation_id is not None
    run.send(FunctionReturned(ContactId("c-1"), run.state.invocation_id, {"name": "Ann"}))
    entry = run.log[1]
    assert entry["ContactFlowModuleType"] == "InvokeExternalResource"
    assert entry["Parameters"] == {
        "FunctionArn": "arn:aws:lambda:x:function:find",
        "TimeLimit": "4",
        "Parameters": {"level": "gold"},
    }
    assert entry["ExternalResults"] == {"name": "Ann"}


def test_an_error_is_logged_with_its_reason() -> None:
    entry = entry_of(action("a", "UpdateContactTargetQueue", {"QueueId": "Billing"}, to="end", errors=ERROR))
    assert entry["Results"] == "Error"
    assert entry["Error"] == "There is no queue named Billing."
    assert entry["Parameters"] == {"Queue": "Billing"}
    entry = entry_of(action("a", "StartGenie", {"Wish": "$.Attributes.plan"}, to="end", errors=ERROR))
    assert (entry["ContactFlowModuleType"], entry["Parameters"]) == ("StartGenie", {"Wish": "gold"})


def test_prompts_of_the_library_are_logged_by_their_place() -> None:
    play = action("a", "MessageParticipant", {"PromptId": "Beep"}, to="end", errors=ERROR)
    entry = Logged(logging(play)).played().log[1]
    assert entry["Parameters"] == {"PromptSource": "PromptLibrary", "PromptLocation": "Beep"}


def test_who_hangs_up_in_a_block_is_logged_in_it() -> None:
    assert Logged(logging(menu())).cancel().path[1] == ("GetUserInput", "Cancelled")
