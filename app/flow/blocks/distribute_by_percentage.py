"""Distribute by percentage."""

from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, OnError, Options, first_match
from app.flow.context import Context


@block(
    "DistributeByPercentage",
    group="Branch",
    title="Distribute by percentage",
    legacy=Legacy("PercentileBranching"),
    next_copies="no_match",
)
class DistributeByPercentage(Block):
    """Draws a number from 1 to 100 and takes the first branch that it is less than: less than 21 is 20 %, less than 51 the next
    30 %. What is left goes to No match."""

    options = Options("Shares", ("NumberLessThan",))
    no_match = OnError("No match", "NoMatchingCondition", legacy="NoMatch")

    def enter(self, context: Context) -> Move:
        drawn = int(context.view.draw() * 100) + 1
        context.note("drawn", str(drawn))
        return first_match(self.options, context, str(drawn)) or self.no_match
