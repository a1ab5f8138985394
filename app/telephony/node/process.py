"""The Asterisk process itself: finding ours, starting it so that it outlives us, noticing its end."""

import asyncio
import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

from app.telephony.node.configuration import OPEN_FILES
from app.telephony.node.layout import EnginePaths, Layout


def find(layout: Layout) -> int | None:
    """The process id of the Asterisk that runs on this layout's configuration, or None. A reused process id is not mistaken for it."""
    try:
        pid = int(layout.pid_file.read_text())
    except (OSError, ValueError):
        return None
    return pid if is_ours(pid, layout) else None


def is_ours(pid: int, layout: Layout) -> bool:
    """True while this process is alive and was started with this layout's configuration file."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return os.fsencode(layout.configuration) in arguments and state != "Z"


def spawn(engine: EnginePaths, layout: Layout) -> int:
    """Starts Asterisk in a session of its own, so that neither our death nor a Ctrl-C on our terminal ends its calls."""
    _raise_open_files()
    console = os.open(layout.console_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return os.posix_spawn(
            engine.asterisk,
            [str(engine.asterisk), "-f", "-C", str(layout.configuration)],
            {**os.environ, "TERM": "dumb"},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, console, 1),
                (os.POSIX_SPAWN_DUP2, console, 2),
            ],
            setsid=True,
            setsigmask=[],
            setsigdef=[signal.SIGPIPE, signal.SIGINT, signal.SIGTERM],
        )
    finally:
        os.close(console)


def _raise_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Watch:
    """Calls `ended` once when a process is gone, whether it is our child or an adopted stranger."""

    def __init__(self, pid: int, ended: Callable[[str], None]) -> None:
        self._pid, self._ended = pid, ended
        self._loop = asyncio.get_running_loop()
        self._descriptor: int | None = None
        try:
            self._descriptor = os.pidfd_open(pid)
            self._loop.add_reader(self._descriptor, self._finish)
        except ProcessLookupError:
            self._loop.call_soon(self._finish)

    def close(self) -> None:
        if self._descriptor is not None:
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None

    def _finish(self) -> None:
        self.close()
        self._ended(_reap(self._pid))


def _reap(pid: int) -> str:
    """Why the process ended, in words."""
    try:
        _pid, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return "it ended"
    if os.WIFSIGNALED(status):
        return f"it was ended by {signal.Signals(os.WTERMSIG(status)).name}"
    return f"it ended with status {os.waitstatus_to_exitcode(status)}"


async def end(pid: int, layout: Layout, patience_s: float = 5.0) -> None:
    """Ends our Asterisk and its calls: asks it, and after `patience_s` kills it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not is_ours(pid, layout):
            break
        ended = asyncio.Event()
        watch = Watch(pid, lambda reason, ended=ended: ended.set())  # type: ignore[misc]
        os.kill(pid, number)
        try:
            await asyncio.wait_for(ended.wait(), patience_s)
        except TimeoutError:
            continue
        finally:
            watch.close()
    _reap(pid)
