"""Transfer to queue."""

from app.flow.block import INBOUND, Block, Legacy, block
from app.flow.blocks.transfer_to_another_queue import names_queue
from app.flow.branches import Move, OnError, Queued
from app.flow.capacity import has_room
from app.flow.context import Context
from app.flow.formats.legacy import Module
from app.flow.references import QueueRef


def _takes_working_queue(module: Module) -> bool:
    return not names_queue(module)


@block(
    "TransferContactToQueue",
    group="Terminate / Transfer",
    title="Transfer to queue",
    legacy=Legacy("Transfer", "Queue", older=("CustomerInQueue",), bare=True, applies=_takes_working_queue),
    flows=INBOUND,
    next_copies="error",
)
class TransferToQueue(Block):
    """Ends this flow and puts the contact in its working queue, where it waits for an agent and hears the customer queue flow."""

    queue = QueueRef("Queue", "QueueId", help="Instead of the working queue.")
    at_capacity = OnError("At capacity", "QueueAtCapacity", legacy="AtCapacity", otherwise="error")
    error = OnError()

    def enter(self, context: Context) -> Move:
        queue = self.queue(context) or context.working_queue()
        context.note("queue", queue.name)
        if not has_room(context, queue):
            return self.at_capacity
        if context.contact.queue_id != queue.queue_id:
            context.change(queue_id=queue.queue_id)
        return Queued(queue.queue_id)
