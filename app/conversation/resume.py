"""What a conversation needs after an interruption: the commands that make Asterisk what it should be. Sending them again is harmless.

They follow from where each party is: who is called is called again, who is joined is put into the bridge, who is not is taken out
of it, and who should hear something hears it.
"""

from collections.abc import Collection, Iterator, Mapping

from app.conversation import monitor, parties, recording
from app.conversation.state import Conversation, Party, Phase, Place, Sound
from app.domain.commands import (
    AddToBridge,
    Answer,
    Command,
    ContinueRecording,
    CreateBridge,
    Hangup,
    MuteParty,
    PauseRecording,
    RemoveFromBridge,
    UnmuteParty,
)
from app.domain.contact import Contact
from app.domain.ids import BridgeId, ChannelId, ContactId


def resume(
    talk: Conversation,
    contacts: Mapping[ContactId, Contact],
    present: Collection[ChannelId],
    bridges: Mapping[BridgeId, Collection[ChannelId]],
) -> tuple[Command, ...]:
    """The commands for one conversation, given its open contacts, which channels are there and who is in which bridge."""
    commands = list(_whole_talk(talk, contacts, present, bridges))
    for party in (*talk.parties, *talk.resting):
        if party.place is Place.DIALLED:
            commands += parties.calling(talk, party) if party.early or party.channel_id not in present else ()
        elif party.channel_id in present:
            commands += _one_party(talk, party, bridges)
    customer = talk.party(talk.customer)
    if talk.phase is Phase.ENDING and customer is not None:
        commands.append(Hangup(talk.contact_id, customer.channel_id))
    for watch in talk.watches:
        joined = watch.bridge_id is not None and {watch.ear, watch.channel_id} <= set(bridges.get(watch.bridge_id, ()))
        commands += () if joined else monitor.attending(talk, watch)
    return tuple(commands)


def _whole_talk(
    talk: Conversation,
    contacts: Mapping[ContactId, Contact],
    present: Collection[ChannelId],
    bridges: Mapping[BridgeId, Collection[ChannelId]],
) -> Iterator[Command]:
    if talk.phase in (Phase.FLOW, Phase.DIALLING):
        for party in talk.parties:
            if party.call is None and party.channel_id in present:
                yield Answer(talk.contact_id, party.channel_id)
    if talk.bridge_id is not None and talk.bridge_id not in bridges:
        yield CreateBridge(talk.contact_id, talk.node, talk.bridge_id)
    for before in talk.recordings:
        if before.stopping and before.contact_id in contacts:
            yield recording.finishing(before, contacts[before.contact_id])
    running = talk.recording
    if running is not None and running.channel_id in present and running.contact_id in contacts:
        yield from recording.starting(talk, contacts[running.contact_id])
    if running is not None and running.paused_ms is not None:
        yield PauseRecording(talk.contact_id, running.channel_id)
    elif running is not None and running.contact_id in contacts and contacts[running.contact_id].recording_gaps_ms:
        yield ContinueRecording(talk.contact_id, running.channel_id)


def misplaced(
    talk: Conversation, present: Collection[ChannelId], bridges: Mapping[BridgeId, Collection[ChannelId]]
) -> Iterator[Command]:
    """The commands for who is in the bridge and should not be, or should and is not: a request may have failed."""
    for party in talk.parties:
        if party.place is not Place.DIALLED and party.channel_id in present:
            yield from _bridged(talk, party, bridges)


def _one_party(
    talk: Conversation, party: Party, bridges: Mapping[BridgeId, Collection[ChannelId]]
) -> Iterator[Command]:
    yield from _bridged(talk, party, bridges)
    if party.sound is not Sound.NONE:
        yield parties.BEGIN[party.sound](talk.contact_id, party.channel_id)
    if party.muted is not None:
        yield (MuteParty if party.muted else UnmuteParty)(talk.contact_id, party.channel_id)


def _bridged(talk: Conversation, party: Party, bridges: Mapping[BridgeId, Collection[ChannelId]]) -> Iterator[Command]:
    inside = talk.bridge_id is not None and party.channel_id in bridges.get(talk.bridge_id, ())
    belongs = party.early or party.place is Place.JOINED
    if talk.bridge_id is not None and belongs and not inside:
        yield AddToBridge(talk.contact_id, talk.bridge_id, party.channel_id)
    elif talk.bridge_id is not None and not belongs and inside:
        yield RemoveFromBridge(talk.contact_id, talk.bridge_id, party.channel_id)
