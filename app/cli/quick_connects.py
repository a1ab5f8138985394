"""`quick-connect`: where agents transfer and dial to by name."""

import asyncio
from collections.abc import Iterable

import typer

from app.cli.context import open_database, settings
from app.cli.output import print_json, print_table, say
from app.cli.running import tell_server
from app.domain.ids import AgentId, FlowId, QueueId, QuickConnectId
from app.domain.instance import Instance
from app.domain.phone import require_e164
from app.domain.quick_connect import QuickConnect, QuickConnectType
from app.errors import BadInput, NotFound
from app.store.repositories.configurations import Configurations
from app.store.repositories.quick_connects import QuickConnects

group = typer.Typer(help="Where agents transfer and dial to by name.", no_args_is_help=True)


@group.command("add")
def add(
    name: str = typer.Argument(help="The name that agents see."),
    description: str = typer.Option(..., help="For agents: who or what is there."),
    agent: str = typer.Option("", help="The agent it leads to."),
    queue: str = typer.Option("", help="The queue it leads to."),
    number: str = typer.Option("", help="The outside number it leads to."),
    flow: str = typer.Option("", help="The transfer flow that agents hear; the default one when left out."),
    of: list[str] = typer.Option([], help="A queue whose agents have it; may be said again. All queues when left out."),
) -> None:
    """Adds a quick connect, or changes the one of that name. It leads to one agent, one queue or one number."""
    with open_database(settings()) as database:
        instance = asyncio.run(Configurations(database).current())
        quick_connect = QuickConnect(
            _known(instance, name),
            name,
            _type(agent, queue, number),
            description.strip(),
            AgentId(_find(agent, "agent", ((each.agent_id, each.username) for each in instance.agents.values())))
            or None,
            QueueId(_queue(instance, queue)) or None,
            require_e164(number, instance.country) if number else "",
            FlowId(_find(flow, "published flow", ((each.flow_id, each.name) for each in instance.flows.values())))
            or None,
        )
        queues = tuple(_queue(instance, each) for each in of) or tuple(instance.queues)
        asyncio.run(QuickConnects(database).save(quick_connect, queues))
    tell_server(settings())
    say(f"Agents of {len(queues)} queue(s) can transfer to {name}.")


@group.command("list")
def list_quick_connects(as_json: bool = typer.Option(False, "--json", help="For machines.")) -> None:
    """Shows all quick connects with the queues that have them."""
    with open_database(settings()) as database:
        instance = asyncio.run(Configurations(database).current())
    quick_connects = list(instance.quick_connects.values())
    if as_json:
        return print_json([_entry(instance, each) for each in quick_connects])
    rows = [
        (each.name, each.type, _leads_to(instance, each), _queues(instance, each), each.description)
        for each in quick_connects
    ]
    return print_table(
        ("Quick connect", "Type", "Leads to", "Queues", "Description"), rows, "There are no quick connects."
    )


@group.command("remove")
def remove(name: str = typer.Argument(help="The quick connect.")) -> None:
    """Removes a quick connect from all queues."""
    with open_database(settings()) as database:
        instance = asyncio.run(Configurations(database).current())
        known = _find(
            name, "quick connect", ((each.quick_connect_id, each.name) for each in instance.quick_connects.values())
        )
        asyncio.run(QuickConnects(database).delete(known))
    tell_server(settings())
    say(f"{name} is removed.")


def _known(instance: Instance, name: str) -> QuickConnectId:
    """The id of the quick connect of that name; the name itself for a new one."""
    found = (each.quick_connect_id for each in instance.quick_connects.values() if each.name == name)
    return next(found, QuickConnectId(name))


def _type(agent: str, queue: str, number: str) -> QuickConnectType:
    given = {QuickConnectType.AGENT: agent, QuickConnectType.QUEUE: queue, QuickConnectType.EXTERNAL: number}
    chosen = [kind for kind, value in given.items() if value]
    if len(chosen) != 1:
        raise BadInput(what="The destination", why="say one of --agent, --queue and --number")
    return chosen[0]


def _find(name: str, what: str, known: Iterable[tuple[str, str]]) -> str:
    """The id of the one that is named by id or name; empty for an empty name."""
    if not name:
        return ""
    for found_id, found_name in known:
        if name in (found_id, found_name):
            return found_id
    raise NotFound(what=what, name=name)


def _queue(instance: Instance, name: str) -> str:
    return _find(name, "queue", ((each.queue_id, each.name) for each in instance.queues.values()))


def _queues(instance: Instance, quick_connect: QuickConnect) -> str:
    names = [queue.name for queue in instance.queues.values() if quick_connect.quick_connect_id in queue.quick_connects]
    return ", ".join(names) or "-"


def _leads_to(instance: Instance, quick_connect: QuickConnect) -> str:
    if quick_connect.agent_id is not None and quick_connect.agent_id in instance.agents:
        return instance.agents[quick_connect.agent_id].username
    if quick_connect.queue_id is not None and quick_connect.queue_id in instance.queues:
        return instance.queues[quick_connect.queue_id].name
    return quick_connect.number


def _entry(instance: Instance, quick_connect: QuickConnect) -> dict[str, object]:
    fields: dict[str, object] = {name: getattr(quick_connect, name) for name in quick_connect.__slots__}
    return fields | {"queues": _queues(instance, quick_connect)}
