"""Blocks of what Trunkline does not offer: visible with all their branches, and never silently passed."""

import pytest

from app.flow.checks import publish_findings
from app.flow.graph import compile_flow
from app.flow.registry import all_blocks
from app.flow.unsupported import TITLES
from tests.unit.flow.driving import Run, action, flow, instance, say

pytestmark = pytest.mark.unit


def test_what_is_known_as_unsupported_has_no_block() -> None:
    assert not set(TITLES) & {cls.definition.type for cls in all_blocks().classes}


@pytest.mark.parametrize("type_", sorted(TITLES))
def test_it_takes_its_error_branch_and_shows_all_of_them(type_: str) -> None:
    errors = {"NoneFoundError": "none", "NoMatchingError": "bad"}
    item = action("it", type_, {"Anything": "$.Attributes.x"}, to="ok", errors=errors, equals={"Back": "back"})
    content = flow(item, *(say(key, key, to="end") for key in ("ok", "none", "bad", "back")))
    run = Run(content)
    assert run.heard == ["bad"]
    assert run.trace[0] == (f"Unsupported block: {TITLES[type_]}", "Error")
    node = compile_flow(content, all_blocks()).nodes["it"]
    assert set(node.edges.values()) == {"ok", "none", "bad", "back"}
    assert {node.label(key) for key in node.edges} == {"Success", "NoneFoundError", "Error", "Equals Back"}
    (finding,) = publish_findings(content, instance(content), all_blocks())
    assert (finding.severity, finding.block) == ("warning", "it")
    assert TITLES[type_] in finding.words


def test_without_an_error_branch_it_cannot_be_published() -> None:
    content = flow(action("it", "ShowView", to="end"))
    assert [finding.severity for finding in publish_findings(content, instance(content), all_blocks())] == ["error"]
    assert "is not supported" in Run(content).entries[0].details["reason"]
