"""Modules: going in, coming back, failing, and what each side sees of the other."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.instance import FlowContent, FlowType
from app.domain.requests import FlowEnded, FlowOutcome
from app.flow.checks import publish_findings
from app.flow.formats.language import Document
from app.flow.interpreter import DEPTH_LIMIT
from app.flow.registry import all_blocks
from tests.unit.flow.driving import Run, action, contact, flow, instance, say

pytestmark = pytest.mark.unit

BACK = action(
    "back",
    "EndFlowModuleExecution",
    {"Result": "$.Attributes.outcome", "ResultData": {"ooh": False, "who": "$.ContactId"}},
)


def module(*actions: dict[str, Any], flow_id: str = "m") -> FlowContent:
    return replace(flow(*actions, BACK, flow_id=flow_id, type_=FlowType.MODULE), name=f"Module {flow_id}")


def caller(module_id: str = "Module m", **conditions: str) -> FlowContent:
    """Invokes a module and says how it came back."""
    invoke = action(
        "invoke", "InvokeFlowModule", {"FlowModuleId": module_id}, to="ok",
        errors={"NoMatchingError": "bad", "NoMatchingCondition": "other"} if conditions else {"NoMatchingError": "bad"},
        equals=conditions,
    )  # fmt: skip
    said = "$.Modules.Result|$.Modules.ResultData.ooh|$.Modules.ResultData.who|$.FlowAttributes.mine"
    mine = action("mine", "UpdateFlowAttributes", {"FlowAttributes": {"mine": {"Value": "kept"}}}, to="invoke")
    return flow(mine, invoke, say("ok", said, to="end"), say("bad", "bad", to="end"), say("other", "other", to="end"))


def run(main: FlowContent, *modules: FlowContent, **attributes: str) -> Run:
    return Run(main, world=instance(main, *modules), caller=contact(attributes=attributes))


def test_in_and_back_with_a_result() -> None:
    inside = run(caller(), module(say("say", "Inside [$.FlowAttributes.mine]", to="back")), outcome="fine")
    assert inside.heard == ["Inside []"]
    assert inside.state.callers[0].flow_id == "f"
    inside.played()
    assert inside.heard == ["fine|False|c-1|kept"]
    assert inside.state.callers == ()
    assert [what for what, _ in inside.trace][:4] == [
        "Set flow attributes",
        "Invoke module",
        "Play prompt",
        "Return from module",
    ]


@pytest.mark.parametrize(("outcome", "heard"), [("open", "ok"), ("closed", "end"), ("huh", "other")])
def test_a_result_chooses_the_branch(outcome: str, heard: str) -> None:
    done = run(caller(open="ok", closed="end"), module(BACK), outcome=outcome)
    assert (done.heard or ["end"])[0].startswith({"ok": "open|", "end": "end", "other": "other"}[heard])


@pytest.mark.parametrize(
    "inside", [action("a", "SummonGenie"), action("a", "MessageParticipant", {"Text": "$.Attributes.none"})]
)
def test_a_module_that_fails_takes_the_error_branch_of_the_flow(inside: dict[str, Any]) -> None:
    failed = run(caller(), module(inside))
    assert failed.heard == ["bad"]
    assert "reason" in failed.entries[-1].details


@pytest.mark.parametrize("name", ["nowhere", "f", ""])
def test_what_is_no_module_is_not_invoked(name: str) -> None:
    assert run(caller(name), module(BACK)).heard == ["bad"]


def test_modules_in_modules_have_a_limit() -> None:
    again = action("again", "InvokeFlowModule", {"FlowModuleId": "m"}, to="back", errors={"NoMatchingError": "stuck"})
    deep = run(caller(), module(again, say("stuck", "deep", to="back")))
    assert deep.heard == ["deep"]
    assert len(deep.state.callers) == DEPTH_LIMIT
    for _ in range(DEPTH_LIMIT):
        assert not deep.state.ended
        if deep.state.callers:
            deep.played()
    assert deep.heard[0].endswith("kept")


def test_a_disconnect_in_a_module_is_the_end() -> None:
    ended = run(caller(), module(action("bye", "DisconnectParticipant")))
    assert [each.outcome for each in ended.endings if isinstance(each, FlowEnded)] == [FlowOutcome.DISCONNECT]
    assert ended.state.ended


def test_a_transfer_out_of_a_module_does_not_come_back() -> None:
    away = action("away", "TransferToFlow", {"ContactFlowId": "there"}, to="back", errors={"NoMatchingError": "back"})
    there = flow(say("there", "There [$.FlowAttributes.mine]", to="end"), flow_id="there")
    gone = run(caller(), module(away), there)
    assert gone.heard == ["There []"]
    assert gone.state.callers == ()


def test_a_module_that_nobody_invoked_ends() -> None:
    (ended,) = Run(module(BACK)).endings
    assert isinstance(ended, FlowEnded)
    assert ended.outcome is FlowOutcome.ENDED


def test_a_run_whose_caller_is_gone_fails() -> None:
    inside = run(caller(), module(say("say", "Inside", to="back")))
    restarted = run(replace(module(say("say", "Inside", to="back")), flow_id=inside.state.flow_id))
    restarted.state = inside.state
    restarted.every.clear()
    restarted.played()
    (ended,) = restarted.endings
    assert isinstance(ended, FlowEnded)
    assert ended.outcome is FlowOutcome.FAILED


def test_exports_of_modules_are_known_by_their_settings() -> None:
    assert Document({"Settings": {"Transitions": []}}).type == "module"
    assert Document({"Metadata": {"type": "contactFlow"}}).type == "contactFlow"
    assert Document({}).type == ""


def test_only_a_module_returns() -> None:
    content = flow(BACK)
    words = [finding.words for finding in publish_findings(content, instance(content), all_blocks())]
    assert "This block cannot be used in a flow of type contactFlow." in words
    content = module(say("say", "Inside", to="back"))
    assert [finding.severity for finding in publish_findings(content, instance(content), all_blocks())] == ["warning"]
