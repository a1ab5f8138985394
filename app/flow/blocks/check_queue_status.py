"""Check queue status."""

from dataclasses import replace
from typing import Any

from app.flow.block import Block, Legacy, block
from app.flow.blocks.check_staffing import CheckStaffing
from app.flow.branches import Move, OnError, Options, first_match, legacy_exit
from app.flow.context import Context
from app.flow.formats.given import Given, Inexpressible
from app.flow.formats.language import Action, Condition
from app.flow.formats.legacy import Exit
from app.flow.operators import OPERATORS
from app.flow.params import Choice, plain
from app.flow.queue_metrics import figures_of, measure
from app.flow.references import AgentRef, QueueRef

_METRICS = {
    "OldestContactInQueueAgeSeconds": "CheckQueueTime",
    "NumberOfContactsInQueue": "CheckQueueSize",
}
"""Figures by the name that the older export has for them, as the condition of its branches."""
_USUAL = "OldestContactInQueueAgeSeconds"
"""What a block without comparisons is about."""
_staffing = CheckStaffing.definition.when


class Figure(Choice):
    """What is compared. The older export has it as the condition of each branch, and has only two."""

    def from_legacy(self, given: Given) -> dict[str, Any]:
        conditions = [branch.condition for branch in given.module.branches]
        found = (metric for condition in conditions for metric, name in _METRICS.items() if name == condition)
        return {self.path: next(found, _USUAL)}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        told_by_branches = action.conditions or action.at(self.path) == _USUAL
        if action.at(self.path) not in _METRICS or not told_by_branches:
            raise Inexpressible
        return []


class Comparisons(Options):
    """The author's comparisons of the figure."""

    def conditions_from(self, given: Given) -> list[Condition]:
        """Those of another figure than the first one's cannot be told from it in the flow language, and never hold."""
        conditions = [branch.condition for branch in given.branches if branch.condition in _METRICS.values()]
        found = super().conditions_from(given)
        others = ("" if condition == conditions[0] else condition for condition in conditions)
        return [
            replace(each, operator=f"{other}:{each.operator}") if other else each
            for each, other in zip(found, others, strict=True)
        ]

    def exits_of(self, action: Action, conditions: list[Condition]) -> list[Exit]:
        name = _METRICS.get(plain(action.at("MetricType")), "")
        return [legacy_exit(each, name) for each in conditions]


@block(
    "CheckMetricData",
    group="Branch",
    title="Check queue status",
    legacy=Legacy("CheckQueueStatus", order=("no_match",)),
    when=lambda action: _staffing is None or not _staffing(action),
    next_copies="error",
)
class CheckQueueStatus(Block):
    """Compares a figure of the queue with each condition in order. Times are milliseconds in both export formats."""

    metric = Figure(
        "Figure",
        "MetricType",
        {
            "OldestContactInQueueAgeSeconds": ("Time in queue of the oldest contact (milliseconds)", ""),
            "NumberOfContactsInQueue": ("Contacts in queue", ""),
            "NumberOfAgentsAvailable": ("Agents available", ""),
            "NumberOfAgentsStaffed": ("Agents staffed", ""),
            "NumberOfAgentsOnline": ("Agents online", ""),
        },
        legacy="the branches' condition",
    )
    queue = QueueRef("Queue", "QueueId", legacy="Queue", help="Empty: the working queue.")
    agent = AgentRef("Agent", "AgentId", legacy="Agent", help="Instead of a queue: the agent's own.")
    options = Comparisons(
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
