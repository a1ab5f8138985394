"""What a flow's end or its wish to queue means for the customer."""

from app.conversation import chain, ending, parties
from app.conversation.state import Party, Phase, Sound
from app.conversation.step import Happening, Turn
from app.domain.agent import AgentTrigger
from app.domain.contact import DisconnectReason, Hook, InitiationMethod
from app.domain.ids import QueueId
from app.domain.instance import FlowType
from app.domain.requests import ChangeQueue, EnterQueue, FlowEnded, FlowOutcome, LeaveQueue, MoveFlow


def entered_queue(turn: Turn, event: Happening) -> None:
    """Transfer to queue: the contact waits, and the customer queue flow runs. After a talk, in a disconnect flow, a new contact does:
    the one before tells of the agent who had it."""
    assert isinstance(event, EnterQueue)
    customer = turn.customer
    if customer is None or event.execution_id != customer.run:
        return
    if turn.conversation.phase is Phase.REMAINING:
        _follow(turn, customer, event.queue_id)
    turn.become(Phase.QUEUED, queue_id=event.queue_id, waiting_since_ms=turn.now_ms)
    _note_queue(turn, event.queue_id)
    parties.run_flow(turn, customer.channel_id, FlowType.CUSTOMER_QUEUE, Hook.CUSTOMER_QUEUE)
    turn.ask(chain.waiting(turn.contact, event.queue_id, turn.now_ms))
    chain.finish_if_over(turn)


def changed_queue(turn: Turn, event: Happening) -> None:
    """Transfer to queue in a customer queue flow: a new contact waits in the other queue, behind who waits there already; the
    flow goes on with it. An agent who is just being rung is let go."""
    assert isinstance(event, ChangeQueue)
    customer, agent = turn.customer, turn.agent
    if customer is None or customer.run is None or event.execution_id != customer.run:
        return
    if agent is not None:
        ending.release(turn, agent, AgentTrigger.CALLER_GONE)
    turn.ask(LeaveQueue(turn.contact_id))
    turn.record(dequeued_ms=turn.now_ms)
    _follow(turn, customer, event.queue_id)
    turn.become(Phase.QUEUED, queue_id=event.queue_id, waiting_since_ms=turn.now_ms)
    _note_queue(turn, event.queue_id)
    turn.ask(
        MoveFlow(turn.contact_id, customer.run, customer.channel_id),
        chain.waiting(turn.contact, event.queue_id, turn.now_ms),
    )
    chain.finish_if_over(turn)


def _follow(turn: Turn, customer: Party, queue_id: QueueId) -> None:
    """From here on the customer is in a new contact."""
    contact = chain.following(turn, InitiationMethod.QUEUE_TRANSFER, queue_id)
    chain.close(turn, turn.contact_id, DisconnectReason.TRANSFERRED)
    turn.go_on_with(turn.others[contact.contact_id])
    turn.record(connected_to_system_ms=turn.now_ms)
    turn.alter(customer.channel_id, contact_id=contact.contact_id)


def flow_ended_disconnects(turn: Turn, event: Happening) -> None:
    """A contact flow or a disconnect flow is over and the customer is nowhere else: hang up."""
    assert isinstance(event, FlowEnded)
    if _run_is_over(turn, event):
        failed = event.outcome is FlowOutcome.FAILED
        ending.hang_up_customer(turn, DisconnectReason.SYSTEM if failed else DisconnectReason.FLOW, event.reason)


def queue_flow_ended(turn: Turn, event: Happening) -> None:
    """A customer queue flow that ends leaves the customer waiting to music; its Disconnect block hangs up."""
    assert isinstance(event, FlowEnded)
    customer = turn.customer
    if customer is None or not _run_is_over(turn, event):
        return
    if event.outcome is FlowOutcome.DISCONNECT:
        ending.hang_up_customer(turn, DisconnectReason.FLOW, event.reason)
    else:
        parties.sound(turn, customer.channel_id, Sound.MUSIC)


def _run_is_over(turn: Turn, event: FlowEnded) -> bool:
    """True for the end of the customer's flow, which is noted."""
    customer = turn.customer
    if customer is None or event.execution_id != customer.run:
        return False
    turn.alter(customer.channel_id, run=None)
    return True


def _note_queue(turn: Turn, queue_id: QueueId) -> None:
    turn.record(queued_in=queue_id, enqueued_ms=turn.now_ms, dequeued_ms=None)
    queue = turn.instance.queue(queue_id)
    turn.note("queued", queue.name if queue else queue_id)
