"""`user`: who may sign in at the web port."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

import typer

from app.calls.ports import AuditEntry
from app.cli.context import open_database, settings
from app.cli.output import print_json, print_table, say
from app.cli.passwords import ask_password, new_password
from app.clock import SystemClock
from app.errors import BadInput, NotFound
from app.store.db import Database
from app.store.repositories.accounts import Accounts, WebUser
from app.store.repositories.audit import audited
from app.store.repositories.configurations import Configurations

group = typer.Typer(help="Who may sign in at the web port.", no_args_is_help=True)
RANDOM = typer.Option(False, "--random", help="Make a password and print it, instead of asking for one.")
USERNAME = typer.Argument(help="The name to sign in with.")


def _run(work: Callable[[Accounts, Database], Awaitable[None]]) -> None:
    with open_database(settings()) as database:

        async def act() -> None:
            await work(Accounts(database), database)

        asyncio.run(act())


async def _user(accounts: Accounts, username: str) -> WebUser:
    for user in await accounts.users():
        if user.username == username:
            return user
    raise NotFound(what="user", name=username)


def by_command(action: str, username: str, **details: str) -> AuditEntry:
    """What is about to be done at the command line, by whom the system takes this for."""
    at_ms, given = SystemClock().now_ms(), {name: value for name, value in details.items() if value}
    return AuditEntry(at_ms, getpass.getuser(), "command line", action, username, given, "")


def _chosen_password(username: str, random: bool) -> str:
    return new_password() if random else ask_password(username)


@group.command("add")
def add(
    username: str = USERNAME,
    role: str = typer.Option(
        "agent",
        help="admin does everything; supervisor sees all, sets statuses, listens in; agent handles contacts.",
    ),
    agent: str = typer.Option("", help="The agent this user is (its username); an agent's user needs one."),
    random: bool = RANDOM,
) -> None:
    """Lets somebody sign in. Asks for the password; from a pipe its first line is taken."""

    async def work(accounts: Accounts, database: Database) -> None:
        if any(user.username == username for user in await accounts.users()):
            raise BadInput(
                what=f"The user {username}", why="there is one already; `user password` gives a new password"
            )
        agent_id = await _agent_id(database, agent) if agent else None
        password = _chosen_password(username, random)
        with audited(database, by_command("add user", username, role=role, agent=agent)):
            await accounts.save_user(WebUser(username, role, agent_id), password)
        say(f"{username} may sign in" + (f" with the password {password}" if random else "."))

    _run(work)


async def _agent_id(database: Database, username: str) -> str:
    for agent in (await Configurations(database).current()).agents.values():
        if username in (agent.username, agent.agent_id):
            return agent.agent_id
    raise NotFound(what="agent", name=username)


@group.command("list")
def list_users(as_json: bool = typer.Option(False, "--json", help="For machines.")) -> None:
    """Shows everybody who may sign in."""

    async def work(accounts: Accounts, database: Database) -> None:
        users = await accounts.users()
        if as_json:
            return print_json(users)
        rows = [
            (user.username, user.role, user.agent_id or "-", "disabled" if user.disabled else "", _moment(user))
            for user in users
        ]
        return print_table(("User", "Role", "Agent", "", "Last signed in"), rows, "There are no users.")

    _run(work)


def _moment(user: WebUser) -> str:
    if user.last_login_ms is None:
        return "never"
    return datetime.fromtimestamp(user.last_login_ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M")


@group.command("password")
def password(username: str = USERNAME, random: bool = RANDOM) -> None:
    """Gives somebody a new password. They are signed out everywhere, at once."""

    async def work(accounts: Accounts, database: Database) -> None:
        user = await _user(accounts, username)
        chosen = _chosen_password(username, random)
        with audited(database, by_command("change password", username)):
            await accounts.save_user(user, chosen)
        say(f"The new password of {username} is {chosen}" if random else f"{username} has a new password.")

    _run(work)


@group.command("disable")
def disable(
    username: str = USERNAME, again: bool = typer.Option(False, "--enable", help="Let them sign in again instead.")
) -> None:
    """Keeps somebody from signing in and signs them out everywhere, at once."""

    async def work(accounts: Accounts, database: Database) -> None:
        with audited(database, by_command("enable user" if again else "disable user", username)):
            await accounts.save_user(replace(await _user(accounts, username), disabled=not again))
        say(f"{username} may sign in again." if again else f"{username} can no longer sign in.")

    _run(work)


@group.command("delete")
def delete(username: str = USERNAME) -> None:
    """Removes somebody and signs them out everywhere, at once."""

    async def work(accounts: Accounts, database: Database) -> None:
        with audited(database, by_command("delete user", username)):
            await accounts.delete_user(username)
        say(f"{username} is removed.")

    _run(work)
