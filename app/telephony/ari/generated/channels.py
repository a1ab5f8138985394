"""The operations of channels.

Generated from Asterisk's API description by `python -m app.telephony.ari.generate`; names are Asterisk's own.
"""

# ruff: noqa: N802, N803

import builtins
from typing import Unpack

from app.telephony.ari.base import Repository
from app.telephony.ari.generated.channel_object import Channel
from app.telephony.ari.generated.channels_parameters import (
    ChannelsContinueInDialplanParameters,
    ChannelsCreateParameters,
    ChannelsDialParameters,
    ChannelsExternalMediaParameters,
    ChannelsGetChannelVarParameters,
    ChannelsGetChannelVarsParameters,
    ChannelsHangupParameters,
    ChannelsMoveParameters,
    ChannelsMuteParameters,
    ChannelsOriginateParameters,
    ChannelsOriginateWithIdParameters,
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
from app.telephony.ari.generated.models import RTPstat, Variable, Variables
from app.telephony.ari.generated.objects import LiveRecording, Playback
from app.telephony.ari.operation import Operation

LIST = Operation("channels.list", "GET", "channels")
ORIGINATE = Operation("channels.originate", "POST", "channels", ChannelsOriginateParameters, body="variables")
CREATE = Operation("channels.create", "POST", "channels/create", ChannelsCreateParameters, body="variables")
GET = Operation("channels.get", "GET", "channels/{}")
ORIGINATE_WITH_ID = Operation(
    "channels.originateWithId", "POST", "channels/{}", ChannelsOriginateWithIdParameters, body="variables"
)
HANGUP = Operation("channels.hangup", "DELETE", "channels/{}", ChannelsHangupParameters)
CONTINUE_IN_DIALPLAN = Operation(
    "channels.continueInDialplan", "POST", "channels/{}/continue", ChannelsContinueInDialplanParameters
)
MOVE = Operation("channels.move", "POST", "channels/{}/move", ChannelsMoveParameters)
REDIRECT = Operation("channels.redirect", "POST", "channels/{}/redirect", ChannelsRedirectParameters)
ANSWER = Operation("channels.answer", "POST", "channels/{}/answer")
RING = Operation("channels.ring", "POST", "channels/{}/ring")
RING_STOP = Operation("channels.ringStop", "DELETE", "channels/{}/ring")
PROGRESS = Operation("channels.progress", "POST", "channels/{}/progress")
SEND_DTMF = Operation("channels.sendDTMF", "POST", "channels/{}/dtmf", ChannelsSendDTMFParameters)
MUTE = Operation("channels.mute", "POST", "channels/{}/mute", ChannelsMuteParameters)
UNMUTE = Operation("channels.unmute", "DELETE", "channels/{}/mute", ChannelsUnmuteParameters)
HOLD = Operation("channels.hold", "POST", "channels/{}/hold")
UNHOLD = Operation("channels.unhold", "DELETE", "channels/{}/hold")
START_MOH = Operation("channels.startMoh", "POST", "channels/{}/moh", ChannelsStartMohParameters)
STOP_MOH = Operation("channels.stopMoh", "DELETE", "channels/{}/moh")
START_SILENCE = Operation("channels.startSilence", "POST", "channels/{}/silence")
STOP_SILENCE = Operation("channels.stopSilence", "DELETE", "channels/{}/silence")
PLAY = Operation("channels.play", "POST", "channels/{}/play", ChannelsPlayParameters)
PLAY_WITH_ID = Operation("channels.playWithId", "POST", "channels/{}/play/{}", ChannelsPlayWithIdParameters)
RECORD = Operation("channels.record", "POST", "channels/{}/record", ChannelsRecordParameters)
GET_CHANNEL_VAR = Operation("channels.getChannelVar", "GET", "channels/{}/variable", ChannelsGetChannelVarParameters)
SET_CHANNEL_VAR = Operation("channels.setChannelVar", "POST", "channels/{}/variable", ChannelsSetChannelVarParameters)
GET_CHANNEL_VARS = Operation(
    "channels.getChannelVars", "GET", "channels/{}/variables", ChannelsGetChannelVarsParameters
)
SET_CHANNEL_VARS = Operation(
    "channels.setChannelVars", "POST", "channels/{}/variables", ChannelsSetChannelVarsParameters, body="variables"
)
SNOOP_CHANNEL = Operation("channels.snoopChannel", "POST", "channels/{}/snoop", ChannelsSnoopChannelParameters)
SNOOP_CHANNEL_WITH_ID = Operation(
    "channels.snoopChannelWithId", "POST", "channels/{}/snoop/{}", ChannelsSnoopChannelWithIdParameters
)
DIAL = Operation("channels.dial", "POST", "channels/{}/dial", ChannelsDialParameters)
RTPSTATISTICS = Operation("channels.rtpstatistics", "GET", "channels/{}/rtp_statistics")
EXTERNAL_MEDIA = Operation(
    "channels.externalMedia", "POST", "channels/externalMedia", ChannelsExternalMediaParameters, body="variables"
)
TRANSFER_PROGRESS = Operation(
    "channels.transfer_progress", "POST", "channels/{}/transfer_progress", ChannelsTransferProgressParameters
)


class Channels(Repository):
    """`client.channels`"""

    __slots__ = ()

    async def list(self) -> builtins.list[Channel]:
        return [Channel(self._client, item) for item in await self._send(LIST)]

    async def originate(self, **parameters: Unpack[ChannelsOriginateParameters]) -> Channel:
        return Channel(self._client, await self._send(ORIGINATE, (), parameters))

    async def create(self, **parameters: Unpack[ChannelsCreateParameters]) -> Channel:
        return Channel(self._client, await self._send(CREATE, (), parameters))

    async def get(self, channelId: str) -> Channel:
        return Channel(self._client, await self._send(GET, (channelId,)))

    async def originateWithId(self, channelId: str, **parameters: Unpack[ChannelsOriginateWithIdParameters]) -> Channel:
        return Channel(self._client, await self._send(ORIGINATE_WITH_ID, (channelId,), parameters))

    async def hangup(self, channelId: str, **parameters: Unpack[ChannelsHangupParameters]) -> None:
        await self._send(HANGUP, (channelId,), parameters)

    async def continueInDialplan(
        self, channelId: str, **parameters: Unpack[ChannelsContinueInDialplanParameters]
    ) -> None:
        await self._send(CONTINUE_IN_DIALPLAN, (channelId,), parameters)

    async def move(self, channelId: str, **parameters: Unpack[ChannelsMoveParameters]) -> None:
        await self._send(MOVE, (channelId,), parameters)

    async def redirect(self, channelId: str, **parameters: Unpack[ChannelsRedirectParameters]) -> None:
        await self._send(REDIRECT, (channelId,), parameters)

    async def answer(self, channelId: str) -> None:
        await self._send(ANSWER, (channelId,))

    async def ring(self, channelId: str) -> None:
        await self._send(RING, (channelId,))

    async def ringStop(self, channelId: str) -> None:
        await self._send(RING_STOP, (channelId,))

    async def progress(self, channelId: str) -> None:
        await self._send(PROGRESS, (channelId,))

    async def sendDTMF(self, channelId: str, **parameters: Unpack[ChannelsSendDTMFParameters]) -> None:
        await self._send(SEND_DTMF, (channelId,), parameters)

    async def mute(self, channelId: str, **parameters: Unpack[ChannelsMuteParameters]) -> None:
        await self._send(MUTE, (channelId,), parameters)

    async def unmute(self, channelId: str, **parameters: Unpack[ChannelsUnmuteParameters]) -> None:
        await self._send(UNMUTE, (channelId,), parameters)

    async def hold(self, channelId: str) -> None:
        await self._send(HOLD, (channelId,))

    async def unhold(self, channelId: str) -> None:
        await self._send(UNHOLD, (channelId,))

    async def startMoh(self, channelId: str, **parameters: Unpack[ChannelsStartMohParameters]) -> None:
        await self._send(START_MOH, (channelId,), parameters)

    async def stopMoh(self, channelId: str) -> None:
        await self._send(STOP_MOH, (channelId,))

    async def startSilence(self, channelId: str) -> None:
        await self._send(START_SILENCE, (channelId,))

    async def stopSilence(self, channelId: str) -> None:
        await self._send(STOP_SILENCE, (channelId,))

    async def play(self, channelId: str, **parameters: Unpack[ChannelsPlayParameters]) -> Playback:
        return Playback(self._client, await self._send(PLAY, (channelId,), parameters))

    async def playWithId(
        self, channelId: str, playbackId: str, **parameters: Unpack[ChannelsPlayWithIdParameters]
    ) -> Playback:
        return Playback(self._client, await self._send(PLAY_WITH_ID, (channelId, playbackId), parameters))

    async def record(self, channelId: str, **parameters: Unpack[ChannelsRecordParameters]) -> LiveRecording:
        return LiveRecording(self._client, await self._send(RECORD, (channelId,), parameters))

    async def getChannelVar(self, channelId: str, **parameters: Unpack[ChannelsGetChannelVarParameters]) -> Variable:
        answer: Variable = await self._send(GET_CHANNEL_VAR, (channelId,), parameters)
        return answer

    async def setChannelVar(self, channelId: str, **parameters: Unpack[ChannelsSetChannelVarParameters]) -> None:
        await self._send(SET_CHANNEL_VAR, (channelId,), parameters)

    async def getChannelVars(self, channelId: str, **parameters: Unpack[ChannelsGetChannelVarsParameters]) -> Variables:
        answer: Variables = await self._send(GET_CHANNEL_VARS, (channelId,), parameters)
        return answer

    async def setChannelVars(self, channelId: str, **parameters: Unpack[ChannelsSetChannelVarsParameters]) -> None:
        await self._send(SET_CHANNEL_VARS, (channelId,), parameters)

    async def snoopChannel(self, channelId: str, **parameters: Unpack[ChannelsSnoopChannelParameters]) -> Channel:
        return Channel(self._client, await self._send(SNOOP_CHANNEL, (channelId,), parameters))

    async def snoopChannelWithId(
        self, channelId: str, snoopId: str, **parameters: Unpack[ChannelsSnoopChannelWithIdParameters]
    ) -> Channel:
        return Channel(self._client, await self._send(SNOOP_CHANNEL_WITH_ID, (channelId, snoopId), parameters))

    async def dial(self, channelId: str, **parameters: Unpack[ChannelsDialParameters]) -> None:
        await self._send(DIAL, (channelId,), parameters)

    async def rtpstatistics(self, channelId: str) -> RTPstat:
        answer: RTPstat = await self._send(RTPSTATISTICS, (channelId,))
        return answer

    async def externalMedia(self, **parameters: Unpack[ChannelsExternalMediaParameters]) -> Channel:
        return Channel(self._client, await self._send(EXTERNAL_MEDIA, (), parameters))

    async def transfer_progress(self, channelId: str, **parameters: Unpack[ChannelsTransferProgressParameters]) -> None:
        await self._send(TRANSFER_PROGRESS, (channelId,), parameters)
