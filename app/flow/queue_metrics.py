"""The live figures of a queue that flows can check."""

from app.domain.figures import QueueFigures
from app.domain.instance import Agent, Queue
from app.errors import NotFound
from app.flow.agent_queues import chosen_queue
from app.flow.context import Context
from app.flow.references import Resource


def measure(metric: str, figures: QueueFigures) -> int:
    """The figure that a metric of the flow language means. Ages are milliseconds, although the language calls them seconds."""
    match metric:
        case "NumberOfAgentsAvailable":
            return figures.agents_available
        case "NumberOfAgentsStaffed":
            return figures.agents_staffed
        case "NumberOfAgentsOnline":
            return figures.agents_online
        case "NumberOfContactsInQueue":
            return figures.contacts_in_queue
        case "OldestContactInQueueAgeSeconds":
            return figures.oldest_contact_age_ms
    raise NotFound(what="metric", name=metric)


def figures_of(context: Context, queue: Resource[Queue], agent: Resource[Agent]) -> QueueFigures:
    """The figures of the queue a block names, or else of the working queue."""
    named = chosen_queue(context, queue, agent) or context.working_queue()
    return context.view.figures(named.queue_id)
