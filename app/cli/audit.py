"""`audit`: who did what."""

import asyncio
from datetime import datetime

import typer

from app.cli.context import open_database, settings
from app.cli.output import print_json, print_table
from app.store.repositories.audit import AuditLog

group = typer.Typer(help="Who did what, and what was refused.", no_args_is_help=True)


@group.command("list")
def list_entries(
    limit: int = typer.Option(50, min=1, max=10_000, help="How many entries, the newest first."),
    target: str = typer.Option("", help="Only what was done to this contact, agent or callback (its id)."),
    by: str = typer.Option("", help="Only what this user did."),
    as_json: bool = typer.Option(False, "--json", help="For machines."),
) -> None:
    """Shows the newest entries."""
    with open_database(settings()) as database:
        entries = asyncio.run(AuditLog(database).recent(limit, target, by))
    if as_json:
        return print_json(entries)
    rows = [
        (
            datetime.fromtimestamp(entry.at_ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            entry.by,
            entry.action,
            entry.target or "-",
            ", ".join(f"{name} {value}" for name, value in entry.details.items()) or "-",
            entry.outcome,
        )
        for entry in entries
    ]
    return print_table(("When", "Who", "Did", "To", "With", "Outcome"), rows, "Nothing was done yet.")
