"""Typed identifiers. All are text; a channel's id begins with the name of the Asterisk node that carries it."""

from typing import NewType

ContactId = NewType("ContactId", str)
AgentId = NewType("AgentId", str)
QueueId = NewType("QueueId", str)
ProfileId = NewType("ProfileId", str)
HoursId = NewType("HoursId", str)
FlowId = NewType("FlowId", str)
QuickConnectId = NewType("QuickConnectId", str)
ChannelId = NewType("ChannelId", str)
BridgeId = NewType("BridgeId", str)
PlaybackId = NewType("PlaybackId", str)
RecordingId = NewType("RecordingId", str)
TimerId = NewType("TimerId", str)
ExecutionId = NewType("ExecutionId", str)
"""One run of one contact flow (and the flows it hands over to) on one party of a contact."""
InvocationId = NewType("InvocationId", str)
"""One question that a run asked and waits to have answered."""
NodeName = NewType("NodeName", str)

_AGENTS_OWN = "agent:"


def agent_queue(agent_id: AgentId) -> QueueId:
    """The queue that only this agent serves."""
    return QueueId(_AGENTS_OWN + agent_id)


def agent_of_queue(queue_id: QueueId) -> AgentId | None:
    """The agent whose own queue this is; None for a queue that agents share."""
    return AgentId(queue_id.removeprefix(_AGENTS_OWN)) if queue_id.startswith(_AGENTS_OWN) else None
