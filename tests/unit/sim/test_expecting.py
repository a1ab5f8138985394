"""What a scenario expects, and how a difference is told."""

from dataclasses import replace

import pytest

from app.sim.flow.expecting import differences
from app.sim.flow.path import Fault, FunctionCall
from app.sim.flow.scenario import Called, Expectation, Scenario
from tests.unit.sim.flows import walk

pytestmark = pytest.mark.unit

WALKED = replace(walk(Scenario(caller=["7", "1"])), calls=(FunctionCall("lookup", {"number": "1"}),))


@pytest.mark.parametrize(
    "expected",
    [
        Expectation(),
        Expectation(heard=["Welcome", "no choice", "Press 1"], not_heard=["Goodbye"]),
        Expectation(path=["hello", "Get customer input -> No match", "menu -> 1"], not_visited=["full", "menu -> 2"]),
        Expectation(ends="queue Sales", within_s=10),
        Expectation(attributes={"topic": None}, contact={"queue_id": "Sales", "callback_number": ""}),
        Expectation(functions=[Called("lookup", {"number": "1"})]),
    ],
)
def test_nothing_is_told_when_all_is_as_expected(expected: Expectation) -> None:
    assert differences(WALKED, expected) == ()


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        (Expectation(heard=["Press 1", "Welcome"]), '"Welcome" was not heard after "Press 1 or 2"'),
        (Expectation(not_heard=["choice"]), '"choice" was heard, in "That is no choice"'),
        (Expectation(path=["menu -> 2"]), "did not come through menu -> 2; it went hello -> Okay, menu -> No match"),
        (Expectation(not_visited=["sorry"]), "came through sorry"),
        (Expectation(ends="disconnect"), "ended with queue Sales, not with disconnect"),
        (Expectation(within_s=3), "longer than 3 s"),
        (Expectation(attributes={"topic": "news"}), 'The attribute topic is not set, not "news"'),
        (Expectation(contact={"queue_id": "Other"}), 'The contact\'s queue_id is "Sales", not "Other"'),
        (Expectation(contact={"colour": "red"}), "A contact has no colour"),
        (Expectation(functions=[Called("other")]), 'The function other was not called; called were "lookup"'),
        (Expectation(functions=[Called("lookup", {"number": "2"})]), 'was called with number="1", not with number="2"'),
    ],
)
def test_a_difference_is_a_sentence(expected: Expectation, told: str) -> None:
    (difference,) = differences(WALKED, expected)
    assert told in difference


def test_a_mistake_inside_is_never_expected() -> None:
    walked = replace(WALKED, faults=(Fault("Demo", "menu", "KeyError: 1", "flow/context.py:1"),))
    assert differences(walked, Expectation()) == ("A mistake in block menu: KeyError: 1 (flow/context.py:1).",)
