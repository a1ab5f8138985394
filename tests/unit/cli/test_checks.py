"""The checks of `check`: each finds what it is there to find, and the project as it is passes those that concern tables."""

from dataclasses import replace

import pytest

from app.calls.brain import OWNERS
from app.cli.checks.blocks import block_findings, unfinished_blocks
from app.cli.checks.configuration import dangerous_configuration
from app.cli.checks.shipped import faulty_flows, flow_findings
from app.cli.checks.source import source_findings
from app.cli.checks.tables import incomplete_owners, incomplete_transitions, ownership_findings, transition_findings
from app.cli.checks.web import faulty_templates, undeclared_web_routes
from app.cli.demo_content import shipped_flows
from app.domain.agent import TRANSITIONS, Activity, AgentTrigger
from app.flow.block import Block, Legacy, block

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "check",
    [
        incomplete_owners,
        incomplete_transitions,
        unfinished_blocks,
        faulty_flows,
        dangerous_configuration,
        faulty_templates,
        undeclared_web_routes,
    ],
)
def test_the_project_passes(check: object) -> None:
    assert list(check()) == []  # type: ignore[operator]


def test_an_event_without_an_owner_is_found() -> None:
    wanted = set(OWNERS)
    gone = next(iter(wanted))
    (finding,) = ownership_findings(wanted, wanted - {gone})
    assert gone.__name__ in finding
    (finding,) = ownership_findings(wanted - {gone}, wanted)
    assert "neither an event nor a request" in finding


def test_an_activity_without_a_way_out_or_in_is_found() -> None:
    stuck = {move: after for move, after in TRANSITIONS.items() if move[0] is not Activity.MISSED}
    assert any("'missed' never becomes" in finding for finding in transition_findings(stuck, Activity.IDLE))
    lone = {move: after for move, after in TRANSITIONS.items() if after is not Activity.ERROR}
    assert any("'error' can never be reached" in finding for finding in transition_findings(lone, Activity.IDLE))
    calm = {move: after for move, after in TRANSITIONS.items() if move[1] is not AgentTrigger.DECLINED}
    assert any("'declined' moves no" in finding for finding in transition_findings(calm, Activity.IDLE))


def test_an_unfinished_block_is_found() -> None:
    @block("Nothing", group="", title="Nothing", legacy=Legacy(""))
    class Nothing(Block):
        pass

    found = " ".join(block_findings(Nothing))
    assert "no docstring" in found
    assert "older export" in found
    assert "does nothing" in found


def test_a_flow_that_leads_nowhere_is_found() -> None:
    flows = shipped_flows()
    (sample,) = (flow for flow in flows if flow.flow_id == "sample_inbound")
    broken = replace(sample, content=sample.content.replace('"Identifier": "Menu"', '"Identifier": "Other"'))
    assert any("Menu" in finding for finding in flow_findings((*(flow for flow in flows if flow != sample), broken)))
    assert any("No default customerQueue" in finding for finding in flow_findings((sample,)))


def test_long_and_put_off_source_is_found() -> None:
    long = "def f():\n" + "    pass\n" * 60
    assert [finding for finding in source_findings(long) if "f in line 1 has 61 lines" in finding]
    assert [finding for finding in source_findings("x = 1\n" * 301) if "301 lines" in finding]
    assert [finding for finding in source_findings("# TO" + "DO: later") if "puts something off" in finding]
    assert not list(source_findings("done = True\n" * 300))
