"""How Check contact attributes and its like compare: every operator with its name in both export formats.

Comparisons of text are exact, upper and lower case included. What is not a number satisfies no comparison of numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operator:
    """`name` is the flow language's, `legacy` the older export's (empty: that format has none), `label` the editor's."""

    name: str
    legacy: str
    label: str
    holds: Callable[[str, str], bool]


def _numbers(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def holds(value: str, operand: str) -> bool:
        try:
            return compare(float(value), float(operand))
        except ValueError:
            return False

    return holds


OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("Equals", "Equals", "Equals", lambda value, operand: value == operand),
        Operator("TextContains", "Contains", "Contains", lambda value, operand: operand in value),
        Operator("TextStartsWith", "StartsWith", "Starts with", lambda value, operand: value.startswith(operand)),
        Operator("TextEndsWith", "", "Ends with", lambda value, operand: value.endswith(operand)),
        Operator("KeyExists", "", "Exists", lambda value, operand: value != ""),
        Operator("NumberGreaterThan", "GreaterThan", "Is greater than", _numbers(lambda a, b: a > b)),
        Operator(
            "NumberGreaterOrEqualTo", "GreaterThanOrEqualTo", "Is greater or equal", _numbers(lambda a, b: a >= b)
        ),
        Operator("NumberLessThan", "LessThan", "Is less than", _numbers(lambda a, b: a < b)),
        Operator("NumberLessOrEqualTo", "LessThanOrEqualTo", "Is less or equal", _numbers(lambda a, b: a <= b)),
    )
}
"""By the flow language's name."""
