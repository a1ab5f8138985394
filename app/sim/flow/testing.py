"""Runs scenario files: each scenario is a test, and together they cover the branches of the flows they go through."""

from dataclasses import dataclass, field
from pathlib import Path

from app.domain.ids import FlowId
from app.domain.instance import FlowContent
from app.sim.flow.coverage import Coverage
from app.sim.flow.expecting import differences
from app.sim.flow.path import Walked
from app.sim.flow.reading import flows_beside, read_scenarios
from app.sim.flow.scenario import Scenario
from app.sim.flow.setting import Survey, make_setting
from app.sim.flow.walk import Walk


@dataclass(frozen=True, slots=True)
class Result:
    """One scenario's walk and what was not as expected."""

    path: Path
    scenario: Scenario
    walked: Walked
    differences: tuple[str, ...]


@dataclass(slots=True)
class Suite:
    """Collects. `coverage` is of the flows that scenarios name; the defaults count when a scenario names them."""

    defaults: tuple[FlowContent, ...]
    results: list[Result] = field(default_factory=list)
    coverage: dict[FlowId, Coverage] = field(default_factory=dict)

    def run(self, path: Path) -> list[Result]:
        """All scenarios of a file. BadInput when it, or a flow it names, cannot be read."""
        new = [self._run(path, scenario) for scenario in read_scenarios(path)]
        self.results += new
        return new

    def _run(self, path: Path, scenario: Scenario) -> Result:
        flows = flows_beside(path, scenario)
        survey = Survey(flows, self.defaults)
        walked = Walk(make_setting(survey, scenario), scenario).walk()
        for flow in flows:
            self.coverage.setdefault(flow.flow_id, Coverage(survey.graphs.graph(flow)))
        for coverage in self.coverage.values():
            coverage.add(walked.path)
        return Result(path, scenario, walked, differences(walked, scenario.expect))
