"""All commands, and how each of them ends: with its exit code, and with one sentence when something is in the way."""

import asyncio
import os
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import typer
from typer.exceptions import TyperException

from app import logs
from app.cli import (
    agents,
    audit,
    bench,
    bots,
    call,
    checking,
    context,
    doctoring,
    flow,
    functions,
    instance_settings,
    keys,
    numbers,
    phones,
    quick_connects,
    replay,
    serving,
    sim,
    statuses,
    trunks,
    users,
)
from app.cli.output import complain
from app.errors import TrunklineError

LOG_LEVEL = "warning"
"""What commands let through of the log, to stderr; the server then sets its own."""
INTERRUPTED = 130
WRONG_USE = 2
UNEXPECTED = 70
"""Exit code of a mistake in Trunkline itself (EX_SOFTWARE)."""

application = typer.Typer(
    name="python -m app",
    help="Trunkline, a contact centre on your own Asterisk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@application.callback()
def installation(
    var: Path | None = typer.Option(
        None, "--var", metavar="FOLDER", help="The installation's folder. Else TRUNKLINE_VAR, else ./var."
    ),
) -> None:
    context.choose_var(var)
    logs.configure(LOG_LEVEL)


for module in (serving, checking, doctoring, call, replay):
    module.add_to(application)
for name, group in (
    ("user", users.group),
    ("agent", agents.group),
    ("status", statuses.group),
    ("quick-connect", quick_connects.group),
    ("setting", instance_settings.group),
    ("audit", audit.group),
    ("phone", phones.group),
    ("trunk", trunks.group),
    ("number", numbers.group),
    ("flow", flow.group),
    ("function", functions.group),
    ("bot", bots.group),
    ("key", keys.group),
    ("sim", sim.group),
    ("bench", bench.group),
    ("asterisk", serving.asterisk_group),
):
    application.add_typer(group, name=name)


def main(arguments: Sequence[str]) -> int:
    """Runs one command line; the exit code. Never raises."""
    try:
        result = typer.main.get_command(application).main(list(arguments), standalone_mode=False)
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
