"""`trunk`: the lines to the telephone network."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace

import typer

from app.cli.context import open_database, settings
from app.cli.output import print_json, print_table, say
from app.cli.passwords import ask_password
from app.cli.phones import codecs_of
from app.cli.running import tell_server
from app.cli.trunk_probe import trunk_findings
from app.domain.lines import Trunk
from app.errors import BadInput
from app.store.repositories.sip import SipConfiguration

group = typer.Typer(help="Lines to the telephone network.", no_args_is_help=True)
NAME = typer.Argument(help="The trunk's name.")


def _run(work: Callable[[SipConfiguration], Awaitable[None]], *, changes: bool = True) -> None:
    chosen = settings()
    with open_database(chosen) as database:

        async def act() -> None:
            await work(SipConfiguration(database))

        asyncio.run(act())
    if changes:
        tell_server(chosen)


@group.command("add")
def add(
    name: str = NAME,
    host: str = typer.Option(..., help="The carrier's SIP server: a host name or an IP address."),
    mode: str = typer.Option(
        "", help="ip: they know our address. register: we log in. Else: register with a --username."
    ),
    port: int = typer.Option(5060, help="The carrier's SIP port."),
    transport: str = typer.Option("udp", help="udp, tcp or tls."),
    srtp: str = typer.Option("none", help="none, or sdes: encrypted audio (needs the transport tls)."),
    username: str = typer.Option("", help="What the carrier gave you to log in."),
    secret: str = typer.Option("", help="The password that goes with it; asked for when it is not given."),
    codecs: str = typer.Option("alaw,ulaw", help="The preferred first, of opus, g722, alaw, ulaw, gsm."),
    match: list[str] = typer.Option([], help="A further address or network that their calls come from; repeatable."),
    order: int = typer.Option(1, help="Trunks are tried for outgoing calls by ascending order."),
    disabled: bool = typer.Option(False, "--disabled", help="Keep it, but do not use it yet."),
    from_user: str = typer.Option("", help="The user in the From header, when the carrier wants a certain one."),
    from_domain: str = typer.Option("", help="The domain in the From header, when the carrier wants a certain one."),
    outbound_caller_id: str = typer.Option("", help="The number that outgoing calls show, such as +15551234567."),
    tls_verify: bool = typer.Option(True, help="Refuse a carrier whose TLS certificate is not valid."),
    media_timeout: int = typer.Option(0, help="End a call whose audio has stopped for so many seconds; 0 never does."),
) -> None:
    """Adds a trunk, or replaces the one of that name."""
    if username and not secret:
        secret = ask_password(f"{username} at {host}")
    trunk = Trunk(
        name=name,
        host=host,
        mode=mode or ("register" if username else "ip"),
        port=port,
        transport=transport,
        srtp=srtp,
        username=username,
        secret=secret,
        codecs=codecs_of(codecs),
        match=tuple(match),
        order=order,
        enabled=not disabled,
        from_user=from_user,
        from_domain=from_domain,
        outbound_caller_id=outbound_caller_id,
        tls_verify=tls_verify,
        media_timeout_s=media_timeout,
    )
    if transport == "tls" and settings().sip_tls_port is None:
        why = "SIP over TLS is off; set TRUNKLINE_SIP_TLS_PORT and its certificate first, or choose udp or tcp"
        raise BadInput(what=f"The transport of trunk {name}", why=why)

    async def work(sip: SipConfiguration) -> None:
        await sip.save_trunk(trunk)
        say(f"Trunk {name} to {host}:{port} is saved. `trunk test {name}` tries it.")

    _run(work)


@group.command("list")
def list_trunks(as_json: bool = typer.Option(False, "--json", help="For machines; without passwords.")) -> None:
    """Shows all trunks in the order they are tried."""

    async def work(sip: SipConfiguration) -> None:
        trunks = await sip.trunks()
        if as_json:
            return print_json([_entry(trunk) for trunk in trunks])
        rows = [
            (
                t.order,
                t.name,
                f"{t.host}:{t.port}",
                t.transport,
                t.mode,
                ",".join(t.codecs),
                "" if t.enabled else "disabled",
            )
            for t in trunks
        ]
        return print_table(
            ("Order", "Trunk", "Carrier", "Transport", "Mode", "Codecs", ""), rows, "There are no trunks yet."
        )

    _run(work, changes=False)


def _entry(trunk: Trunk) -> dict[str, object]:
    return {name: value for name, value in asdict(trunk).items() if name != "secret"}


@group.command("show")
def show(
    name: str = NAME,
    secrets: bool = typer.Option(False, "--secrets", help="Show the password too."),
    as_json: bool = typer.Option(False, "--json", help="For machines."),
) -> None:
    """Shows everything that is set for a trunk."""

    async def work(sip: SipConfiguration) -> None:
        trunk = await sip.trunk(name)
        entry = asdict(trunk) if secrets else _entry(trunk)
        if as_json:
            return print_json(entry)
        for key, value in entry.items():
            shown = ",".join(value) if isinstance(value, tuple) else value
            say(f"{key:20} {shown if shown != '' else '-'}")
        return None

    _run(work, changes=False)


@group.command("test")
def probe(name: str = NAME, as_json: bool = typer.Option(False, "--json", help="For machines.")) -> None:
    """Tries a trunk without a call: its host name, its SIP port (OPTIONS), and what Asterisk knows of it."""
    good = True

    async def work(sip: SipConfiguration) -> None:
        nonlocal good
        findings = await trunk_findings(await sip.trunk(name), settings())
        good = all(finding.severity == "ok" for finding in findings)
        if as_json:
            return print_json(findings)
        for finding in findings:
            say(finding.sentence)
        return None

    _run(work, changes=False)
    raise typer.Exit(0 if good else 1)


@group.command("enable")
def enable(name: str = NAME) -> None:
    """Uses a trunk again."""
    _switch(name, True)


@group.command("disable")
def disable(name: str = NAME) -> None:
    """Keeps a trunk, but takes no calls from it and places none over it. Calls that are up go on."""
    _switch(name, False)


def _switch(name: str, on: bool) -> None:
    async def work(sip: SipConfiguration) -> None:
        await sip.save_trunk(replace(await sip.trunk(name), enabled=on))
        say(f"Trunk {name} is {'enabled' if on else 'disabled'}.")

    _run(work)


@group.command("remove")
def remove(name: str = NAME) -> None:
    """Removes a trunk. Calls that are up go on."""

    async def work(sip: SipConfiguration) -> None:
        await sip.delete_trunk(name)
        say(f"Trunk {name} is removed.")

    _run(work)
