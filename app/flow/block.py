"""What a block is: a class with parameters and branches, from which its form, schema, documentation and checks derive.

A block's file declares its mapping to both export formats: parameters by `path` and `legacy`, branches by the transition
that carries them in the flow language and by the older export's condition.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar, TypeVar

from app.domain.events import PlaybackFinished
from app.domain.ids import QueueId
from app.domain.instance import FlowContent, FlowType
from app.domain.requests import FlowOutcome
from app.flow.attributes import Template
from app.flow.context import Context
from app.flow.formats.language import Action
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


Move = Stay | Exit | Ended | Queued | HandOver | ReturnTo

# -- branches --------------------------------------------------------------------------------------------------------------


class Branch(Exit):
    """An output of a block. `otherwise` names the branch that is taken when this one is not connected."""

    def __init__(self, label: str, *, legacy: str = "", otherwise: str = "") -> None:
        super().__init__(label)
        self.legacy, self.otherwise = legacy, otherwise

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = name

    def target(self, action: Action) -> str | None:
        """Where this branch leads in the flow language's transitions."""
        raise NotImplementedError

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
        self, label: str = "Error", error: str = "NoMatchingError", *, legacy: str = "Error", otherwise: str = ""
    ) -> None:
        super().__init__(label, legacy=legacy, otherwise=otherwise)
        self.error = error

    def target(self, action: Action) -> str | None:
        return next((target for error, target in action.errors if error == self.error), None)

    def words(self) -> str:
        return f"error `{self.error}`"


class OnResult(Branch):
    """An entry of `Conditions` whose operator and operand are fixed."""

    def __init__(
        self, label: str, operand: str, *, operator: str = "Equals", legacy: str = "", otherwise: str = ""
    ) -> None:
        super().__init__(label, legacy=legacy, otherwise=otherwise)
        self.operator, self.operand = operator, operand

    def target(self, action: Action) -> str | None:
        for condition in action.conditions:
            operands = tuple(plain(operand).lower() for operand in condition.operands)
            if condition.operator == self.operator and operands == (self.operand.lower(),):
                return condition.target
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
        return tuple(
            Option(f"{self.name}.{index}", OPERATORS[condition.operator], Template(plain(condition.operands[0])))
            for index, condition in enumerate(action.conditions)
            if condition.operator in OPERATORS and condition.operands
        )

    def edges(self, action: Action) -> dict[str, str | None]:
        """Where each condition leads."""
        return {f"{self.name}.{index}": condition.target for index, condition in enumerate(action.conditions)}

    def schema(self) -> dict[str, dict[str, Any]]:
        return {}

    def words(self) -> str:
        return "conditions with " + ", ".join(f"`{operator}`" for operator in self.operators)


def first_match(options: tuple[Option, ...], context: Context, value: str) -> Option | None:
    """The first condition that `value` satisfies."""
    for option in options:
        if option.operator.holds(value, option.operand(context)):
            return option
    return None


# -- blocks ----------------------------------------------------------------------------------------------------------------

INBOUND = frozenset({FlowType.CONTACT, FlowType.QUEUE_TRANSFER, FlowType.AGENT_TRANSFER})
"""Types of flows that decide where a contact goes."""
EVERY_TYPE = frozenset(FlowType)


@dataclass(frozen=True, slots=True)
class Legacy:
    """The block in the older export: its type (`target` beside it), the types of 2017, and parameters that never vary."""

    type: str
    target: str = ""
    older: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Definition:
    """Everything there is to know of a block."""

    type: str
    title: str
    group: str
    summary: str
    legacy: Legacy | None
    params: dict[str, Param[Any]]
    branches: dict[str, Branch]
    flows: frozenset[FlowType]
    fixed: Mapping[str, str]
    when: Callable[[Action], bool] | None
    next_copies: str
    """The branch whose target `NextAction` repeats, for blocks that do not simply go on."""

    @property
    def terminal(self) -> bool:
        return not self.branches and not any(isinstance(param, Options) for param in self.params.values())


class Block:
    """A block of a compiled flow. It keeps nothing of a run: what it must remember between events goes to `context.locals`.

    Every method returns where the run goes. What they raise sends the run down the error branch.
    """

    definition: ClassVar[Definition]

    def __init__(self, action: Action) -> None:
        """BadInput when a parameter cannot be used."""
        for name, param in self.definition.params.items():
            self.__dict__[name] = param.compile(action)

    def enter(self, context: Context) -> Move:
        raise NotImplementedError

    def on_playback_finished(self, context: Context, event: PlaybackFinished) -> Move:
        """The playback that this block started is over."""
        return STAY

    def on_digit(self, context: Context, digit: str) -> Move:
        """A key was pressed. Blocks that do not ask for keys keep them for the next one that does."""
        context.keep_typed(digit)
        return STAY

    def on_timer(self, context: Context, name: str) -> Move:
        """A timer that this block started ran out."""
        return STAY


B = TypeVar("B", bound=Block)


def block(
    action_type: str,
    *,
    group: str,
    title: str,
    legacy: Legacy | None = None,
    flows: frozenset[FlowType] = EVERY_TYPE,
    fixed: Mapping[str, str] | None = None,
    when: Callable[[Action], bool] | None = None,
    next_copies: str = "",
) -> Callable[[type[B]], type[B]]:
    """Makes a class the block of a flow language action. `when` tells apart blocks that share a type, `fixed` is what such a
    block always writes in its parameters."""

    def decorate(cls: type[B]) -> type[B]:
        members = {name: value for base in reversed(cls.__mro__) for name, value in vars(base).items()}
        cls.definition = Definition(
            type=action_type,
            title=title,
            group=group,
            summary=(cls.__doc__ or "").strip(),
            legacy=legacy,
            params={name: value for name, value in members.items() if isinstance(value, Param)},
            branches={name: value for name, value in members.items() if isinstance(value, Branch)},
            flows=flows,
            fixed=dict(fixed or {}),
            when=when,
            next_copies=next_copies,
        )
        return cls

    return decorate
