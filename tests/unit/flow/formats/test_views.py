"""Views of both formats: what they hold, what stays in their rest, and that the two together are the JSON again."""

from typing import Any

import pytest

from app.flow.formats import language, legacy
from app.flow.formats.views import Reading, joined, same

pytestmark = pytest.mark.unit


def test_a_reading_takes_what_it_can_hold_and_leaves_the_rest() -> None:
    reading = Reading({"a": "x", "b": "", "c": 0, "d": None, "e": {"f": 1}, "g": [], "h": [{}, 5], "i": [{"j": 1}]})
    assert (reading.text("a"), reading.text("b"), reading.text("c"), reading.text("z")) == ("x", "", "", "")
    assert (reading.value("c"), reading.value("d")) == (0, None)
    assert (reading.mapping("e"), reading.mapping("a")) == ({"f": 1}, {})
    assert (reading.objects("g"), reading.objects("h"), reading.objects("i")) == ([], [{}], [{"j": 1}])
    assert reading.rest == {"b": "", "d": None, "g": [], "h": [{}, 5]}


def test_known_and_rest_are_joined_deeply_and_what_was_read_wins() -> None:
    known = {"a": {"b": 1}, "c": [{"d": 1}, {}], "e": 1}
    rest = {"a": {"x": 2}, "c": [{}, {"y": 3}], "e": None}
    assert joined(known, rest) == {"a": {"b": 1, "x": 2}, "c": [{"d": 1}, {"y": 3}], "e": None}


@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.0), (0, False), ("1", 1), ([], {}), (None, "")])
def test_values_that_only_look_alike_are_not_the_same(one: Any, other: Any) -> None:
    assert same({"a": one}, {"a": one})
    assert not same({"a": one}, {"a": other})


def test_an_action_holds_its_parts_and_keeps_strangers_where_they_were() -> None:
    raw = {
        "Identifier": "a",
        "Type": "Compare",
        "Parameters": {"ComparisonValue": "$.Channel"},
        "Colour": "red",
        "Transitions": {
            "NextAction": "b",
            "Because": 1,
            "Conditions": [
                {
                    "NextAction": "c",
                    "Note": "!",
                    "Condition": {"Operator": "Equals", "Operands": ["VOICE"], "Case": False},
                }
            ],
            "Errors": [{"ErrorType": "NoMatchingCondition", "NextAction": None}, {"ErrorType": 5}],
        },
    }
    action = language.read_action(raw, {})
    assert action.conditions == (language.Condition("Equals", ("VOICE",), "c"),)
    assert action.errors == (("NoMatchingCondition", None), ("", None))
    assert action.rest == {
        "Colour": "red",
        "Transitions": {
            "Because": 1,
            "Conditions": [{"Note": "!", "Condition": {"Case": False}}],
            "Errors": [{"NextAction": None}, {"ErrorType": 5}],
        },
    }
    assert same(action.written(), raw)


def test_a_module_holds_parameters_in_order_with_their_names_repeated() -> None:
    raw = {
        "id": "a",
        "type": "SetAttributes",
        "$$hashKey": "object:84",
        "branches": [{"condition": "Success", "transition": None}],
        "parameters": [
            {"name": "Attribute", "key": "b", "value": "Queue.Name", "namespace": "System"},
            {"name": "Attribute", "key": "a", "value": 5, "namespace": None, "resourceName": ""},
            {"name": "Attribute", "resourceName": "R"},
        ],
        "metadata": {},
    }
    module = legacy.read_module(raw)
    assert [each.text for each in module.parameters] == ["$.Queue.Name", "5", None]
    assert module.parameters[1].rest == {"namespace": None, "resourceName": ""}
    assert module.branches == (legacy.Exit("Success", rest={"transition": None}),)
    assert module.rest == {"$$hashKey": "object:84", "metadata": {}}
    assert same(module.written(), raw)


def test_what_is_written_comes_from_the_views() -> None:
    """A view that lost something would be seen: nothing is copied past it."""
    raw = {"Identifier": "a", "Type": "Loop", "Parameters": {"LoopCount": "2"}, "Transitions": {"NextAction": "b"}}
    view = language.read_action(raw, {})
    assert view.rest == {}
    assert language.Action(view.identifier, "Other", {}).written() == {"Identifier": "a", "Type": "Other"}


def test_the_type_of_an_older_flow_may_be_in_its_metadata() -> None:
    assert legacy.parse('{"modules": [], "metadata": {"type": "agentWhisper", "name": "N"}}').type == "agentWhisper"
    assert legacy.parse('{"modules": [], "type": "customerQueue", "metadata": {"type": "x"}}').type == "customerQueue"
    assert legacy.parse('{"modules": [], "metadata": 5}').type == ""
