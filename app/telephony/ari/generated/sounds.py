"""The operations of sounds.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N803

import builtins
from typing import Unpack

from app.telephony.ari.base import Repository
from app.telephony.ari.generated.objects import Sound
from app.telephony.ari.generated.sounds_parameters import SoundsListParameters
from app.telephony.ari.operation import Operation

LIST = Operation("sounds.list", "GET", "sounds", SoundsListParameters)
GET = Operation("sounds.get", "GET", "sounds/{}")


class Sounds(Repository):
    """`client.sounds`"""

    __slots__ = ()

    async def list(self, **parameters: Unpack[SoundsListParameters]) -> builtins.list[Sound]:
        return [Sound(self._client, item) for item in await self._send(LIST, (), parameters)]

    async def get(self, soundId: str) -> Sound:
        return Sound(self._client, await self._send(GET, (soundId,)))
