"""Many walks by chance through one flow, looking for what must never happen."""

from collections import Counter
from dataclasses import dataclass

from app.domain.instance import FlowContent
from app.sim.flow.chance import Vocabulary, random_scenario
from app.sim.flow.coverage import Coverage
from app.sim.flow.path import End, Fault
from app.sim.flow.scenario import Scenario
from app.sim.flow.setting import Survey, make_setting
from app.sim.flow.walk import Walk, place_of

UNEXPECTED = {
    End.STUCK: "the run waits for something that nobody will ever send",
    End.TIME: "the run goes on although the caller has hung up",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A walk that went wrong. Its scenario makes it happen again."""

    seed: int
    scenario: Scenario
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Explored:
    """What came of exploring one flow."""

    flow: FlowContent
    walks: int
    steps: int
    """Blocks that were left, all walks together."""
    endings: Counter[str]
    coverage: Coverage
    found: tuple[Found, ...]


def explore(flow: FlowContent, defaults: tuple[FlowContent, ...], seeds: range) -> Explored:
    """One walk a seed. Every walk has to end in a block, in a wait for the outside, with the caller's hang-up or at the step guard."""
    survey = Survey((flow,), defaults)
    graph = survey.graphs.graph(flow)
    words, coverage = Vocabulary(graph), Coverage(graph)
    endings: Counter[str] = Counter()
    found, steps = [], 0
    for seed in seeds:
        scenario = random_scenario(words, flow.flow_id, seed)
        try:
            walked = Walk(make_setting(survey, scenario), scenario).walk()
        except Exception as error:
            fault = Fault(flow.name, "", f"{type(error).__name__}: {error}", place_of(error))
            found.append(Found(seed, scenario, (fault,)))
            continue
        endings[walked.ending.kind.value] += 1
        steps += len(walked.path)
        coverage.add(walked.path)
        faults = walked.faults
        if walked.ending.kind in UNEXPECTED:
            block = walked.path[-1].block if walked.path else ""
            faults += (Fault(flow.name, block, UNEXPECTED[walked.ending.kind]),)
        if faults:
            found.append(Found(seed, scenario, faults))
    return Explored(flow, len(seeds), steps, endings, coverage, tuple(found))
