"""Typed identifiers. All are text; a channel's id begins with the name of the Asterisk node that carries it."""

from typing import NewType

ContactId = NewType("ContactId", str)
AgentId = NewType("AgentId", str)
QueueId = NewType("QueueId", str)
ProfileId = NewType("ProfileId", str)
HoursId = NewType("HoursId", str)
FlowId = NewType("FlowId", str)
ChannelId = NewType("ChannelId", str)
BridgeId = NewType("BridgeId", str)
PlaybackId = NewType("PlaybackId", str)
RecordingId = NewType("RecordingId", str)
TimerId = NewType("TimerId", str)
ExecutionId = NewType("ExecutionId", str)
"""One run of one contact flow (and the flows it hands over to) on one party of a contact."""
NodeName = NewType("NodeName", str)
