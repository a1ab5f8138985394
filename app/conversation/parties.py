"""Where parties are put: called, apart, joined, on hold, let go. Each of these says what is to be asked of telephony for it."""

from collections.abc import Callable
from dataclasses import replace

from app.conversation import recording
from app.conversation.state import Call, Conversation, Party, Place, Role, Sound
from app.conversation.step import Turn
from app.domain.causes import TRUNK_FAILED
from app.domain.commands import (
    AddToBridge,
    CancelTimer,
    Command,
    CreateBridge,
    DestroyBridge,
    DialNumber,
    Hangup,
    RemoveFromBridge,
    RingPhone,
    StartMusic,
    StartRinging,
    StartTimer,
    StopMusic,
    StopRinging,
)
from app.domain.contact import Contact, Hook
from app.domain.events import ChannelEnded, RequestFailed
from app.domain.ids import BridgeId, ChannelId, ContactId, ExecutionId, FlowId
from app.domain.instance import FlowType
from app.domain.requests import StartFlow, StopFlow

GONE = NO_TRUNK = 404
"""With this status a number is refused when no trunk is left."""

BEGIN: dict[Sound, Callable[[ContactId, ChannelId], Command]] = {Sound.MUSIC: StartMusic, Sound.RINGING: StartRinging}
CEASE: dict[Sound, Callable[[ContactId, ChannelId], Command]] = {Sound.MUSIC: StopMusic, Sound.RINGING: StopRinging}


def call(turn: Turn, party: Party) -> None:
    """Calls a phone or an outside number; a timer ends the waiting."""
    assert party.call is not None
    turn.add(party)
    turn.ask(
        *calling(turn.conversation, party),
        StartTimer(turn.timer(party.channel_id), turn.now_ms + party.call.timeout_s * 1000),
    )


def call_heard(turn: Turn, waiting: ChannelId, party: Party, *, keep_flow: bool = False) -> None:
    """Calls an outside number for somebody who waits and hears what its network says. `keep_flow` as for `sound`.

    A bridge of more than two would drown our ringing in its silence: while a supervisor is in it, there is nothing but ringing.
    """
    if any(each.role is Role.SUPERVISOR and each.place is Place.JOINED for each in turn.conversation.parties):
        apart(turn, waiting, keep_flow=keep_flow)
        sound(turn, waiting, Sound.RINGING, keep_flow=keep_flow)
        call(turn, party)
        return
    await_answer(turn, waiting, keep_flow=keep_flow)
    call(turn, replace(party, early=True))


def await_answer(turn: Turn, channel_id: ChannelId, *, keep_flow: bool = False) -> None:
    """A party hears a call that is being made: ringing from us, until the far end's network itself says something."""
    party = turn.party(channel_id)
    if party is None:
        return
    quiet(turn, channel_id, keep_flow=keep_flow)
    bridge_id = _bridge(turn)
    if not _inside(party):
        turn.ask(AddToBridge(turn.key, bridge_id, channel_id))
    _count_hold(turn, party)
    turn.alter(channel_id, place=Place.APART, since_ms=turn.now_ms, early=True, sound=Sound.RINGING)
    turn.ask(StartRinging(turn.key, channel_id))


def bridge_refused(turn: Turn, event: RequestFailed) -> bool:
    """True when those who are joined cannot be. Who only waits in the bridge is put there once more, with the join. That a channel is
    gone will be told as its end."""
    ours = event.target == turn.conversation.bridge_id and event.status != GONE
    if not ours or event.command not in (CreateBridge.__name__, AddToBridge.__name__):
        return False
    waiting = [party for party in turn.conversation.parties if party.early and party.place is not Place.DIALLED]
    for party in waiting:
        turn.alter(party.channel_id, early=False)
    return not waiting


def calling(talk: Conversation, party: Party) -> tuple[Command, ...]:
    """The command that calls a party. Sending it again is harmless while the call goes on."""
    made = party.call
    if made is None:
        return ()
    shown = (made.caller_number, made.caller_name, made.timeout_s)
    if party.role in (Role.AGENT, Role.SUPERVISOR) and not made.address.startswith("+"):
        return (RingPhone(talk.contact_id, talk.node, party.channel_id, made.address, *shown, made.auto_answer),)
    bridge_id = talk.bridge_id if party.early else None
    return (DialNumber(talk.contact_id, talk.node, party.channel_id, made.address, *shown, made.attempt, bridge_id),)


def trunk_failed(party: Party, event: ChannelEnded | RequestFailed) -> bool:
    """True when an outside number was not reached because of the trunk, and the next one is to be tried."""
    outside = party.call is not None and party.call.address.startswith("+") and party.place is Place.DIALLED
    if isinstance(event, ChannelEnded):
        return outside and event.cause in TRUNK_FAILED
    return outside and event.status != NO_TRUNK


def why_no_trunk(party: Party, event: RequestFailed) -> str:
    """Why an outside number was not reached over any trunk: what the last one said, where one was tried."""
    tried = party.call.refused if party.call is not None else ""
    return tried or event.reason


def next_trunk(turn: Turn, party: Party, why: str) -> ChannelId:
    """Calls an outside number once more, over the next trunk, on a channel of its own. Who waits hears ringing again, in the place of
    what the last trunk said."""
    assert party.call is not None
    lost(turn, party.channel_id)
    channel_id = turn.next_channel()
    turn.note("next trunk", party.call.address, reason=why)
    again = replace(party.call, attempt=party.call.attempt + 1, refused=why)
    for waiting in turn.conversation.parties:
        if waiting.early and waiting.sound is Sound.RINGING:
            turn.ask(StartRinging(turn.key, waiting.channel_id))
    call(turn, replace(party, channel_id=channel_id, call=again, since_ms=turn.now_ms))
    return channel_id


def answered(turn: Turn, channel_id: ChannelId) -> None:
    """The party is there, alone for the moment, or in the bridge already."""
    turn.ask(CancelTimer(turn.timer(channel_id)))
    turn.alter(channel_id, place=Place.APART, since_ms=turn.now_ms)


def run_flow(
    turn: Turn,
    channel_id: ChannelId,
    type_: FlowType,
    hook: Hook | None = None,
    flow_id: FlowId | None = None,
    contact_id: ContactId | None = None,
) -> ExecutionId:
    """A party hears a flow from now on, as one of `contact_id` (None: the customer's contact)."""
    run = turn.next_run()
    turn.alter(channel_id, run=run)
    turn.ask(StartFlow(contact_id or turn.contact_id, run, channel_id, type_, hook, flow_id))
    return run


def sound(turn: Turn, channel_id: ChannelId, what: Sound, *, keep_flow: bool = False) -> None:
    """A party hears music or ringing from now on. `keep_flow`: its flow waits for the answer to a question, silently."""
    quiet(turn, channel_id, keep_flow=keep_flow)
    turn.alter(channel_id, sound=what)
    turn.ask(BEGIN[what](turn.key, channel_id))


def quiet(turn: Turn, channel_id: ChannelId, *, keep_flow: bool = False) -> None:
    """Ends the flow or the sound that a party hears."""
    party = turn.party(channel_id)
    if party is None:
        return
    if party.run is not None and not keep_flow:
        turn.ask(StopFlow(turn.key, party.run))
        turn.alter(channel_id, run=None)
    if party.sound is not Sound.NONE:
        turn.ask(CEASE[party.sound](turn.key, channel_id))
        turn.alter(channel_id, sound=Sound.NONE)


def apart(turn: Turn, channel_id: ChannelId, place: Place = Place.APART, *, keep_flow: bool = False) -> None:
    """Takes a party out of the talk, into silence."""
    party, bridge_id = turn.party(channel_id), turn.conversation.bridge_id
    if party is None:
        return
    if _inside(party) and bridge_id is not None:
        turn.ask(RemoveFromBridge(turn.key, bridge_id, channel_id))
    quiet(turn, channel_id, keep_flow=keep_flow)
    _count_hold(turn, party)
    turn.alter(channel_id, place=place, since_ms=turn.now_ms, early=False)


def hold(turn: Turn, channel_id: ChannelId) -> None:
    """Puts a party on hold: customers and agents hear their hold flows, others music. Who is on hold stays so."""
    party = turn.party(channel_id)
    if party is None or party.place in (Place.HELD, Place.DIALLED):
        return
    apart(turn, channel_id, Place.HELD)
    if party.role is Role.CUSTOMER:
        run_flow(turn, channel_id, FlowType.CUSTOMER_HOLD, Hook.CUSTOMER_HOLD)
    elif channel_id == turn.conversation.lead:
        run_flow(turn, channel_id, FlowType.AGENT_HOLD, Hook.AGENT_HOLD)
    else:
        sound(turn, channel_id, Sound.MUSIC)


def join(turn: Turn, *channel_ids: ChannelId, keep_flow: bool = False) -> None:
    """Brings parties together with all who are joined already. Prompts and music stop for them."""
    joining = [p for channel_id in channel_ids if (p := turn.party(channel_id)) is not None]
    joining = [party for party in joining if party.place in (Place.APART, Place.HELD)]
    for party in joining:
        quiet(turn, party.channel_id, keep_flow=keep_flow)
        _count_hold(turn, party)
        turn.alter(party.channel_id, place=Place.JOINED, since_ms=turn.now_ms, early=False)
    bridge_id = _bridge(turn)
    recording.begin(turn)
    turn.ask(*(AddToBridge(turn.key, bridge_id, party.channel_id) for party in joining if not party.early))


def _bridge(turn: Turn) -> BridgeId:
    """The conversation's bridge, made now when there is none."""
    bridge_id = turn.conversation.bridge_id
    if bridge_id is None:
        bridge_id = BridgeId(f"{turn.conversation.node}-tl-{turn.key}.b{turn.next_serial()}")
        turn.change(bridge_id=bridge_id)
        turn.ask(CreateBridge(turn.key, turn.conversation.node, bridge_id))
    return bridge_id


def _inside(party: Party) -> bool:
    return party.early or party.place is Place.JOINED


def drop(turn: Turn, channel_id: ChannelId, cause: int = 16) -> None:
    """Hangs a party up: it belongs to the conversation no more."""
    party = turn.party(channel_id)
    if party is not None:
        lost(turn, channel_id)
        if party.place is not Place.DIALLED or party.call is not None:
            turn.ask(Hangup(turn.key, channel_id, cause))


def lost(turn: Turn, channel_id: ChannelId) -> None:
    """A party's channel is gone, or about to go."""
    party = turn.party(channel_id)
    if party is None:
        return
    if party.run is not None:
        turn.ask(StopFlow(turn.key, party.run))
    if party.place is Place.DIALLED:
        turn.ask(CancelTimer(turn.timer(channel_id)))
    _count_hold(turn, party)
    turn.forget(channel_id)


def drop_bridge(turn: Turn) -> None:
    if turn.conversation.bridge_id is not None:
        turn.ask(DestroyBridge(turn.key, turn.conversation.bridge_id))
        turn.change(bridge_id=None)


def new_call(turn: Turn, role: Role, made: Call, contact: Contact) -> Party:
    """A party that is about to be called."""
    return Party(turn.next_channel(), role, Place.DIALLED, turn.now_ms, contact.contact_id, call=made)


def _count_hold(turn: Turn, party: Party) -> None:
    """The time that a customer was on hold belongs to the record of the agent's contact."""
    handling = turn.contact.handling
    if party.role is Role.CUSTOMER and party.place is Place.HELD and handling is not None:
        held_ms = turn.happened_ms - party.since_ms
        turn.record(handling=replace(handling, holds_ms=(*handling.holds_ms, held_ms)))
