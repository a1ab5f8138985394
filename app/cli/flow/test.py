"""`flow test`: scenarios with expectations, for CI."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import typer

from app.cli.flow.group import group
from app.cli.flow.run import default_flows
from app.cli.output import complain, print_table, say
from app.errors import NotFound
from app.sim.flow.coverage import Coverage
from app.sim.flow.junit import junit_xml
from app.sim.flow.testing import Result, Suite

MISSED_SHOWN = 12


@group.command("test")
def run_scenarios(
    paths: list[Path] = typer.Argument(help="Scenario files (YAML), or folders of them."),
    junit: Path | None = typer.Option(None, "--junit", metavar="FILE", help="Writes the results as JUnit XML."),
    require: float = typer.Option(0.0, "--cover", min=0, max=100, help="Percent of branches each flow needs taken."),
) -> None:
    """Runs scenarios and tells in words what is not as they expect, and which branches no scenario took. The exit code is 1 when a
    scenario failed or a flow is covered too little."""
    suite = Suite(default_flows())
    for path in scenario_files(paths):
        for each in suite.run(path):
            _tell(each)
    if not suite.results:
        raise NotFound(what="scenario", name=", ".join(map(str, paths)))
    if junit is not None:
        junit.write_text(junit_xml(suite.results))
    say()
    _tell_coverage(suite.coverage.values())
    failed = sum(bool(each.differences) for each in suite.results)
    thin = [coverage for coverage in suite.coverage.values() if coverage.percent < require]
    for coverage in thin:
        complain(f"{coverage.name} is covered to {coverage.percent:.0f} %, less than {require:g} %.")
    say(f"\n{len(suite.results)} scenarios, {failed or 'none'} failed.")
    if failed or thin:
        raise typer.Exit(1)


def scenario_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and the YAML files in the folders named."""
    for path in paths:
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.suffix in (".yaml", ".yml"))
        else:
            yield path


def _tell(each: Result) -> None:
    say(f"{'FAILED' if each.differences else 'ok    '}  {each.path.stem}: {each.scenario.name}")
    for difference in each.differences:
        say(f"          {difference}")


def _tell_coverage(coverages: Iterable[Coverage]) -> None:
    rows = [(each.name, f"{each.taken} of {each.total}", f"{each.percent:.0f} %") for each in coverages]
    print_table(("FLOW", "BRANCHES TAKEN", "COVERED"), rows, "No flow was walked through.")
    for coverage in coverages:
        if coverage.missed:
            say(f"\nNever taken in {coverage.name}:")
            for missed in coverage.missed[:MISSED_SHOWN]:
                say(f"  {missed.title} ({missed.block}) -> {missed.branch}")
            if len(coverage.missed) > MISSED_SHOWN:
                say(f"  and {len(coverage.missed) - MISSED_SHOWN} more")
