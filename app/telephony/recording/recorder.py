"""Recording inside Asterisk: MixMonitor on the customer's channel, started by AMI, so that it goes on when this application dies.

Files: `FOLDER/spool/ID-customer.wav` (what the customer says) and `ID-agent.wav` (what the customer hears) while it runs, and
`FOLDER/YYYY/MM/DD/CONTACT.wav` in stereo once it is finished (the day, in UTC, on which the recording ended).
"""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import structlog

from app.calls.ports import RequestRefused
from app.domain.commands import ContinueRecording, FinishRecording, PauseRecording, StartRecording
from app.domain.contact import Recording, RecordingStatus
from app.domain.events import Event, RecordingFinished
from app.errors import TrunklineError
from app.telephony.ami import AmiRequestFailed
from app.telephony.ami.values import Direction
from app.telephony.recording.joining import FinishedRecording, disk_free_percent, finish_recording
from app.telephony.recording.wav_file import RecordingFailed, RecordingFault, open_wav

log = structlog.get_logger(__name__)

LEAST_FREE_PERCENT = 5.0
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*").fullmatch


class Manager(Protocol):
    """What of the manager interface recording needs: `app.telephony.ami.AmiClient`."""

    async def mix_monitor(self, channel: str, file: str | None = None, *, options: str = "") -> None: ...

    async def stop_mix_monitor(self, channel: str, mix_monitor_id: str | None = None) -> None: ...

    async def mix_monitor_mute(self, channel: str, direction: Direction, muted: bool) -> None: ...


class Recorder:
    """Starts and finishes recordings of every node that shares this folder."""

    def __init__(self, folder: Path, emit: Callable[[Event], None]) -> None:
        self.folder = folder.absolute()
        self._spool = self.folder / "spool"
        self._emit = emit
        self._finishing: dict[str, asyncio.Task[None]] = {}

    async def start(self, manager: Manager, command: StartRecording) -> None:
        """Begins; harmless when it has begun. RequestRefused when the disk is nearly full or Asterisk says no."""
        customer, agent = self._files(command.recording_id)
        if customer.exists():
            return
        self._spool.mkdir(parents=True, exist_ok=True)
        if disk_free_percent(self.folder) < LEAST_FREE_PERCENT:
            raise _refused(command, 507, f"less than {LEAST_FREE_PERCENT:g} % of the disk is free: {self.folder}")
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
        try:
            if not await asyncio.to_thread(self._over, command.recording_id):
                await manager.stop_mix_monitor(command.channel_id)
        except TrunklineError as error:
            log.debug("recording was over already", contact_id=command.contact_id, reason=str(error))
        if command.recording_id not in self._finishing:
            task = asyncio.get_running_loop().create_task(self._finish(command))
            self._finishing[command.recording_id] = task
            task.add_done_callback(lambda _: self._finishing.pop(command.recording_id, None))

    async def close(self) -> None:
        """Leaves unfinished what is unfinished: the next process is asked again."""
        tasks = list(self._finishing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _finish(self, command: FinishRecording) -> None:
        try:
            done = await self._join(command)
            recording = Recording(
                RecordingStatus.AVAILABLE, str(done.path), done.duration_ms, done.size_bytes, done.sha256
            )
        except (TrunklineError, OSError) as error:
            log.warning("recording failed", contact_id=command.contact_id, reason=str(error))
            recording = Recording(RecordingStatus.FAILED, reason=str(error))
        self._emit(RecordingFinished(command.contact_id, recording))

    async def _join(self, command: FinishRecording) -> FinishedRecording:
        customer, agent = self._files(command.recording_id)
        out = self._dated(command.contact_id, customer)
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

    def _over(self, recording_id: str) -> bool:
        """True when Asterisk has closed the files: what it writes of this channel now is another recording."""
        try:
            customer = open_wav(self._files(recording_id)[0])
            return customer.closed and customer.frames > 0
        except RecordingFailed:
            return False

    def _files(self, recording_id: str) -> tuple[Path, Path]:
        if not _SAFE_NAME(recording_id):
            raise RecordingFailed(name=recording_id, fault=RecordingFault.MISSING, detail="this is no recording's id")
        return self._spool / f"{recording_id}-customer.wav", self._spool / f"{recording_id}-agent.wav"


def _refused(
    command: StartRecording | PauseRecording | ContinueRecording, http_status: int, reason: str
) -> RequestRefused:
    name = type(command).__name__
    return RequestRefused(command=name, target=command.channel_id, http_status=http_status, reason=reason)
