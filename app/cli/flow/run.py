"""`flow run`: walks one caller through a flow and shows the way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from app.cli.demo_content import shipped_flows
from app.cli.flow.group import group
from app.cli.output import complain, print_json, print_table, say
from app.domain.instance import FlowContent
from app.errors import BadInput
from app.sim.flow.path import Visit, Walked
from app.sim.flow.reading import read_flow, read_scenarios
from app.sim.flow.scenario import Scenario
from app.sim.flow.setting import Survey, make_setting
from app.sim.flow.walk import Walk

COLUMNS = ("TIME", "BLOCK", "RESULT", "HEARD AND CHANGED")
_WIDEST = 100
_LONGEST_ID = 32


def default_flows() -> tuple[FlowContent, ...]:
    """The flows that serve where a contact has none of its own, as in a new instance."""
    return tuple(flow for flow in shipped_flows() if flow.flow_id.startswith("default_"))


@group.command("run")
def run(
    file: Path = typer.Argument(help="The flow, in either format."),
    script: Path | None = typer.Option(None, "--script", help="A scenario (YAML). Without it the caller stays silent."),
    name: str = typer.Option("", "--scenario", help="Which one, when the file holds several."),
    as_json: bool = typer.Option(False, "--json", help="The whole walk as JSON."),
) -> None:
    """Walks one caller through a flow in virtual time: every block, the branch it took, what was heard and changed."""
    scenario = _choose(script, name) if script else Scenario()
    others = tuple(read_flow(script.parent / other) for other in scenario.others) if script else ()
    setting = make_setting(Survey((read_flow(file), *others), default_flows()), scenario)
    walked = Walk(setting, scenario).walk()
    if as_json:
        print_json(_as_json(walked))
    else:
        print_table(COLUMNS, map(_row, walked.path), "No block was left.")
        say(f"\nThe walk ends after {walked.took_ms / 1000:.1f} s: {walked.ending.words}.{_because(walked)}")
    for fault in walked.faults:
        complain(f"Mistake in block {fault.block} of {fault.flow}: {fault.words} ({fault.place})")
    if walked.faults:
        raise typer.Exit(1)


def _choose(script: Path, name: str) -> Scenario:
    scenarios = read_scenarios(script)
    for scenario in scenarios:
        if name in ("", scenario.name):
            return scenario
    raise BadInput(what=f"The scenario {name!r}", why=f"{script} has only {', '.join(each.name for each in scenarios)}")


def _because(walked: Walked) -> str:
    return f" {walked.ending.reason[:1].upper()}{walked.ending.reason[1:]}." if walked.ending.reason else ""


def _row(visit: Visit) -> tuple[str, str, str, str]:
    return f"{visit.at_ms / 1000:.1f}", block_words(visit), visit.branch, _shortened("; ".join(_details(visit)))


def block_words(visit: Visit) -> str:
    """The block's title with its id, as far as the id is readable."""
    if not visit.block:
        return visit.title
    return f"{visit.title} ({visit.block[:_LONGEST_ID]})"


def _details(visit: Visit) -> Iterator[str]:
    last, times = "", 0
    for text in (*visit.heard, ""):
        if text != last and last:
            yield f'"{last}"' + (f" {times} times" if times > 1 else "")
        last, times = text, times + 1 if text == last else 1
    yield from (f"{name} = {value}" for name, value in visit.changed.items())
    if "reason" in visit.notes:
        yield visit.notes["reason"]


def _shortened(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."


def _as_json(walked: Walked) -> dict[str, Any]:
    return {
        "ends": walked.ending.words,
        "reason": walked.ending.reason,
        "took_ms": walked.took_ms,
        "path": walked.path,
        "functions": walked.calls,
        "contact": walked.contact,
        "faults": walked.faults,
    }
