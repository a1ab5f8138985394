"""Check contact attributes."""

from typing import Any

from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, OnError, Options, first_match
from app.flow.context import Context
from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.formats.legacy import Parameter
from app.flow.formats.namespaces import namespaced
from app.flow.operators import OPERATORS
from app.flow.params import Text


class Compared(Text):
    """A value that the older export has as two entries: `Attribute` and its `Namespace`."""

    def from_legacy(self, given: Given) -> dict[str, Any]:
        attribute, namespace = given.take("Attribute"), given.take("Namespace")
        if attribute is None or attribute.value is None:
            return {}
        where = namespace.value if namespace is not None and isinstance(namespace.value, str) else ""
        return {self.path: Parameter("Attribute", attribute.value, where).text}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        value = action.at(self.path)
        if value is None:
            return []
        namespace, key = namespaced(value) if isinstance(value, str) else ("", value)
        written = [{"name": "Attribute", "value": key}]
        return [*written, {"name": "Namespace", "value": namespace}] if namespace else written


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

    value = Compared("Attribute", "ComparisonValue", required=True, legacy="Namespace|Attribute")
    options = Options("Conditions", tuple(OPERATORS))
    no_match = OnError("No match", "NoMatchingCondition", legacy="NoMatch")

    def enter(self, context: Context) -> Move:
        value = self.value(context)
        context.note("value", value)
        return first_match(self.options, context, value) or self.no_match
