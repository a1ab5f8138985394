"""Commands on their way to telephony: in order for each visit, side by side for different visits."""

import asyncio
from collections import deque
from collections.abc import Callable

import structlog

from app.calls.ports import NodeAway, RequestRefused, Telephony
from app.calls.timers import Later
from app.domain.commands import (
    AddToBridge,
    Command,
    ContinueRecording,
    CreateBridge,
    DestroyBridge,
    FinishRecording,
    Hangup,
    MuteParty,
    PauseRecording,
    Play,
    RemoveFromBridge,
    RingPhone,
    StopPlayback,
    TelephonyCommand,
    UnmuteParty,
)
from app.domain.events import Event, PlaybackFinished, RequestFailed
from app.domain.ids import ContactId
from app.errors import TrunklineError

log = structlog.get_logger(__name__)

FAILED = 500
"""From this status on it was Asterisk's fault, and not the command's."""
CLEARING = (Hangup, DestroyBridge, FinishRecording)
CLEARED_AFTER_S = 0.05
"""What is over is cleared away when no phone is being made to ring, or after so long."""
AGAIN = (MuteParty, UnmuteParty, PauseRecording, ContinueRecording, RemoveFromBridge, CreateBridge, AddToBridge)


class Dispatch:
    """One lane a visit. A lane lives as long as it has commands; a refused command becomes an event and the lane goes on."""

    def __init__(self, telephony: Telephony, post: Callable[[Event], None], later: Later | None = None) -> None:
        self._telephony = telephony
        self._post = post
        self._later = later
        self._lanes: dict[ContactId, deque[TelephonyCommand]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ringing = 0
        self._patient: list[asyncio.Future[None]] = []
        self.sent = 0
        self.refused = 0
        self.parted = 0
        """Commands that found their node away; reconciliation sends again what is still wanted."""

    def send(self, command: TelephonyCommand, visit: ContactId) -> None:
        """Sends the command after those of the same visit: contacts that follow one another share their channels."""
        lane = self._lanes.get(visit)
        if lane is not None:
            lane.append(command)
            return
        self._lanes[visit] = deque((command,))
        task = asyncio.get_running_loop().create_task(self._run(visit))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def active(self) -> int:
        """How many commands are on their way at once: one of each visit, but for those that wait until a phone is asked to ring."""
        return len(self._lanes) - len(self._patient)

    def abandon(self) -> None:
        """Forgets everything that has not left yet."""
        for task in self._tasks:
            task.cancel()

    async def drain(self, timeout_s: float) -> None:
        """Waits until every lane is empty, or the time is over."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout_s)

    async def _run(self, visit: ContactId) -> None:
        lane = self._lanes[visit]
        try:
            while lane:
                command = lane.popleft()
                if isinstance(command, RingPhone):
                    await self._ring(command)
                    continue
                if self._ringing and isinstance(command, CLEARING):
                    await self._until_rung()
                await self._one(command)
        finally:
            del self._lanes[visit]

    async def _ring(self, command: RingPhone) -> None:
        """An agent who has hung up is rung for the next contact before the last one is cleared away."""
        self._ringing += 1
        try:
            await self._one(command)
        finally:
            self._ringing -= 1
            if not self._ringing:
                self._go_on(*self._patient)

    async def _until_rung(self) -> None:
        rung = asyncio.get_running_loop().create_future()
        self._patient.append(rung)
        limit = (self._later or asyncio.get_running_loop().call_later)(CLEARED_AFTER_S, lambda: self._go_on(rung))
        try:
            await rung
        finally:
            limit.cancel()
            self._patient.remove(rung)

    @staticmethod
    def _go_on(*patient: "asyncio.Future[None]") -> None:
        for each in patient:
            if not each.done():
                each.set_result(None)

    async def _one(self, command: TelephonyCommand, *, again: bool = False) -> None:
        """Sends a command, and once more when Asterisk failed and somebody would be heard who should not be, or not who should."""
        self.sent += 1
        try:
            await self._telephony.execute(command)
        except NodeAway:
            self.parted += 1
        except RequestRefused as refused:
            if refused.http_status >= FAILED and isinstance(command, AGAIN) and not again:
                await self._one(command, again=True)
            else:
                self._refuse(command, refused.http_status, refused.reason)
        except TrunklineError as error:
            self._refuse(command, error.status, str(error))
        except Exception as error:
            log.exception("command failed unexpectedly", command=type(command).__name__, contact_id=command.contact_id)
            self._refuse(command, 500, f"{type(error).__name__}: {error}")

    def _refuse(self, command: TelephonyCommand, status: int, reason: str) -> None:
        self.refused += 1
        if isinstance(command, Play):
            self._post(PlaybackFinished(command.playback_id, failed=True, reason=reason))
        else:
            self._post(RequestFailed(command.contact_id, type(command).__name__, target_of(command), status, reason))


def target_of(command: Command) -> str:
    """The channel, bridge or playback a command is about."""
    if isinstance(command, CreateBridge | AddToBridge | DestroyBridge):
        return command.bridge_id
    if isinstance(command, StopPlayback):
        return command.playback_id
    return str(getattr(command, "channel_id", ""))
