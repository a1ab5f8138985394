"""`flow export`: a flow of this installation as a file."""

from pathlib import Path

import typer

from app.cli.flow.desk import NAME, at_desk
from app.cli.flow.group import group
from app.cli.output import say
from app.errors import BadInput


@group.command("export")
def export(
    name: str = NAME,
    version: int | None = typer.Option(None, min=1, help="A published version; else what was saved last."),
    export_format: str = typer.Option(
        "", "--format", metavar="FORMAT", help="legacy or language; else the format it came in."
    ),
    output: Path | None = typer.Option(None, "--output", "-o", metavar="FILE", help="Where to; else standard output."),
) -> None:
    """Writes a flow as it was imported or saved."""
    content = at_desk(lambda flows: flows.export(name, version, export_format)).content
    if output is None:
        return say(content)
    try:
        output.write_text(content, encoding="utf-8")
    except OSError as error:
        raise BadInput(what=f"The file {output}", why=(error.strerror or str(error)).lower()) from None
    return say(f"{name} is written to {output}.")
