"""`agent`: the people who take contacts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import typer

from app.cli.context import open_database, settings
from app.cli.output import print_json, print_table, say
from app.cli.running import server_of, tell_server
from app.domain.agent import OFFLINE
from app.domain.ids import AgentId
from app.domain.instance import Agent, Instance, RoutingProfile
from app.domain.lines import softphone_of
from app.domain.phone import require_e164, why_not_called
from app.errors import BadInput, NotFound, Unavailable
from app.store.db import Database
from app.store.repositories.administration import Administration
from app.store.repositories.configurations import Configurations
from app.store.repositories.sip import SipConfiguration

group = typer.Typer(help="The people who take contacts.", no_args_is_help=True)


def _run(work: Callable[[Database, Instance], Awaitable[None]], *, changes: bool = True) -> None:
    chosen = settings()
    with open_database(chosen) as database:

        async def act() -> None:
            await work(database, await Configurations(database).current())

        asyncio.run(act())
    if changes:
        tell_server(chosen)


def _profile(instance: Instance, name: str) -> RoutingProfile:
    profiles = list(instance.profiles.values())
    if not name and len(profiles) == 1:
        return profiles[0]
    for profile in profiles:
        if name in (profile.name, profile.profile_id):
            return profile
    raise NotFound(what="routing profile", name=f"{name!r} (there are {', '.join(p.name for p in profiles) or 'none'})")


def _status(instance: Instance, name: str) -> str:
    known = instance.status(name)
    if known is None:
        names = ", ".join(instance.statuses)
        raise BadInput(what=f"The status {name}", why=f"there is none of that name; choose one of {names}")
    return known.name


@group.command("add")
def add(
    username: str = typer.Argument(help="The agent's name, such as bob."),
    phone: str = typer.Option("", help="The phone that rings; the one of the agent's name when none is given."),
    profile: str = typer.Option("", help="The routing profile, by name; may be left out when there is only one."),
    first_name: str = typer.Option("", help="As contact records show it."),
    last_name: str = typer.Option("", help="As contact records show it."),
    ring: int = typer.Option(20, min=5, max=120, help="Seconds the phone rings before the contact is missed."),
    after_contact_work: int = typer.Option(0, min=0, help="Seconds of after contact work; 0: the agent ends it."),
    missed_return: int = typer.Option(0, min=0, help="Seconds until an agent who missed is Available again; 0: never."),
    available_when_registered: bool = typer.Option(
        False, help="The desk phone's registration makes the agent Available: no browser is needed."
    ),
    auto_accept: bool = typer.Option(False, help="The agent's phone answers by itself."),
    missed_limit: int = typer.Option(
        0, min=0, help="After so many contacts in a row that did not reach the agent their status changes; 0: never."
    ),
    missed_limit_status: str = typer.Option(OFFLINE, help="The status they are set to then."),
    offline_when_lost: int = typer.Option(
        0, min=0, help="Seconds after which an agent whose phone is lost is set to Offline; 0: never."
    ),
    softphone: bool = typer.Option(
        False, "--softphone", help="The browser rings, on the page /phone; --phone may name a desk phone besides."
    ),
    outside_number: str = typer.Option("", help="A number that is called over the trunks instead of the phone."),
) -> None:
    """Adds an agent, or changes one of that name."""

    async def work(database: Database, instance: Instance) -> None:
        known = {agent.username: agent for agent in instance.agents.values()}
        agent_id = known[username].agent_id if username in known else AgentId(username)
        desk = phone or ("" if softphone else username)
        number = _callable(outside_number, instance) if outside_number else ""
        if desk:
            await _free(database, known, username, desk)
        rings = softphone_of(agent_id) if softphone else desk
        agent = Agent(
            agent_id,
            username,
            _profile(instance, profile).profile_id,
            rings,
            first_name,
            last_name,
            ring,
            after_contact_work or None,
            available_when_registered,
            missed_return or None,
            auto_accept,
            missed_limit or None,
            _status(instance, missed_limit_status),
            offline_when_lost or None,
            number,
            desk,
        )
        await Administration(database).save_agent(agent)
        say(f"Agent {username} takes contacts of {_profile(instance, profile).name} on phone {number or rings}.")

    _run(work)


def _callable(text: str, instance: Instance) -> str:
    """An outside number that may be called, in E.164."""
    number = require_e164(text, instance.country)
    refused = why_not_called(number, instance.country, instance.destinations)
    if refused:
        raise BadInput(what=f"The outside number {number}", why=f"{refused}; the setting `destinations` can name it")
    return number


async def _free(database: Database, known: dict[str, Agent], username: str, phone: str) -> None:
    """NotFound for a phone that there is not, BadInput for one that is another agent's."""
    await SipConfiguration(database).phone(phone)
    for other in known.values():
        if phone in (other.phone, other.desk_phone) and other.username != username:
            raise BadInput(what=f"The phone {phone}", why=f"it is {other.username}'s; give each agent one of their own")


@group.command("list")
def list_agents(as_json: bool = typer.Option(False, "--json", help="For machines.")) -> None:
    """Shows all agents; while the server runs, with what they do now."""
    live = _live()

    async def work(database: Database, instance: Instance) -> None:
        agents = sorted(instance.agents.values(), key=lambda agent: agent.username)
        if as_json:
            return print_json([_entry(agent, live.get(agent.agent_id)) for agent in agents])
        rows = [
            (
                agent.username,
                instance.profiles[agent.profile_id].name,
                agent.outside_number or agent.phone or "-",
                *_now(live.get(agent.agent_id)),
            )
            for agent in agents
        ]
        return print_table(
            ("Agent", "Routing profile", "Phone", "", "Status", "Activity", "Since"), rows, "There are no agents."
        )

    _run(work, changes=False)


def _live() -> dict[str, dict[str, Any]]:
    """What the running server says of each agent; nothing when none runs."""

    async def ask() -> dict[str, dict[str, Any]]:
        async with server_of(settings()) as server:
            return {agent["agent_id"]: agent for agent in (await server.status())["agents"]}

    try:
        return asyncio.run(ask())
    except Unavailable:
        return {}


def _now(live: dict[str, Any] | None) -> tuple[str, str, str, str]:
    if live is None:
        return "", "", "", ""
    since = _clock(live["since_ms"]) if live["since_ms"] else "-"
    activity = live["activity"] + (f" ({live['reason']})" if live["reason"] else "")
    return "reachable" if live["phone_reachable"] else "not registered", live["status"], activity, since


def _clock(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000).astimezone().strftime("%H:%M:%S")


def _entry(agent: Agent, live: dict[str, Any] | None) -> dict[str, Any]:
    fields = {name: getattr(agent, name) for name in agent.__slots__}
    return fields | {"now": live}


@group.command("status")
def status(
    username: str = typer.Argument(help="The agent."),
    new: str = typer.Argument(help="Available, Offline or a status of your own."),
) -> None:
    """Sets an agent's status on the running server. During a contact it holds once the contact is done."""

    async def ask() -> None:
        async with server_of(settings()) as server:
            for agent in (await server.status())["agents"]:
                if username in (agent["username"], agent["agent_id"]):
                    return await server.set_agent_status(agent["agent_id"], new)
            raise NotFound(what="agent", name=username)

    asyncio.run(ask())
    say(f"{username} is {new} as soon as possible.")
