"""`flow logs`: what blocks a contact went through while logging was on."""

import typer

from app.cli.flow.desk import JSON, at_desk
from app.cli.flow.group import group
from app.cli.output import print_json, print_table


@group.command("logs")
def logs(contact_id: str = typer.Argument(help="The contact's id."), as_json: bool = JSON) -> None:
    """Shows a contact's flow log, oldest first."""
    entries = at_desk(lambda flows: flows.logs(contact_id))
    if as_json:
        return print_json(entries)
    rows = [
        (
            entry["Timestamp"],
            entry["ContactFlowName"],
            entry["ContactFlowModuleType"],
            entry["Identifier"],
            entry["Results"],
            _values(entry),
        )
        for entry in entries
    ]
    headings = ("At", "Flow", "Block", "Identifier", "Result", "")
    return print_table(headings, rows, f"Nothing is logged of {contact_id}: is there a Set logging behavior block?")


def _values(entry: dict[str, object]) -> str:
    """What the block was given, in one line."""
    given = {**_mapping(entry.get("Parameters")), **_mapping(entry.get("ExternalResults"))}
    if "Error" in entry:
        given["Error"] = entry["Error"]
    return ", ".join(f"{name}={value}" for name, value in given.items())


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
