"""An Asterisk of values: channels, bridges, playbacks, recordings and phones that behave like the real thing, in virtual time."""

from collections.abc import Callable
from functools import partial

from app.calls.ports import RequestRefused
from app.domain.events import ChannelAnswered, ChannelEnded, Event, PlaybackFinished
from app.domain.ids import BridgeId, ChannelId, NodeName, PlaybackId, RecordingId
from app.domain.prompt import Prompt, PromptKind
from app.telephony.fake.agenda import Agenda
from app.telephony.fake.sound import MUSIC, RINGING, SAY, VOICE, Timeline
from app.telephony.fake.state import PHONE, Bridge, Channel, Phone, Playback, RunningRecording

UNALLOCATED, NORMAL_CLEARING, USER_BUSY, NO_ANSWER, CALL_REJECTED = 1, 16, 17, 19, 21

Emit = Callable[[NodeName, Event], None]
PromptLength = Callable[[Prompt], int | None]
"""Milliseconds that a prompt takes, or None when it cannot be made."""


class Exchange:
    """All nodes' contents. Every id names its thing on all nodes together, as the real ids do."""

    def __init__(self, agenda: Agenda, emit: Emit, prompt_length: PromptLength) -> None:
        self.agenda = agenda
        self.prompt_length = prompt_length
        self.timeline = Timeline()
        self.phones: dict[str, Phone] = {}
        self.numbers: dict[str, Phone] = {}
        """Outside numbers and who is there; every other number is unallocated."""
        self.trunks = 1
        self.channels: dict[ChannelId, Channel] = {}
        self.bridges: dict[BridgeId, Bridge] = {}
        self.playbacks: dict[PlaybackId, Playback] = {}
        self.stoppable: set[PlaybackId] = set()
        """The playbacks that the present process knows of: it stops them before it moves a channel."""
        self.recordings: dict[RecordingId, RunningRecording] = {}
        self._emit = emit

    def channel(self, command: str, channel_id: ChannelId) -> Channel:
        """The channel a command is for; RequestRefused when it is not (any more) in the application."""
        found = self.channels.get(channel_id)
        if found is None:
            raise RequestRefused(command=command, target=channel_id, http_status=404, reason="there is no such channel")
        if not found.in_application:
            raise RequestRefused(command=command, target=channel_id, http_status=409, reason="it is not answered yet")
        return found

    def bridge(self, command: str, bridge_id: BridgeId) -> Bridge:
        """The bridge a command is for, or RequestRefused."""
        found = self.bridges.get(bridge_id)
        if found is None:
            raise RequestRefused(command=command, target=bridge_id, http_status=404, reason="there is no such bridge")
        return found

    # -- channels ----------------------------------------------------------------------------------------------------------

    def add(self, channel: Channel) -> None:
        self.channels[channel.channel_id] = channel

    def ring(self, channel: Channel, phone: Phone, timeout_ms: int) -> None:
        """Rings a phone on a channel that was just made, and plans what its person does."""
        self.add(channel)
        reaction_ms = phone.answers_after_ms
        if channel.silent and phone.says_before_ms is not None:
            channel.plans.append(self.agenda.after(phone.says_before_ms, partial(self._lets_hear, channel)))
        if phone.refuses_with is not None:
            plan, after_ms = partial(self.end, channel.channel_id, phone.refuses_with), phone.refuses_after_ms
        elif phone.busy:
            plan, after_ms = partial(self.end, channel.channel_id, USER_BUSY), 0
        elif reaction_ms is None or reaction_ms >= timeout_ms:
            plan, after_ms = partial(self.end, channel.channel_id, NO_ANSWER), timeout_ms
        elif phone.rejects:
            plan, after_ms = partial(self.end, channel.channel_id, CALL_REJECTED), reaction_ms
        else:
            plan, after_ms = partial(self._pick_up, channel, phone), reaction_ms
        channel.plans.append(self.agenda.after(after_ms, plan))

    def _lets_hear(self, channel: Channel) -> None:
        """Whoever is in the bridge hears the far end from now on, in the place of our ringing."""
        channel.silent = False
        bridge = self.bridges.get(channel.bridge_id) if channel.bridge_id else None
        for other in bridge.members if bridge else ():
            if other != channel.channel_id:
                self.timeline.stop(other, self.agenda.now_ms(), RINGING)
                self._hears(other, channel)
                self._hears(channel.channel_id, self.channels[other])

    def _pick_up(self, channel: Channel, phone: Phone) -> None:
        channel.state, channel.in_application = "Up", True
        if channel.silent:
            self._lets_hear(channel)
        self._emit(channel.node, ChannelAnswered(channel.channel_id))
        if phone.hangs_up_after_ms is not None:
            plan = self.agenda.after(phone.hangs_up_after_ms, lambda: self.end(channel.channel_id, NORMAL_CLEARING))
            channel.plans.append(plan)

    def end(self, channel_id: ChannelId, cause: int) -> None:
        """The channel is gone, with everything that went on at it; exactly one ChannelEnded tells."""
        channel = self.channels.pop(channel_id, None)
        if channel is None:
            return
        self._silence(channel)
        self._emit(channel.node, ChannelEnded(channel_id, cause))

    def _silence(self, channel: Channel) -> None:
        now_ms = self.agenda.now_ms()
        self.leave_bridge(channel)
        self.timeline.stop(channel.channel_id, now_ms)
        for ear in [ear for ear in self.channels.values() if ear.snoops == channel.channel_id]:
            self.end(ear.channel_id, NORMAL_CLEARING)
        for plan in channel.plans:
            plan.cancel()
        if channel.playback_id is not None:
            self.playbacks.pop(channel.playback_id).end.cancel()
            channel.playback_id = None
        recording = self.recordings.get(channel.recording_id) if channel.recording_id else None
        if recording is not None and recording.ended_ms is None:
            recording.ended_ms = now_ms

    def wipe(self, node: NodeName) -> None:
        """The node's process died: everything on it is gone and nobody is told."""
        for channel in [channel for channel in self.channels.values() if channel.node == node]:
            self._silence(channel)
            del self.channels[channel.channel_id]
        for bridge_id in [bridge.bridge_id for bridge in self.bridges.values() if bridge.node == node]:
            del self.bridges[bridge_id]

    # -- sound -------------------------------------------------------------------------------------------------------------

    def play(self, channel: Channel, playback_id: PlaybackId, prompts: tuple[Prompt, ...]) -> None:
        """Plays the prompts in turn; a playback that goes on at this channel is stopped first."""
        self.stop_playback_of(channel)
        lengths = [self.prompt_length(prompt) for prompt in prompts]
        if None in lengths:
            bad = prompts[lengths.index(None)]
            failed = PlaybackFinished(playback_id, failed=True, reason=f"there is no {bad.kind} prompt {bad.value!r}")
            self.agenda.after(0, lambda: self._emit(channel.node, failed))
            return
        start_ms = self.agenda.now_ms()
        for prompt, length_ms in zip(prompts, lengths, strict=True):
            if prompt.kind is not PromptKind.SILENCE:
                self.timeline.add(channel.channel_id, start_ms, start_ms + (length_ms or 0), SAY + prompt.value)
            start_ms += length_ms or 0
        end = self.agenda.after(start_ms - self.agenda.now_ms(), lambda: self.finish_playback(playback_id))
        self.playbacks[playback_id] = Playback(playback_id, channel.channel_id, prompts, end)
        channel.playback_id = playback_id

    def finish_playback(self, playback_id: PlaybackId) -> None:
        """Ends a playback now, whether it had come to its end or not; harmless when it is over."""
        playback = self.playbacks.pop(playback_id, None)
        if playback is None:
            return
        playback.end.cancel()
        self.timeline.stop(playback.channel_id, self.agenda.now_ms(), SAY)
        channel = self.channels[playback.channel_id]
        channel.playback_id = None
        self._emit(channel.node, PlaybackFinished(playback_id))

    def stop_playback_of(self, channel: Channel) -> None:
        """Stops what is played to this channel, if anything is."""
        if channel.playback_id is not None:
            self.finish_playback(channel.playback_id)

    def start_music(self, channel: Channel, music_class: str) -> None:
        """Plays music to the channel, instead of other music if there was some."""
        if channel.music != music_class:
            self.stop_music(channel)
        channel.music = music_class
        self.timeline.begin(channel.channel_id, self.agenda.now_ms(), MUSIC + music_class)

    def stop_music(self, channel: Channel) -> None:
        """Stops the music; harmless without."""
        channel.music = None
        self.timeline.stop(channel.channel_id, self.agenda.now_ms(), MUSIC)

    def start_ringing(self, channel: Channel) -> None:
        """Ringback tone until it is stopped, the channel joins a bridge, or somebody in its bridge is heard."""
        bridge = self.bridges.get(channel.bridge_id) if channel.bridge_id else None
        others = [self.channels[each] for each in bridge.members if each != channel.channel_id] if bridge else []
        if any(not other.silent and not other.muted for other in others):
            return
        self.timeline.begin(channel.channel_id, self.agenda.now_ms(), RINGING)

    # -- bridges -----------------------------------------------------------------------------------------------------------

    def join(self, bridge: Bridge, channel: Channel) -> None:
        """Connects the channel with everybody in the bridge; prompt and music at it stop, another bridge is left."""
        if channel.bridge_id == bridge.bridge_id:
            return
        self.stop_playback_of(channel)
        self.stop_music(channel)
        self.timeline.stop(channel.channel_id, self.agenda.now_ms(), RINGING)
        self.leave_bridge(channel)
        bridge.members.append(channel.channel_id)
        channel.bridge_id = bridge.bridge_id
        for other in bridge.members[:-1]:
            self._hears(other, channel)
            self._hears(channel.channel_id, self.channels[other])

    def _hears(self, listener: ChannelId, speaker: Channel) -> None:
        if not speaker.muted and not speaker.silent and not self.channels[listener].silent:
            self.timeline.begin(listener, self.agenda.now_ms(), VOICE + speaker.channel_id)

    def mute(self, channel: Channel, *, muted: bool) -> None:
        """What the channel says reaches nobody in its bridge, or does again."""
        channel.muted = muted
        bridge = self.bridges.get(channel.bridge_id) if channel.bridge_id else None
        for other in bridge.members if bridge else ():
            if muted:
                self.timeline.stop(other, self.agenda.now_ms(), VOICE + channel.channel_id)
            elif other != channel.channel_id:
                self._hears(other, channel)

    def snoop(self, of: Channel, ear: Channel) -> None:
        """The ear hears the channel's party and whom that party hears; it lives as long as the channel. A supervisor in a bridge with
        it is told as hearing the ear."""
        self.add(ear)

    def leave_bridge(self, channel: Channel) -> None:
        """Takes the channel out of its bridge, if it is in one."""
        bridge = self.bridges.get(channel.bridge_id) if channel.bridge_id else None
        channel.bridge_id = None
        if bridge is None:
            return
        bridge.members.remove(channel.channel_id)
        now_ms = self.agenda.now_ms()
        self.timeline.stop(channel.channel_id, now_ms, VOICE)
        for other in bridge.members:
            self.timeline.stop(other, now_ms, VOICE + channel.channel_id)

    def destroy(self, bridge_id: BridgeId) -> None:
        """Ends the bridge; its members live on, alone. Harmless when it is gone."""
        bridge = self.bridges.get(bridge_id)
        if bridge is None:
            return
        for member in list(bridge.members):
            self.leave_bridge(self.channels[member])
        del self.bridges[bridge_id]

    def ringing(self, phone: str) -> list[Channel]:
        """The channels on which this phone rings or talks."""
        return [channel for channel in self.channels.values() if channel.side == PHONE and channel.phone == phone]
