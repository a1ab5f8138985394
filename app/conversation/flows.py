"""What a flow's end or its wish to queue means for the customer."""

from app.conversation.ending import hang_up_customer
from app.conversation.state import Phase
from app.conversation.step import Happening, Turn
from app.domain.commands import StartMusic
from app.domain.contact import DisconnectReason, Hook
from app.domain.instance import FlowType
from app.domain.requests import ChangeQueue, EnterQueue, FlowEnded, FlowOutcome, StartFlow, WaitInQueue


def entered_queue(turn: Turn, event: Happening) -> None:
    """Transfer to queue: the contact waits, and the customer queue flow runs."""
    assert isinstance(event, EnterQueue)
    if event.execution_id != turn.conversation.run:
        return
    run = turn.next_run()
    turn.become(Phase.QUEUED, run=run, queue_id=event.queue_id, waiting_since_ms=turn.now_ms)
    turn.record(queued_in=event.queue_id, enqueued_ms=turn.now_ms, dequeued_ms=None)
    queue = turn.instance.queues.get(event.queue_id)
    turn.note("queued", queue.name if queue else event.queue_id)
    turn.ask(
        StartFlow(event.contact_id, run, turn.conversation.customer, FlowType.CUSTOMER_QUEUE, Hook.CUSTOMER_QUEUE),
        WaitInQueue(event.contact_id, event.queue_id, turn.now_ms, turn.contact.priority, turn.contact.age_offset_s),
    )


def changed_queue(turn: Turn, event: Happening) -> None:
    """Transfer to queue in a customer queue flow: the contact waits anew, behind who waits there already, and its flow goes on."""
    assert isinstance(event, ChangeQueue)
    if event.execution_id != turn.conversation.run:
        return
    turn.change(queue_id=event.queue_id, waiting_since_ms=turn.now_ms)
    turn.record(queued_in=event.queue_id, enqueued_ms=turn.now_ms)
    queue = turn.instance.queue(event.queue_id)
    turn.note("queued", queue.name if queue else event.queue_id)
    turn.ask(
        WaitInQueue(event.contact_id, event.queue_id, turn.now_ms, turn.contact.priority, turn.contact.age_offset_s)
    )


def flow_ended_disconnects(turn: Turn, event: Happening) -> None:
    """A contact flow or a disconnect flow is over and the customer is nowhere else: hang up."""
    assert isinstance(event, FlowEnded)
    if event.execution_id != turn.conversation.run:
        return
    turn.change(run=None)
    failed = event.outcome is FlowOutcome.FAILED
    hang_up_customer(turn, DisconnectReason.SYSTEM if failed else DisconnectReason.FLOW, event.reason)


def queue_flow_ended(turn: Turn, event: Happening) -> None:
    """A customer queue flow that ends leaves the customer waiting to music; its Disconnect block hangs up."""
    assert isinstance(event, FlowEnded)
    if event.execution_id != turn.conversation.run:
        return
    turn.change(run=None)
    if event.outcome is FlowOutcome.DISCONNECT:
        hang_up_customer(turn, DisconnectReason.FLOW, event.reason)
    else:
        turn.ask(StartMusic(event.contact_id, turn.conversation.customer))
