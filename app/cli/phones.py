"""`phone`: SIP phones, on desks and in browsers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace

import typer

from app.cli.context import open_database, settings
from app.cli.output import print_json, print_table, say
from app.cli.passwords import new_secret
from app.cli.running import tell_server
from app.config import Settings
from app.domain.instance import Agent
from app.domain.lines import Phone
from app.errors import BadInput
from app.store.db import Database
from app.store.repositories.configurations import Configurations
from app.store.repositories.sip import SipConfiguration
from app.telephony.node.own_address import own_address

group = typer.Typer(help="SIP phones, on desks and in browsers.", no_args_is_help=True)
NAME = typer.Argument(help="The phone's name, which is its SIP user.")


def _run(work: Callable[[SipConfiguration, Database], Awaitable[None]], *, changes: bool = True) -> None:
    chosen = settings()
    with open_database(chosen) as database:

        async def act() -> None:
            await work(SipConfiguration(database), database)

        asyncio.run(act())
    if changes:
        tell_server(chosen)


def codecs_of(text: str) -> tuple[str, ...]:
    """`alaw,ulaw` as a phone or trunk keeps it."""
    return tuple(part for part in (piece.strip() for piece in text.split(",")) if part)


def registrar(chosen: Settings) -> str:
    """Where a phone on the network registers: this machine's address and the SIP port."""
    host = own_address(chosen.bind_address)
    return f"[{host}]:{chosen.sip_port}" if ":" in host else f"{host}:{chosen.sip_port}"


@group.command("add")
def add(
    name: str = NAME,
    kind: str = typer.Option("desk", help="desk (a SIP phone or softphone) or webrtc (a browser)."),
    secret: str = typer.Option("", help="Its SIP password; one is made when none is given."),
    codecs: str = typer.Option("", help="Such as alaw,ulaw,opus: the preferred first. Empty: what suits the kind."),
    transport: str = typer.Option("any", help="any, udp, tcp or tls."),
) -> None:
    """Adds a phone and prints what to type into it."""
    phone = Phone(name, secret or new_secret(), kind, codecs_of(codecs), transport)

    async def work(sip: SipConfiguration, database: Database) -> None:
        if any(known.name == name for known in await sip.phones()):
            raise BadInput(what=f"The phone {name}", why="there is one already; `phone secret` gives it a new password")
        await sip.save_phone(phone)

    _run(work)
    if kind == "webrtc":
        return say(f"Phone {name}: its agent signs in and opens the page /phone.")
    return say(f"Phone {name}: SIP server {registrar(settings())}, user {name}, password {phone.secret}")


@group.command("list")
def list_phones(
    secrets: bool = typer.Option(False, "--secrets", help="Show the SIP passwords too."),
    as_json: bool = typer.Option(False, "--json", help="For machines."),
) -> None:
    """Shows all phones and whose they are; with --secrets everything that is typed into them."""

    async def work(sip: SipConfiguration, database: Database) -> None:
        phones = await sip.phones()
        agents = {agent.phone: agent for agent in (await Configurations(database).current()).agents.values()}
        if as_json:
            return print_json([_entry(phone, agents.get(phone.name), secrets) for phone in phones])
        rows = [
            (phone.name, phone.kind, ",".join(phone.offered_codecs), phone.transport, _owner(agents.get(phone.name)))
            + ((phone.secret,) if secrets else ())
            for phone in phones
        ]
        headings = ("Phone", "Kind", "Codecs", "Transport", "Agent") + (("Password",) if secrets else ())
        print_table(headings, rows, "There are no phones.")
        if phones:
            say(f"SIP server: {registrar(settings())}; a phone's name is its user name.")
        return None

    _run(work, changes=False)


def _owner(agent: Agent | None) -> str:
    return agent.username if agent else "-"


def _entry(phone: Phone, agent: Agent | None, secrets: bool) -> dict[str, object]:
    entry = asdict(phone) | {"codecs": phone.offered_codecs, "agent": agent.username if agent else None}
    if not secrets:
        del entry["secret"]
    return entry


@group.command("secret")
def secret(
    name: str = NAME,
    chosen: str = typer.Option("", "--secret", help="The new password; one is made when none is given."),
) -> None:
    """Gives a phone a new SIP password. It must be typed into the phone before it can register again."""
    password = chosen or new_secret()

    async def work(sip: SipConfiguration, database: Database) -> None:
        await sip.save_phone(replace(await sip.phone(name), secret=password))

    _run(work)
    say(f"The new SIP password of {name} is {password}")


@group.command("remove")
def remove(name: str = NAME) -> None:
    """Removes a phone: it can no longer register or be called. An agent who had it has none then."""

    async def work(sip: SipConfiguration, database: Database) -> None:
        await sip.delete_phone(name)
        say(f"Phone {name} is removed.")

    _run(work)
