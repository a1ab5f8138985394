"""Set working queue."""

from app.errors import BadInput
from app.flow.agent_queues import chosen_queue
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.references import AgentRef, QueueRef


@block("UpdateContactTargetQueue", group="Set", title="Set working queue", legacy=Legacy("SetQueue"))
class SetWorkingQueue(Block):
    """Chooses the queue that Transfer to queue uses, and that checks of staffing, queue status and hours look at: a queue, or that
    of one agent, which only this agent serves."""

    queue = QueueRef("Queue", "QueueId", legacy="Queue")
    agent = AgentRef("Agent", "AgentId", legacy="Agent", help="Instead of a queue: the agent's own.")
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        queue = chosen_queue(context, self.queue, self.agent)
        if queue is None:
            raise BadInput(what="The working queue", why="the block names neither a queue nor an agent")
        context.change(queue_id=queue.queue_id)
        context.note("queue", queue.name)
        return self.done
