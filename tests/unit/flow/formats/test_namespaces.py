"""References in both formats, by the table of namespaces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.flow.attribute_table import ATTRIBUTES, Attribute
from app.flow.formats.namespaces import namespaced, path_of

pytestmark = pytest.mark.unit

PAIRS = [
    ("User Defined", "foo", "$.Attributes.foo"),
    ("User Defined", "two words", "$.Attributes['two words']"),
    ("User Defined", "a.b", "$.Attributes.a.b"),
    ("External", "foo", "$.External.foo"),
    ("System", "Stored customer input", "$.StoredCustomerInput"),
    ("System", "Dialed Number", "$.SystemEndpoint.Address"),
    ("System", "Customer Number", "$.CustomerEndpoint.Address"),
    ("System", "Customer callback number", "$.CallbackNumber"),
    ("System", "Channel", "$.Channel"),
    ("System", "ContactId", "$.ContactId"),
    ("System", "Queue.Name", "$.Queue.Name"),
    ("System", "Queue.OutboundCallerId.Address", "$.Queue.OutboundCallerId.Address"),
    ("System", "Metrics.Queue.OldestContactAge", "$.Metrics.Queue.OldestContactAge"),
    ("System", "Agent.UserName", "$.Agent.UserName"),
    ("System", "Lex.IntentName", "$.Lex.IntentName"),
    ("Lex.Slots", "size", "$.Lex.Slots.size"),
    ("Lex.SessionAttributes", "topic", "$.Lex.SessionAttributes.topic"),
]


@pytest.mark.parametrize(("namespace", "key", "path"), PAIRS)
def test_a_namespace_and_its_key_are_a_path_and_back(namespace: str, key: str, path: str) -> None:
    assert path_of(namespace, key) == path
    assert namespaced(path) == (namespace, key)


@pytest.mark.parametrize("row", [row for row in ATTRIBUTES if row.key], ids=lambda row: row.path)
def test_every_attribute_of_the_manual_is_spelled_as_the_manual_says(row: Attribute) -> None:
    assert namespaced(row.path) == (row.namespace, row.key)
    assert path_of(row.namespace, row.key) == row.path


@pytest.mark.parametrize(
    "text", ["", "plain", "$.Attributes.a and more", "$.FlowAttributes.x", "$.External", "$.Attributes['a\"b']"]
)
def test_what_is_no_single_known_reference_is_literal(text: str) -> None:
    assert namespaced(text) == ("", text)


@given(st.sampled_from(["User Defined", "External", "Lex.Slots", "Lex.SessionAttributes"]), st.text(max_size=12))
def test_a_key_never_becomes_another_key(namespace: str, key: str) -> None:
    found = namespaced(path_of(namespace, key))
    assert found in ((namespace, key), ("", path_of(namespace, key)))
