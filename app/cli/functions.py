"""`function`: what Invoke function asks."""

import asyncio
import time
from pathlib import Path
from typing import Any

import msgspec
import typer

from app import logs
from app.calls.outside import read_answer
from app.cli.context import settings
from app.cli.output import complain, print_json
from app.cli.places import integrations_of, map_place, read_map, read_target, show_map
from app.domain.place import FUNCTION
from app.errors import BadInput
from app.integrations.functions.workers import Workers

group = typer.Typer(help="What Invoke function asks: Python files, HTTPS endpoints, AWS Lambda.", no_args_is_help=True)


@group.command("list")
def list_functions(as_json: bool = typer.Option(False, "--json", help="For machines.")) -> None:
    """Shows the map of functions and the files of the folder `functions`."""
    show_map(FUNCTION, Workers(settings().var / "functions").names(), as_json=as_json)


@group.command("map")
def map_function(
    called: str = typer.Argument(help="The function's ARN or name, as flows write it."),
    target: str = typer.Argument("", help="https://..., lambda:NAME or an ARN of AWS Lambda, or a file's name."),
    secret: str = typer.Option("", help="Signs what is sent to an https address."),
    remove: bool = typer.Option(False, "--remove", help="Removes the line from the map."),
) -> None:
    """Says where a function lives. A file of the function's own name needs no line."""
    if remove == bool(target):
        raise BadInput(what="The command", why="give the place where the function lives, or --remove")
    map_place(None if remove else read_target(FUNCTION, called, target, secret), FUNCTION, called)


@group.command("test")
def try_function(
    called: str = typer.Argument(help="The function's ARN or name."),
    event: Path | None = typer.Option(None, help="A file with the event as JSON; a made-up call when none is given."),
    timeout: float = typer.Option(3.0, min=0.1, max=8.0, help="The time limit in seconds."),
    nested: bool = typer.Option(False, "--nested", help="Allows any JSON object as answer, not only names and texts."),
) -> None:
    """Invokes a function as a flow would and shows what becomes of its answer."""
    logs.configure("info")
    given = _read(event) if event else SAMPLE
    chosen = settings()
    places = read_map()

    async def ask() -> bytes:
        made = integrations_of(chosen, places)
        try:
            return await made.functions.invoke(called, given, timeout)
        finally:
            await made.close()

    started_s = time.monotonic()
    answer = asyncio.run(ask())
    complain(f"Answered in {(time.monotonic() - started_s) * 1000:.0f} ms; becomes $.External:")
    print_json(read_answer(answer, nested=nested))


def _read(path: Path) -> dict[str, Any]:
    try:
        event = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise BadInput(what=f"The event {path}", why=str(error)) from None
    if not isinstance(event, dict):
        raise BadInput(what=f"The event {path}", why="it is not a JSON object")
    return event


SAMPLE: dict[str, Any] = {
    "Name": "ContactFlowEvent",
    "Details": {
        "ContactData": {
            "Attributes": {},
            "Channel": "VOICE",
            "ContactId": "00000000-0000-4000-8000-000000000000",
            "CustomerEndpoint": {"Address": "+12025550199", "Type": "TELEPHONE_NUMBER"},
            "InitialContactId": "00000000-0000-4000-8000-000000000000",
            "InitiationMethod": "INBOUND",
            "InstanceARN": "arn:trunkline:connect::instance/test",
            "LanguageCode": "en-US",
            "MediaStreams": {"Customer": {"Audio": None}},
            "PreviousContactId": "00000000-0000-4000-8000-000000000000",
            "Queue": None,
            "SystemEndpoint": {"Address": "+12025550100", "Type": "TELEPHONE_NUMBER"},
        },
        "Parameters": {},
    },
}
