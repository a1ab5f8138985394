"""Set working queue."""

from app.errors import Unavailable
from app.flow.block import EVERY_TYPE, Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.params import Text
from app.flow.references import QueueRef


@block(
    "UpdateContactTargetQueue",
    group="Set",
    title="Set working queue",
    legacy=Legacy("SetQueue"),
    flows=EVERY_TYPE,
)
class SetWorkingQueue(Block):
    """Chooses the queue that Transfer to queue uses, and that checks of staffing, queue status and hours look at."""

    queue = QueueRef("Queue", "QueueId", legacy="Queue")
    agent = Text(
        "Agent", "AgentId", legacy="Agent", help="The queue of one agent. Not supported yet: takes the error branch."
    )
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        if self.agent(context):
            raise Unavailable(what="The queue of one agent", why="agents have no queues of their own yet", remedy="")
        queue = self.queue(context)
        if queue is None:
            raise Unavailable(
                what="The working queue", why="the block names no queue", remedy="Choose one in the block."
            )
        context.change(queue_id=queue.queue_id)
        context.note("queue", queue.name)
        return self.done
