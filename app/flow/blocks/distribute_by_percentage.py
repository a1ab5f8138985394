"""Distribute by percentage."""

from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, OnError, Options, first_match
from app.flow.context import Context
from app.flow.formats.given import Given, Inexpressible
from app.flow.formats.language import Action, Condition
from app.flow.formats.legacy import Exit
from app.flow.params import plain


class Shares(Options):
    """Branches with a share each. The older export writes the percent itself, the flow language the number that is drawn below it."""

    def conditions_from(self, given: Given) -> list[Condition]:
        below, found = 1, []
        for each in super().conditions_from(given):
            percent = plain(each.operands[0]) if each.operands else ""
            below += int(percent) if is_share(percent) else 0
            found.append(Condition("NumberLessThan", (str(below),), each.target) if is_share(percent) else each)
        return found

    def exits_of(self, action: Action, conditions: list[Condition]) -> list[Exit]:
        percents = percents_of(conditions)
        if percents is None:
            raise Inexpressible
        return [
            Exit(self.legacy, each.target or "", "Equals", str(percent))
            for each, percent in zip(conditions, percents, strict=True)
        ]


class Remainder(OnError):
    """What is left of 100 %, which the older export writes as well."""

    def exit_of(self, action: Action) -> Exit:
        left = 100 - sum(percents_of(list(action.conditions)) or ())
        return Exit(self.legacy, self.target(action) or "", "Equals", str(left))


def percents_of(conditions: list[Condition]) -> list[int] | None:
    """The share of each condition; None when they are not shares."""
    found, below = [], 1
    for each in conditions:
        text = plain(each.operands[0]) if each.operands else ""
        if each.operator != "NumberLessThan" or not is_share(text):
            return None
        found.append(int(text) - below)
        below = int(text)
    return found


def is_share(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 3


@block(
    "DistributeByPercentage",
    group="Branch",
    title="Distribute by percentage",
    legacy=Legacy("PercentileBranching", bare=True),
    next_copies="no_match",
)
class DistributeByPercentage(Block):
    """Draws a number from 1 to 100 and takes the first branch that it is less than: less than 21 is 20 %, less than 51 the next
    30 %. What is left goes to No match."""

    options = Shares("Shares", ("NumberLessThan",))
    no_match = Remainder("No match", "NoMatchingCondition", legacy="NoMatch")

    def enter(self, context: Context) -> Move:
        drawn = int(context.view.draw() * 100) + 1
        context.note("drawn", str(drawn))
        return first_match(self.options, context, str(drawn)) or self.no_match
