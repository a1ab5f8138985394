"""`flow check`: what exported flows hold, which of their blocks run here, and what is in the way of running them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import typer

from app.cli.flow.group import group
from app.cli.output import complain, print_json, print_table, say
from app.errors import BadInput
from app.flow.examination import Examined, examine
from app.flow.formats.detect import claims_to_be_flow
from app.flow.registry import all_blocks

LARGEST_BYTES = 16 * 1024 * 1024
"""Files of a folder that are larger are no flows."""
NOT_ALL_PARSE = 2


@dataclass(frozen=True, slots=True)
class Checked:
    """A file and what it holds, or why it holds no flow."""

    path: Path
    flow: Examined | None
    error: str = ""


@group.command("check")
def check(
    paths: list[Path] = typer.Argument(help="Exported flows in either format, or folders of them."),
    as_json: bool = typer.Option(False, "--json", help="Everything as one JSON object."),
) -> None:
    """Reads every flow: its blocks and which of them run here, the resources it names, what is wrong with it, and whether an
    export gives the same JSON again. Fails when a file is no flow."""
    checked = [found for path in paths for found in (_folder(path) if path.is_dir() else [_file(path)])]
    if as_json:
        print_json({"files": [_as_json(each) for each in checked]})
    else:
        _print(checked)
    for each in checked:
        if each.error:
            complain(f"{each.path}: {each.error}")
    if any(each.error for each in checked):
        raise typer.Exit(NOT_ALL_PARSE)


def _file(path: Path) -> Checked:
    try:
        return Checked(path, examine(path.read_bytes().decode(), all_blocks()))
    except OSError as error:
        return Checked(path, None, f"It cannot be read ({error.strerror}).")
    except UnicodeDecodeError:
        return Checked(path, None, "It is not text.")
    except BadInput as error:
        return Checked(path, None, str(error))


def _folder(folder: Path) -> Iterator[Checked]:
    """Its files whose content is a flow or claims to be one."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file() or path.stat().st_size > LARGEST_BYTES:
            continue
        found = _file(path)
        if found.flow is not None or claims_to_be_flow(path.read_bytes().decode(errors="replace")):
            yield found


def _as_json(checked: Checked) -> dict[str, Any]:
    if checked.flow is None:
        return {"path": str(checked.path), "error": checked.error}
    return {"path": str(checked.path)} | msgspec.to_builtins(checked.flow)


def _print(checked: list[Checked]) -> None:
    flows = [(each.path, each.flow) for each in checked if each.flow is not None]
    print_table(
        ("FILE", "FORMAT", "TYPE", "BLOCKS", "SUPPORTED", "RESOURCES", "ERRORS", "WARNINGS", "ROUND TRIP"),
        [_row(path, flow) for path, flow in flows],
        "There is no flow.",
    )
    if len(flows) == 1:
        _print_details(flows[0][1])
    if flows:
        _print_coverage([flow for _, flow in flows])


def _row(path: Path, flow: Examined) -> tuple[object, ...]:
    severities = Counter(each.severity for each in flow.findings)
    return (
        path,
        flow.format,
        flow.type or "not said",
        flow.blocks,
        flow.supported,
        len(flow.unresolved),
        severities["error"],
        severities["warning"],
        "same" if flow.round_trip else "DIFFERS",
    )


def _print_details(flow: Examined) -> None:
    for each in flow.findings:
        where = f"{each.block}: " if each.block else ""
        say(f"{each.severity}: {where}{each.words} {each.remedy}".rstrip())
    if flow.unresolved:
        say()
        rows = [(each.kind, each.name, each.value, each.block) for each in flow.unresolved]
        print_table(("NAMES", "CALLED", "AS", "IN BLOCK"), rows, "")


def _print_coverage(flows: list[Examined]) -> None:
    blocks: Counter[tuple[str, str]] = Counter()
    files: Counter[tuple[str, str]] = Counter()
    running: Counter[tuple[str, str]] = Counter()
    for flow in flows:
        for type, coverage in flow.types.items():
            blocks[flow.format, type] += coverage.blocks
            running[flow.format, type] += coverage.supported
            files[flow.format, type] += 1
    say()
    rows = [
        (type, format, count, files[format, type], _support(count, running[format, type]))
        for (format, type), count in sorted(blocks.items(), key=lambda item: (-item[1], item[0]))
    ]
    print_table(("BLOCK", "FORMAT", "BLOCKS", "FILES", "SUPPORTED"), rows, "")
    total, supported = blocks.total(), running.total()
    share = f" ({100 * supported / total:.1f} %)" if total else ""
    say(
        f"\n{len(flows)} {'flow' if len(flows) == 1 else 'flows'}, {total} blocks, {supported} of them supported{share}."
    )


def _support(count: int, running: int) -> str:
    return "yes" if running == count else "no" if not running else f"{running} of {count}"
