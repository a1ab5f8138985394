"""`setting`: what holds for the instance as a whole."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import typer

from app.cli.context import open_database, settings
from app.cli.output import print_json, print_table, say
from app.cli.running import tell_server
from app.errors import BadInput, NotFound
from app.store.repositories import settings as names
from app.store.repositories.settings import Settings

group = typer.Typer(help="What holds for the instance as a whole.", no_args_is_help=True)
NOTHING = "none"


def _yes_or_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError("say yes or no")
    return text.lower() == "yes"


def _count(text: str) -> int | None:
    if text.lower() == NOTHING:
        return None
    if not text.isdecimal():
        raise ValueError(f"say a whole number, or {NOTHING} for no limit")
    return int(text)


def _prefixes(text: str) -> list[str]:
    found = [] if text.lower() == NOTHING else [part.strip() for part in text.split(",")]
    if any(not part.startswith("+") or not part[1:].isdecimal() for part in found):
        raise ValueError(f"say prefixes such as +44,+49, or {NOTHING}")
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """A setting: how its value is read from text, what holds when it was never set, and what it does."""

    read: Callable[[str], Any]
    otherwise: Any
    does: str


SETTINGS = {
    names.INSTANCE_NAME: Known(str, "Trunkline", "the instance's name"),
    names.DESTINATIONS: Known(_prefixes, [], "prefixes that may be called besides the instance's own country"),
    names.CALLS_OUT_AT_ONCE: Known(_count, None, "calls to outside numbers that may go on at a time"),
    names.CALLS_OUT_A_DAY: Known(_count, None, "calls to outside numbers that may go out in a day (UTC)"),
    names.LISTEN_WITHOUT_RECORDING: Known(
        _yes_or_no, False, "supervisors may listen to contacts that are not recorded"
    ),
}
"""What can be set here."""


@group.command("list")
def list_settings(as_json: bool = typer.Option(False, "--json", help="For machines.")) -> None:
    """Shows all settings with their values."""
    with open_database(settings()) as database:

        async def read() -> dict[str, Any]:
            kept = Settings(database)
            return {name: await kept.get(name, known.otherwise) for name, known in SETTINGS.items()}

        values = asyncio.run(read())
    if as_json:
        return print_json(values)
    rows = [(name, _shown(value), SETTINGS[name].does) for name, value in values.items()]
    return print_table(("Setting", "Value", "What it does"), rows, "")


@group.command("set")
def set_one(
    name: str = typer.Argument(help="The setting."),
    value: str = typer.Argument(help="Its value; `none` takes a limit away."),
) -> None:
    """Changes a setting. It counts for what begins from now on."""
    known = SETTINGS.get(name)
    if known is None:
        raise NotFound(what="setting", name=f"{name}; there are {', '.join(SETTINGS)}")
    try:
        read = known.read(value)
    except ValueError as error:
        raise BadInput(what=f"The value {value!r} of {name}", why=str(error)) from None
    with open_database(settings()) as database:
        asyncio.run(Settings(database).put(name, read))
    tell_server(settings())
    say(f"{name} is {_shown(read)}.")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value) or NOTHING
    return NOTHING if value is None else str(value)
