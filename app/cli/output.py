"""How commands speak: people read sentences and tables on stdout, machines read JSON; what went wrong goes to stderr."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec


def say(text: str = "") -> None:
    """A line for people, visible at once even through a pipe."""
    print(text, flush=True)


def complain(text: str) -> None:
    """A line about something that went wrong."""
    print(text, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """Values, dataclasses included, as indented JSON."""
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode(), flush=True)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Columns as wide as what is in them; the sentence `empty` when there is no row."""
    cells = [[str(cell) for cell in row] for row in rows]
    if not cells:
        say(empty)
        return
    widths = [max(len(line[column]) for line in [list(headings), *cells]) for column in range(len(headings))]
    for line in [list(headings), *cells]:
        say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
