"""The ways out of a block: what it may answer, and the branches that the flow's author connects.

A branch's `legacy` is its condition in the older export (`Success`, `Error`, `NoMatch`...). One that has none there is written under
the flow language's name and comes back.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from app.domain.ids import QueueId
from app.domain.instance import FlowContent
from app.domain.requests import FlowOutcome
from app.errors import BadInput
from app.flow.attributes import Template
from app.flow.context import Context
from app.flow.formats.given import Given
from app.flow.formats.language import Action, Condition
from app.flow.formats.legacy import Exit as LegacyExit
from app.flow.operators import OPERATORS, Operator
from app.flow.params import Param, plain

# -- where a run goes next -------------------------------------------------------------------------------------------------


class Stay(Enum):
    """The block waits for an event."""

    STAY = "stay"


STAY = Stay.STAY


class Exit:
    """A way out of a block. `key` names the edge in the compiled flow, `label` is what people read."""

    key: str = ""

    def __init__(self, label: str) -> None:
        self.label = label


@dataclass(frozen=True, slots=True)
class Ended:
    """The run is over."""

    outcome: FlowOutcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Queued:
    """The run is over and the contact is to wait in this queue."""

    queue_id: QueueId


@dataclass(frozen=True, slots=True)
class HandOver:
    """The run goes on at the start of another flow."""

    flow: FlowContent


@dataclass(frozen=True, slots=True)
class ReturnTo:
    """The run goes back to a block of the same flow."""

    block: str


@dataclass(frozen=True, slots=True)
class Invoke:
    """The run goes into a module; `on_return` of the block tells that it is back."""

    flow: FlowContent


@dataclass(frozen=True, slots=True)
class Return:
    """The module is over; the run goes back to the block that invoked it. `data` are the values it gives."""

    result: str
    data: dict[str, Any]


Move = Stay | Exit | Ended | Queued | HandOver | ReturnTo | Invoke | Return

# -- branches --------------------------------------------------------------------------------------------------------------


class Branch(Exit):
    """An output of a block. `otherwise` names the branch that is taken when this one is not connected; an `optional` one may
    stay unconnected in a published flow. `never` says why a telephone call never takes it: it is there for exports that have it."""

    def __init__(
        self, label: str, *, legacy: str = "", otherwise: str = "", optional: bool = False, never: str = ""
    ) -> None:
        super().__init__(label)
        self.legacy, self.otherwise, self.optional, self.never = legacy, otherwise, optional, never

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = name

    def target(self, action: Action) -> str | None:
        """Where this branch leads in the flow language's transitions."""
        raise NotImplementedError

    def index(self, action: Action) -> int | None:
        """Which of the action's conditions or errors this branch is; None when it is not there."""
        return None

    def exit_of(self, action: Action) -> LegacyExit:
        """This branch of the action in the older export."""
        return LegacyExit(self.legacy, self.target(action) or "")

    def words(self) -> str:
        """The transition in the flow language, for the documentation."""
        raise NotImplementedError


class Next(Branch):
    """The block did its work: `NextAction`."""

    def __init__(self, label: str = "Success", *, legacy: str = "Success") -> None:
        super().__init__(label, legacy=legacy)

    def target(self, action: Action) -> str | None:
        return action.next_action

    def words(self) -> str:
        return "`NextAction`"


class OnError(Branch):
    """An entry of `Errors`."""

    def __init__(
        self,
        label: str = "Error",
        error: str = "NoMatchingError",
        *,
        legacy: str = "Error",
        otherwise: str = "",
        optional: bool = False,
        never: str = "",
    ) -> None:
        super().__init__(label, legacy=legacy, otherwise=otherwise, optional=optional, never=never)
        self.error = error

    def target(self, action: Action) -> str | None:
        index = self.index(action)
        return None if index is None else action.errors[index][1]

    def index(self, action: Action) -> int | None:
        return next((index for index, (error, _) in enumerate(action.errors) if error == self.error), None)

    def words(self) -> str:
        return f"error `{self.error}`"


class OnResult(Branch):
    """An entry of `Conditions` whose operator and operand are fixed."""

    def __init__(
        self,
        label: str,
        operand: str,
        *,
        operator: str = "Equals",
        legacy: str = "",
        otherwise: str = "",
        optional: bool = False,
        never: str = "",
    ) -> None:
        super().__init__(label, legacy=legacy, otherwise=otherwise, optional=optional, never=never)
        self.operator, self.operand = operator, operand

    def target(self, action: Action) -> str | None:
        index = self.index(action)
        return None if index is None else action.conditions[index].target

    def index(self, action: Action) -> int | None:
        for index, condition in enumerate(action.conditions):
            operands = tuple(plain(operand).lower() for operand in condition.operands)
            if condition.operator == self.operator and operands == (self.operand.lower(),):
                return index
        return None

    def words(self) -> str:
        return f"condition `{self.operator} {self.operand}`"


class Option(Exit):
    """One condition that the flow's author wrote."""

    def __init__(self, key: str, operator: Operator, operand: Template) -> None:
        super().__init__(operand.text if operator.name == "Equals" else f"{operator.label} {operand.text}")
        self.key, self.operator, self.operand = key, operator, operand


class Options(Param[tuple[Option, ...]]):
    """The author's conditions, tried in their order; each is a branch. `legacy` is the older export's branch condition."""

    widget = "options"

    def __init__(
        self, label: str, operators: tuple[str, ...] = ("Equals",), *, legacy: str = "Evaluate", help: str = ""
    ) -> None:
        super().__init__(label, "", legacy=legacy, help=help)
        self.operators = operators

    def compile(self, action: Action) -> tuple[Option, ...]:
        for condition in action.conditions:
            if condition.operator not in OPERATORS:
                why = f"it must be one of {', '.join(OPERATORS)}"
                raise BadInput(what=f"The comparison {condition.operator!r}", why=why)
        return tuple(
            Option(f"{self.name}.{index}", OPERATORS[condition.operator], Template(plain(condition.operands[0])))
            for index, condition in enumerate(action.conditions)
            if condition.operands
        )

    def edges(self, action: Action) -> dict[str, str | None]:
        """Where each condition leads."""
        return {f"{self.name}.{index}": condition.target for index, condition in enumerate(action.conditions)}

    def from_legacy(self, given: Given) -> dict[str, Any]:
        """Nothing: `conditions_from` takes the branches."""
        return {}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        return []

    def conditions_from(self, given: Given) -> list[Condition]:
        """Takes its branches of the older export, as conditions of the flow language."""
        return [
            Condition(
                _OPERATORS.get(branch.type, branch.type),
                () if branch.value is None else (plain(branch.value),),
                branch.target or None,
            )
            for branch in given.take_branches(*self.legacy.split("|"))
        ]

    def exits_of(self, action: Action, conditions: list[Condition]) -> list[LegacyExit]:
        """These conditions of the action as branches of the older export."""
        return [legacy_exit(condition, self.legacy) for condition in conditions]

    def schema(self) -> dict[str, dict[str, Any]]:
        return {}

    def words(self) -> str:
        return "conditions with " + ", ".join(f"`{operator}`" for operator in self.operators)


_OPERATORS = {operator.legacy: operator.name for operator in OPERATORS.values() if operator.legacy}


def legacy_exit(condition: Condition, name: str) -> LegacyExit:
    """A condition as a branch of the older export; an operator that has no name there keeps its own."""
    operator = OPERATORS.get(condition.operator)
    return LegacyExit(
        condition=name,
        target=condition.target or "",
        type=operator.legacy if operator and operator.legacy else condition.operator,
        value=plain(condition.operands[0]) if condition.operands else None,
    )


def first_match(options: tuple[Option, ...], context: Context, value: str) -> Option | None:
    """The first condition that `value` satisfies."""
    for option in options:
        if option.operator.holds(value, option.operand(context)):
            return option
    return None
