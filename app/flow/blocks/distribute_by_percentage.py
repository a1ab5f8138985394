"""Distribute by percentage."""

from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, OnError, Options, first_match
from app.flow.context import Context
from app.flow.formats.given import Given, Inexpressible
from app.flow.formats.language import Action, Condition
from app.flow.formats.legacy import Exit
from app.flow.params import plain


class Shares(Options):
    """The older export has the percentage of each branch itself; here each begins where the one before it ends."""

    def conditions_from(self, given: Given) -> list[Condition]:
        found: list[Condition] = []
        total = 1
        for condition in super().conditions_from(given):
            share = plain(condition.operands[0]) if condition.operands else ""
            if share.isdecimal():
                total += int(share)
                share = str(total)
            found.append(Condition("NumberLessThan", (share,), condition.target))
        return found

    def exits_of(self, action: Action, conditions: list[Condition]) -> list[Exit]:
        found: list[Exit] = []
        below = 1
        for condition in conditions:
            limit = plain(condition.operands[0]) if condition.operands else ""
            if condition.operator != "NumberLessThan" or not limit.isdecimal():
                raise Inexpressible
            found.append(Exit("Evaluate", condition.target or "", "Equals", str(int(limit) - below)))
            below = int(limit)
        return found


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

    options = Shares("Shares", ("NumberLessThan",))
    no_match = OnError("No match", "NoMatchingCondition", legacy="NoMatch")

    def enter(self, context: Context) -> Move:
        drawn = int(context.view.draw() * 100) + 1
        context.note("drawn", str(drawn))
        return first_match(self.options, context, str(drawn)) or self.no_match
