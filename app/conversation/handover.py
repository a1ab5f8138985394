"""The agent leaves a consultation and the customer goes on with the party consulted, however far it has come."""

from collections.abc import Callable
from dataclasses import replace

from app.conversation import chain, ending, parties, recording
from app.conversation.state import Consult, OutsideCall, Party, Phase, Stage
from app.conversation.step import Turn
from app.domain.call_control import LeaveRequested
from app.domain.commands import Hangup
from app.domain.contact import DisconnectReason, Hook
from app.domain.instance import FlowType


def asked(turn: Turn) -> None:
    """The agent wants to leave: now, or as soon as the transfer flow is done."""
    consult = turn.conversation.consult
    if consult is not None and consult.stage is Stage.FLOW:
        turn.change(consult=replace(consult, blind=True))
    else:
        hand_over(turn)


def other_agent_leaves(turn: Turn, event: LeaveRequested) -> None:
    """An agent who was consulted hangs up, or declines."""
    consult = turn.conversation.consult
    other = turn.party(consult.other) if consult else None
    if other is not None and other.agent_id == event.agent_id:
        turn.ask(Hangup(turn.key, other.channel_id, 21 if consult and consult.stage is Stage.RINGING else 16))


def hand_over(turn: Turn, *, hung_up: bool = False) -> None:
    """The agent's part is over; the customer goes on in the consultation's contact, or with the outside number."""
    consult, agent, customer = turn.conversation.consult, turn.agent, turn.customer
    assert consult is not None
    assert agent is not None
    assert customer is not None
    (parties.lost if hung_up else parties.drop)(turn, agent.channel_id)
    turn.ask(*(Hangup(turn.key, line.channel_id) for line in turn.conversation.resting))
    ending.enter_after_work(turn, agent)
    turn.note("agent left", "transferred")
    parties.apart(turn, customer.channel_id)
    recording.stop(turn)
    turn.change(consult=None, lead=consult.other)
    if consult.contact_id is not None:
        chain.close(turn, turn.contact_id, DisconnectReason.TRANSFERRED)
        turn.go_on_with(turn.others[consult.contact_id])
        turn.record(connected_to_system_ms=turn.now_ms)
        turn.alter(customer.channel_id, contact_id=consult.contact_id)
        turn.change(queue_id=consult.queue_id, waiting_since_ms=consult.waiting_since_ms)
        GO_ON[consult.stage](turn, customer)
        chain.finish_if_over(turn)
    else:
        _go_outside(turn, consult, customer)


def _enter_queue(turn: Turn, customer: Party) -> None:
    """The agent did not hear the transfer flow to its end: its destination holds."""
    queue_id = turn.conversation.queue_id
    turn.change(waiting_since_ms=turn.now_ms)
    turn.record(queued_in=queue_id, enqueued_ms=turn.now_ms)
    _wait(turn, customer)
    if queue_id is not None:
        turn.ask(chain.waiting(turn.contact, queue_id, turn.now_ms))


def _wait(turn: Turn, customer: Party) -> None:
    turn.become(Phase.QUEUED)
    parties.run_flow(turn, customer.channel_id, FlowType.CUSTOMER_QUEUE, Hook.CUSTOMER_QUEUE)


def _wait_while_it_rings(turn: Turn, customer: Party) -> None:
    turn.become(Phase.RINGING)
    parties.run_flow(turn, customer.channel_id, FlowType.CUSTOMER_QUEUE, Hook.CUSTOMER_QUEUE)


def _whisper(turn: Turn, customer: Party) -> None:
    turn.become(Phase.WHISPER)
    parties.run_flow(turn, customer.channel_id, FlowType.CUSTOMER_WHISPER, Hook.CUSTOMER_WHISPER)


def _talk(turn: Turn, customer: Party) -> None:
    turn.become(Phase.TALK)
    agent = turn.agent
    parties.join(turn, customer.channel_id, *((agent.channel_id,) if agent else ()))


GO_ON: dict[Stage, Callable[[Turn, Party], None]] = {
    Stage.FLOW: _enter_queue,
    Stage.QUEUED: _wait,
    Stage.RINGING: _wait_while_it_rings,
    Stage.WHISPER: _whisper,
    Stage.TALK: _talk,
}
"""What the customer does next, by how far the consultation has come."""


def _go_outside(turn: Turn, consult: Consult, customer: Party) -> None:
    """With an outside number, which may still be ringing: the contact goes on without an agent."""
    other = turn.party(consult.other)
    assert other is not None
    answered = consult.stage is Stage.TALK
    turn.become(Phase.OUTSIDE, lead=None, outside=OutsideCall(other.channel_id, answered=answered))
    turn.record(transferred_to=other.call.address if other.call else "")
    if answered:
        turn.record(transfer_completed_ms=turn.now_ms)
        parties.join(turn, customer.channel_id, other.channel_id)
    else:
        parties.await_answer(turn, customer.channel_id)
