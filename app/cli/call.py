"""`call`: a test call as a customer would make it, with no other software than Trunkline."""

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from app.cli.context import open_database, settings
from app.cli.output import complain, print_json, say
from app.cli.running import Server, server_of
from app.cli.testcall.behaviour import Behaviour
from app.cli.testcall.caller import caller_on
from app.cli.testcall.path import Path as CallPath
from app.cli.testcall.report import Heard, Report, analyse, analyse_sides, lines_of
from app.cli.testcall.robot import robot_available
from app.config import Settings
from app.domain.instance import Instance
from app.domain.phone import require_e164
from app.errors import BadInput, Unavailable
from app.store.repositories.configurations import Configurations

KEYS = "0123456789*#ABCD"
RECORD_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What the caller is to do. `wav` is where what was heard is kept."""

    number: str
    calling: str
    keys: str
    wav: Path
    seconds: float
    pause_s: float
    robot: bool


def add_to(application: typer.Typer) -> None:
    application.command("call")(call)


def call(
    number: str = typer.Argument(help="The number to call: one of `python -m app number list`."),
    digits: str = typer.Option("", help="The keys to press, one each time a menu asks for one."),
    calling: str = typer.Option("+12025550199", "--from", help="The number that the caller shows."),
    seconds: float = typer.Option(20.0, min=1, max=3600, help="Hang up so long after the call was answered."),
    pause: float = typer.Option(1.0, min=0, max=60, help="Seconds from a menu's beginning until the key is pressed."),
    robot: bool = typer.Option(True, help="Make the robot agent Available for the time of the call."),
    wav: Path | None = typer.Option(None, help="Where to keep what was heard; else below the installation's folder."),
    as_json: bool = typer.Option(False, "--json", help="For machines."),
) -> None:
    """Calls a number as a customer would: prints the path the call takes, keeps what was heard as WAV. Exit code 0 when answered."""
    chosen = settings()
    wanted = digits.upper().replace(" ", "")
    if set(wanted) - set(KEYS):
        raise BadInput(what=f"The keys {digits!r}", why="a telephone has 0 to 9, *, # and A to D")
    number, calling = (require_e164(each, chosen.country) for each in (number, calling))
    heard = wav or chosen.var / "test-calls" / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}.wav"
    with open_database(chosen) as database:
        instance = asyncio.run(Configurations(database).current())
    plan = Plan(number, calling, wanted, heard, seconds, pause, robot)
    report = asyncio.run(_carry_out(plan, chosen, instance, complain if as_json else say))
    if as_json:
        print_json(report)
    else:
        for line in lines_of(report):
            say(line)
    raise typer.Exit(0 if report.answered else 1)


async def _carry_out(plan: Plan, chosen: Settings, instance: Instance, tell: Callable[[str], None]) -> Report:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(server_of(chosen))
        await server.status()
        caller = await stack.enter_async_context(caller_on(chosen))
        if plan.robot:
            await stack.enter_async_context(robot_available(server))
        path = CallPath(server, instance, caller.token, plan.number, plan.calling, tell)
        behaviour = Behaviour(caller, path, plan.keys, plan.pause_s, plan.seconds)
        tell(f"Calling {plan.number} as {plan.calling}")
        await caller.dial(plan.number, plan.calling)
        answered = await behaviour.live()
        heard = await _keep(await caller.take_recording(), plan.wav) if answered else None
        record = await _record(server, path) if path.contact_id else None
        location = (record or {}).get("Recording") or {}
        sides = await asyncio.to_thread(analyse_sides, Path(location.get("Location") or "-"))
        return Report(
            plan.number,
            plan.calling,
            answered,
            caller.cause or "the caller hung up",
            path.contact_id,
            path.entries,
            behaviour.unpressed,
            heard,
            record,
            sides,
        )


async def _keep(sound: bytes, path: Path) -> Heard | None:
    """Writes what was heard. BadInput when it cannot be written there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sound)
    except OSError as reason:
        why = f"it cannot be written ({reason.strerror}); name another file with --wav"
        raise BadInput(what=f"The file {path}", why=why) from None
    return await asyncio.to_thread(analyse, path)


async def _record(server: Server, path: CallPath) -> dict[str, Any] | None:
    """The contact trace record, once after contact work is over; meanwhile the path's last steps are told."""
    deadline = asyncio.get_running_loop().time() + RECORD_WITHIN_S
    while asyncio.get_running_loop().time() < deadline:
        await path.look()
        with contextlib.suppress(Unavailable):
            record = await server.record(path.contact_id)
            if record is not None:
                await path.look()
                return record
        await asyncio.sleep(0.3)
    return None
