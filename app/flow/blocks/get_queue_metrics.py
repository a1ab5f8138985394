"""Get queue metrics."""

from app.domain.figures import QueueFigures
from app.flow.agent_queues import chosen_queue
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.params import Text
from app.flow.references import AgentRef, QueueRef


@block("GetMetricData", group="Set", title="Get queue metrics", legacy=Legacy("GetMetricData"))
class GetQueueMetrics(Block):
    """Reads the live figures of a queue; later blocks refer to them as `$.Metrics.Queue.Size` and its like."""

    queue = QueueRef("Queue", "QueueId", legacy="Queue", help="Empty: the working queue.")
    agent = AgentRef("Agent", "AgentId", legacy="Agent", help="Instead of a queue: the agent's own.")
    channel = Text("Channel", "QueueChannel", help="Empty or `Voice`; nobody waits in any other.")
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        queue = chosen_queue(context, self.queue, self.agent) or context.working_queue()
        voice = self.channel(context).lower() in ("", "voice")
        figures = context.view.figures(queue.queue_id) if voice else QueueFigures()
        size, age_s = figures.contacts_in_queue, figures.oldest_contact_age_ms // 1000
        counts = {
            "Online": figures.agents_online,
            "Available": figures.agents_available,
            "Staffed": figures.agents_staffed,
            "AfterContactWork": figures.agents_after_contact_work,
            "Busy": figures.agents_on_contact,
            "Missed": figures.agents_missed,
            "NonProductive": figures.agents_non_productive,
        }
        arn = context.instance.arn("queue", queue.queue_id)
        context.memory["Metrics"] = {
            "Queue": {
                "Name": queue.name,
                "ARN": arn,
                "Size": size,
                "OldestContactAge": age_s,
                "EstimatedWaitTime": _seconds(figures.newcomer_wait_ms),
            },
            "Contact": {
                "PositionInQueue": figures.position,
                "EstimatedWaitTime": _seconds(figures.estimated_wait_ms),
            },
            "Agents": {name: {"Count": count} for name, count in counts.items()},
        }
        context.note("queue", queue.name)
        return self.done


def _seconds(wait_ms: int | None) -> int | str:
    """Whole seconds; nothing while too little is known to say."""
    return "" if wait_ms is None else wait_ms // 1000
