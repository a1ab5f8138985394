"""What the call engine needs from the world and what it offers: telephony, keeping, and, for faces, operations.

Adapters (telephony, store, web, integrations) implement or use these and never import one another.
"""

from app.calls.ports.faces import (
    Accounts,
    AgentView,
    ContactView,
    LineView,
    Operations,
    QueueView,
    RecordView,
    Status,
    WaitingView,
    WebSession,
)
from app.calls.ports.flows import (
    DRAFT,
    FlowFinding,
    FlowLogs,
    FlowOperations,
    FlowResource,
    FlowStore,
    FlowSummary,
    LoggedBlock,
    Mapped,
    ResourceMap,
    Saved,
    VersionSummary,
)
from app.calls.ports.keeping import Configurations, Fact, Journal, Records
from app.calls.ports.outside import ANSWER_LIMIT, Bots, Functions, Helpers, Keys, NotAnswered
from app.calls.ports.telephony import ChannelSnapshot, Inventory, NodeAway, RequestRefused, Telephony, TelephonySink

__all__ = [
    "ANSWER_LIMIT",
    "DRAFT",
    "Accounts",
    "AgentView",
    "Bots",
    "ChannelSnapshot",
    "Configurations",
    "ContactView",
    "Fact",
    "FlowFinding",
    "FlowLogs",
    "FlowOperations",
    "FlowResource",
    "FlowStore",
    "FlowSummary",
    "Functions",
    "Helpers",
    "Inventory",
    "Journal",
    "Keys",
    "LineView",
    "LoggedBlock",
    "Mapped",
    "NodeAway",
    "NotAnswered",
    "Operations",
    "QueueView",
    "RecordView",
    "Records",
    "RequestRefused",
    "ResourceMap",
    "Saved",
    "Status",
    "Telephony",
    "TelephonySink",
    "VersionSummary",
    "WaitingView",
    "WebSession",
]
