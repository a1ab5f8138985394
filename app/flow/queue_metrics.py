"""The live figures of a queue that flows can check."""

from app.domain.figures import QueueFigures
from app.domain.instance import Queue
from app.errors import NotFound, Unavailable
from app.flow.attributes import Template
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


def figures_of(context: Context, queue: Resource[Queue], agent: Template) -> QueueFigures:
    """The figures of the queue a block names, or else of the working queue."""
    if agent(context):
        raise Unavailable(what="The queue of one agent", why="agents have no queues of their own yet", remedy="")
    named = queue(context)
    return context.view.figures(named.queue_id if named else context.working_queue())
