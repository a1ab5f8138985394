"""An agent who consults on a second line of their own phone has two channels: one is the party that talks, the other rests."""

from dataclasses import replace

from app.conversation import parties
from app.conversation.state import Lines, Party, Place
from app.conversation.step import Turn
from app.domain.commands import Hangup
from app.domain.ids import ChannelId


def begin(turn: Turn, first: Party, second: ChannelId) -> None:
    """The consultation that was just begun is on the second line, and the first one rests."""
    consult = turn.conversation.consult
    assert consult is not None
    held = first.place is Place.HELD
    turn.change(consult=replace(consult, lines=Lines(second, _rested(turn, first.channel_id), held)))


def take_up(turn: Turn) -> None:
    """The agent talks on the line that rested, and the other one rests."""
    consult, agent = turn.conversation.consult, turn.agent
    assert consult is not None
    assert consult.lines is not None
    assert agent is not None
    back = replace(consult.lines.resting, since_ms=turn.now_ms)
    lines = replace(consult.lines, resting=_rested(turn, agent.channel_id))
    turn.add(back)
    turn.change(lead=back.channel_id, consult=replace(consult, lines=lines))


def back_to_first(turn: Turn) -> None:
    """The consultation hands nobody over: the agent is on the first line again, and the second is hung up."""
    consult = turn.conversation.consult
    if consult is None or consult.lines is None:
        return
    second = consult.lines.second
    if turn.conversation.lead == second:
        take_up(turn)
    turn.ask(Hangup(turn.key, second))


def only_second(turn: Turn) -> None:
    """The first line is gone."""
    consult = turn.conversation.consult
    if consult is not None:
        turn.change(consult=replace(consult, lines=None))


def note_hold(turn: Turn, *, held: bool) -> None:
    """The phone put the customer's line on hold, or took it back."""
    consult = turn.conversation.consult
    if consult is not None and consult.lines is not None:
        turn.change(consult=replace(consult, lines=replace(consult.lines, held=held)))


def _rested(turn: Turn, channel_id: ChannelId) -> Party:
    """The party of a line that is not talked on any more: out of the talk, and none of the parties."""
    parties.apart(turn, channel_id)
    party = turn.party(channel_id)
    assert party is not None
    turn.forget(channel_id)
    return party
