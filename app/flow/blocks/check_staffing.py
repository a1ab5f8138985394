"""Check staffing."""

from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, OnError, OnResult
from app.flow.context import Context
from app.flow.formats.language import Action
from app.flow.params import Choice, plain
from app.flow.queue_metrics import figures_of, measure
from app.flow.references import AgentRef, QueueRef


def _asks_for_anybody(action: Action) -> bool:
    """True of checks that somebody is there; other comparisons of agents are Check queue status."""
    agents = plain(action.at("MetricType")).startswith("NumberOfAgents")
    return agents and all(
        condition.operator == "NumberGreaterThan" and condition.operands == ("0",) for condition in action.conditions
    )


@block(
    "CheckMetricData",
    group="Branch",
    title="Check staffing",
    legacy=Legacy("CheckStaffing"),
    when=_asks_for_anybody,
    next_copies="error",
)
class CheckStaffing(Block):
    """Branches on whether the queue has an agent who is available, staffed (available, on contact or in after contact work) or
    online."""

    metric = Choice(
        "Agents who are",
        "MetricType",
        {
            "NumberOfAgentsAvailable": ("Available", "Available"),
            "NumberOfAgentsStaffed": ("Staffed", "Staffed"),
            "NumberOfAgentsOnline": ("Online", "Online"),
        },
        legacy="Status",
    )
    queue = QueueRef("Queue", "QueueId", legacy="Queue", help="Empty: the working queue.")
    agent = AgentRef("Agent", "AgentId", legacy="Agent", help="Instead of a queue: the agent's own.")
    yes = OnResult("True", "0", operator="NumberGreaterThan", legacy="True")
    no_match = OnError("False", "NoMatchingCondition", legacy="False")
    error = OnError()

    def enter(self, context: Context) -> Move:
        number = measure(self.metric, figures_of(context, self.queue, self.agent))
        context.note(self.metric, str(number))
        return self.yes if number > 0 else self.no_match
