"""What a conversation needs after an interruption: the commands that make Asterisk what it should be. Sending them again is harmless."""

from collections.abc import Collection, Mapping

from app.conversation.ending import kept_voices
from app.conversation.offer import ringing
from app.conversation.state import Conversation, Phase
from app.conversation.talk import joining
from app.domain.commands import Answer, Command, FinishRecording, Hangup, StartMusic
from app.domain.contact import Contact
from app.domain.ids import BridgeId, ChannelId
from app.domain.instance import Instance


def resume(
    talk: Conversation,
    contact: Contact,
    instance: Instance,
    present: Collection[ChannelId],
    bridges: Mapping[BridgeId, Collection[ChannelId]],
) -> tuple[Command, ...]:
    """The commands for one contact, given which channels are there and who is in which bridge."""
    commands: list[Command] = []
    if talk.phase is Phase.FLOW:
        commands.append(Answer(talk.contact_id, talk.customer))
    elif talk.phase in (Phase.QUEUED, Phase.RINGING):
        if talk.run is None:
            commands.append(StartMusic(talk.contact_id, talk.customer))
        if talk.leg is not None and talk.leg.channel_id not in present:
            commands += ringing(talk, contact, instance)
    elif talk.phase is Phase.TALK and not _joined(talk, bridges):
        commands += joining(talk, contact)
    elif talk.phase is Phase.ENDING:
        commands.append(Hangup(talk.contact_id, talk.customer))
    if talk.recording_open and talk.recording_stopping and talk.recording_id is not None:
        customer, agent = kept_voices(contact.recorded)
        commands.append(FinishRecording(talk.contact_id, talk.customer, talk.recording_id, customer, agent))
    return tuple(commands)


def _joined(talk: Conversation, bridges: Mapping[BridgeId, Collection[ChannelId]]) -> bool:
    """True when both are in the bridge: the recording, which starts before they join, runs then too."""
    members = bridges.get(talk.bridge_id, ()) if talk.bridge_id else ()
    return talk.leg is not None and talk.customer in members and talk.leg.channel_id in members
