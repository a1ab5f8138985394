"""`flow explore`: random callers, faults and clocks against flows, in search of what must never happen."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer

from app.cli.flow.group import group
from app.cli.flow.run import default_flows
from app.cli.output import complain, print_json, print_table, say
from app.errors import TrunklineError
from app.sim.flow.explore import Explored, Found, explore
from app.sim.flow.reading import read_flow, write_scenario

COLUMNS = ("FILE", "WALKS", "BLOCKS", "COVERED", "ENDINGS", "WRONG")
SHOWN = 3
"""Scenarios told of one flow; the rest fails the same way more often than not."""


@group.command("explore")
def explore_flows(
    paths: list[Path] = typer.Argument(help="Flows in either format, or folders of them."),
    seeds: int = typer.Option(100, "--seeds", min=1, help="How many walks through each flow."),
    first: int = typer.Option(0, "--first", min=0, help="The first seed."),
    as_json: bool = typer.Option(False, "--json", help="Everything as one JSON object."),
) -> None:
    """Walks through each flow many times: keys right and wrong, silence, hang-ups, failing prompts and functions, closed hours, full
    queues, events late and twice. What goes wrong is told with the scenario that repeats it; then the exit code is 1."""
    began = time.monotonic()
    defaults = default_flows()
    results: list[tuple[Path, Explored]] = []
    unread: list[tuple[Path, str]] = []
    for path in flow_files(paths):
        try:
            results.append((path, explore(read_flow(path), defaults, range(first, first + seeds))))
        except TrunklineError as error:
            unread.append((path, str(error)))
    took_s = time.monotonic() - began
    if as_json:
        print_json(_as_json(results, unread, took_s))
    else:
        _tell(results, took_s)
        for _, why in unread:
            complain(why)
    if unread or any(each.found for _, each in results):
        raise typer.Exit(1)


def flow_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those with the ending .json in the folders named."""
    for path in paths:
        yield from sorted(path.rglob("*.json")) if path.is_dir() else (path,)


def _tell(results: list[tuple[Path, Explored]], took_s: float) -> None:
    print_table(COLUMNS, [_row(path, each) for path, each in results], "There is no flow to explore.")
    walks = sum(each.walks for _, each in results)
    steps = sum(each.steps for _, each in results)
    wrong = sum(len(each.found) for _, each in results)
    say(
        f"\n{walks} walks through {len(results)} flows, {steps} blocks, in {took_s:.1f} s. {wrong or 'No'} walks went wrong."
    )
    for path, each in results:
        for found in each.found[:SHOWN]:
            _tell_found(path, found)


def _row(path: Path, each: Explored) -> tuple[object, ...]:
    endings = ", ".join(f"{count} {ending}" for ending, count in each.endings.most_common())
    return path.name, each.walks, each.steps, f"{each.coverage.percent:.0f} %", endings, len(each.found) or ""


def _tell_found(path: Path, found: Found) -> None:
    say()
    for fault in found.faults:
        say(f"{path}, seed {found.seed}, block {fault.block or '?'}: {fault.words} {fault.place}".rstrip())
    say("The scenario, for `flow run --script`:")
    say(write_scenario(found.scenario))


def _as_json(results: list[tuple[Path, Explored]], unread: list[tuple[Path, str]], took_s: float) -> dict[str, Any]:
    return {
        "took_s": round(took_s, 2),
        "walks": sum(each.walks for _, each in results),
        "wrong": sum(len(each.found) for _, each in results),
        "files": [
            {
                "path": str(path),
                "name": each.flow.name,
                "type": each.flow.type,
                "walks": each.walks,
                "blocks": each.steps,
                "endings": dict(each.endings),
                "covered_percent": round(each.coverage.percent, 1),
                "never_taken": each.coverage.missed,
                "wrong": [
                    {"seed": found.seed, "faults": found.faults, "scenario": write_scenario(found.scenario)}
                    for found in each.found
                ],
            }
            for path, each in results
        ],
        "unread": [{"path": str(path), "why": why} for path, why in unread],
    }
