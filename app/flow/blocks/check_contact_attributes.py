"""Check contact attributes."""

from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, OnError, Options, first_match
from app.flow.context import Context
from app.flow.operators import OPERATORS
from app.flow.params import Text


@block(
    "Compare",
    group="Branch",
    title="Check contact attributes",
    legacy=Legacy("CheckAttribute", older=("CheckCallAttribute",)),
    next_copies="no_match",
)
class CheckContactAttributes(Block):
    """Compares a value with each condition in order and takes the branch of the first that holds. Upper and lower case differ;
    what is not a number is neither greater nor less."""

    value = Text("Attribute", "ComparisonValue", required=True, legacy="Namespace|Attribute")
    options = Options("Conditions", tuple(OPERATORS))
    no_match = OnError("No match", "NoMatchingCondition", legacy="NoMatch")

    def enter(self, context: Context) -> Move:
        value = self.value(context)
        context.note("value", value)
        return first_match(self.options, context, value) or self.no_match
