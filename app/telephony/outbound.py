"""What the domain commands, as requests to Asterisk: one table, from the command to how it is sent and which refusals mean "done".

Every id is chosen by us, so Asterisk itself recognises most commands that come twice. Two exceptions are known here: it would
queue a playback of the same id once more, and it answers 409 to a phone it could not ring as to one that rings already.
"""

from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass
from typing import Any

from app.calls.ports import NodeAway, RequestRefused
from app.domain.commands import (
    AddToBridge,
    Answer,
    AnswerTransfer,
    ContinueRecording,
    CreateBridge,
    DestroyBridge,
    DialNumber,
    FinishRecording,
    Hangup,
    MuteParty,
    PauseRecording,
    Play,
    RemoveFromBridge,
    RingPhone,
    SendDigits,
    Snoop,
    StartMusic,
    StartRecording,
    StartRinging,
    StopMusic,
    StopPlayback,
    StopRinging,
    TelephonyCommand,
    UnmuteParty,
)
from app.domain.events import Event, PlaybackFinished
from app.domain.ids import ChannelId, NodeName, PlaybackId
from app.errors import TrunklineError
from app.telephony.ari.client import AriClient
from app.telephony.ari.errors import AriDisconnected, AriError, AriOverloaded, AriRequestFailed, AriTimeout
from app.telephony.bridges import bridge_type
from app.telephony.dialling import Dialling, Trunks
from app.telephony.ears import Ears
from app.telephony.inbound import Inbound, Recent
from app.telephony.media import Media
from app.telephony.recording.recorder import Manager, Recorder

_DONE_IF_GONE = frozenset({404})
_DONE_IF_GOING = frozenset({404, 409})
"""409: a bridge that is being destroyed is no longer the application's."""
_DONE_IF_OUT = frozenset({404, 422})
_PAUSE = "w"
"""Half a second without a key, in Asterisk's words."""


class Outbound:
    """Sends the commands for one node. Commands of different contacts never wait for one another here."""

    def __init__(
        self,
        node: NodeName,
        client: AriClient,
        manager: Manager,
        inbound: Inbound,
        media: Media,
        recorder: Recorder,
        emit: Callable[[Event], None],
        trunks: Trunks = tuple,
        browsers: Callable[[], bool] = bool,
    ) -> None:
        self.node = node
        self.client = client
        self._manager = manager
        self._inbound = inbound
        self._media = media
        self._recorder = recorder
        self._emit = emit
        self._dialling, self._browsers = Dialling(client, trunks), browsers
        self._ears = Ears(client)
        self._played = Recent()
        self._playing: dict[ChannelId, PlaybackId] = {}
        self._without_music: set[ChannelId] = set()
        """Channels that this process has known from their beginning and given no music."""

    async def carry_out(self, command: TelephonyCommand) -> None:
        """Sends one command. RequestRefused and NodeAway as `calls.ports.Telephony.execute` promises."""
        name, row = type(command).__name__, OUTBOUND[type(command)]
        try:
            await row.send(self, command)
        except AriRequestFailed as error:
            status = 404 if error.reason == "Channel not found." else error.status_code
            if status not in row.done_if:
                raise _refused(command, status, error.reason) from error
        except AriDisconnected as error:
            raise NodeAway(node=self.node) from error
        except AriTimeout as error:
            raise _refused(command, 504, str(error)) from error
        except (AriOverloaded, AriError) as error:
            raise _refused(command, 503, str(error)) from error
        except RequestRefused:
            raise
        except TrunklineError as error:
            raise RequestRefused(
                command=name, target=target_of(command), http_status=error.status, reason=str(error)
            ) from error

    def knows_playback(self, playback_id: PlaybackId) -> bool:
        """True when this process sent the playback to this node and it has not ended since."""
        return playback_id in self._playing.values()

    def learn_playback(self, channel_id: ChannelId, playback_id: PlaybackId) -> None:
        """A playback that another process began goes on at this channel."""
        self._playing.setdefault(channel_id, playback_id)

    def keep_only(self, present: Container[str]) -> None:
        """Forgets the playbacks of channels that are not there any more."""
        self._playing = {channel: playing for channel, playing in self._playing.items() if channel in present}

    def playback_ended(self, playback_id: PlaybackId) -> None:
        for channel_id in [channel for channel, playing in self._playing.items() if playing == playback_id]:
            del self._playing[channel_id]

    def channel_ended(self, channel_id: ChannelId) -> None:
        self._playing.pop(channel_id, None)
        self._without_music.discard(channel_id)
        self._ears.channel_ended(channel_id)

    # -- one method a command ----------------------------------------------------------------------------------------------

    async def _answer(self, command: Answer) -> None:
        await self.client.channels.answer(command.channel_id)
        self._without_music.add(command.channel_id)

    async def _hangup(self, command: Hangup) -> None:
        await self.hang_up(command.channel_id, command.cause)

    async def hang_up(self, channel_id: ChannelId, cause: int) -> None:
        """Hangs up, so that the end is told with this cause."""
        self._inbound.hangup_asked(channel_id, cause)
        try:
            await self.client.channels.hangup(channel_id, reason_code=str(cause))
        except AriRequestFailed:
            self._inbound.hangup_needless(channel_id)
            raise

    async def _play(self, command: Play) -> None:
        try:
            files = await self._media.files(command.prompts)
        except TrunklineError as error:
            self._emit(PlaybackFinished(command.playback_id, failed=True, reason=str(error)))
            return
        if not files:
            self._emit(PlaybackFinished(command.playback_id))
            return
        if not self._played.add(command.playback_id):
            return
        await self._stop_playing(command.channel_id)
        self._playing[command.channel_id] = command.playback_id
        media = [file.sound_uri for file in files]
        try:
            await self.client.channels.playWithId(command.channel_id, command.playback_id, media=media)
        except BaseException:
            self._played.discard(command.playback_id)
            self.playback_ended(command.playback_id)
            raise

    async def _stop_playback(self, command: StopPlayback) -> None:
        await self.client.playbacks.stop(command.playback_id)

    async def _stop_playing(self, channel_id: ChannelId) -> None:
        playback_id = self._playing.get(channel_id)
        if playback_id is None:
            return
        try:
            await self.client.playbacks.stop(playback_id)
        except AriRequestFailed as error:
            if error.status_code not in _DONE_IF_GONE:
                raise

    async def _start_music(self, command: StartMusic) -> None:
        self._without_music.discard(command.channel_id)
        await self.client.channels.startMoh(command.channel_id, mohClass=command.music_class)

    async def _stop_music(self, command: StopMusic) -> None:
        await self.client.channels.stopMoh(command.channel_id)

    async def _start_ringing(self, command: StartRinging) -> None:
        await self.client.channels.ring(command.channel_id)

    async def _stop_ringing(self, command: StopRinging) -> None:
        await self.client.channels.ringStop(command.channel_id)

    async def _send_digits(self, command: SendDigits) -> None:
        await self.client.channels.sendDTMF(command.channel_id, dtmf=command.digits.replace(",", _PAUSE))

    async def _mute(self, command: MuteParty) -> None:
        await self.client.channels.mute(command.channel_id, direction="in")

    async def _unmute(self, command: UnmuteParty) -> None:
        await self.client.channels.unmute(command.channel_id, direction="in")

    async def _ring_phone(self, command: RingPhone) -> None:
        self._without_music.add(command.channel_id)
        await self._dialling.ring(command)

    async def _dial_number(self, command: DialNumber) -> None:
        self._without_music.add(command.channel_id)
        await self._dialling.dial(command)

    async def _snoop(self, command: Snoop) -> None:
        self._without_music.add(command.channel_id)
        await self._ears.listen(command, self._dialling.exists)

    async def _answer_transfer(self, command: AnswerTransfer) -> None:
        states = "channel_answered" if command.accepted else "channel_declined"
        await self.client.channels.transfer_progress(command.channel_id, states=states)

    async def _create_bridge(self, command: CreateBridge) -> None:
        """All media pass Asterisk: packets that it merely forwarded would keep their sender's numbering, and after keys that Asterisk
        itself sends in its own, the other end drops them as too old."""
        await self.client.bridges.createWithId(command.bridge_id, type=bridge_type(self._browsers()))

    async def _add_to_bridge(self, command: AddToBridge) -> None:
        """Prompt and music stop first: Asterisk moves a channel only when nothing is played to it."""
        await self._stop_playing(command.channel_id)
        if command.channel_id not in self._without_music:
            await self.client.channels.stopMoh(command.channel_id)
        await self.client.bridges.addChannel(command.bridge_id, channel=[command.channel_id])

    async def _remove_from_bridge(self, command: RemoveFromBridge) -> None:
        await self.client.bridges.removeChannel(command.bridge_id, channel=[command.channel_id])

    async def _destroy_bridge(self, command: DestroyBridge) -> None:
        await self.client.bridges.destroy(command.bridge_id)

    async def _start_recording(self, command: StartRecording) -> None:
        await self._recorder.start(self._manager, command)

    async def _pause_recording(self, command: PauseRecording) -> None:
        await self._recorder.pause(self._manager, command)

    async def _continue_recording(self, command: ContinueRecording) -> None:
        await self._recorder.proceed(self._manager, command)

    async def _finish_recording(self, command: FinishRecording) -> None:
        await self._recorder.finish(self._manager, command)


@dataclass(frozen=True, slots=True)
class Row:
    """How a command is sent, and which HTTP statuses say that what it wants is so already."""

    send: Callable[[Outbound, Any], Awaitable[None]]
    done_if: frozenset[int] = frozenset()


OUTBOUND: dict[type, Row] = {
    Answer: Row(Outbound._answer),
    Hangup: Row(Outbound._hangup, _DONE_IF_GONE),
    Play: Row(Outbound._play),
    StopPlayback: Row(Outbound._stop_playback, _DONE_IF_GONE),
    StartMusic: Row(Outbound._start_music),
    StopMusic: Row(Outbound._stop_music, _DONE_IF_GONE),
    StartRinging: Row(Outbound._start_ringing),
    StopRinging: Row(Outbound._stop_ringing, _DONE_IF_GONE),
    SendDigits: Row(Outbound._send_digits),
    MuteParty: Row(Outbound._mute),
    UnmuteParty: Row(Outbound._unmute, _DONE_IF_GONE),
    RingPhone: Row(Outbound._ring_phone),
    DialNumber: Row(Outbound._dial_number),
    CreateBridge: Row(Outbound._create_bridge, frozenset({409})),
    AddToBridge: Row(Outbound._add_to_bridge),
    RemoveFromBridge: Row(Outbound._remove_from_bridge, _DONE_IF_OUT),
    DestroyBridge: Row(Outbound._destroy_bridge, _DONE_IF_GOING),
    StartRecording: Row(Outbound._start_recording),
    PauseRecording: Row(Outbound._pause_recording),
    ContinueRecording: Row(Outbound._continue_recording),
    FinishRecording: Row(Outbound._finish_recording),
    Snoop: Row(Outbound._snoop),
    AnswerTransfer: Row(Outbound._answer_transfer, frozenset({400, 404, 409})),
}


def target_of(command: TelephonyCommand) -> str:
    """What a command is for: the phone, channel, playback, bridge or recording."""
    for name in ("phone", "number", "bridge_id", "playback_id", "channel_id", "recording_id"):
        value = getattr(command, name, None)
        if value is not None:
            return str(value)
    return command.contact_id


def _refused(command: TelephonyCommand, http_status: int, reason: str) -> RequestRefused:
    return RequestRefused(
        command=type(command).__name__, target=target_of(command), http_status=http_status, reason=reason
    )
