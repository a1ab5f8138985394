"""Blocks that hand the contact on or ask others to act: transfers, callbacks, holds, outbound calls, agents' queues and statuses."""

from typing import Any

import pytest

from app.domain.contact import Contact, Hook, Reference
from app.domain.figures import QueueFigures
from app.domain.ids import AgentId, ContactId, ExecutionId, InvocationId, ProfileId, QueueId, agent_queue
from app.domain.instance import Agent
from app.domain.requests import (
    Answered,
    CallNumber,
    ChangeQueue,
    ChangeRouting,
    DialCustomer,
    EnterQueue,
    FlowEnded,
    FlowOutcome,
    HoldParty,
    QueueCallback,
    SetAgentStatus,
    TransferToAgent,
)
from app.flow.branches import OnError, OnResult
from app.flow.formats.language import Action
from app.flow.registry import all_blocks
from tests.unit.flow.driving import Run, action, contact, flow, instance, say

pytestmark = pytest.mark.unit

C, X, ASKED = ContactId("c-1"), ExecutionId("x"), InvocationId("x.i1")
ANN = Agent(AgentId("a-ann"), "ann", ProfileId("p"), "phone", "Ann", "Lee")
WORLD = {"agents": {ANN.agent_id: ANN}}


def run_block(type_: str, parameters: dict[str, Any] | None = None, **world: Any) -> Run:
    """Runs one block whose branches each lead to a prompt that says the branch's key."""
    cls = all_blocks().find(Action("it", type_, parameters or {}, next_action="done"))
    assert cls is not None
    branches = cls.definition.branches.items()
    errors = {branch.error: key for key, branch in branches if isinstance(branch, OnError)}
    conditions = [(branch.operator, branch.operand, key) for key, branch in branches if isinstance(branch, OnResult)]
    item = action("it", type_, parameters, to="done", errors=errors, conditions=conditions)
    content = flow(item, *(say(key, key, to="end") for key in {"done", *(key for key, _ in branches)}))
    return Run(content, world=instance(content, **WORLD), **world)


def answer(run: Run, result: str) -> Run:
    return run.send(Answered(C, ASKED, result, "because"))


def test_transfer_to_a_number_and_back() -> None:
    parameters = {
        "ThirdPartyPhoneNumber": "+1$.Attributes.local",
        "ThirdPartyConnectionTimeLimitSeconds": "20",
        "ContinueFlowExecution": "True",
        "CallerId": {"Name": "Shop", "Number": "$.SystemEndpoint.Address"},
        "ThirdPartyDTMFDigits": "1,2#",
    }
    run = run_block("TransferParticipantToThirdParty", parameters, caller=contact(attributes={"local": "2025550123"}))
    assert run.commands == (CallNumber(C, X, ASKED, "+12025550123", 20, "+15550000001", "Shop", "1,2#", resume=True),)
    assert answer(run, "success").heard == ["done"]


@pytest.mark.parametrize(
    ("result", "heard"), [("call failure", "call_failed"), ("timeout", "timeout"), ("error", "error"), ("huh", "error")]
)
def test_a_number_that_cannot_be_reached(result: str, heard: str) -> None:
    parameters = {"ThirdPartyPhoneNumber": "+12025550123", "ContinueFlowExecution": "True"}
    assert answer(run_block("TransferParticipantToThirdParty", parameters), result).heard == [heard]


def test_a_blind_transfer_ends_with_the_call_or_fails() -> None:
    run = run_block("TransferParticipantToThirdParty", {"ThirdPartyPhoneNumber": "+12025550123"})
    (call,) = run.commands
    assert isinstance(call, CallNumber)
    assert (call.resume, call.time_limit_s) == (False, 30)
    assert answer(run, "error").heard == ["error"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"ThirdPartyPhoneNumber": "$.Attributes.none"},
        {"ThirdPartyPhoneNumber": "nobody"},
        {"ThirdPartyPhoneNumber": "+12025550123", "CallerId": {"Number": "nobody"}},
        {"ThirdPartyPhoneNumber": "+12025550123", "ThirdPartyDTMFDigits": "1-2"},
        {"ThirdPartyPhoneNumber": "+12025550123", "ThirdPartyDTMFDigits": "1" * 51},
    ],
)
def test_a_transfer_that_makes_no_sense(parameters: dict[str, Any]) -> None:
    run = run_block("TransferParticipantToThirdParty", parameters)
    assert run.heard == ["error"]
    assert not [command for command in run.every if isinstance(command, CallNumber)]


def test_transfer_to_agent_waits_for_what_becomes_of_it() -> None:
    run = run_block("TransferContactToAgent")
    assert run.commands == (TransferToAgent(C, X, ASKED),)
    answer(run, "error")
    (ended,) = run.endings
    assert isinstance(ended, FlowEnded)
    assert ended.outcome is FlowOutcome.FAILED
    assert "because" in ended.reason


def test_a_waiting_contact_moves_to_another_queue() -> None:
    run = run_block("DequeueContactAndTransferToQueue", {"QueueId": "Support"}, caller=contact(queue_id="q-sales"))
    assert run.every[0] == ChangeQueue(C, X, QueueId("q-support"))
    assert run.contact.queue_id == "q-support"
    assert run.heard == ["done"]


@pytest.mark.parametrize(
    ("parameters", "heard"),
    [
        ({"QueueId": "Support"}, "at_capacity"),
        ({"QueueId": "Closed"}, "error"),
        ({"QueueId": "nowhere"}, "error"),
        ({}, "error"),
        ({"AgentId": "ann"}, "done"),
    ],
)
def test_a_queue_that_takes_nobody_leaves_the_contact_where_it_is(parameters: dict[str, Any], heard: str) -> None:
    full = QueueFigures(contacts_in_queue=2)
    caller = contact(queue_id="q-sales")
    run = run_block("DequeueContactAndTransferToQueue", parameters, caller=caller, figures=lambda queue_id: full)
    assert run.heard == [heard]
    assert run.contact.queue_id == (agent_queue(ANN.agent_id) if heard == "done" else "q-sales")


@pytest.mark.parametrize(
    ("caller", "number"), [(contact(), "+15551234567"), (contact(callback_number="+12025550123"), "+12025550123")]
)
def test_transfer_to_callback_queue(caller: Contact, number: str) -> None:
    parameters = {
        "InitialCallDelaySeconds": "60",
        "MaximumConnectionAttempts": "2",
        "RetryDelaySeconds": "600",
        "QueueId": "Sales",
    }
    run = run_block("CreateCallbackContact", parameters, caller=caller)
    assert run.commands == (QueueCallback(C, X, ASKED, QueueId("q-sales"), number, 60, 3, 600),)
    assert answer(run, "success").heard == ["done"]
    assert answer(run_block("CreateCallbackContact", parameters, caller=caller), "error").heard == ["error"]


@pytest.mark.parametrize("caller", [contact(queue_id="q-sales", customer_number="anonymous"), contact()])
def test_a_callback_needs_a_number_and_a_queue(caller: Contact) -> None:
    assert run_block("CreateCallbackContact", caller=caller).heard == ["error"]


@pytest.mark.parametrize(
    ("written", "heard", "kept"),
    [
        ("2025550123", "done", "+12025550123"),
        ("+442071838750", "done", "+442071838750"),
        ("Timeout", "invalid", None),
        ("", "invalid", None),
        ("12", "invalid", None),
        ("+19995550123", "not_dialable", None),
    ],
)
def test_set_callback_number(written: str, heard: str, kept: str | None) -> None:
    run = run_block(
        "UpdateContactCallbackNumber", {"CallbackNumber": "$.StoredCustomerInput"}, caller=contact(stored_input=written)
    )
    assert run.heard == [heard]
    assert run.contact.callback_number == kept


def test_hold() -> None:
    run = run_block("UpdatePreviousContactParticipantState", {"PreviousContactParticipantState": "AgentOnHold"})
    assert run.commands == (HoldParty(C, X, ASKED, "AgentOnHold"),)
    assert answer(run, "success").heard == ["done"]
    assert run_block("UpdatePreviousContactParticipantState", {"PreviousContactParticipantState": "Dancing"}).heard == [
        "error"
    ]


@pytest.mark.parametrize(
    ("shown", "used"), [("+12025550123", "+12025550123"), ("202 555 0123", ""), ("$.Attributes.none", "")]
)
def test_call_phone_number(shown: str, used: str) -> None:
    run = run_block("CompleteOutboundCall", {"CallerId": {"Number": shown}})
    assert run.commands == (DialCustomer(C, X, ASKED, used),)
    assert answer(run, "success").heard == ["done"]


def test_change_routing() -> None:
    run = run_block("UpdateContactRoutingBehavior", {"QueuePriority": "1"})
    assert run.every[0] == ChangeRouting(C, 1, None)
    assert (run.contact.priority, run.contact.age_offset_s) == (1, 0)
    run = run_block("UpdateContactRoutingBehavior", {"QueueTimeAdjustmentSeconds": 600})
    assert run.every[0] == ChangeRouting(C, None, 600)
    assert (run.contact.priority, run.contact.age_offset_s) == (5, 600)


def test_set_agent_status() -> None:
    run = run_block("UpdateAgentStatus", {"Status": "Lunch"}, agent=ANN)
    assert run.every[0] == SetAgentStatus(C, ANN.agent_id, "Lunch")
    assert run.heard == ["done"]
    assert run_block("UpdateAgentStatus", {"Status": "Lunch"}).heard == ["error"]


@pytest.mark.parametrize(
    "written", ["ann", "a-ann", "arn:aws:connect:eu-west-1:1:instance/i/agent/a-ann", "$.Attributes.who"]
)
def test_the_working_queue_can_be_an_agents_own(written: str) -> None:
    run = run_block("UpdateContactTargetQueue", {"AgentId": written}, caller=contact(attributes={"who": "ann"}))
    assert run.contact.queue_id == agent_queue(ANN.agent_id)
    assert run.heard == ["done"]


def test_an_agents_queue_is_a_queue_like_others() -> None:
    caller = contact(queue_id=agent_queue(ANN.agent_id))
    asked: list[QueueId] = []

    def figures(queue_id: QueueId) -> QueueFigures:
        asked.append(queue_id)
        return QueueFigures(agents_available=1)

    staffed = run_block("CheckMetricData", {"MetricType": "NumberOfAgentsAvailable"}, caller=caller, figures=figures)
    assert (staffed.heard, asked) == (["yes"], [caller.queue_id])
    (ending,) = run_block("TransferContactToQueue", caller=caller).endings
    assert ending == EnterQueue(C, X, agent_queue(ANN.agent_id))
    said = Run(flow(say("a", "$.Queue.Name $.Queue.ARN", to="end")), world=instance(**WORLD), caller=caller)
    assert said.heard == ["ann arn:trunkline:connect::instance/i-1/queue/agent:a-ann"]


def test_get_queue_metrics() -> None:
    text = "$.Metrics.Queue.Name $.Metrics.Queue.Size $.Metrics.Queue.OldestContactAge $.Metrics.Agents.Busy.Count"
    content = flow(action("it", "GetMetricData", {"QueueId": "Sales"}, to="say"), say("say", text, to="end"))
    run = Run(content, figures=lambda queue_id: QueueFigures(3, 65_400, agents_on_contact=2))
    assert run.heard == ["Sales 3 65 2"]


@pytest.mark.parametrize(("known", "heard"), [((2, 41_900, 80_000), "2 41 80"), ((4, None, None), "4")])
def test_get_queue_metrics_tells_the_place_and_the_wait(known: tuple[int, int | None, int | None], heard: str) -> None:
    text = "$.Metrics.Contact.PositionInQueue $.Metrics.Contact.EstimatedWaitTime $.Metrics.Queue.EstimatedWaitTime"
    content = flow(action("it", "GetMetricData", {"QueueId": "Sales"}, to="say"), say("say", text, to="end"))
    place, wait_ms, newcomer_ms = known
    figures = QueueFigures(position=place, estimated_wait_ms=wait_ms, newcomer_wait_ms=newcomer_ms)
    assert Run(content, figures=lambda queue_id: figures).heard == [heard]


@pytest.mark.parametrize(
    ("draw", "heard"), [(0.0, "a"), (0.199, "a"), (0.2, "b"), (0.499, "b"), (0.5, "rest"), (0.9999, "rest")]
)
def test_distribute_by_percentage(draw: float, heard: str) -> None:
    conditions = [("NumberLessThan", "21", "a"), ("NumberLessThan", "51", "b")]
    item = action(
        "it", "DistributeByPercentage", to="rest", errors={"NoMatchingCondition": "rest"}, conditions=conditions
    )
    run = Run(flow(item, *(say(key, key, to="end") for key in ("a", "b", "rest"))), draw=draw)
    assert run.heard == [heard]


def test_wait() -> None:
    run = run_block("Wait", {"TimeLimitSeconds": "5", "Events": ["CustomerReturned"]})
    assert run.press("1").heard == []
    assert run.ring_out().heard == ["completed"]
    assert run_block("Wait", {"TimeLimitSeconds": "soon"}).heard == ["error"]


def test_contact_data_stay_with_the_contact() -> None:
    parameters = {
        "Name": "Claim of $.CustomerEndpoint.Address",
        "References": {"page": {"Value": "https://example.org/$.ContactId", "Type": "URL"}},
        "LanguageCode": "de-DE",
        "TargetContact": "Current",
    }
    content = flow(
        action("it", "UpdateContactData", parameters, to="say"),
        say("say", "$.Name $.References.page $.References.page.Type", to="end"),
    )
    run = Run(content, caller=contact(description="old"))
    assert run.heard == ["Claim of +15551234567 https://example.org/c-1 URL"]
    assert run.contact.references == {"page": Reference("https://example.org/c-1", "URL")}
    assert (run.contact.language, run.contact.description) == ("de-DE", "old")


@pytest.mark.parametrize("parameters", [{"Name": "x" * 513}, {"Name": "x", "TargetContact": "Related"}])
def test_contact_data_that_cannot_be_kept(parameters: dict[str, Any]) -> None:
    run = run_block("UpdateContactData", parameters)
    assert (run.heard, run.contact.name) == (["error"], "")


def test_tags() -> None:
    content = flow(
        action("it", "TagContact", {"Tags": {"team": "$.Queue.Name"}}, to="say"), say("say", "$.Tags.team", to="end")
    )
    run = Run(content, caller=contact(queue_id="q-sales", tags={"old": "1"}))
    assert run.heard == ["Sales"]
    assert run.contact.tags == {"old": "1", "team": "Sales"}
    assert run_block("TagContact", {"Tags": {str(index): "x" for index in range(51)}}).heard == ["error"]


def test_several_events_in_one_action_and_one_that_is_silenced() -> None:
    parameters = {
        "EventHooks": {"CustomerQueue": "Flow other", "AgentWhisper": "other", "DefaultAgentUI": "guide"},
        "EventHooksConfiguration": {
            "CustomerWhisper": {"DisableExecution": "True"},
            "AgentWhisper": {"DisableExecution": "false"},
        },
    }
    other = flow(say("x", "x", to="end"), flow_id="other")
    content = flow(action("it", "UpdateContactEventHooks", parameters, to="end"))
    run = Run(content, world=instance(content, other))
    assert run.contact.hooks == {
        Hook.CUSTOMER_QUEUE: "other",
        Hook.AGENT_WHISPER: "other",
        Hook.CUSTOMER_WHISPER: "none",
    }


def test_the_name_in_older_metadata_belongs_to_the_event_that_is_named() -> None:
    other = flow(say("x", "x", to="end"), flow_id="other")
    item = action("it", "UpdateContactEventHooks", {"EventHooks": {"AgentWhisper": "gone"}}, to="end")
    content = flow(item, metadata={"it": {"contactFlow": {"text": "Flow other"}}})
    assert Run(content, world=instance(content, other)).contact.hooks == {Hook.AGENT_WHISPER: "other"}


def test_an_event_that_calls_do_not_have_is_passed_over() -> None:
    run = run_block("UpdateContactEventHooks", {"EventHooks": {"DefaultAgentUI": "guide"}})
    assert (run.heard, run.contact.hooks) == (["done"], {})
