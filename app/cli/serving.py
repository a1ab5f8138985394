"""`serve` and `stop`: the server itself, with its Asterisk."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import typer

from app import garbage, logs
from app.cli import demo
from app.cli.context import open_database, settings
from app.cli.output import say
from app.cli.phones import registrar
from app.cli.running import server_of, web_address
from app.config import Settings
from app.errors import BadInput, TrunklineError, Unavailable
from app.telephony.install import ensure_engine
from app.telephony.node.layout import Layout
from app.telephony.node.supervisor import stop_asterisk
from app.turns import Turns

STOP_WITHIN_S = 15.0
SWITCH_S = 0.0005
"""After so long a thread that works beside the event loop lets the loop go on. Python's own 5 ms would be 5 ms in which no phone rings."""


def add_to(application: typer.Typer) -> None:
    application.command("serve")(serve)
    application.command("stop")(stop)


def serve(
    with_demo: bool = typer.Option(True, "--demo/--no-demo", help="Fill an empty database with demo content."),
) -> None:
    """Runs the contact centre: Asterisk, the call engine and the web port. Ctrl-C ends the server and leaves calls up."""
    garbage.put_off()
    from app.main import serve as run

    chosen = settings()
    logs.configure(chosen.log_level)
    engine = ensure_engine(chosen.var, say)
    with open_database(chosen) as database:
        made = asyncio.run(demo.ensure_demo(database, chosen.var, engine.moh)) if with_demo else None
    if made is not None:
        say(first_steps(made, chosen))
    else:
        say(f"Web: {web_address(chosen)}   Phones: python -m app phone list --secrets")
    turns = Turns()
    sys.setswitchinterval(SWITCH_S)
    with asyncio.Runner(loop_factory=turns.loop) as runner:
        raise typer.Exit(runner.run(run(chosen, turns)))


def first_steps(made: demo.DemoCredentials, chosen: Settings) -> str:
    """The block that the very first start prints."""
    agent, customer = made.phones
    host = registrar(chosen)
    program = f"{_shown(Path(sys.executable))} -m app"
    return f"""
  Web port       {web_address(chosen)}
  Sign in as     {made.username}, password {made.password}   (shown only now)

  SIP server     {host}
  Agent's phone  user {agent.name}, password {agent.secret}
  Customer's     user {customer.name}, password {customer.secret}

  Register both phones, then dial {made.number} from the customer's: press 1 and the agent's phone rings.
  Without a phone:  {program} call {made.number} --digits 1
  These again:      {program} phone list --secrets;  a new password: {program} user password {made.username}
"""


def _shown(path: Path) -> Path:
    """The path as somebody in this folder would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def stop(
    with_calls: bool = typer.Option(False, "--with-calls", help="Stop even though calls are up: they end."),
    server_only: bool = typer.Option(False, "--server-only", help="Leave Asterisk and its calls running."),
) -> None:
    """Stops the server and then Asterisk. Refuses while calls are up, unless told to end them."""
    chosen = settings()
    layout = Layout(chosen.var)
    calls = _calls(chosen)
    if calls and not (with_calls or server_only):
        raise BadInput(
            what="Stopping now", why=f"{calls} contact(s) are up; wait, or say --with-calls or --server-only"
        )
    stopped = _stop_server(layout)
    say("The server is stopped." if stopped else "No server was running.")
    if server_only or chosen.asterisk == "external":
        return
    ended = asyncio.run(stop_asterisk(layout))
    say("Asterisk is stopped." if ended else "No Asterisk was running.")


def _calls(chosen: Settings) -> int:
    async def ask() -> list[Any]:
        async with server_of(chosen) as server:
            contacts = (await server.status())["contacts"]
            return [contact for contact in contacts if contact["state"] not in ("gone", "after contact work")]

    try:
        return len(asyncio.run(ask()))
    except TrunklineError:
        return 0


def server_process(layout: Layout) -> int | None:
    """The server of this installation: the process that holds the supervisor's lock. None when none does."""
    try:
        status = (layout.run / "supervisor.lock").stat()
        locks = Path("/proc/locks").read_text()
    except OSError:
        return None
    place = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    for line in locks.splitlines():
        fields = line.split()
        if len(fields) > 5 and fields[1] == "FLOCK" and fields[5] == place and fields[4].isdigit():
            return int(fields[4])
    return None


def _stop_server(layout: Layout) -> bool:
    pid = server_process(layout)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN_S
    while time.monotonic() < deadline:
        if server_process(layout) != pid:
            return True
        time.sleep(0.1)
    raise Unavailable(
        what="The server's end",
        why=f"process {pid} still runs {STOP_WITHIN_S:.0f} s after it was asked to stop",
        remedy=f"See {layout.log.parent}, or end it with: kill -9 {pid}. Its calls go on in Asterisk.",
    )
