"""The operations of deviceStates.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N803

import builtins
from typing import Unpack

from app.telephony.ari.base import Repository
from app.telephony.ari.generated.device_states_parameters import DeviceStatesUpdateParameters
from app.telephony.ari.generated.objects import DeviceState
from app.telephony.ari.operation import Operation

LIST = Operation("deviceStates.list", "GET", "deviceStates")
GET = Operation("deviceStates.get", "GET", "deviceStates/{}")
UPDATE = Operation("deviceStates.update", "PUT", "deviceStates/{}", DeviceStatesUpdateParameters)
DELETE = Operation("deviceStates.delete", "DELETE", "deviceStates/{}")


class DeviceStates(Repository):
    """`client.deviceStates`"""

    __slots__ = ()

    async def list(self) -> builtins.list[DeviceState]:
        return [DeviceState(self._client, item) for item in await self._send(LIST)]

    async def get(self, deviceName: str) -> DeviceState:
        return DeviceState(self._client, await self._send(GET, (deviceName,)))

    async def update(self, deviceName: str, **parameters: Unpack[DeviceStatesUpdateParameters]) -> None:
        await self._send(UPDATE, (deviceName,), parameters)

    async def delete(self, deviceName: str) -> None:
        await self._send(DELETE, (deviceName,))
