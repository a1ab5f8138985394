"""All commands, and how each of them ends: with its exit code, and with one sentence when something is in the way."""

import asyncio
import importlib
import os
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from typer.exceptions import TyperException

from app import garbage, logs
from app.cli import context
from app.cli.output import complain
from app.errors import TrunklineError

COMMANDS = {
    "serve": "serving",
    "stop": "serving",
    "check": "checking",
    "doctor": "doctoring",
    "call": "call",
    "journal": "replay",
    "replay": "replay",
}
"""Each command and the module that has it. Only what a command line names is loaded: a server that was killed is there again sooner."""
GROUPS = {
    "user": "users",
    "agent": "agents",
    "status": "statuses",
    "quick-connect": "quick_connects",
    "setting": "instance_settings",
    "audit": "audit",
    "phone": "phones",
    "trunk": "trunks",
    "number": "numbers",
    "flow": "flow",
    "function": "functions",
    "bot": "bots",
    "key": "keys",
    "sim": "sim",
    "bench": "bench",
    "asterisk": "asterisk",
}
"""Each group of commands and the module that has it."""
LOG_LEVEL = "warning"
"""What commands let through of the log, to stderr; the server then sets its own."""
INTERRUPTED = 130
WRONG_USE = 2
UNEXPECTED = 70
"""Exit code of a mistake in Trunkline itself (EX_SOFTWARE)."""


def application(arguments: Sequence[str]) -> typer.Typer:
    """What a command line of these words needs: the commands that it names, or all when it names none."""
    made = typer.Typer(
        name="python -m app",
        help="Trunkline, a contact centre on your own Asterisk.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        callback=installation,
    )
    wanted = [name for name in (*COMMANDS, *GROUPS) if name in arguments] or [*COMMANDS, *GROUPS]
    for module in dict.fromkeys(COMMANDS[name] for name in wanted if name in COMMANDS):
        _module(module).add_to(made)
    for name in wanted:
        if name in GROUPS:
            made.add_typer(_module(GROUPS[name]).group, name=name)
    return made


def _module(name: str) -> Any:
    with garbage.untouched():
        return importlib.import_module(f"app.cli.{name}")


def installation(
    var: Path | None = typer.Option(
        None, "--var", metavar="FOLDER", help="The installation's folder. Else TRUNKLINE_VAR, else ./var."
    ),
) -> None:
    context.choose_var(var)
    logs.configure(LOG_LEVEL)


def main(arguments: Sequence[str]) -> int:
    """Runs one command line; the exit code. Never raises."""
    try:
        result = typer.main.get_command(application(arguments)).main(list(arguments), standalone_mode=False)
        return result if isinstance(result, int) else 0
    except TrunklineError as error:
        complain(str(error))
        return error.exit_code
    except TyperException as error:
        complain(_in_words(error))
        return WRONG_USE
    except (typer.Abort, KeyboardInterrupt, asyncio.CancelledError):
        complain("Interrupted.")
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return 0
    except Exception as error:
        complain(_unexpected(error))
        return UNEXPECTED


def _in_words(error: TyperException) -> str:
    """What is wrong with the command line; a group without a command shows its help."""
    said = error.format_message()
    where = getattr(error, "ctx", None)
    if "\n" in said or where is None:
        return said
    return f"{said} Try `{where.command_path} --help`."


def _unexpected(error: Exception) -> str:
    """One sentence; the trace goes to a file."""
    path = context.folder() / "log" / "command-line.log"
    said = f"Trunkline made a mistake ({type(error).__name__}: {error})"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as log:
            log.write(time.strftime("%Y-%m-%d %H:%M:%S\n") + "".join(traceback.format_exception(error)) + "\n")
    except OSError as reason:
        return f"{said}; its trace could not be kept in {path} ({reason.strerror})."
    return f"{said}; the trace is in {path}. Please report it."


def _forget_output() -> None:
    """Whoever read us has gone: nothing more can be written, not even by Python's own ending."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
