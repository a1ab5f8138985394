"""First-class objects: what a repository returns and an event brings.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N802, N803

from typing import Unpack

from app.telephony.ari.base import AriObject
from app.telephony.ari.generated import models
from app.telephony.ari.generated.channels_parameters import (
    ChannelsContinueInDialplanParameters,
    ChannelsDialParameters,
    ChannelsGetChannelVarParameters,
    ChannelsGetChannelVarsParameters,
    ChannelsHangupParameters,
    ChannelsMoveParameters,
    ChannelsMuteParameters,
    ChannelsPlayParameters,
    ChannelsPlayWithIdParameters,
    ChannelsRecordParameters,
    ChannelsRedirectParameters,
    ChannelsSendDTMFParameters,
    ChannelsSetChannelVarParameters,
    ChannelsSetChannelVarsParameters,
    ChannelsSnoopChannelParameters,
    ChannelsSnoopChannelWithIdParameters,
    ChannelsStartMohParameters,
    ChannelsTransferProgressParameters,
    ChannelsUnmuteParameters,
)
from app.telephony.ari.generated.objects import LiveRecording, Playback


class Channel(AriObject):
    __slots__ = ()
    json: models.Channel
    kind = "Channel"

    async def get(self) -> "Channel":
        return await self.client.channels.get(self.id)

    async def hangup(self, **parameters: Unpack[ChannelsHangupParameters]) -> None:
        await self.client.channels.hangup(self.id, **parameters)

    async def continueInDialplan(self, **parameters: Unpack[ChannelsContinueInDialplanParameters]) -> None:
        await self.client.channels.continueInDialplan(self.id, **parameters)

    async def move(self, **parameters: Unpack[ChannelsMoveParameters]) -> None:
        await self.client.channels.move(self.id, **parameters)

    async def redirect(self, **parameters: Unpack[ChannelsRedirectParameters]) -> None:
        await self.client.channels.redirect(self.id, **parameters)

    async def answer(self) -> None:
        await self.client.channels.answer(self.id)

    async def ring(self) -> None:
        await self.client.channels.ring(self.id)

    async def ringStop(self) -> None:
        await self.client.channels.ringStop(self.id)

    async def progress(self) -> None:
        await self.client.channels.progress(self.id)

    async def sendDTMF(self, **parameters: Unpack[ChannelsSendDTMFParameters]) -> None:
        await self.client.channels.sendDTMF(self.id, **parameters)

    async def mute(self, **parameters: Unpack[ChannelsMuteParameters]) -> None:
        await self.client.channels.mute(self.id, **parameters)

    async def unmute(self, **parameters: Unpack[ChannelsUnmuteParameters]) -> None:
        await self.client.channels.unmute(self.id, **parameters)

    async def hold(self) -> None:
        await self.client.channels.hold(self.id)

    async def unhold(self) -> None:
        await self.client.channels.unhold(self.id)

    async def startMoh(self, **parameters: Unpack[ChannelsStartMohParameters]) -> None:
        await self.client.channels.startMoh(self.id, **parameters)

    async def stopMoh(self) -> None:
        await self.client.channels.stopMoh(self.id)

    async def startSilence(self) -> None:
        await self.client.channels.startSilence(self.id)

    async def stopSilence(self) -> None:
        await self.client.channels.stopSilence(self.id)

    async def play(self, **parameters: Unpack[ChannelsPlayParameters]) -> "Playback":
        return await self.client.channels.play(self.id, **parameters)

    async def playWithId(self, playbackId: str, **parameters: Unpack[ChannelsPlayWithIdParameters]) -> "Playback":
        return await self.client.channels.playWithId(self.id, playbackId, **parameters)

    async def record(self, **parameters: Unpack[ChannelsRecordParameters]) -> "LiveRecording":
        return await self.client.channels.record(self.id, **parameters)

    async def getChannelVar(self, **parameters: Unpack[ChannelsGetChannelVarParameters]) -> models.Variable:
        return await self.client.channels.getChannelVar(self.id, **parameters)

    async def setChannelVar(self, **parameters: Unpack[ChannelsSetChannelVarParameters]) -> None:
        await self.client.channels.setChannelVar(self.id, **parameters)

    async def getChannelVars(self, **parameters: Unpack[ChannelsGetChannelVarsParameters]) -> models.Variables:
        return await self.client.channels.getChannelVars(self.id, **parameters)

    async def setChannelVars(self, **parameters: Unpack[ChannelsSetChannelVarsParameters]) -> None:
        await self.client.channels.setChannelVars(self.id, **parameters)

    async def snoopChannel(self, **parameters: Unpack[ChannelsSnoopChannelParameters]) -> "Channel":
        return await self.client.channels.snoopChannel(self.id, **parameters)

    async def snoopChannelWithId(
        self, snoopId: str, **parameters: Unpack[ChannelsSnoopChannelWithIdParameters]
    ) -> "Channel":
        return await self.client.channels.snoopChannelWithId(self.id, snoopId, **parameters)

    async def dial(self, **parameters: Unpack[ChannelsDialParameters]) -> None:
        await self.client.channels.dial(self.id, **parameters)

    async def rtpstatistics(self) -> models.RTPstat:
        return await self.client.channels.rtpstatistics(self.id)

    async def transfer_progress(self, **parameters: Unpack[ChannelsTransferProgressParameters]) -> None:
        await self.client.channels.transfer_progress(self.id, **parameters)
