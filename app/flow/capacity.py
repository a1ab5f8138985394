"""Whether a queue takes one more contact."""

from app.domain.instance import Queue
from app.errors import Unavailable
from app.flow.context import Context


def has_room(context: Context, queue: Queue) -> bool:
    """False when the queue is full; Unavailable when it is disabled. Both concern those who come, not those who wait already."""
    if not queue.enabled:
        raise Unavailable(
            what=f"The queue {queue.name}", why="it is disabled", remedy="Enable it or choose another queue."
        )
    return queue.capacity is None or context.view.figures(queue.queue_id).contacts_in_queue < queue.capacity
