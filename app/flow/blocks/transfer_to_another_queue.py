"""Transfer to queue, in a customer queue flow."""

from app.domain.instance import FlowType
from app.domain.requests import ChangeQueue
from app.errors import BadInput
from app.flow.agent_queues import chosen_queue
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.capacity import has_room
from app.flow.context import Context
from app.flow.formats.legacy import Module
from app.flow.references import AgentRef, QueueRef


def names_queue(module: Module) -> bool:
    """True of transfers that name their queue or go on: those of a customer queue flow. The others take the working queue."""
    named = any(each.name in ("Queue", "Agent") for each in module.parameters)
    return named or any(each.condition == "Success" for each in module.branches)


@block(
    "DequeueContactAndTransferToQueue",
    group="Terminate / Transfer",
    title="Transfer to another queue",
    legacy=Legacy("Transfer", "Queue", applies=names_queue),
    flows=frozenset({FlowType.CUSTOMER_QUEUE}),
)
class TransferToAnotherQueue(Block):
    """Moves a contact that waits in a queue to another one. The customer queue flow goes on; a full queue leaves the contact where
    it is. In the older export it is Transfer to queue that names its queue or has a branch Success."""

    queue = QueueRef("Queue", "QueueId", legacy="Queue")
    agent = AgentRef("Agent", "AgentId", legacy="Agent", help="Instead of a queue: the agent's own.")
    done = Next()
    at_capacity = OnError("At capacity", "QueueAtCapacity", legacy="AtCapacity", otherwise="error")
    error = OnError()

    def enter(self, context: Context) -> Move:
        queue = chosen_queue(context, self.queue, self.agent)
        if queue is None:
            raise BadInput(what="The queue to transfer to", why="the block names neither a queue nor an agent")
        context.note("queue", queue.name)
        if not has_room(context, queue):
            return self.at_capacity
        context.change(queue_id=queue.queue_id)
        context.tell(ChangeQueue(context.contact.contact_id, context.state.execution_id, queue.queue_id))
        return self.done
