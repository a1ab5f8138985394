"""Recording inside Asterisk: MixMonitor on the customer's channel, started by AMI, so that it goes on when this application dies.

Files: `FOLDER/spool/ID-customer.wav` (what the customer says) and `ID-agent.wav` (what the customer hears) while it runs, and
`FOLDER/YYYY/MM/DD/CONTACT.wav` in stereo once it is finished (the day, in UTC, on which the recording ended).
"""

import asyncio
import errno
import os
import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar, cast

import structlog

from app.calls.ports import LineView, RequestRefused
from app.domain.commands import ContinueRecording, FinishRecording, PauseRecording, StartRecording
from app.domain.contact import Recording, RecordingStatus
from app.domain.events import Event, RecordingFinished
from app.errors import TrunklineError
from app.telephony.ami import AmiRequestFailed
from app.telephony.ami.values import Direction
from app.telephony.ears import LISTENERS_GONE_S
from app.telephony.recording.joining import FinishedRecording, disk_free_percent, finish_recording
from app.telephony.recording.wav_file import RecordingFailed, RecordingFault, open_wav

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

LEAST_FREE_PERCENT = 5.0
DISK_PATIENCE_S = 0.5
"""How long a call waits for the recordings' disk at most."""
LOOK_EVERY_S = 10.0
JOINED_AT_ONCE = 2
"""Recordings that are being joined at the same time: a slow disk must not take all threads."""
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*").fullmatch


class Manager(Protocol):
    """What of the manager interface recording needs: `app.telephony.ami.AmiClient`."""

    async def mix_monitor(self, channel: str, file: str | None = None, *, options: str = "") -> None: ...

    async def stop_mix_monitor(self, channel: str, mix_monitor_id: str | None = None) -> None: ...

    async def mix_monitor_mute(self, channel: str, direction: Direction, muted: bool) -> None: ...


class Recorder:
    """Starts and finishes recordings of every node that shares this folder.

    No call waits for the disk for longer than `DISK_PATIENCE_S`, whatever is wrong with it. `trouble` says what is, in words.
    """

    def __init__(self, folder: Path, emit: Callable[[Event], None]) -> None:
        self.folder = folder.absolute()
        self.trouble = ""
        self._spool = self.folder / "spool"
        self._emit = emit
        self._finishing: dict[str, asyncio.Task[None]] = {}
        self._stopped_s: dict[str, float] = {}
        """When a channel's recording was stopped, for as long as that matters."""
        self._joining = asyncio.Semaphore(JOINED_AT_ONCE)
        self._asking = ThreadPoolExecutor(2, "recordings-disk")
        self._asked: set[Future[object]] = set()
        self._hangs = False

    async def keep_looking(self, changed: Callable[[], None]) -> None:
        """Looks at the disk now and then, so that people know of trouble before a call does. Runs until it is cancelled."""
        while True:
            before = self.trouble
            await self._look()
            if self.trouble != before:
                log.warning("recordings' disk", trouble=self.trouble or "none any more")
                changed()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        with suppress(OSError):
            await self._ask_disk(self._check_disk)

    def view(self) -> LineView:
        """How recording is, for people."""
        if self.trouble:
            words = f"nothing is recorded, calls go on: {self.trouble}. Free space or repair it, and recording goes on by itself"
            return LineView("recordings", "disk", "down", words)
        return LineView("recordings", "disk", "ok", "takes recordings")

    async def start(self, manager: Manager, command: StartRecording) -> None:
        """Begins; harmless when it has begun. RequestRefused when the disk does not take it or Asterisk says no."""
        customer, agent = self._files(command.recording_id)
        try:
            if await self._ask_disk(self._has_begun, customer):
                return
        except OSError as error:
            raise _refused(command, 507, self.trouble) from error
        await self._until_forgotten(command.channel_id)
        try:
            await manager.mix_monitor(command.channel_id, options=f"r({customer})t({agent})S")
        except AmiRequestFailed as error:
            raise _refused(command, 404, error.reason) from error
        except TrunklineError as error:
            raise _refused(command, error.status, str(error)) from error

    async def pause(self, manager: Manager, command: PauseRecording) -> None:
        """Silence is written from now on."""
        await self._mute(manager, command, muted=True)

    async def proceed(self, manager: Manager, command: ContinueRecording) -> None:
        """Voices are written again."""
        await self._mute(manager, command, muted=False)

    async def _mute(self, manager: Manager, command: PauseRecording | ContinueRecording, *, muted: bool) -> None:
        try:
            await manager.mix_monitor_mute(command.channel_id, "both", muted)
        except TrunklineError as error:
            raise _refused(command, error.status, str(error)) from error

    async def finish(self, manager: Manager, command: FinishRecording) -> None:
        """Ends the recording if the channel is still there, then makes the contact's file; RecordingFinished follows later."""
        over = False
        with suppress(OSError):
            over = await self._ask_disk(self._over, command)
        try:
            if not over:
                await manager.stop_mix_monitor(command.channel_id)
                self._stopped_s[command.channel_id] = asyncio.get_running_loop().time()
        except TrunklineError as error:
            log.debug("recording was over already", contact_id=command.contact_id, reason=str(error))
        if command.recording_id not in self._finishing:
            task = asyncio.get_running_loop().create_task(self._finish(command))
            self._finishing[command.recording_id] = task
            task.add_done_callback(lambda _: self._finishing.pop(command.recording_id, None))

    async def _until_forgotten(self, channel_id: str) -> None:
        """Returns when nothing is left of the recording before at this channel: see `ears`."""
        now_s = asyncio.get_running_loop().time()
        self._stopped_s = {each: at_s for each, at_s in self._stopped_s.items() if now_s - at_s < LISTENERS_GONE_S}
        if channel_id in self._stopped_s:
            await asyncio.sleep(self._stopped_s.pop(channel_id) + LISTENERS_GONE_S - now_s)

    async def close(self) -> None:
        """Leaves unfinished what is unfinished: the next process is asked again."""
        tasks = list(self._finishing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._asking.shutdown(wait=False, cancel_futures=True)

    async def _ask_disk(self, question: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The answer, and with it what is wrong with the disk. OSError (a TimeoutError is one) when it does not answer well."""
        if self._hangs and self._asked:
            raise TimeoutError
        asked: Future[object] = self._asking.submit(question, *args, **kwargs)
        self._asked.add(asked)
        asked.add_done_callback(self._asked.discard)
        try:
            answer = cast(R, await asyncio.wait_for(asyncio.wrap_future(asked), DISK_PATIENCE_S))
        except TimeoutError:
            self._hangs = True
            self.trouble = f"the disk does not answer: {self.folder}"
            raise
        except OSError as error:
            self.trouble = f"{(error.strerror or str(error)).lower()}: {error.filename or self.folder}"
            raise
        self.trouble, self._hangs = "", False
        return answer

    def _has_begun(self, customer: Path) -> bool:
        if customer.exists():
            return True
        self._check_disk()
        return False

    def _check_disk(self) -> None:
        """OSError when nothing can be recorded there."""
        self._spool.mkdir(parents=True, exist_ok=True)
        if not os.access(self._spool, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "the folder is not writable", str(self._spool))
        if disk_free_percent(self.folder) < LEAST_FREE_PERCENT:
            words = f"less than {LEAST_FREE_PERCENT:g} % of the disk is free"
            raise OSError(errno.ENOSPC, words, str(self.folder))

    async def _finish(self, command: FinishRecording) -> None:
        try:
            async with self._joining:
                done = await self._join(command)
            recording = Recording(
                RecordingStatus.AVAILABLE, str(done.path), done.duration_ms, done.size_bytes, done.sha256
            )
        except (TrunklineError, OSError) as error:
            log.warning("recording failed", contact_id=command.contact_id, reason=str(error))
            recording = Recording(RecordingStatus.FAILED, reason=str(error))
            await self._look()
        self._emit(RecordingFinished(command.contact_id, recording))

    async def _join(self, command: FinishRecording) -> FinishedRecording:
        customer, agent = self._files(command.recording_id)
        out = await asyncio.to_thread(self._dated, command.contact_id, customer)
        if out is None:
            out = await asyncio.to_thread(self._made_before, command.contact_id)
        if out is None:
            fault = RecordingFault.MISSING
            raise RecordingFailed(name=command.recording_id, fault=fault, detail=f"Asterisk has not written {customer}")
        return await finish_recording(customer, agent, out, keep_customer=command.customer, keep_agent=command.agent)

    def _dated(self, contact_id: str, customer: Path) -> Path | None:
        """Where the contact's recording goes; None when Asterisk has written nothing (any more)."""
        try:
            day = datetime.fromtimestamp(customer.stat().st_mtime, UTC)
        except OSError:
            return None
        return self.folder / f"{day:%Y/%m/%d}" / f"{contact_id}.wav"

    def _made_before(self, contact_id: str) -> Path | None:
        """Where the contact's recording lies already."""
        return (
            next(self.folder.glob(f"[0-9]*/[0-9]*/[0-9]*/{contact_id}.wav"), None) if _SAFE_NAME(contact_id) else None
        )

    def _over(self, command: FinishRecording) -> bool:
        """True when Asterisk has closed the files, or they are joined: what it writes of this channel now is another recording."""
        try:
            customer = open_wav(self._files(command.recording_id)[0])
            return customer.closed and customer.frames > 0
        except RecordingFailed:
            return self._made_before(command.contact_id) is not None

    def _files(self, recording_id: str) -> tuple[Path, Path]:
        if not _SAFE_NAME(recording_id):
            raise RecordingFailed(name=recording_id, fault=RecordingFault.MISSING, detail="this is no recording's id")
        return self._spool / f"{recording_id}-customer.wav", self._spool / f"{recording_id}-agent.wav"


def _refused(
    command: StartRecording | PauseRecording | ContinueRecording, http_status: int, reason: str
) -> RequestRefused:
    name = type(command).__name__
    return RequestRefused(command=name, target=command.channel_id, http_status=http_status, reason=reason)
