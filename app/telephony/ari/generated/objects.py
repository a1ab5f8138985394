"""First-class objects: what a repository returns and an event brings.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N802, N803

from typing import Unpack

from app.telephony.ari.base import AriObject
from app.telephony.ari.generated import models
from app.telephony.ari.generated.applications_parameters import (
    ApplicationsFilterParameters,
    ApplicationsSubscribeParameters,
    ApplicationsUnsubscribeParameters,
)
from app.telephony.ari.generated.bridges_parameters import (
    BridgesAddChannelParameters,
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
from app.telephony.ari.generated.device_states_parameters import DeviceStatesUpdateParameters
from app.telephony.ari.generated.endpoints_parameters import (
    EndpointsReferToEndpointParameters,
    EndpointsSendMessageToEndpointParameters,
)
from app.telephony.ari.generated.mailboxes_parameters import MailboxesUpdateParameters
from app.telephony.ari.generated.playbacks_parameters import PlaybacksControlParameters
from app.telephony.ari.generated.recordings_parameters import RecordingsCopyStoredParameters


class Application(AriObject):
    __slots__ = ()
    json: models.Application
    kind = "Application"

    def _identify(self) -> str:
        return str(self.json["name"])

    async def get(self) -> "Application":
        return await self.client.applications.get(self.id)

    async def subscribe(self, **parameters: Unpack[ApplicationsSubscribeParameters]) -> "Application":
        return await self.client.applications.subscribe(self.id, **parameters)

    async def unsubscribe(self, **parameters: Unpack[ApplicationsUnsubscribeParameters]) -> "Application":
        return await self.client.applications.unsubscribe(self.id, **parameters)

    async def filter(self, **parameters: Unpack[ApplicationsFilterParameters]) -> "Application":
        return await self.client.applications.filter(self.id, **parameters)


class Bridge(AriObject):
    __slots__ = ()
    json: models.Bridge
    kind = "Bridge"

    async def get(self) -> "Bridge":
        return await self.client.bridges.get(self.id)

    async def destroy(self) -> None:
        await self.client.bridges.destroy(self.id)

    async def getBridgeVar(self, **parameters: Unpack[BridgesGetBridgeVarParameters]) -> models.Variable:
        return await self.client.bridges.getBridgeVar(self.id, **parameters)

    async def setBridgeVar(self, **parameters: Unpack[BridgesSetBridgeVarParameters]) -> None:
        await self.client.bridges.setBridgeVar(self.id, **parameters)

    async def getBridgeVars(self, **parameters: Unpack[BridgesGetBridgeVarsParameters]) -> models.Variables:
        return await self.client.bridges.getBridgeVars(self.id, **parameters)

    async def setBridgeVars(self, **parameters: Unpack[BridgesSetBridgeVarsParameters]) -> None:
        await self.client.bridges.setBridgeVars(self.id, **parameters)

    async def addChannel(self, **parameters: Unpack[BridgesAddChannelParameters]) -> None:
        await self.client.bridges.addChannel(self.id, **parameters)

    async def removeChannel(self, **parameters: Unpack[BridgesRemoveChannelParameters]) -> None:
        await self.client.bridges.removeChannel(self.id, **parameters)

    async def setVideoSource(self, channelId: str) -> None:
        await self.client.bridges.setVideoSource(self.id, channelId)

    async def clearVideoSource(self) -> None:
        await self.client.bridges.clearVideoSource(self.id)

    async def startMoh(self, **parameters: Unpack[BridgesStartMohParameters]) -> None:
        await self.client.bridges.startMoh(self.id, **parameters)

    async def stopMoh(self) -> None:
        await self.client.bridges.stopMoh(self.id)

    async def play(self, **parameters: Unpack[BridgesPlayParameters]) -> "Playback":
        return await self.client.bridges.play(self.id, **parameters)

    async def playWithId(self, playbackId: str, **parameters: Unpack[BridgesPlayWithIdParameters]) -> "Playback":
        return await self.client.bridges.playWithId(self.id, playbackId, **parameters)

    async def record(self, **parameters: Unpack[BridgesRecordParameters]) -> "LiveRecording":
        return await self.client.bridges.record(self.id, **parameters)


class DeviceState(AriObject):
    __slots__ = ()
    json: models.DeviceState
    kind = "DeviceState"

    def _identify(self) -> str:
        return str(self.json["name"])

    async def get(self) -> "DeviceState":
        return await self.client.deviceStates.get(self.id)

    async def update(self, **parameters: Unpack[DeviceStatesUpdateParameters]) -> None:
        await self.client.deviceStates.update(self.id, **parameters)

    async def delete(self) -> None:
        await self.client.deviceStates.delete(self.id)


class Endpoint(AriObject):
    __slots__ = ()
    json: models.Endpoint
    kind = "Endpoint"

    def _identify(self) -> str:
        return f"{self.json['technology']}/{self.json['resource']}"

    async def get(self) -> "Endpoint":
        return await self.client.endpoints.get(self.json["technology"], self.json["resource"])

    async def sendMessageToEndpoint(self, **parameters: Unpack[EndpointsSendMessageToEndpointParameters]) -> None:
        await self.client.endpoints.sendMessageToEndpoint(self.json["technology"], self.json["resource"], **parameters)

    async def referToEndpoint(self, **parameters: Unpack[EndpointsReferToEndpointParameters]) -> None:
        await self.client.endpoints.referToEndpoint(self.json["technology"], self.json["resource"], **parameters)


class LiveRecording(AriObject):
    __slots__ = ()
    json: models.LiveRecording
    kind = "LiveRecording"

    def _identify(self) -> str:
        return str(self.json["name"])

    async def getLive(self) -> "LiveRecording":
        return await self.client.recordings.getLive(self.id)

    async def cancel(self) -> None:
        await self.client.recordings.cancel(self.id)

    async def stop(self) -> None:
        await self.client.recordings.stop(self.id)

    async def pause(self) -> None:
        await self.client.recordings.pause(self.id)

    async def unpause(self) -> None:
        await self.client.recordings.unpause(self.id)

    async def mute(self) -> None:
        await self.client.recordings.mute(self.id)

    async def unmute(self) -> None:
        await self.client.recordings.unmute(self.id)


class Mailbox(AriObject):
    __slots__ = ()
    json: models.Mailbox
    kind = "Mailbox"

    def _identify(self) -> str:
        return str(self.json["name"])

    async def get(self) -> "Mailbox":
        return await self.client.mailboxes.get(self.id)

    async def update(self, **parameters: Unpack[MailboxesUpdateParameters]) -> None:
        await self.client.mailboxes.update(self.id, **parameters)

    async def delete(self) -> None:
        await self.client.mailboxes.delete(self.id)


class Playback(AriObject):
    __slots__ = ()
    json: models.Playback
    kind = "Playback"

    async def get(self) -> "Playback":
        return await self.client.playbacks.get(self.id)

    async def stop(self) -> None:
        await self.client.playbacks.stop(self.id)

    async def control(self, **parameters: Unpack[PlaybacksControlParameters]) -> None:
        await self.client.playbacks.control(self.id, **parameters)


class Sound(AriObject):
    __slots__ = ()
    json: models.Sound
    kind = "Sound"

    async def get(self) -> "Sound":
        return await self.client.sounds.get(self.id)


class StoredRecording(AriObject):
    __slots__ = ()
    json: models.StoredRecording
    kind = "StoredRecording"

    def _identify(self) -> str:
        return str(self.json["name"])

    async def getStored(self) -> "StoredRecording":
        return await self.client.recordings.getStored(self.id)

    async def deleteStored(self) -> None:
        await self.client.recordings.deleteStored(self.id)

    async def getStoredFile(self) -> bytes:
        return await self.client.recordings.getStoredFile(self.id)

    async def copyStored(self, **parameters: Unpack[RecordingsCopyStoredParameters]) -> "StoredRecording":
        return await self.client.recordings.copyStored(self.id, **parameters)
