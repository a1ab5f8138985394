"""`python -m tests.journals.looking_on serve`: the application as it is, and a file of the commands that its engine gives for each fact."""

import os
import sys
from pathlib import Path

import msgspec

from app.calls.engine import Engine
from app.calls.replay import written
from app.cli.application import main
from app.domain.commands import Command
from app.domain.events import Event

FILE = "commands.jsonl"

_handle = Engine._handle


def _handle_and_tell(engine: Engine, event: Event, now_ms: int) -> list[Command]:
    commands = _handle(engine, event, now_ms)
    with (Path(os.environ["TRUNKLINE_VAR"]) / FILE).open("ab") as file:
        file.write(msgspec.json.encode([type(event).__name__, [written(command) for command in commands]]) + b"\n")
    return commands


if __name__ == "__main__":
    Engine._handle = _handle_and_tell  # type: ignore[method-assign]
    sys.exit(main(sys.argv[1:]))
