"""The operations of playbacks.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N803

from typing import Unpack

from app.telephony.ari.base import Repository
from app.telephony.ari.generated.objects import Playback
from app.telephony.ari.generated.playbacks_parameters import PlaybacksControlParameters
from app.telephony.ari.operation import Operation

GET = Operation("playbacks.get", "GET", "playbacks/{}")
STOP = Operation("playbacks.stop", "DELETE", "playbacks/{}")
CONTROL = Operation("playbacks.control", "POST", "playbacks/{}/control", PlaybacksControlParameters)


class Playbacks(Repository):
    """`client.playbacks`"""

    __slots__ = ()

    async def get(self, playbackId: str) -> Playback:
        return Playback(self._client, await self._send(GET, (playbackId,)))

    async def stop(self, playbackId: str) -> None:
        await self._send(STOP, (playbackId,))

    async def control(self, playbackId: str, **parameters: Unpack[PlaybacksControlParameters]) -> None:
        await self._send(CONTROL, (playbackId,), parameters)
