"""The keys of an agent's own phone mean what the panel's buttons mean: hold, and the blind transfer."""

from app.conversation import consult, hold
from app.conversation.step import Happening, Turn
from app.domain.call_control import (
    HoldRequested,
    PhoneHeld,
    PhoneTransferred,
    ResumeRequested,
    TransferRequested,
)
from app.domain.commands import AcceptTransfer
from app.domain.ids import AgentId
from app.domain.phone import to_e164


def held(turn: Turn, event: Happening) -> None:
    """The agent's phone was put on hold: the customer hears the hold flow, not what the phone plays. While the agent consults, the
    customer is on hold already and stays so."""
    assert isinstance(event, PhoneHeld)
    agent = turn.agent
    consulting = turn.conversation.consult is not None
    if agent is None or agent.agent_id is None or agent.channel_id != event.channel_id or consulting:
        return
    if event.held:
        hold.held(turn, HoldRequested(agent.agent_id, turn.contact_id))
    else:
        hold.resumed(turn, ResumeRequested(agent.agent_id, turn.contact_id))


def transferred(turn: Turn, event: Happening) -> None:
    """The agent's phone sends the customer to what was dialled: an agent by phone or name, else an outside number."""
    assert isinstance(event, PhoneTransferred)
    agent = turn.agent
    if agent is None or agent.agent_id is None or agent.channel_id != event.channel_id:
        return
    to_agent = _agent_called(turn, event.to)
    number = "" if to_agent else to_e164(event.to, turn.instance.country) or event.to
    turn.ask(AcceptTransfer(turn.key, agent.channel_id))
    wish = TransferRequested(agent.agent_id, turn.contact_id, to_agent=to_agent, to_number=number, blind=True)
    consult.requested(turn, wish)


def _agent_called(turn: Turn, dialled: str) -> AgentId | None:
    agents = turn.instance.agents.values()
    return next((each.agent_id for each in agents if dialled in (each.phone, each.username)), None)
