"""What a block of the older export becomes in the flow language, in both of its dialects, and what an edit does to what is kept."""

import copy
import json

import pytest

from app.domain.ids import FlowId
from app.domain.instance import FlowContent, FlowType
from app.flow.formats import language, legacy
from app.flow.formats.convert import as_language, as_legacy
from app.flow.formats.kept import KEY
from app.flow.formats.views import same
from app.flow.graph import compile_flow
from app.flow.registry import all_blocks
from tests.unit.flow.driving import Run
from tests.unit.flow.formats.cases import CASES, SPOKEN, Json, module, set_to

pytestmark = pytest.mark.unit

BLOCKS = all_blocks()


def converted(block: Json) -> Json:
    flow = legacy.document_of(
        {"version": "1", "type": "contactFlow", "start": "it", "modules": [block], "metadata": {}}
    )
    newer = as_language(flow, BLOCKS)
    assert same(as_legacy(newer, BLOCKS).content, flow.content)
    (action,) = newer.content["Actions"]
    return {key: value for key, value in action.items() if key != "Identifier"}


@pytest.mark.parametrize(("older", "newer"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_block_becomes_what_amazon_connect_makes_of_it(older: Json, newer: Json) -> None:
    assert converted(older) == newer


def test_blocks_that_end_a_flow_have_no_transitions() -> None:
    for older, newer in (
        (module("Disconnect"), "DisconnectParticipant"),
        (module("Resume"), "EndFlowExecution"),
        (module("Transfer", target="Agent"), "TransferContactToAgent"),
    ):
        assert converted(older) == {"Type": newer, "Parameters": {}, "Transitions": {}}


def test_percentages_add_up_and_come_apart() -> None:
    shares = module("PercentileBranching", Evaluate_20="a", NoMatch="r")
    shares["branches"].insert(
        1, {"condition": "Evaluate", "conditionType": "Equals", "conditionValue": "10", "transition": "b"}
    )
    newer = converted(shares)
    assert [edge["Condition"] for edge in newer["Transitions"]["Conditions"]] == [
        {"Operator": "NumberLessThan", "Operands": ["21"]},
        {"Operator": "NumberLessThan", "Operands": ["31"]},
    ]
    older = as_legacy(language.document_of({"Actions": [newer | {"Identifier": "it"}]}), BLOCKS).content["modules"][0]
    assert [branch.get("conditionValue") for branch in older["branches"]] == ["20", "10", "70"]


def test_queue_times_are_milliseconds_in_both() -> None:
    status = module("CheckQueueStatus", NoMatch="n", Error="e")
    compared = {"conditionType": "GreaterThan", "conditionValue": "300000", "transition": "l"}
    status["branches"].append({"condition": "CheckQueueTime"} | compared)
    newer = converted(status)
    assert newer["Parameters"] == {"MetricType": "OldestContactInQueueAgeSeconds"}
    assert newer["Transitions"]["Conditions"][0]["Condition"] == {
        "Operator": "NumberGreaterThan",
        "Operands": ["300000"],
    }
    assert [error["ErrorType"] for error in newer["Transitions"]["Errors"]] == [
        "NoMatchingCondition",
        "NoMatchingError",
    ]


def test_a_check_of_two_figures_keeps_both_and_is_told_not_to_run() -> None:
    status = module("CheckQueueStatus", NoMatch="it", Error="it")
    for condition in ("CheckQueueTime", "CheckQueueSize"):
        compared = {"conditionType": "GreaterThan", "conditionValue": "5", "transition": "it"}
        status["branches"].append({"condition": condition} | compared)
    converted(status)
    content = json.dumps({"version": "1", "start": "it", "modules": [status]})
    graph = compile_flow(FlowContent(FlowId("f"), 1, "F", FlowType.CONTACT, content), BLOCKS)
    (finding,) = graph.findings
    assert "The comparison 'CheckQueueSize:NumberGreaterThan' is not valid" in finding.words


def test_a_branch_that_leads_nowhere_stays_and_leads_nowhere() -> None:
    newer = converted(module("PlayPrompt", *SPOKEN, Success="s", Error=None))
    assert newer["Transitions"]["Errors"] == [{"ErrorType": "NoMatchingError"}]


def test_a_name_without_an_id_is_where_resources_are_looked_up_by_name() -> None:
    block = module("SetQueue", {"name": "Queue", "resourceName": "Sales"}, Success="s", Error="e")
    newer = as_language(legacy.document_of({"modules": [block]}), BLOCKS)
    assert newer.content["Metadata"]["ActionMetadata"]["it"]["parameters"] == {"QueueId": {"displayName": "Sales"}}


def test_blocks_without_a_form_in_the_older_export_are_visible_there_by_their_name() -> None:
    tag = {
        "Identifier": "it",
        "Type": "TagContact",
        "Parameters": {"Tags": {"a": "b"}},
        "Transitions": {"NextAction": "x"},
    }
    view = {"Identifier": "v", "Type": "ShowView", "Parameters": {"ViewData": {"a": [1]}}, "Transitions": {}}
    flow = language.document_of({"Version": language.VERSION, "Actions": [tag, view]})
    older = as_legacy(flow, BLOCKS)
    assert [block["type"] for block in older.content["modules"]] == ["TagContact", "ShowView"]
    assert older.content["modules"][0]["branches"] == [{"condition": "Success", "transition": "x"}]
    assert same(as_language(older, BLOCKS).content, flow.content)


def test_an_edited_block_is_written_as_it_is_and_keeps_what_the_edit_did_not_touch() -> None:
    block = module("PlayPrompt", SPOKEN[1], set_to("Text", "Hello."), {"name": "Unheard", "of": 1}, Success="s")
    newer = as_language(legacy.document_of({"version": "1", "start": "it", "modules": [block]}), BLOCKS)
    edited = copy.deepcopy(newer.content)
    edited["Actions"][0]["Parameters"]["Text"] = "Good evening."
    (back,) = as_legacy(language.document_of(edited), BLOCKS).content["modules"]
    assert back["parameters"] == [
        {"name": "Text", "value": "Good evening.", "namespace": None},
        {"name": "TextToSpeechType", "value": "text"},
        {"name": "Unheard", "of": 1},
    ]


def test_an_edited_older_block_keeps_what_that_format_cannot_say() -> None:
    tagged = {"Attributes": {"a": "1"}, "TargetContact": "Related"}
    newer = {
        "Identifier": "it",
        "Type": "UpdateContactAttributes",
        "Parameters": tagged,
        "Transitions": {"NextAction": "x"},
    }
    older = as_legacy(language.document_of({"Version": language.VERSION, "Actions": [newer]}), BLOCKS)
    edited = copy.deepcopy(older.content)
    edited["modules"][0]["parameters"][0]["value"] = "2"
    (back,) = as_language(legacy.document_of(edited), BLOCKS).content["Actions"]
    assert back["Parameters"] == {"Attributes": {"a": "2"}, "TargetContact": "Related"}


def test_nothing_is_kept_where_nothing_would_be_lost() -> None:
    block = module("PlayPrompt", *SPOKEN, Success="s", metadata={"position": {"x": 1, "y": 2}, "useDynamic": False})
    flow = {
        "version": "1",
        "type": "contactFlow",
        "start": "it",
        "modules": [block],
        "metadata": {"type": "contactFlow", "name": "N"},
    }
    assert KEY not in json.dumps(as_language(legacy.document_of(flow), BLOCKS).content)


def test_an_older_export_runs_as_it_is() -> None:
    menu = module("GetUserInput", *SPOKEN, set_to("Timeout", "5"), target="Digits", Evaluate_1="one", Timeout="end",
                  NoMatch="end", Error="end")  # fmt: skip
    one = module("PlayAudio", set_to("Text", "One.", namespace=None), SPOKEN[1], Success="end") | {"id": "one"}
    end = module("Disconnect") | {"id": "end"}
    content = json.dumps({"version": "1", "start": "it", "modules": [menu, one, end]})
    run = Run(FlowContent(FlowId("older"), 1, "Older", FlowType.CONTACT, content))
    assert run.heard == ["Hello."]
    run.press("1")
    assert run.heard == ["One."]
