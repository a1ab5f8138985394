"""Asterisk's control socket: one command, its answer in text. For the supervisor and diagnostics, never for calls."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from app.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Answer:
    """What Asterisk said, and who said it: its process and its version."""

    text: str
    pid: int
    version: str


async def command(control_socket: Path, text: str, timeout_s: float = 5.0) -> Answer:
    """Runs a console command. `text` is written by us, never taken from a person. Unavailable when nobody answers in time."""
    if not text.isprintable():
        raise ValueError("a console command is one printable line")
    try:
        async with asyncio.timeout(timeout_s):
            return await _exchange(control_socket, text)
    except (OSError, TimeoutError, ValueError) as reason:
        raise Unavailable(
            what="Asterisk",
            why=f"its control socket {control_socket} does not answer ({reason or 'too late'})",
            remedy="Is it running?",
        ) from None


async def _exchange(control_socket: Path, text: str) -> Answer:
    reader, writer = await asyncio.open_unix_connection(str(control_socket))
    try:
        banner = (await reader.readline()).decode(errors="replace")
        _host, pid, version = banner.strip().split("/", 2)
        writer.write(text.encode() + b"\0")
        writer.write_eof()
        answer = await reader.read()
    finally:
        writer.close()
    return Answer(answer.decode(errors="replace").strip(), int(pid), version)


async def wait_until_booted(control_socket: Path, timeout_s: float) -> Answer | None:
    """The answer of a fully started Asterisk, or None when it is not ready within `timeout_s`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_s
    while (left_s := deadline - loop.time()) > 0:
        try:
            answer = await command(control_socket, "core waitfullybooted", left_s)
            if "fully booted" in answer.text:
                return answer
        except Unavailable:
            pass
        await asyncio.sleep(0.02)
    return None
