"""Ringing an agent, and every way that can end."""

from dataclasses import replace

from app.conversation import chain, ending, outbound, parties
from app.conversation.state import Call, Party, Phase, Role
from app.conversation.step import Happening, Turn
from app.conversation.talk import begin_whispers
from app.domain.agent import REASONS, AgentTrigger
from app.domain.causes import in_words
from app.domain.commands import DialNumber, Hangup, RingPhone
from app.domain.contact import Contact, DisconnectReason
from app.domain.events import ChannelAnswered, ChannelEnded, RequestFailed, TimerFired
from app.domain.ids import AgentId, QueueId
from app.domain.requests import MoveAgent, OfferContact

NOT_ANSWERED: dict[int, AgentTrigger] = {
    17: AgentTrigger.DECLINED,
    18: AgentTrigger.RANG_OUT,
    19: AgentTrigger.RANG_OUT,
    21: AgentTrigger.DECLINED,
    34: AgentTrigger.DECLINED,
}
"""What a phone's Q.850 cause says of its agent; every other cause: the phone could not be reached."""


def offered(turn: Turn, event: Happening) -> None:
    """Routing chose an agent: ring their phone, for as long as their ring time says. The caller goes on waiting to the queue's flow."""
    assert isinstance(event, OfferContact)
    party = ring(turn, event.agent_id, turn.contact, event.queue_id) if event.contact_id == turn.contact_id else None
    if party is None:
        offered_too_late(turn, event)
        return
    turn.become(Phase.RINGING, lead=party.channel_id)
    turn.note("ring agent", turn.instance.agents[event.agent_id].username, why=event.why)


def ring(turn: Turn, agent_id: AgentId, contact: Contact, queue_id: QueueId | None) -> Party | None:
    """Rings an agent's phone for a contact; it shows the customer's number and the queue. None when there is no such agent."""
    agent = turn.instance.agents.get(agent_id)
    if agent is None:
        return None
    queue = turn.instance.queue(queue_id) if queue_id else None
    name, timeout_s = queue.name if queue else "", agent.ring_timeout_s
    shown = Call(agent.phone, contact.customer_number, name, timeout_s, auto_answer=agent.auto_accept)
    if agent.outside_number:
        own_number, _ = turn.instance.caller_id(queue_id, contact.system_number)
        shown = Call(agent.outside_number, own_number, name, timeout_s)
    party = replace(parties.new_call(turn, Role.AGENT, shown, contact), agent_id=agent_id)
    parties.call(turn, party)
    turn.record_of(contact.contact_id, connection_attempts=contact.connection_attempts + 1)
    return party


def offered_too_late(turn: Turn, event: Happening) -> None:
    """The contact cannot be taken any more: the agent is free again at once."""
    assert isinstance(event, OfferContact)
    turn.ask(MoveAgent(event.agent_id, event.contact_id, AgentTrigger.CALLER_GONE))


def answered(turn: Turn, event: Happening) -> None:
    """The agent answered: the waiting is over. The whispers begin, or the customer is called (back)."""
    assert isinstance(event, ChannelAnswered)
    agent = turn.agent
    if agent is None or agent.agent_id is None or event.channel_id != agent.channel_id:
        return
    parties.answered(turn, agent.channel_id)
    turn.change(transfer_failed="")
    ending.leave_queue(turn)
    chain.handled_by(turn, agent.agent_id, turn.contact_id)
    turn.ask(MoveAgent(agent.agent_id, turn.contact_id, AgentTrigger.ANSWERED))
    if turn.customer is None:
        outbound.call_customer(turn)
    else:
        begin_whispers(turn)


def rang_out(turn: Turn, event: Happening) -> None:
    """The ring time is over and nobody answered."""
    assert isinstance(event, TimerFired)
    agent = turn.agent
    if agent is not None and event.timer_id == turn.timer(agent.channel_id):
        turn.ask(Hangup(turn.key, agent.channel_id, 19))
        missed(turn, AgentTrigger.RANG_OUT, REASONS[AgentTrigger.RANG_OUT])


def ring_refused(turn: Turn, event: Happening) -> None:
    """The phone could not be rung at all."""
    assert isinstance(event, RequestFailed)
    agent = turn.agent
    calls = (RingPhone.__name__, DialNumber.__name__)
    if agent is None or event.command not in calls or event.target != agent.channel_id:
        return
    if parties.trunk_failed(agent, event):
        turn.change(lead=parties.next_trunk(turn, agent, event.reason))
    else:
        missed(turn, AgentTrigger.UNREACHABLE, parties.why_no_trunk(agent, event))


def ended_while_ringing(turn: Turn, event: Happening) -> None:
    """The phone said no, or the customer gave up."""
    assert isinstance(event, ChannelEnded)
    agent = turn.agent
    if agent is not None and event.channel_id == agent.channel_id and parties.trunk_failed(agent, event):
        turn.change(lead=parties.next_trunk(turn, agent, in_words(event.cause)))
    elif agent is not None and event.channel_id == agent.channel_id:
        missed(turn, *why_not_answered(event))
    else:
        ending.customer_ended(turn, event)


def why_not_answered(event: ChannelEnded) -> tuple[AgentTrigger, str]:
    """What the end of a ringing phone says of its agent, and why, in words."""
    trigger = NOT_ANSWERED.get(event.cause, AgentTrigger.UNREACHABLE)
    if trigger is not AgentTrigger.UNREACHABLE:
        return trigger, REASONS[trigger]
    return trigger, event.reason or f"the phone could not be reached: {in_words(event.cause)}"


def missed(turn: Turn, trigger: AgentTrigger, reason: str) -> None:
    """Nobody took the contact: it waits on, as old as it was. A call that the agent wanted to make is not made."""
    talk, agent = turn.conversation, turn.agent
    if agent is None or agent.agent_id is None:
        return
    parties.lost(turn, agent.channel_id)
    turn.note("not answered", trigger.value, reason=reason)
    turn.ask(MoveAgent(agent.agent_id, turn.contact_id, trigger, reason))
    if talk.queue_id is None:
        ending.hang_up_customer(turn, DisconnectReason.AGENT, reason)
        return
    turn.become(Phase.QUEUED)
    turn.ask(chain.waiting(turn.contact, talk.queue_id, talk.waiting_since_ms))
