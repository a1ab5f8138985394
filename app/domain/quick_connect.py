"""Quick connects: destinations that agents transfer and dial to by name (guide, p. 21)."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.ids import AgentId, FlowId, QueueId, QuickConnectId


class QuickConnectType(StrEnum):
    """Where a quick connect leads."""

    AGENT = "agent"
    QUEUE = "queue"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class QuickConnect:
    """A destination with its name and description. One of `agent_id`, `queue_id` and `number` (E.164) is set, by its type; `flow_id` is
    the transfer flow that agents hear (None: the default one). An external one has no flow."""

    quick_connect_id: QuickConnectId
    name: str
    type: QuickConnectType
    description: str
    agent_id: AgentId | None = None
    queue_id: QueueId | None = None
    number: str = ""
    flow_id: FlowId | None = None
