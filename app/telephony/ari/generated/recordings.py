"""The operations of recordings.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N802, N803

import builtins
from typing import Unpack

from app.telephony.ari.base import Repository
from app.telephony.ari.generated.objects import LiveRecording, StoredRecording
from app.telephony.ari.generated.recordings_parameters import RecordingsCopyStoredParameters
from app.telephony.ari.operation import Operation

LIST_STORED = Operation("recordings.listStored", "GET", "recordings/stored")
GET_STORED = Operation("recordings.getStored", "GET", "recordings/stored/{}")
DELETE_STORED = Operation("recordings.deleteStored", "DELETE", "recordings/stored/{}")
GET_STORED_FILE = Operation("recordings.getStoredFile", "GET", "recordings/stored/{}/file", binary=True)
COPY_STORED = Operation("recordings.copyStored", "POST", "recordings/stored/{}/copy", RecordingsCopyStoredParameters)
GET_LIVE = Operation("recordings.getLive", "GET", "recordings/live/{}")
CANCEL = Operation("recordings.cancel", "DELETE", "recordings/live/{}")
STOP = Operation("recordings.stop", "POST", "recordings/live/{}/stop")
PAUSE = Operation("recordings.pause", "POST", "recordings/live/{}/pause")
UNPAUSE = Operation("recordings.unpause", "DELETE", "recordings/live/{}/pause")
MUTE = Operation("recordings.mute", "POST", "recordings/live/{}/mute")
UNMUTE = Operation("recordings.unmute", "DELETE", "recordings/live/{}/mute")


class Recordings(Repository):
    """`client.recordings`"""

    __slots__ = ()

    async def listStored(self) -> builtins.list[StoredRecording]:
        return [StoredRecording(self._client, item) for item in await self._send(LIST_STORED)]

    async def getStored(self, recordingName: str) -> StoredRecording:
        return StoredRecording(self._client, await self._send(GET_STORED, (recordingName,)))

    async def deleteStored(self, recordingName: str) -> None:
        await self._send(DELETE_STORED, (recordingName,))

    async def getStoredFile(self, recordingName: str) -> bytes:
        answer: bytes = await self._send(GET_STORED_FILE, (recordingName,))
        return answer

    async def copyStored(
        self, recordingName: str, **parameters: Unpack[RecordingsCopyStoredParameters]
    ) -> StoredRecording:
        return StoredRecording(self._client, await self._send(COPY_STORED, (recordingName,), parameters))

    async def getLive(self, recordingName: str) -> LiveRecording:
        return LiveRecording(self._client, await self._send(GET_LIVE, (recordingName,)))

    async def cancel(self, recordingName: str) -> None:
        await self._send(CANCEL, (recordingName,))

    async def stop(self, recordingName: str) -> None:
        await self._send(STOP, (recordingName,))

    async def pause(self, recordingName: str) -> None:
        await self._send(PAUSE, (recordingName,))

    async def unpause(self, recordingName: str) -> None:
        await self._send(UNPAUSE, (recordingName,))

    async def mute(self, recordingName: str) -> None:
        await self._send(MUTE, (recordingName,))

    async def unmute(self, recordingName: str) -> None:
        await self._send(UNMUTE, (recordingName,))
