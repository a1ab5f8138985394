"""What imported flows name, and what it is here: by ARN, by name, through the map; what is missing or in doubt is told."""

from typing import Any

import pytest

from app.domain.ids import QueueId
from app.domain.instance import Instance, Queue, ResourceKind
from app.domain.questions import InvokeFunction
from app.flow.checks import LARGEST_BYTES, MOST_BLOCKS, publish_findings
from app.flow.graph import Finding, compile_flow
from app.flow.registry import all_blocks
from app.flow.resources import ResourceUse, resources_of
from tests.unit.flow.driving import Run, action, contact, flow, instance, say

pytestmark = pytest.mark.unit

THEIRS = "arn:aws:connect:us-east-1:123456789012:instance/aa/queue/0f0f"


def set_queue(written: str, display_name: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    made = action("set", "UpdateContactTargetQueue", {"QueueId": written}, to="end", errors={"NoMatchingError": "lost"})
    return made, {"set": {"parameters": {"QueueId": {"displayName": display_name}}}} if display_name else {}


def queue_flow(written: str, display_name: str = "") -> Any:
    made, metadata = set_queue(written, display_name)
    return flow(made, say("lost", "lost", to="end"), metadata=metadata)


def use(written: str, display_name: str = "", world: Instance | None = None) -> ResourceUse:
    (found,) = resources_of(compile_flow(queue_flow(written, display_name), all_blocks()), world or instance())
    return found


def mapped(**own: str) -> Instance:
    return instance(resources={ResourceKind.QUEUE: {key.replace("_", " "): value for key, value in own.items()}})


def findings(content: Any, world: Instance | None = None) -> tuple[Finding, ...]:
    return publish_findings(content, world or instance(), all_blocks())


@pytest.mark.parametrize(
    ("written", "display_name", "how", "resource_id"),
    [
        ("q-sales", "", "id", "q-sales"),
        ("arn:trunkline:connect::instance/i-1/queue/q-sales", "Support", "id", "q-sales"),
        (THEIRS, "Support", "name", "q-support"),
        ("", "Support", "name", "q-support"),
        ("Sales", "", "name", "q-sales"),
        (THEIRS, "Billing", "unresolved", ""),
        ("$.Attributes.queue", "", "at run time", ""),
    ],
)
def test_a_resource_is_found_by_its_id_then_by_its_name(
    written: str, display_name: str, how: str, resource_id: str
) -> None:
    found = use(written, display_name)
    assert (found.how, found.resource_id, found.block, found.title) == (how, resource_id, "set", "Set working queue")


@pytest.mark.parametrize("imported", [THEIRS, "0f0f", "Billing", "Sales"])
def test_the_map_goes_before_names(imported: str) -> None:
    world = instance(resources={ResourceKind.QUEUE: {imported: "Support"}})
    found = use(THEIRS, "Billing" if imported != "Sales" else "Sales", world)
    assert (found.how, found.resource_id, found.resource_name) == ("map", "q-support", "Support")


def test_what_the_map_names_must_exist() -> None:
    world = instance(resources={ResourceKind.QUEUE: {"Sales": "q-gone"}})
    assert use("", "Sales", world).how == "unresolved", "the map's word is not replaced by a guess"


def test_the_map_counts_in_running_calls_and_for_what_attributes_name() -> None:
    world = instance(queue_flow("$.Attributes.queue"), resources={ResourceKind.QUEUE: {"Billing": "q-support"}})
    run = Run(queue_flow("$.Attributes.queue"), world=world, caller=contact(attributes={"queue": "Billing"}))
    assert run.contact.queue_id == "q-support"
    run = Run(queue_flow("$.Attributes.queue"), world=world, caller=contact(attributes={"queue": "Unheard"}))
    assert run.heard == ["lost"]


def test_prompts_are_mapped_too() -> None:
    play = action("a", "MessageParticipant", {"PromptId": "theirs"}, to="end", errors={"NoMatchingError": "end"})
    assert [finding.severity for finding in findings(flow(play))] == ["error"]
    world = instance(resources={ResourceKind.PROMPT: {"theirs": "Beep.wav"}})
    assert findings(flow(play), world) == ()
    assert Run(flow(play), world=world).heard == ["Beep"]


def test_functions_are_asked_by_the_name_that_the_map_gives_them() -> None:
    ask = action(
        "a", "InvokeLambdaFunction", {"LambdaFunctionARN": "arn:aws:lambda:x:1:function:find"}, to="end",
        errors={"NoMatchingError": "end"},
    )  # fmt: skip
    mapped = {ResourceKind.FUNCTION: {"arn:aws:lambda:x:1:function:find": "find_customer"}}
    for resources, how, name in (({}, "outside", "arn:aws:lambda:x:1:function:find"), (mapped, "map", "find_customer")):
        world = instance(resources=resources)
        (found,) = resources_of(compile_flow(flow(ask), all_blocks()), world)
        assert (found.kind, found.how) == (ResourceKind.FUNCTION, how)
        (command,) = [each for each in Run(flow(ask), world=world).every if isinstance(each, InvokeFunction)]
        assert command.function == name


def test_an_unresolved_resource_is_named_with_its_block_and_the_remedy() -> None:
    (finding,) = findings(queue_flow(THEIRS, "Billing"))
    assert finding.severity == "error"
    assert finding.sentence == (
        f"Set working queue (set): Queue: there is no queue {THEIRS} or Billing. "
        'Create or choose one, or map it: `flow map queue "Billing" OURS`.'
    )


def test_what_may_be_another_resource_is_told() -> None:
    twin = Queue(QueueId("Sales"), "Old sales")
    queues = instance().queues | {twin.queue_id: twin}
    (finding,) = findings(queue_flow("Sales"), instance(queues=queues))
    assert finding.severity == "warning"
    assert "is taken for Old sales (Sales), but Sales is also q-sales" in finding.words
    (finding,) = findings(queue_flow("q-sales", "Support"))
    assert "taken for Sales (q-sales), but Support is also q-support" in finding.words
    settled = instance(queues=queues, resources={ResourceKind.QUEUE: {"Sales": "q-sales"}})
    assert findings(queue_flow("Sales"), settled) == ()


def test_an_unsupported_block_stops_only_where_its_error_branch_leads_nowhere() -> None:
    connected = action("a", "StartGenie", to="end", errors={"NoMatchingError": "end"})
    assert [(each.severity, each.block) for each in findings(flow(connected))] == [("warning", "a")]
    (finding, *_) = findings(flow(action("a", "StartGenie", to="end")))
    assert (finding.severity, finding.title) == ("error", "Unsupported block: StartGenie")


def test_a_condition_that_leads_nowhere_is_half_connected() -> None:
    ask = action(
        "a",
        "Compare",
        {"ComparisonValue": "$.Attributes.x"},
        to="end",
        errors={"NoMatchingCondition": "end"},
        conditions=[("Equals", "1", "")],
    )
    (finding,) = findings(flow(ask))
    assert (finding.severity, finding.words) == ("error", "The branch Equals 1 is not connected.")


def test_too_large_is_told() -> None:
    many = [say(f"b{number}", "x", to=f"b{number + 1}") for number in range(MOST_BLOCKS - 1)]
    assert findings(flow(*many, say(f"b{MOST_BLOCKS - 1}", "x", to="end")))[0].words == (
        f"The flow has {MOST_BLOCKS + 1} blocks; {MOST_BLOCKS} at most."
    )
    wordy = findings(flow(say("a", "x" * LARGEST_BYTES, to="end")))
    assert any("bytes" in finding.words for finding in wordy)
