"""References to attributes in text."""

from dataclasses import replace

import pytest

from app.domain.contact import Reference
from app.domain.ids import AgentId, ChannelId, ExecutionId, FlowId, ProfileId, QueueId
from app.domain.instance import Agent, FlowType
from app.errors import BadInput
from app.flow.attribute_table import ATTRIBUTES, SYSTEM
from app.flow.attributes import VALUE_LIMIT, Template
from app.flow.context import Context
from app.flow.state import FlowState, FlowView
from tests.unit.flow.driving import contact, instance

pytestmark = pytest.mark.unit


@pytest.fixture(name="context")
def make_context() -> Context:
    caller = contact(
        attributes={"name": "Ada", "a.b": "dotted", "two words": "spaced", "été": "summer", "date-x": "hyphen"},
        stored_input="42",
        queue_id=QueueId("q-sales"),
    )
    state = FlowState(
        ExecutionId("x"), caller.contact_id, ChannelId("ch"), FlowType.CONTACT, FlowId("f"), 1, "b",
        memory={"External": {"price": 3, "rich": True, "list": [{"id": "first"}], "none": None, "a.b": "flat"}},
    )  # fmt: skip
    agent = Agent(AgentId("a-1"), "ada", ProfileId("p"), "phone", "Ada", "Lovelace")
    return Context(state, FlowView(instance(), caller, lambda queue_id: None, agent, lambda: 0.0), 0)  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("no reference, costs $.50 or $5", "no reference, costs $.50 or $5"),
        ("Hello $.Attributes.name.", "Hello Ada."),
        ("$.Attributes.name, you owe $$.External.price!", "Ada, you owe $3!"),
        ("$.Attributes.a.b", "dotted"),
        ("$.Attributes['two words']", "spaced"),
        ("$.Attributes.été", "summer"),
        ("$.Attributes.date-x-$.StoredCustomerInput", "hyphen-42"),
        ("[$.Attributes.missing]", "[]"),
        ("$.External.rich $.External.list[0].id $.External.none.", "true first ."),
        ("$.External.a.b", "flat"),
        ("$.External.list", '[{"id":"first"}]'),
        ("$.Nothing.at.all|", "|"),
        ("$.CustomerEndpoint.Address to $.SystemEndpoint.Address", "+15551234567 to +15550000001"),
        ("$.Queue.Name.wav", "Sales.wav"),
        ("$.Queue.ARN", "arn:trunkline:connect::instance/i-1/queue/q-sales"),
        ("$.['LanguageCode'].wav", "en-US.wav"),
        ("$.Agent.FirstName $.Agent.LastName ($.Agent.UserName)", "Ada Lovelace (ada)"),
        ("$.Channel $.ContactId $.InitialContactId $.PreviousContactId", "VOICE c-1 c-1 "),
        ("$.Attributes.$.StoredCustomerInput", ".42"),
        ("${placeholder} {{x}} $.{nope}", "${placeholder} {{x}} $.{nope}"),
        ("$.InstanceARN", "arn:trunkline:connect::instance/i-1"),
    ],
)
def test_text(context: Context, text: str, result: str) -> None:
    assert Template(text)(context) == result


def test_without_agent_and_queue_all_is_empty() -> None:
    caller = contact()
    state = FlowState(ExecutionId("x"), caller.contact_id, ChannelId("ch"), FlowType.CONTACT, FlowId("f"), 1, "b")
    context = Context(state, FlowView(instance(), caller, lambda queue_id: None, None, lambda: 0.0), 0)  # type: ignore[arg-type, return-value]
    assert Template("[$.Agent.UserName$.Agent.ARN$.Queue.Name$.Queue.ARN$.StoredCustomerInput]")(context) == "[]"


def test_every_attribute_of_the_table_can_be_read(context: Context) -> None:
    context.contact = replace(
        context.contact, name="Claim", description="A dent", customer_id="7", tags={"name": "blue"},
        references={"name": Reference("https://example.org", "URL")}, callback_number="+12025550123",
    )  # fmt: skip
    context.memory |= {
        "Metrics": {
            "Queue": {"Name": "Sales", "ARN": "arn", "Size": 3, "OldestContactAge": 9, "EstimatedWaitTime": 80},
            "Contact": {"PositionInQueue": 2, "EstimatedWaitTime": 40},
            "Agents": {
                kind: {"Count": 2}
                for kind in ("Online", "Available", "Staffed", "AfterContactWork", "Busy", "Missed", "NonProductive")
            },
        },
        "External": {"name": "x"},
        "Lex": {
            "IntentName": "Order",
            "Slots": {"name": "12"},
            "SessionAttributes": {"name": "y"},
            "DialogState": "Fulfilled",
        },
        "FlowAttributes": {"name": "z"},
        "Modules": {"Result": "done", "ResultData": {"name": "w"}},
    }
    empty = {row.path for row in ATTRIBUTES if not Template(row.path)(context)}
    absent = {"$.PreviousContactId", "$.Queue.OutboundCallerId.Address", "$.Queue.OutboundCallerId.Type"}
    assert empty - absent == {row.path for row in ATTRIBUTES if row.path.startswith("$.MediaStreams.")}
    assert Template("$.Lex.sessionAttributes.name $.Lex.dialogState")(context) == "y Fulfilled"
    assert Template("$.References.name.Type $.References.none $.CallbackNumber")(context) == "URL  +12025550123"


def test_what_the_table_has_a_reader_for_is_found_by_its_path() -> None:
    assert len({row.path for row in ATTRIBUTES}) == len(ATTRIBUTES)
    assert len({(row.namespace, row.key) for row in ATTRIBUTES if row.key}) == len(
        [row for row in ATTRIBUTES if row.key]
    )
    assert {row.path for row in ATTRIBUTES if row.read} == {f"$.{path}" for path in SYSTEM}


def test_values_do_not_grow_without_end(context: Context) -> None:
    context.contact = replace(context.contact, attributes={"a": "x" * VALUE_LIMIT})
    assert len(Template("$.Attributes.a")(context)) == VALUE_LIMIT
    with pytest.raises(BadInput, match="more than 32768"):
        Template("$.Attributes.a$.Attributes.a")(context)


def test_nothing_is_filled_in_twice(context: Context) -> None:
    context.contact = replace(context.contact, attributes={"a": "$.Attributes.b", "b": "secret"})
    assert Template("$.Attributes.a")(context) == "$.Attributes.b"


def test_a_text_without_references_is_literal() -> None:
    assert Template("plain").literal
    assert not Template("$.ContactId").literal
