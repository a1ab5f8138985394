"""What an agent does within a talk: hold, mute, keys for the far end."""

from app.conversation import parties
from app.conversation.state import Party, Place, Role, Stage
from app.conversation.step import Happening, Turn
from app.domain.call_control import DigitsRequested, HoldRequested, MuteRequested, ResumeRequested
from app.domain.commands import MuteParty, SendDigits, UnmuteParty
from app.domain.ids import ChannelId


def held(turn: Turn, event: Happening) -> None:
    """The customer is put on hold, or everybody; an agent who is left alone hears the agent hold flow."""
    assert isinstance(event, HoldRequested)
    agent = own_party(turn, event)
    if agent is None or _flow_says_who_is_on_hold(turn):
        return
    for party in turn.conversation.parties:
        if party.role is Role.CUSTOMER or (event.everybody and _other(party, agent)):
            parties.hold(turn, party.channel_id)
    if joined(turn) == [agent.channel_id]:
        parties.hold(turn, agent.channel_id)
    turn.note("hold", "everybody" if event.everybody else "customer")


def resumed(turn: Turn, event: Happening) -> None:
    """Who was on hold is back: the customer, or everybody in a conference."""
    assert isinstance(event, ResumeRequested)
    agent = own_party(turn, event)
    if agent is None or _flow_says_who_is_on_hold(turn):
        return
    back = [p for p in turn.conversation.parties if p.role is Role.CUSTOMER or (event.everybody and _other(p, agent))]
    parties.join(turn, *(party.channel_id for party in back), agent.channel_id)
    turn.note("resume", "everybody" if event.everybody else "customer")


def muted(turn: Turn, event: Happening) -> None:
    """Nobody hears the agent, or everybody again."""
    assert isinstance(event, MuteRequested)
    agent = own_party(turn, event)
    if agent is not None:
        turn.alter(agent.channel_id, muted=event.muted)
        turn.ask((MuteParty if event.muted else UnmuteParty)(turn.key, agent.channel_id))


def keys_pressed(turn: Turn, event: Happening) -> None:
    """The far end hears keys: everybody whom the agent talks with, but agents."""
    assert isinstance(event, DigitsRequested)
    if own_party(turn, event) is None:
        return
    for party in turn.conversation.parties:
        if party.place is Place.JOINED and party.role in (Role.CUSTOMER, Role.OUTSIDE):
            turn.ask(SendDigits(turn.key, party.channel_id, event.digits))


def own_party(turn: Turn, event: Happening) -> Party | None:
    """The agent who asks, when the call is theirs and answered."""
    agent = turn.agent
    theirs = agent is not None and agent.place is not Place.DIALLED
    return agent if theirs and agent is not None and agent.agent_id == getattr(event, "agent_id", None) else None


def _flow_says_who_is_on_hold(turn: Turn) -> bool:
    """While a transfer flow runs the agent's hold key changes nothing; cancelling the transfer does."""
    consult = turn.conversation.consult
    return consult is not None and consult.stage is Stage.FLOW


def _other(party: Party, agent: Party) -> bool:
    """A party that the agent talks with."""
    return party.channel_id != agent.channel_id and party.role is not Role.SUPERVISOR


def joined(turn: Turn) -> list[ChannelId]:
    """Who is joined; a supervisor is no party."""
    parties_ = turn.conversation.parties
    return [p.channel_id for p in parties_ if p.place is Place.JOINED and p.role is not Role.SUPERVISOR]
