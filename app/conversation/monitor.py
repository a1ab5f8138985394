"""Supervision: somebody listens to an agent's talk, whispers to the agent, or joins it. They never count as a party.

A supervisor who listens is in a bridge of their own with an ear at the agent's channel, so nobody's talk, hold or transfer knows of
them; the ear follows when another agent takes the contact over, and is made anew when the agent talks with somebody else: Asterisk's
ear goes on with one party's voice only. Who barges in is joined like everybody else.
"""

from dataclasses import replace

from app.conversation import parties
from app.conversation.state import Call, Conversation, Phase, Place, Role, Watch
from app.conversation.step import Happening, Turn
from app.domain.agent import AgentTrigger
from app.domain.call_control import Supervision, SupervisionRequested
from app.domain.causes import in_words
from app.domain.commands import AddToBridge, Command, CreateBridge, DestroyBridge, Hangup, Snoop
from app.domain.contact import Recorded
from app.domain.events import ChannelAnswered, RequestFailed, TimerFired
from app.domain.ids import AgentId, BridgeId, ChannelId
from app.domain.requests import MoveAgent

RING_TIME_S = 30
CALLER = "Supervision"


def requested(turn: Turn, event: Happening) -> None:
    """Somebody wants to take part, in another way than before, or no longer. Only recorded contacts may be listened to, unless the
    instance allows it."""
    assert isinstance(event, SupervisionRequested)
    watch = next((each for each in turn.conversation.watches if each.by == event.agent_id), None)
    if event.mode is None:
        if watch is not None:
            end(turn, watch)
    elif watch is None:
        if turn.contact.recorded is not Recorded.NONE or turn.instance.listen_without_recording:
            _ring(turn, event.agent_id, event.phone, event.mode)
    elif watch.mode is not event.mode:
        _change(turn, watch, mode=event.mode)
        supervisor = turn.party(watch.channel_id)
        if supervisor is not None and supervisor.place is not Place.DIALLED:
            _begin(turn, replace(watch, mode=event.mode))


def _ring(turn: Turn, by: AgentId, phone: str, mode: Supervision) -> None:
    made = Call(phone, turn.contact.customer_number, CALLER, RING_TIME_S)
    party = parties.new_call(turn, Role.SUPERVISOR, made, turn.contact)
    turn.change(watches=(*turn.conversation.watches, Watch(by, party.channel_id, mode)))
    turn.note("supervision", mode.value, by=by)
    turn.ask(MoveAgent(by, turn.contact_id, AgentTrigger.SUPERVISES))
    parties.call(turn, party)


def concerned(turn: Turn, event: ChannelAnswered | RequestFailed | TimerFired) -> bool:
    """True when it was a supervisor's phone that answered, and takes part now, that could not be rung, or that rang in vain."""
    if isinstance(event, TimerFired):
        return _rang_out(turn, event)
    channel_id = event.channel_id if isinstance(event, ChannelAnswered) else event.target
    watch = next((each for each in turn.conversation.watches if channel_id in (each.channel_id, each.ear)), None)
    supervisor = turn.party(watch.channel_id) if watch else None
    if watch is None or supervisor is None:
        return False
    if isinstance(event, RequestFailed):
        turn.note("supervision", "failed", reason=event.reason)
        end(turn, watch)
    elif supervisor.place is Place.DIALLED and channel_id == watch.channel_id:
        parties.answered(turn, watch.channel_id)
        _begin(turn, watch)
    return True


def _rang_out(turn: Turn, event: TimerFired) -> bool:
    watches = turn.conversation.watches
    watch = next((each for each in watches if event.timer_id == turn.timer(each.channel_id)), None)
    if watch is not None:
        turn.note("supervision", "failed", reason=in_words(19))
        end(turn, watch)
    return watch is not None


def keep_up(turn: Turn) -> None:
    """After everything that happened: who listens goes on at the agent who has the contact now, and leaves when there is none."""
    for watch in turn.conversation.watches:
        supervisor, agent = turn.party(watch.channel_id), turn.agent
        if supervisor is None or turn.conversation.phase not in (Phase.TALK, Phase.WHISPER) or agent is None:
            end(turn, watch)
        elif watch.ear is not None and (watch.of != agent.channel_id or _others(turn) not in ((), watch.beside)):
            _begin(turn, watch)


def _others(turn: Turn) -> tuple[ChannelId, ...]:
    """With whom the agent talks now."""
    agent = turn.agent
    if agent is None or agent.place is not Place.JOINED:
        return ()
    others = (each for each in turn.conversation.parties if each.role is not Role.SUPERVISOR and each is not agent)
    return tuple(each.channel_id for each in others if each.place is Place.JOINED)


def _begin(turn: Turn, watch: Watch) -> None:
    """Takes part in the way that is wanted, instead of the way before."""
    agent = turn.agent
    if agent is None:
        return
    _deafen(turn, watch)
    if watch.mode is Supervision.BARGE:
        if watch.bridge_id is not None:
            turn.ask(DestroyBridge(turn.key, watch.bridge_id))
        _change(turn, watch, ear=None, of=None, bridge_id=None)
        parties.join(turn, watch.channel_id)
        return
    parties.apart(turn, watch.channel_id)
    bridge_id = watch.bridge_id or BridgeId(f"{turn.conversation.node}-tl-{turn.key}.b{turn.next_serial()}")
    listening = replace(watch, ear=turn.next_channel(), of=agent.channel_id, bridge_id=bridge_id)
    _change(turn, watch, ear=listening.ear, of=listening.of, bridge_id=bridge_id, beside=_others(turn))
    turn.ask(*attending(turn.conversation, listening))


def attending(talk: Conversation, watch: Watch) -> tuple[Command, ...]:
    """The commands that let somebody listen or whisper. Sending them again is harmless."""
    if watch.ear is None or watch.of is None or watch.bridge_id is None:
        return ()
    return (
        Snoop(talk.contact_id, talk.node, watch.ear, watch.of, watch.mode is Supervision.WHISPER),
        CreateBridge(talk.contact_id, talk.node, watch.bridge_id),
        AddToBridge(talk.contact_id, watch.bridge_id, watch.channel_id),
        AddToBridge(talk.contact_id, watch.bridge_id, watch.ear),
    )


def end(turn: Turn, watch: Watch) -> None:
    """The supervisor is let go; nobody else notices."""
    _deafen(turn, watch)
    if watch.bridge_id is not None:
        turn.ask(DestroyBridge(turn.key, watch.bridge_id))
    parties.drop(turn, watch.channel_id)
    turn.change(watches=tuple(each for each in turn.conversation.watches if each.channel_id != watch.channel_id))
    turn.note("supervision", "over", by=watch.by)
    turn.ask(MoveAgent(watch.by, turn.contact_id, AgentTrigger.SUPERVISED))


def _deafen(turn: Turn, watch: Watch) -> None:
    if watch.ear is not None:
        turn.ask(Hangup(turn.key, watch.ear))


def _change(turn: Turn, watch: Watch, **changes: object) -> None:
    watches = turn.conversation.watches
    changed = (replace(each, **changes) if each.channel_id == watch.channel_id else each for each in watches)  # type: ignore[arg-type]
    turn.change(watches=tuple(changed))
