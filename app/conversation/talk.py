"""Whispers, joining, talking."""

from app.conversation import chain, ending, handover, parties, recording
from app.conversation.state import Phase, Place, Role, Sound
from app.conversation.step import Happening, Turn
from app.domain.call_control import LeaveRequested
from app.domain.commands import Hangup
from app.domain.contact import DisconnectReason, Hook
from app.domain.events import ChannelEnded, RequestFailed
from app.domain.instance import FlowType
from app.domain.requests import FlowEnded


def begin_whispers(turn: Turn) -> None:
    """The queue's flow stops; agent and customer each hear their whisper, both at once."""
    agent, customer = turn.agent, turn.customer
    assert agent is not None
    assert customer is not None
    parties.quiet(turn, customer.channel_id)
    turn.become(Phase.WHISPER)
    parties.run_flow(turn, agent.channel_id, FlowType.AGENT_WHISPER, Hook.AGENT_WHISPER)
    parties.run_flow(turn, customer.channel_id, FlowType.CUSTOMER_WHISPER, Hook.CUSTOMER_WHISPER)


def whisper_ended(turn: Turn, event: Happening) -> None:
    """One whisper is over; when both are, the two are joined."""
    assert isinstance(event, FlowEnded)
    for party in (turn.customer, turn.agent):
        if party is not None and party.run == event.execution_id:
            turn.alter(party.channel_id, run=None)
    agent, customer = turn.agent, turn.customer
    if agent is not None and customer is not None and agent.run is None and customer.run is None:
        turn.become(Phase.TALK)
        turn.note("connected", recorded=turn.contact.recorded.value)
        chain.heard_by_agent(turn, turn.contact_id)
        parties.join(turn, customer.channel_id, agent.channel_id)


def refused(turn: Turn, event: Happening) -> None:
    """A join that Asterisk refuses leaves nobody in silence: the customer is let go with the reason kept. That a channel is gone will
    be told as its end. A recording that cannot begin disturbs nobody."""
    assert isinstance(event, RequestFailed)
    recording.refused(turn, event)
    if parties.bridge_refused(turn, event):
        turn.note("join refused", event.reason)
        ending.hang_up_customer(turn, DisconnectReason.SYSTEM, event.reason)


def ended_while_whispering(turn: Turn, event: Happening) -> None:
    """An agent who hangs up before the join: a customer who waited waits on, as old as before."""
    assert isinstance(event, ChannelEnded)
    talk, agent, customer = turn.conversation, turn.agent, turn.customer
    if agent is None or customer is None or event.channel_id != agent.channel_id:
        ending.customer_ended(turn, event)
        return
    parties.lost(turn, agent.channel_id)
    ending.enter_after_work(turn, agent)
    turn.note("agent gone before the join")
    if talk.queue_id is None:
        ending.hang_up_customer(turn, DisconnectReason.AGENT)
        return
    parties.quiet(turn, customer.channel_id)
    turn.become(Phase.QUEUED)
    turn.record(dequeued_ms=None)
    parties.run_flow(turn, customer.channel_id, FlowType.CUSTOMER_QUEUE, Hook.CUSTOMER_QUEUE)
    turn.ask(chain.waiting(turn.contact, talk.queue_id, talk.waiting_since_ms))


def ended_while_talking(turn: Turn, event: Happening) -> None:
    """Either side hung up. An agent who hangs up while consulting hands the customer over; else the disconnect flow follows."""
    assert isinstance(event, ChannelEnded)
    agent = turn.agent
    if agent is None or event.channel_id != agent.channel_id:
        ending.customer_ended(turn, event)
    elif turn.conversation.consult is not None:
        handover.hand_over(turn, hung_up=True)
    else:
        parties.lost(turn, agent.channel_id)
        turn.note("agent hung up", event.reason)
        ending.enter_after_work(turn, agent)
        ending.remaining(turn, DisconnectReason.SYSTEM if event.cause == 0 else DisconnectReason.AGENT)


def left(turn: Turn, event: Happening) -> None:
    """The agent leaves: while consulting the customer goes over to the party consulted, else the agent's phone is hung up."""
    assert isinstance(event, LeaveRequested)
    agent = turn.agent
    if agent is None or agent.agent_id != event.agent_id:
        handover.other_agent_leaves(turn, event)
    elif turn.conversation.phase is Phase.TALK and turn.conversation.consult is not None:
        handover.asked(turn)
    else:
        turn.ask(Hangup(turn.key, agent.channel_id, 21 if agent.place is Place.DIALLED else 16))


def hold_flow_ended(turn: Turn, event: Happening) -> None:
    """A hold flow that ends leaves its customer to music, its agent to silence."""
    assert isinstance(event, FlowEnded)
    for party in turn.conversation.parties:
        if party.run == event.execution_id:
            turn.alter(party.channel_id, run=None)
            if party.place is Place.HELD and party.role is Role.CUSTOMER:
                parties.sound(turn, party.channel_id, Sound.MUSIC)
