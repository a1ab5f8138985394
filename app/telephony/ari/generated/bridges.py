"""The operations of bridges.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N802, N803

import builtins
from typing import Unpack

from app.telephony.ari.base import Repository
from app.telephony.ari.generated.bridges_parameters import (
    BridgesAddChannelParameters,
    BridgesCreateParameters,
    BridgesCreateWithIdParameters,
    BridgesGetBridgeVarParameters,
    BridgesGetBridgeVarsParameters,
    BridgesPlayParameters,
    BridgesPlayWithIdParameters,
    BridgesRecordParameters,
    BridgesRemoveChannelParameters,
    BridgesSetBridgeVarParameters,
    BridgesSetBridgeVarsParameters,
    BridgesStartMohParameters,
)
from app.telephony.ari.generated.models import Variable, Variables
from app.telephony.ari.generated.objects import Bridge, LiveRecording, Playback
from app.telephony.ari.operation import Operation

LIST = Operation("bridges.list", "GET", "bridges")
CREATE = Operation("bridges.create", "POST", "bridges", BridgesCreateParameters, body="variables")
CREATE_WITH_ID = Operation(
    "bridges.createWithId", "POST", "bridges/{}", BridgesCreateWithIdParameters, body="variables"
)
GET = Operation("bridges.get", "GET", "bridges/{}")
DESTROY = Operation("bridges.destroy", "DELETE", "bridges/{}")
GET_BRIDGE_VAR = Operation("bridges.getBridgeVar", "GET", "bridges/{}/variable", BridgesGetBridgeVarParameters)
SET_BRIDGE_VAR = Operation("bridges.setBridgeVar", "POST", "bridges/{}/variable", BridgesSetBridgeVarParameters)
GET_BRIDGE_VARS = Operation("bridges.getBridgeVars", "GET", "bridges/{}/variables", BridgesGetBridgeVarsParameters)
SET_BRIDGE_VARS = Operation(
    "bridges.setBridgeVars", "POST", "bridges/{}/variables", BridgesSetBridgeVarsParameters, body="variables"
)
ADD_CHANNEL = Operation("bridges.addChannel", "POST", "bridges/{}/addChannel", BridgesAddChannelParameters)
REMOVE_CHANNEL = Operation("bridges.removeChannel", "POST", "bridges/{}/removeChannel", BridgesRemoveChannelParameters)
SET_VIDEO_SOURCE = Operation("bridges.setVideoSource", "POST", "bridges/{}/videoSource/{}")
CLEAR_VIDEO_SOURCE = Operation("bridges.clearVideoSource", "DELETE", "bridges/{}/videoSource")
START_MOH = Operation("bridges.startMoh", "POST", "bridges/{}/moh", BridgesStartMohParameters)
STOP_MOH = Operation("bridges.stopMoh", "DELETE", "bridges/{}/moh")
PLAY = Operation("bridges.play", "POST", "bridges/{}/play", BridgesPlayParameters)
PLAY_WITH_ID = Operation("bridges.playWithId", "POST", "bridges/{}/play/{}", BridgesPlayWithIdParameters)
RECORD = Operation("bridges.record", "POST", "bridges/{}/record", BridgesRecordParameters)


class Bridges(Repository):
    """`client.bridges`"""

    __slots__ = ()

    async def list(self) -> builtins.list[Bridge]:
        return [Bridge(self._client, item) for item in await self._send(LIST)]

    async def create(self, **parameters: Unpack[BridgesCreateParameters]) -> Bridge:
        return Bridge(self._client, await self._send(CREATE, (), parameters))

    async def createWithId(self, bridgeId: str, **parameters: Unpack[BridgesCreateWithIdParameters]) -> Bridge:
        return Bridge(self._client, await self._send(CREATE_WITH_ID, (bridgeId,), parameters))

    async def get(self, bridgeId: str) -> Bridge:
        return Bridge(self._client, await self._send(GET, (bridgeId,)))

    async def destroy(self, bridgeId: str) -> None:
        await self._send(DESTROY, (bridgeId,))

    async def getBridgeVar(self, bridgeId: str, **parameters: Unpack[BridgesGetBridgeVarParameters]) -> Variable:
        answer: Variable = await self._send(GET_BRIDGE_VAR, (bridgeId,), parameters)
        return answer

    async def setBridgeVar(self, bridgeId: str, **parameters: Unpack[BridgesSetBridgeVarParameters]) -> None:
        await self._send(SET_BRIDGE_VAR, (bridgeId,), parameters)

    async def getBridgeVars(self, bridgeId: str, **parameters: Unpack[BridgesGetBridgeVarsParameters]) -> Variables:
        answer: Variables = await self._send(GET_BRIDGE_VARS, (bridgeId,), parameters)
        return answer

    async def setBridgeVars(self, bridgeId: str, **parameters: Unpack[BridgesSetBridgeVarsParameters]) -> None:
        await self._send(SET_BRIDGE_VARS, (bridgeId,), parameters)

    async def addChannel(self, bridgeId: str, **parameters: Unpack[BridgesAddChannelParameters]) -> None:
        await self._send(ADD_CHANNEL, (bridgeId,), parameters)

    async def removeChannel(self, bridgeId: str, **parameters: Unpack[BridgesRemoveChannelParameters]) -> None:
        await self._send(REMOVE_CHANNEL, (bridgeId,), parameters)

    async def setVideoSource(self, bridgeId: str, channelId: str) -> None:
        await self._send(SET_VIDEO_SOURCE, (bridgeId, channelId))

    async def clearVideoSource(self, bridgeId: str) -> None:
        await self._send(CLEAR_VIDEO_SOURCE, (bridgeId,))

    async def startMoh(self, bridgeId: str, **parameters: Unpack[BridgesStartMohParameters]) -> None:
        await self._send(START_MOH, (bridgeId,), parameters)

    async def stopMoh(self, bridgeId: str) -> None:
        await self._send(STOP_MOH, (bridgeId,))

    async def play(self, bridgeId: str, **parameters: Unpack[BridgesPlayParameters]) -> Playback:
        return Playback(self._client, await self._send(PLAY, (bridgeId,), parameters))

    async def playWithId(
        self, bridgeId: str, playbackId: str, **parameters: Unpack[BridgesPlayWithIdParameters]
    ) -> Playback:
        return Playback(self._client, await self._send(PLAY_WITH_ID, (bridgeId, playbackId), parameters))

    async def record(self, bridgeId: str, **parameters: Unpack[BridgesRecordParameters]) -> LiveRecording:
        return LiveRecording(self._client, await self._send(RECORD, (bridgeId,), parameters))
