"""`flow resources`, `flow map`, `flow unmap`: what imported flows name, and which of our resources is meant."""

import typer

from app.calls.ports import FlowResource
from app.calls.publishing import Publishing
from app.cli.flow.desk import JSON, at_desk
from app.cli.flow.group import group
from app.cli.output import print_json, print_table, say

KIND = typer.Argument(help="queue, flow, hours, prompt, agent, function or bot.")
IMPORTED = typer.Argument(help="The ARN, id or name that imported flows write.")


@group.command("resources")
def resources(
    name: str = typer.Argument("", help="The flow, by name or id; without one, the map of resources is shown."),
    as_json: bool = JSON,
) -> None:
    """Shows which resources a flow names and what each of them is here, or the whole map."""
    if not name:
        return _show_map(as_json)
    found = at_desk(lambda flows: flows.resources(name))
    if as_json:
        return print_json(found)
    rows = [(f"{use.title} ({use.block})", use.kind, use.written, use.name, _resolution(use)) for use in found]
    return print_table(("Block", "Kind", "As written", "Name", "Here"), rows, "It names no resources.")


def _resolution(use: FlowResource) -> str:
    if not use.resource_id:
        return use.how.upper() if use.how == "unresolved" else use.how
    named = use.resource_name if use.resource_name == use.resource_id else f"{use.resource_name} ({use.resource_id})"
    return f"{named}, by {use.how}" + (f"; {use.doubt}" if use.doubt else "")


def _show_map(as_json: bool) -> None:
    entries = at_desk(lambda flows: flows.resource_map())
    if as_json:
        return print_json(entries)
    rows = [(entry.kind.value, entry.imported, entry.own) for entry in entries]
    return print_table(("Kind", "Imported", "Here"), rows, "Nothing is mapped.")


@group.command("map")
def map_resource(
    kind: str = KIND, imported: str = IMPORTED, own: str = typer.Argument(help="Our resource, by id or name.")
) -> None:
    """Says which of our resources is meant when a flow names another. It counts in every flow, running calls included."""

    async def work(flows: Publishing) -> None:
        await flows.map_resource(kind, imported, own)
        say(f"The {kind} {imported} is {own} from now on.")

    at_desk(work, changes=True)


@group.command("unmap")
def unmap_resource(kind: str = KIND, imported: str = IMPORTED) -> None:
    """Takes a line out of the map."""

    async def work(flows: Publishing) -> None:
        await flows.unmap_resource(kind, imported)
        say(f"The {kind} {imported} is mapped no more.")

    at_desk(work, changes=True)
