"""The operations of asterisk.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N802, N803

import builtins
from typing import Unpack

from app.telephony.ari.base import Repository
from app.telephony.ari.generated.asterisk_parameters import (
    AsteriskAddLogParameters,
    AsteriskGetGlobalVarParameters,
    AsteriskGetInfoParameters,
    AsteriskSetGlobalVarParameters,
    AsteriskUpdateObjectParameters,
)
from app.telephony.ari.generated.models import AsteriskInfo, AsteriskPing, ConfigTuple, LogChannel, Module, Variable
from app.telephony.ari.operation import Operation

GET_OBJECT = Operation("asterisk.getObject", "GET", "asterisk/config/dynamic/{}/{}/{}")
UPDATE_OBJECT = Operation(
    "asterisk.updateObject", "PUT", "asterisk/config/dynamic/{}/{}/{}", AsteriskUpdateObjectParameters, body="fields"
)
DELETE_OBJECT = Operation("asterisk.deleteObject", "DELETE", "asterisk/config/dynamic/{}/{}/{}")
GET_INFO = Operation("asterisk.getInfo", "GET", "asterisk/info", AsteriskGetInfoParameters)
PING = Operation("asterisk.ping", "GET", "asterisk/ping")
LIST_MODULES = Operation("asterisk.listModules", "GET", "asterisk/modules")
GET_MODULE = Operation("asterisk.getModule", "GET", "asterisk/modules/{}")
LOAD_MODULE = Operation("asterisk.loadModule", "POST", "asterisk/modules/{}")
UNLOAD_MODULE = Operation("asterisk.unloadModule", "DELETE", "asterisk/modules/{}")
RELOAD_MODULE = Operation("asterisk.reloadModule", "PUT", "asterisk/modules/{}")
LIST_LOG_CHANNELS = Operation("asterisk.listLogChannels", "GET", "asterisk/logging")
ADD_LOG = Operation("asterisk.addLog", "POST", "asterisk/logging/{}", AsteriskAddLogParameters)
DELETE_LOG = Operation("asterisk.deleteLog", "DELETE", "asterisk/logging/{}")
ROTATE_LOG = Operation("asterisk.rotateLog", "PUT", "asterisk/logging/{}/rotate")
GET_GLOBAL_VAR = Operation("asterisk.getGlobalVar", "GET", "asterisk/variable", AsteriskGetGlobalVarParameters)
SET_GLOBAL_VAR = Operation("asterisk.setGlobalVar", "POST", "asterisk/variable", AsteriskSetGlobalVarParameters)


class Asterisk(Repository):
    """`client.asterisk`"""

    __slots__ = ()

    async def getObject(self, configClass: str, objectType: str, id: str) -> builtins.list[ConfigTuple]:
        answer: builtins.list[ConfigTuple] = await self._send(GET_OBJECT, (configClass, objectType, id))
        return answer

    async def updateObject(
        self, configClass: str, objectType: str, id: str, **parameters: Unpack[AsteriskUpdateObjectParameters]
    ) -> builtins.list[ConfigTuple]:
        answer: builtins.list[ConfigTuple] = await self._send(UPDATE_OBJECT, (configClass, objectType, id), parameters)
        return answer

    async def deleteObject(self, configClass: str, objectType: str, id: str) -> None:
        await self._send(DELETE_OBJECT, (configClass, objectType, id))

    async def getInfo(self, **parameters: Unpack[AsteriskGetInfoParameters]) -> AsteriskInfo:
        answer: AsteriskInfo = await self._send(GET_INFO, (), parameters)
        return answer

    async def ping(self) -> AsteriskPing:
        answer: AsteriskPing = await self._send(PING)
        return answer

    async def listModules(self) -> builtins.list[Module]:
        answer: builtins.list[Module] = await self._send(LIST_MODULES)
        return answer

    async def getModule(self, moduleName: str) -> Module:
        answer: Module = await self._send(GET_MODULE, (moduleName,))
        return answer

    async def loadModule(self, moduleName: str) -> None:
        await self._send(LOAD_MODULE, (moduleName,))

    async def unloadModule(self, moduleName: str) -> None:
        await self._send(UNLOAD_MODULE, (moduleName,))

    async def reloadModule(self, moduleName: str) -> None:
        await self._send(RELOAD_MODULE, (moduleName,))

    async def listLogChannels(self) -> builtins.list[LogChannel]:
        answer: builtins.list[LogChannel] = await self._send(LIST_LOG_CHANNELS)
        return answer

    async def addLog(self, logChannelName: str, **parameters: Unpack[AsteriskAddLogParameters]) -> None:
        await self._send(ADD_LOG, (logChannelName,), parameters)

    async def deleteLog(self, logChannelName: str) -> None:
        await self._send(DELETE_LOG, (logChannelName,))

    async def rotateLog(self, logChannelName: str) -> None:
        await self._send(ROTATE_LOG, (logChannelName,))

    async def getGlobalVar(self, **parameters: Unpack[AsteriskGetGlobalVarParameters]) -> Variable:
        answer: Variable = await self._send(GET_GLOBAL_VAR, (), parameters)
        return answer

    async def setGlobalVar(self, **parameters: Unpack[AsteriskSetGlobalVarParameters]) -> None:
        await self._send(SET_GLOBAL_VAR, (), parameters)
