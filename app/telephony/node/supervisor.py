"""Keeps one Asterisk running beside the application, and never takes it down with it.

Asterisk runs in a session of its own. When the application dies or is restarted, Asterisk and every call in it go on, and the next
application adopts it. It ends only when it is asked to: `stop`, or `stop_asterisk` from another process.
"""

import asyncio
import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from app.domain.lines import NetworkSettings
from app.errors import TrunklineError, Unavailable
from app.telephony.node import console, preflight, process
from app.telephony.node.configuration import reloads_for
from app.telephony.node.layout import EnginePaths, Layout

READY_TIMEOUT_S = 15.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0
STEADY_S = 60.0
"""An Asterisk that was up for so long is restarted at once when it dies; one that dies early waits longer each time."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """The Asterisk that is up. `adopted`: it was running already. `external`: somebody else starts and ends it."""

    pid: int
    version: str
    adopted: bool
    external: bool = False


class Supervisor:
    """Owns the Asterisk of one layout. One process at a time may.

    `external`: Asterisk is started by somebody else (a container, systemd) on the same configuration; it is only waited for and reloaded.
    `ended` is called with words each time Asterisk is gone, before it is started again.
    """

    def __init__(
        self,
        engine: EnginePaths,
        layout: Layout,
        settings: NetworkSettings,
        *,
        external: bool = False,
        ended: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self._engine, self._layout, self._settings = engine, layout, settings
        self._external, self._tell_ended = external, ended
        self._running: Running | None = None
        self._watch: process.Watch | None = None
        self._reviver: asyncio.Task[None] | None = None
        self._lock: int | None = None
        self._pause_s = FIRST_PAUSE_S
        self._up_since_s = 0.0

    @property
    def running(self) -> Running | None:
        """What is up now; None while Asterisk is down."""
        return self._running

    async def start(self) -> Running:
        """Adopts the Asterisk that runs, or starts one, and returns when it is ready. The configuration must be written before.

        Unavailable names what is in the way: a taken port, a missing certificate or module, or Asterisk's own words.
        """
        self._layout.create()
        self._take_lock()
        try:
            return await (self._await_external() if self._external else self._adopt_or_spawn())
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Stops watching and lets Asterisk and its calls go on."""
        if self._reviver is not None:
            self._reviver.cancel()
            self._reviver = None
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        self._running = None

    async def stop(self) -> None:
        """Ends Asterisk and every call in it. One that is run by somebody else is left alone."""
        self.release()
        if not self._external:
            await stop_asterisk(self._layout)

    async def command(self, text: str) -> str:
        """The answer to a console command of ours."""
        return (await console.command(self._layout.control_socket, text)).text

    async def reload(self, changed: set[str]) -> list[str]:
        """Makes changed configuration files count without touching live calls; returns the modules that were reloaded."""
        modules = reloads_for(changed)
        for module in modules:
            answer = await self.command(f"module reload {module}")
            if "successfully" not in answer:
                raise Unavailable(
                    what=f"The new configuration of {module}",
                    why=answer,
                    remedy=f"See {self._layout.log / 'messages.log'}.",
                )
        return modules

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        descriptor = os.open(self._layout.run / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise Unavailable(
                what="Asterisk",
                why=f"another process already looks after the one in {self._layout.root}",
                remedy="Is the application running twice? End one, or give each a var folder of its own.",
            ) from None
        self._lock = descriptor

    async def _await_external(self) -> Running:
        answer = await console.wait_until_booted(self._layout.control_socket, READY_TIMEOUT_S)
        if answer is None:
            raise Unavailable(
                what="Asterisk",
                why=f"nobody answers on {self._layout.control_socket} after {READY_TIMEOUT_S:.0f} s",
                remedy="Start it on the configuration in " + str(self._layout.etc) + ".",
            )
        self._running = Running(answer.pid, answer.version, adopted=True, external=True)
        return self._running

    async def _adopt_or_spawn(self) -> Running:
        found = process.find(self._layout)
        if found is not None:
            answer = await console.wait_until_booted(self._layout.control_socket, READY_TIMEOUT_S)
            if answer is not None and answer.pid == found:
                return self._up(answer, adopted=True)
            _log.warning("asterisk does not answer and is ended", pid=found)
            await process.end(found, self._layout)
        await asyncio.to_thread(preflight.check, self._engine, self._settings)
        offset = self._log_size()
        pid = process.spawn(self._engine, self._layout)
        answer = await self._ready(pid)
        if answer is None:
            await process.end(pid, self._layout)
            raise Unavailable(what="Asterisk", why=self._complaint(offset), remedy=f"See {self._layout.log}.")
        return self._up(answer, adopted=False)

    async def _ready(self, pid: int) -> console.Answer | None:
        """Waits for the started Asterisk; None when it ended or is not ready in time."""
        booting = asyncio.ensure_future(console.wait_until_booted(self._layout.control_socket, READY_TIMEOUT_S))
        ended = asyncio.get_running_loop().create_future()
        watch = process.Watch(pid, lambda reason: None if ended.done() else ended.set_result(reason))
        try:
            await asyncio.wait({booting, ended}, return_when=asyncio.FIRST_COMPLETED)
            return booting.result() if booting.done() else None
        finally:
            watch.close()
            booting.cancel()

    def _up(self, answer: console.Answer, *, adopted: bool) -> Running:
        self._running = Running(answer.pid, answer.version, adopted)
        self._up_since_s = asyncio.get_running_loop().time()
        self._watch = process.Watch(answer.pid, self._gone)
        _log.info("asterisk is up", pid=answer.pid, version=answer.version, adopted=adopted)
        return self._running

    def _gone(self, reason: str) -> None:
        self._running, self._watch = None, None
        _log.error("asterisk is gone", reason=reason)
        self._tell_ended(reason)
        if asyncio.get_running_loop().time() - self._up_since_s > STEADY_S:
            self._pause_s = FIRST_PAUSE_S
        self._reviver = asyncio.ensure_future(self._revive())

    async def _revive(self) -> None:
        while self._running is None:
            await asyncio.sleep(self._pause_s)
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
            try:
                await self._adopt_or_spawn()
            except (TrunklineError, OSError) as reason:
                _log.error("asterisk cannot be started", reason=str(reason))

    def _log_size(self) -> int:
        return self._layout.console_log.stat().st_size if self._layout.console_log.exists() else 0

    def _complaint(self, offset: int) -> str:
        """Asterisk's last words since `offset` bytes of its console log."""
        with open(self._layout.console_log, errors="replace") as log:
            log.seek(offset)
            lines = [line.strip() for line in log if line.strip()]
        errors = [line for line in lines if "ERROR" in line] or lines
        return f"it did not start; its last words: {errors[-1]}" if errors else "it did not start and said nothing"


async def stop_asterisk(layout: Layout) -> bool:
    """Ends the Asterisk of this layout and every call in it. False when none was running."""
    pid = process.find(layout)
    if pid is None:
        return False
    await process.end(pid, layout)
    return True
