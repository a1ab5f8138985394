"""What an agent does with a consultation: swap the two others, join them to a conference, drop the one consulted."""

from app.conversation import consult, hold, parties
from app.conversation.state import Party, Place, Stage
from app.conversation.step import Happening, Turn
from app.domain.call_control import DropRequested, JoinRequested, SwapRequested


def swapped(turn: Turn, event: Happening) -> None:
    """Who was on hold is talked with, who was talked with is on hold."""
    assert isinstance(event, SwapRequested)
    agent, customer, other = hold.own_party(turn, event), turn.customer, _consulted(turn)
    if agent is None or customer is None or other is None:
        return
    away, back = (customer, other) if customer.place is Place.JOINED else (other, customer)
    parties.hold(turn, away.channel_id)
    parties.join(turn, back.channel_id, agent.channel_id)
    turn.note("swap", back.role.value)


def joined(turn: Turn, event: Happening) -> None:
    """Customer, agent and the one consulted hear one another."""
    assert isinstance(event, JoinRequested)
    agent, customer, other = hold.own_party(turn, event), turn.customer, _consulted(turn)
    if agent is not None and customer is not None and other is not None:
        parties.join(turn, customer.channel_id, agent.channel_id, other.channel_id)
        turn.note("conference")


def dropped(turn: Turn, event: Happening) -> None:
    """The agent cancels the consultation, however far it has come."""
    assert isinstance(event, DropRequested)
    if hold.own_party(turn, event) is not None and turn.conversation.consult is not None:
        consult.over(turn, "cancelled by the agent")
        turn.change(transfer_failed="")


def _consulted(turn: Turn) -> Party | None:
    """The party consulted, once they can be talked with."""
    consulting = turn.conversation.consult
    talks = consulting is not None and consulting.stage is Stage.TALK
    return turn.party(consulting.other) if consulting is not None and talks else None
