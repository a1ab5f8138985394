"""Runs a speech program as a child: no shell, text by standard input, a time limit, nothing of our environment's secrets."""

import asyncio
import os
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

from app.errors import Unavailable

RENDER_TIMEOUT_S = 10.0
_PASSED_ON = ("PATH", "ESPEAK_DATA_PATH", "TMPDIR")


def find_program(engine: str, configured: Path | None, remedy: str) -> Path:
    """The program of an engine: the configured path, else the one on the PATH. Unavailable, with the remedy, when there is none."""
    if configured is not None:
        if os.access(configured, os.X_OK) and configured.is_file():
            return configured.absolute()
        raise Unavailable(what=f"Speech engine {engine}", why=f"{configured} is not a program", remedy=remedy)
    found = shutil.which(engine)
    if found is None:
        raise Unavailable(what=f"Speech engine {engine}", why="it is not installed", remedy=remedy)
    return Path(found)


async def run_program(engine: str, command: Sequence[str], text: str, timeout_s: float = RENDER_TIMEOUT_S) -> None:
    """Runs the command with the text as its input. Unavailable when it cannot start, fails or exceeds `timeout_s`.

    The child has a process group of its own and the whole group is killed, so that a wrapper script leaves nothing behind.
    """
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"LC_ALL": "C.UTF-8"}
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise _failed(engine, f"{command[0]} did not start ({error.strerror})") from error
    try:
        async with asyncio.timeout(timeout_s):
            _, complaint = await child.communicate(text.encode("utf-8"))
    except TimeoutError:
        raise _failed(engine, f"it did not finish within {timeout_s:g} seconds") from None
    finally:
        if child.returncode is None:
            _kill_group(child.pid)
            await child.wait()
    if child.returncode != 0:
        words = complaint.decode("utf-8", "replace").strip().splitlines()
        raise _failed(engine, words[0][:200] if words else f"it ended with code {child.returncode}")


def _kill_group(process_id: int) -> None:
    try:
        os.killpg(process_id, signal.SIGKILL)
    except ProcessLookupError:
        return


def _failed(engine: str, why: str) -> Unavailable:
    return Unavailable(
        what=f"Speech engine {engine}",
        why=why,
        remedy=f"Run `{engine} --version` as the same user and check the speech settings.",
    )
