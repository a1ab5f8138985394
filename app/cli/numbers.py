"""`number`: the telephone numbers of this contact centre and the flows that answer them."""

import asyncio
from collections.abc import Awaitable, Callable

import typer

from app.calls.ports import FlowSummary
from app.cli.context import open_database, settings
from app.cli.output import print_json, print_table, say
from app.cli.running import tell_server
from app.config import Settings
from app.domain.instance import FlowType, OwnedNumber
from app.domain.phone import display, require_e164
from app.errors import BadInput, NotFound
from app.store.db import Database
from app.store.repositories.administration import Administration
from app.store.repositories.flows import Flows

group = typer.Typer(help="Telephone numbers and the flows that answer them.", no_args_is_help=True)
NUMBER = typer.Argument(help="The number: +15551234567, or as it is dialled in the installation's country.")


def _run(work: Callable[[Database, Settings], Awaitable[None]], *, changes: bool = True) -> None:
    chosen = settings()
    with open_database(chosen) as database:

        async def act() -> None:
            await work(database, chosen)

        asyncio.run(act())
    if changes:
        tell_server(chosen)


async def _flow(database: Database, name: str) -> FlowSummary:
    flows = await Flows(database).list()
    found = next((flow for flow in flows if name in (flow.name, flow.flow_id)), None)
    if found is None:
        raise NotFound(what="flow", name=f"{name} (there are {', '.join(flow.name for flow in flows) or 'none'})")
    if found.published_version is None:
        raise BadInput(what=f"The flow {found.name}", why="it is not published yet")
    if found.type is not FlowType.CONTACT:
        raise BadInput(
            what=f"The flow {found.name}", why=f"it is a {found.type.value}; only a contactFlow answers numbers"
        )
    return found


@group.command("add")
def add(
    number: str = NUMBER,
    flow: str = typer.Option(..., help="The flow that answers it, by name."),
    trunk: str = typer.Option("", help="The trunk that brings it, when only that one may."),
    description: str = typer.Option("", help="A note."),
) -> None:
    """Adds a number, or gives it another flow."""

    async def work(database: Database, chosen: Settings) -> None:
        e164 = require_e164(number, chosen.country)
        found = await _flow(database, flow)
        await Administration(database).save_number(OwnedNumber(e164, found.flow_id), trunk or None, description)
        say(f"{display(e164, chosen.country)} ({e164}) is answered by {found.name}.")

    _run(work)


@group.command("list")
def list_numbers(as_json: bool = typer.Option(False, "--json", help="For machines.")) -> None:
    """Shows all numbers with the flows that answer them."""

    async def work(database: Database, chosen: Settings) -> None:
        numbers = await Administration(database).numbers()
        names = {flow.flow_id: flow.name for flow in await Flows(database).list()}
        if as_json:
            return print_json(numbers)
        rows = [
            (
                item.number,
                display(item.number, chosen.country),
                names[item.flow_id],
                item.trunk or "any",
                item.description,
            )
            for item in numbers
        ]
        return print_table(("Number", "As dialled", "Flow", "Trunk", ""), rows, "There are no numbers.")

    _run(work, changes=False)


@group.command("remove")
def remove(number: str = NUMBER) -> None:
    """Removes a number: whoever calls it hears that it is not in service."""

    async def work(database: Database, chosen: Settings) -> None:
        e164 = require_e164(number, chosen.country)
        await Administration(database).delete_number(e164)
        say(f"{display(e164, chosen.country)} is removed.")

    _run(work)
