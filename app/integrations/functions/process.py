"""One worker process as its starter sees it."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import msgspec
import structlog

from app.calls.ports import ANSWER_LIMIT, NotAnswered

log = structlog.get_logger(__name__)

PROGRAM = Path(__file__).with_name("worker.py")
LINES_LOGGED = 100
"""Lines of one invocation that reach the log; what a handler prints beyond that is thrown away."""
LONGEST_LINE = 2_000
OURS = "TRUNKLINE_"
"""Variables that begin so are the application's; handlers do not get them."""


class Worker:
    """A process that runs one file's handler. It takes one event at a time."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name, self._process = name, process
        self._over = False
        self._lines_left = LINES_LOGGED
        self._tasks = {asyncio.create_task(self._listen()), asyncio.create_task(process.wait())}

    @classmethod
    async def start(cls, path: Path, memory_bytes: int) -> "Worker":
        environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(PROGRAM),
            str(path),
            str(ANSWER_LIMIT),
            str(memory_bytes),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment | {"PYTHONUNBUFFERED": "1"},
            cwd=path.parent,
            start_new_session=True,
        )
        return cls(path.stem, process)

    @property
    def alive(self) -> bool:
        return self._process.returncode is None and not self._over

    async def run(self, event: bytes, arn: str, invocation: str, timeout_s: float) -> bytes:
        """What the handler returned, as JSON. NotAnswered when it raised; OSError or EOFError when the process is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._lines_left = LINES_LOGGED
        about = {"name": self.name, "arn": arn, "id": invocation, "timeout_s": timeout_s}
        self._process.stdin.write(msgspec.json.encode({**about, "event": msgspec.Raw(event)}) + b"\n")
        await self._process.stdin.drain()
        status, _, length = (await self._process.stdout.readuntil(b"\n")).decode().partition(" ")
        said = await self._process.stdout.readexactly(min(int(length), ANSWER_LIMIT))
        self._over = status == "over"
        if status != "ok":
            raise NotAnswered(who=f"The function {self.name}", why=said.decode(errors="replace"))
        return said

    def kill(self) -> None:
        """Ends the process and all that it started, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def close(self) -> None:
        self.kill()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self) -> None:
        """What the handler prints goes to the log, up to a number of lines; the rest is taken slowly and thrown away."""
        assert self._process.stderr is not None
        rest = b""
        while piece := await self._process.stderr.read(65_536):
            *lines, rest = (rest + piece[:65_536]).split(b"\n")
            for line in lines[: self._lines_left]:
                log.info("function said", function=self.name, words=line[:LONGEST_LINE].decode(errors="replace"))
            self._lines_left = max(0, self._lines_left - len(lines))
            rest = rest[-LONGEST_LINE:]
            if self._lines_left == 0:
                rest = b""
                await asyncio.sleep(0.01)
