"""Ringing an agent, and every way that can end."""

from dataclasses import replace

from app.conversation.ending import customer_gone, ring_timer
from app.conversation.state import AgentLeg, Conversation, Phase
from app.conversation.step import Happening, Turn
from app.conversation.talk import begin_whispers
from app.domain.agent import AgentTrigger
from app.domain.commands import CancelTimer, Command, Hangup, RingPhone, StartTimer
from app.domain.contact import Contact
from app.domain.events import ChannelAnswered, ChannelEnded, RequestFailed, TimerFired
from app.domain.instance import Instance
from app.domain.requests import MoveAgent, OfferContact, WaitInQueue

DECLINED_CAUSES = frozenset({17, 21, 34})
"""Q.850: user busy, call rejected, no circuit: the phone or its owner said no."""
RANG_OUT_CAUSES = frozenset({18, 19})
"""Q.850: no user responding, no answer."""


def offered(turn: Turn, event: Happening) -> None:
    """Routing chose an agent: ring their phone, for as long as their ring time says. The caller goes on waiting to the queue's flow."""
    assert isinstance(event, OfferContact)
    agent = turn.instance.agents.get(event.agent_id)
    if agent is None:
        offered_too_late(turn, event)
        return
    channel = turn.next_channel()
    turn.become(Phase.RINGING, leg=AgentLeg(agent.agent_id, channel, agent.phone, turn.now_ms))
    turn.record(connection_attempts=turn.contact.connection_attempts + 1)
    turn.note("ring agent", agent.username, why=event.why)
    turn.ask(
        *ringing(turn.conversation, turn.contact, turn.instance),
        StartTimer(ring_timer(turn), turn.now_ms + agent.ring_timeout_s * 1000),
    )


def ringing(talk: Conversation, contact: Contact, instance: Instance) -> tuple[Command, ...]:
    """The command that rings the agent the contact is offered to."""
    leg = talk.leg
    agent = instance.agents.get(leg.agent_id) if leg else None
    if leg is None or agent is None:
        return ()
    queue = instance.queues.get(talk.queue_id) if talk.queue_id else None
    return (
        RingPhone(
            talk.contact_id,
            talk.node,
            leg.channel_id,
            leg.phone,
            contact.customer_number,
            queue.name if queue else "",
            agent.ring_timeout_s,
        ),
    )


def offered_too_late(turn: Turn, event: Happening) -> None:
    """The contact cannot be taken any more: the agent is free again at once."""
    assert isinstance(event, OfferContact)
    turn.ask(MoveAgent(event.agent_id, event.contact_id, AgentTrigger.CALLER_GONE))


def answered(turn: Turn, event: Happening) -> None:
    """The agent answered: the waiting is over, the whispers begin."""
    assert isinstance(event, ChannelAnswered)
    leg = turn.conversation.leg
    if leg is None or event.channel_id != leg.channel_id:
        return
    turn.ask(CancelTimer(ring_timer(turn)))
    begin_whispers(turn, replace(leg, answered=True))


def rang_out(turn: Turn, event: Happening) -> None:
    """The ring time is over and nobody answered."""
    assert isinstance(event, TimerFired)
    leg = turn.conversation.leg
    if event.timer_id == ring_timer(turn) and leg is not None:
        turn.ask(Hangup(turn.conversation.contact_id, leg.channel_id, 19))
        missed(turn, AgentTrigger.RANG_OUT, "the phone rang and was not answered")


def ring_refused(turn: Turn, event: Happening) -> None:
    """The phone could not be rung at all."""
    assert isinstance(event, RequestFailed)
    leg = turn.conversation.leg
    if leg is not None and event.command == RingPhone.__name__ and event.target == leg.channel_id:
        turn.ask(CancelTimer(ring_timer(turn)))
        missed(turn, AgentTrigger.UNREACHABLE, event.reason)


def ended_while_ringing(turn: Turn, event: Happening) -> None:
    """The phone said no, or the customer gave up."""
    assert isinstance(event, ChannelEnded)
    leg = turn.conversation.leg
    if event.channel_id == turn.conversation.customer:
        customer_gone(turn, event)
    elif leg is not None and event.channel_id == leg.channel_id:
        turn.ask(CancelTimer(ring_timer(turn)))
        if event.cause in DECLINED_CAUSES:
            missed(turn, AgentTrigger.DECLINED, "the call was declined or the phone is busy")
        elif event.cause in RANG_OUT_CAUSES:
            missed(turn, AgentTrigger.RANG_OUT, "the phone rang and was not answered")
        else:
            missed(
                turn, AgentTrigger.UNREACHABLE, event.reason or f"the phone could not be reached (cause {event.cause})"
            )


def missed(turn: Turn, trigger: AgentTrigger, reason: str) -> None:
    """Nobody took the contact: it waits on, as old as it was."""
    talk = turn.conversation
    leg, queue_id = talk.leg, talk.queue_id
    if leg is None or queue_id is None:
        return
    turn.note("not answered", trigger.value, reason=reason)
    turn.become(Phase.QUEUED, leg=None)
    turn.ask(
        MoveAgent(leg.agent_id, talk.contact_id, trigger, reason),
        WaitInQueue(talk.contact_id, queue_id, talk.waiting_since_ms, turn.contact.priority, turn.contact.age_offset_s),
    )
