"""`flow convert`: an exported flow in the other format."""

from enum import StrEnum
from pathlib import Path

import typer

from app.cli.flow.desk import read_file
from app.cli.flow.group import group
from app.cli.output import say
from app.flow.formats.convert import as_language, as_legacy
from app.flow.formats.detect import format_of, read, serialise
from app.flow.registry import all_blocks


class Format(StrEnum):
    LEGACY = "legacy"
    LANGUAGE = "language"


@group.command("convert")
def convert(
    file: Path = typer.Argument(help="An exported flow, in either format."),
    to: Format | None = typer.Option(None, "--to", help="The format to write; else the one that the file is not in."),
    out: Path | None = typer.Option(None, "-o", "--out", help="The file to write; else it is printed."),
) -> None:
    """Writes a flow in the other export format. What that format cannot say is kept beside it and comes back when it is converted
    again."""
    document = read(read_file(file))
    wanted = to or (Format.LEGACY if format_of(document) == Format.LANGUAGE else Format.LANGUAGE)
    change = as_legacy if wanted is Format.LEGACY else as_language
    text = serialise(change(document, all_blocks()))
    if out is None:
        say(text)
    else:
        out.write_text(text + "\n")
