"""`asterisk render`: the configuration of the Asterisk beside the server."""

import asyncio

import typer

from app.cli.context import open_database, settings
from app.cli.output import print_json, say
from app.store.repositories.sip import SipConfiguration
from app.telephony.install import Engine, ensure_engine
from app.telephony.node import process
from app.telephony.node.provisioning import provision

group = typer.Typer(help="The Asterisk beside the server.", no_args_is_help=True)


@group.command("render")
def render(as_json: bool = typer.Option(False, "--json", help="For machines.")) -> None:
    """Writes Asterisk's configuration from the database, for an Asterisk that somebody else starts."""
    from app.main import network_of

    chosen = settings()
    with open_database(chosen) as database:
        trunks = asyncio.run(SipConfiguration(database).trunks())
    engine: Engine = ensure_engine(chosen.var, say if not as_json else lambda _: None)
    done = provision(network_of(chosen), trunks, engine, chosen.var, chosen.node)
    if as_json:
        return print_json(
            {
                "folder": str(done.layout.etc),
                "changed": sorted(done.changed),
                "reloads": done.reloads,
                "restart": done.restart,
            }
        )
    say(f"Asterisk's configuration is in {done.layout.etc}: {len(done.changed)} file(s) changed.")
    if done.changed and process.find(done.layout) is not None:
        say("Reload: " + (", ".join(done.reloads) or "nothing"))
        say("Read at its start only: " + (", ".join(done.restart) or "nothing"))
    return None
