"""`status`: what agents can choose besides Available and Offline."""

import asyncio

import typer

from app.cli.context import open_database, settings
from app.cli.output import print_json, print_table, say
from app.cli.running import tell_server
from app.domain.instance import AgentStatus
from app.store.repositories.administration import Administration
from app.store.repositories.configurations import Configurations

group = typer.Typer(help="The statuses that agents can choose.", no_args_is_help=True)


@group.command("add")
def add(
    name: str = typer.Argument(help="The status, such as Lunch."),
    productive: bool = typer.Option(False, help="Time in it counts as work; else it is non-productive."),
    enabled: bool = typer.Option(True, "--enabled/--disabled", help="A disabled status cannot be chosen."),
    description: str = typer.Option("", help="For administrators."),
) -> None:
    """Adds a status, or changes the one of that name. Agents in it are offered no contacts."""
    with open_database(settings()) as database:
        status = AgentStatus(name.strip(), productive=productive, enabled=enabled, description=description)
        asyncio.run(Administration(database).save_status(status))
    tell_server(settings())
    say(f"Agents {'can' if enabled else 'cannot'} choose {status.name} ({_kind(status)}).")


@group.command("list")
def list_statuses(as_json: bool = typer.Option(False, "--json", help="For machines.")) -> None:
    """Shows all statuses."""
    with open_database(settings()) as database:
        statuses = list(asyncio.run(Configurations(database).current()).statuses.values())
    if as_json:
        return print_json([{name: getattr(each, name) for name in each.__slots__} for each in statuses])
    rows = [(each.name, _kind(each), "yes" if each.enabled else "no", each.description or "-") for each in statuses]
    return print_table(("Status", "Kind", "Enabled", "Description"), rows, "There are no statuses.")


@group.command("remove")
def remove(name: str = typer.Argument(help="The status.")) -> None:
    """Removes a status. Agents who are in it stay until they choose another."""
    with open_database(settings()) as database:
        asyncio.run(Administration(database).delete_status(name))
    tell_server(settings())
    say(f"{name} can be chosen no more.")


def _kind(status: AgentStatus) -> str:
    if status.type != "CUSTOM":
        return status.type.value.lower()
    return "productive" if status.productive else "non-productive"
