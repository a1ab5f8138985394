"""`flow check`: do these files parse, and what is in the way of running them?"""

from pathlib import Path

import typer

from app.cli.flow.group import group
from app.cli.output import say
from app.flow.formats.language import parse


@group.command("check")
def check(paths: list[Path] = typer.Argument(help="Exported flows, or folders of them.")) -> None:
    """Reads each file and names what is wrong with it."""
    for path in paths:
        document = parse(path.read_text())
        say(f"{path}: {len(document.actions())} blocks")
