"""What Asterisk tells, as the domain's events: one table, from the type of an ARI event to what it means.

Measured on Asterisk 22.10, and the reason for the few things this module remembers:
- A caller's channel announces its end by ChannelHangupRequest and StasisEnd; ChannelDestroyed comes only for channels that we
  originated, then after StasisEnd. So whichever says first that a channel is gone ends it, and the others are not heard: the
  ChannelHangupRequest when the party of an answered call hung up.
- A hang-up that we asked for is announced without our Q.850 cause (`soft`, with a number of another kind).
- A playback on a channel that is hung up ends as `failed`, after the ChannelHangupRequest.
- A dialplan may put a channel that is hung up into the application once more (an `h` extension).
- A channel that we originated enters the application when it is answered; one that we created is there before it is dialled, and
  its answer is a `Dial` of status ANSWER. Of the first kind that is told as well, too early: it has not entered yet.
"""

import uuid
from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.call_control import PhoneHeld, PhoneLinesJoined, PhoneTransferred
from app.domain.events import CallArrived, ChannelAnswered, ChannelEnded, DigitReceived, Event, PlaybackFinished
from app.domain.ids import ChannelId, ContactId, NodeName, PlaybackId

NORMAL_CLEARING = 16
UP = "Up"
REMEMBERED_CHANNELS = 20_000
"""How many ended channels are remembered, so that a late event does not end one twice: minutes at hundreds of calls a second."""

FAR_HALF = ";2"

AriEvent = dict[str, Any]
NOTHING: AriEvent = {}


@dataclass(frozen=True, slots=True)
class LeftAlive:
    """A channel left the application and nobody hung it up: it is to be hung up, because nobody cares for it any more."""

    channel_id: ChannelId


Outcome = Event | LeftAlive


class Recent:
    """A bounded memory of names: the oldest are forgotten."""

    __slots__ = ("_limit", "_names")

    def __init__(self, limit: int = REMEMBERED_CHANNELS) -> None:
        self._names: OrderedDict[str, None] = OrderedDict()
        self._limit = limit

    def add(self, name: str) -> bool:
        """Remembers; False when it was remembered already."""
        if name in self._names:
            return False
        self._names[name] = None
        if len(self._names) > self._limit:
            self._names.popitem(last=False)
        return True

    def discard(self, name: str) -> None:
        self._names.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._names


def is_ours(node: str, channel_id: str) -> bool:
    """True for a channel that this application originated: its id begins with the node's name and our mark."""
    return channel_id.startswith(f"{node}-tl-") and not channel_id.endswith(FAR_HALF)


def is_far_half(node: str, channel_id: str) -> bool:
    """True for the other half of a Local channel that this application originated: Asterisk tells of it too, it is nobody's."""
    return channel_id.startswith(f"{node}-tl-") and channel_id.endswith(FAR_HALF)


def contact_id_of(namespace: uuid.UUID, channel_id: str) -> ContactId:
    """The contact of a channel that arrived: always the same for one channel, so that whoever adopts a call finds its contact.

    A channel's id is unique for its node and time, `namespace` for the installation.
    """
    return ContactId(str(uuid.uuid5(namespace, channel_id)))


class Inbound:
    """Translates the events of one node, in their order."""

    def __init__(self, node: NodeName, namespace: uuid.UUID) -> None:
        self.node = node
        self._namespace = namespace
        self._causes: dict[str, int] = {}
        self._asked: dict[str, int] = {}
        self._answered = Recent()
        self._ended = Recent()

    def hangup_asked(self, channel_id: str, cause: int) -> None:
        """We are about to hang this channel up: its end will have this cause."""
        if channel_id not in self._ended:
            self._asked[channel_id] = cause

    def hangup_needless(self, channel_id: str) -> None:
        """There was nothing to hang up."""
        self._asked.pop(channel_id, None)

    def translate(self, event: AriEvent) -> Iterable[Outcome]:
        """What this event means: nothing, one thing, or an end and a channel that lives on."""
        translator = INBOUND.get(event["type"])
        if translator is None or is_far_half(self.node, event.get("channel", NOTHING).get("id", "")):
            return ()
        return translator(self, event)

    def keep_only(self, present: Container[str]) -> None:
        """Forgets what was about channels that are not there any more and whose end nobody will tell: their node died."""
        for memory in (self._causes, self._asked):
            for channel_id in [channel_id for channel_id in memory if channel_id not in present]:
                del memory[channel_id]

    def _entered(self, event: AriEvent) -> Iterable[Outcome]:
        channel, arguments = event["channel"], event["args"]
        channel_id = ChannelId(channel["id"])
        if channel_id in self._ended or channel_id in self._causes:
            return ()
        if is_ours(self.node, channel_id):
            return self._answers(channel_id) if channel["state"] == UP else ()
        origin, origin_name, called = arrival(arguments, channel)
        contact_id = contact_id_of(self._namespace, channel_id)
        calling = channel["caller"]["number"]
        return (CallArrived(contact_id, self.node, channel_id, origin, origin_name, called, calling),)

    def _dialled(self, event: AriEvent) -> Iterable[Outcome]:
        peer = event["peer"]
        inside = peer["dialplan"].get("app_name") == "Stasis"
        if event["dialstatus"] != "ANSWER" or not inside or not is_ours(self.node, peer["id"]):
            return ()
        return self._answers(ChannelId(peer["id"]))

    def _answers(self, channel_id: ChannelId) -> Iterable[Outcome]:
        """The answer, once, and none of a channel that is over."""
        over = channel_id in self._ended or channel_id in self._causes
        return (ChannelAnswered(channel_id),) if not over and self._answered.add(channel_id) else ()

    def _hangup_requested(self, event: AriEvent) -> Iterable[Outcome]:
        """A party who hangs up is gone: who is to be served next does not wait until Asterisk has cleared the channel away."""
        channel_id, soft = ChannelId(event["channel"]["id"]), event.get("soft", False)
        if channel_id in self._ended:
            return ()
        self._causes.setdefault(channel_id, NORMAL_CLEARING if soft else event.get("cause", NORMAL_CLEARING))
        return () if soft or event["channel"]["state"] != UP else self._end(channel_id, 0, NORMAL_CLEARING)

    def _left(self, event: AriEvent) -> Iterable[Outcome]:
        """Why a call of ours was not answered is known when its channel is destroyed, which comes next."""
        channel_id = ChannelId(event["channel"]["id"])
        if event["channel"]["state"] != UP and is_ours(self.node, channel_id):
            return ()
        hung_up = channel_id in self._causes
        ended = self._end(channel_id, 0, NORMAL_CLEARING)
        return ended if hung_up or not ended else (*ended, LeftAlive(channel_id))

    def _destroyed(self, event: AriEvent) -> Iterable[Outcome]:
        return self._end(ChannelId(event["channel"]["id"]), event["cause"], 0, event.get("cause_txt", ""))

    def _end(self, channel_id: ChannelId, cause: int, otherwise: int, words: str = "") -> tuple[Event, ...]:
        """The end, once. What we asked for comes before what Asterisk says now, and that before what it announced; but of a call that
        fails at once it says no more than that it is over."""
        announced, asked = self._causes.pop(channel_id, 0), self._asked.pop(channel_id, None)
        if not self._ended.add(channel_id):
            return ()
        if cause in (0, NORMAL_CLEARING):
            cause = announced or cause or otherwise
        return (ChannelEnded(channel_id, asked if asked is not None else cause, words),)

    def _digit(self, event: AriEvent) -> Iterable[Outcome]:
        return (DigitReceived(ChannelId(event["channel"]["id"]), event["digit"]),)

    def _held(self, event: AriEvent) -> Iterable[Outcome]:
        return (PhoneHeld(ChannelId(event["channel"]["id"]), held=event["type"] == "ChannelHold"),)

    def _transferred(self, event: AriEvent) -> Iterable[Outcome]:
        """To what was dialled (blind), or to another call of the same phone (attended)."""
        channel_id, refer_to = ChannelId(event["referred_by"]["source_channel"]["id"]), event["refer_to"]
        other_id = refer_to.get("destination_channel", NOTHING).get("id")
        if other_id:
            return (PhoneLinesJoined(channel_id, ChannelId(other_id)),)
        destination = refer_to.get("requested_destination", NOTHING).get("destination", "")
        return (PhoneTransferred(channel_id, destination),) if destination else ()

    def _played(self, event: AriEvent) -> Iterable[Outcome]:
        playback = event["playback"]
        channel_id = playback["target_uri"].removeprefix("channel:")
        if channel_id in self._causes or channel_id in self._ended:
            return ()
        failed = playback["state"] == "failed"
        reason = f"Asterisk could not play {playback['media_uri']}" if failed else ""
        return (PlaybackFinished(PlaybackId(playback["id"]), failed, reason),)


INBOUND: dict[str, Callable[[Inbound, AriEvent], Iterable[Outcome]]] = {
    "StasisStart": Inbound._entered,
    "Dial": Inbound._dialled,
    "ChannelHangupRequest": Inbound._hangup_requested,
    "StasisEnd": Inbound._left,
    "ChannelDestroyed": Inbound._destroyed,
    "ChannelDtmfReceived": Inbound._digit,
    "ChannelHold": Inbound._held,
    "ChannelUnhold": Inbound._held,
    "ChannelTransfer": Inbound._transferred,
    "PlaybackFinished": Inbound._played,
}
"""Every type of event that is read; Asterisk is asked for no other."""


def arrival(arguments: list[str], channel: Mapping[str, Any]) -> tuple[str, str, str]:
    """(origin, the trunk's or phone's name, what was dialled) from what the dialplan says when it hands a call over.

    A dialplan that says less leaves the dialled number to the channel's extension.
    """
    origin, name, called = (*arguments, "", "", "")[:3]
    return origin or "trunk", name, called or channel["dialplan"]["exten"]
