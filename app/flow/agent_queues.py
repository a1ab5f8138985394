"""Parameters that choose a queue: one that agents share, or the queue of one agent."""

from app.domain.ids import agent_queue
from app.domain.instance import Agent, Instance, Queue
from app.errors import NotFound
from app.flow.context import Context
from app.flow.references import Resource


def chosen_queue(context: Context, queue: Resource[Queue], agent: Resource[Agent]) -> Queue | None:
    """The queue that a block names, or that of the agent it names; None when it names neither."""
    named = agent(context)
    if named is None:
        return queue(context)
    return _own_queue(context.instance, named)


def _own_queue(instance: Instance, agent: Agent) -> Queue:
    queue = instance.queue(agent_queue(agent.agent_id))
    if queue is None:
        raise NotFound(what="queue of the agent", name=agent.username)
    return queue
