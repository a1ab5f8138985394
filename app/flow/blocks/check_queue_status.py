"""Check queue status."""

from app.flow.block import Block, Legacy, block
from app.flow.blocks.check_staffing import CheckStaffing
from app.flow.branches import Move, OnError, Options, first_match
from app.flow.context import Context
from app.flow.operators import OPERATORS
from app.flow.params import Choice
from app.flow.queue_metrics import figures_of, measure
from app.flow.references import AgentRef, QueueRef

_staffing = CheckStaffing.definition.when


@block(
    "CheckMetricData",
    group="Branch",
    title="Check queue status",
    legacy=Legacy("CheckQueueStatus"),
    when=lambda action: _staffing is None or not _staffing(action),
    next_copies="error",
)
class CheckQueueStatus(Block):
    """Compares a figure of the queue with each condition in order. Times are milliseconds in both export formats."""

    metric = Choice(
        "Figure",
        "MetricType",
        {
            "OldestContactInQueueAgeSeconds": ("Time in queue of the oldest contact (milliseconds)", "CheckQueueTime"),
            "NumberOfContactsInQueue": ("Contacts in queue", "CheckQueueSize"),
            "NumberOfAgentsAvailable": ("Agents available", ""),
            "NumberOfAgentsStaffed": ("Agents staffed", ""),
            "NumberOfAgentsOnline": ("Agents online", ""),
        },
        legacy="the branches' condition",
    )
    queue = QueueRef("Queue", "QueueId", legacy="Queue", help="Empty: the working queue.")
    agent = AgentRef("Agent", "AgentId", legacy="Agent", help="Instead of a queue: the agent's own.")
    options = Options(
        "Conditions",
        tuple(name for name in OPERATORS if name.startswith("Number")),
        legacy="CheckQueueTime|CheckQueueSize",
    )
    no_match = OnError("No match", "NoMatchingCondition", legacy="NoMatch")
    error = OnError()

    def enter(self, context: Context) -> Move:
        number = measure(self.metric, figures_of(context, self.queue, self.agent))
        context.note(self.metric, str(number))
        return first_match(self.options, context, str(number)) or self.no_match
