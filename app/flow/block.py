"""What a block is: a class with parameters and branches, from which its form, schema, documentation and checks derive.

A block's file declares its mapping to both export formats: parameters by `path` and `legacy` (see `params`), branches by the
transition that carries them in the flow language and by the older export's condition (see `branches`), the block by `@block` and
`Legacy`. That is all a conversion needs; what one format cannot say is kept beside the block and comes back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from app.domain.events import BotReplied, FunctionReturned, InputSealed, PlaybackFinished
from app.domain.instance import FlowType
from app.domain.requests import Answered
from app.flow.branches import STAY, Branch, Move, Options
from app.flow.context import Context
from app.flow.formats.language import Action
from app.flow.formats.legacy import Module
from app.flow.params import Param

Answer = FunctionReturned | BotReplied | InputSealed | Answered
"""What answers a block's `context.ask`."""

INBOUND = frozenset({FlowType.CONTACT, FlowType.QUEUE_TRANSFER, FlowType.AGENT_TRANSFER, FlowType.MODULE})
"""Types of flows that decide where a contact goes, and the modules they invoke."""
EVERY_TYPE = frozenset(FlowType)


@dataclass(frozen=True, slots=True)
class Legacy:
    """The block in the older export: its type (`target` beside it), the types of 2017, and parameters that never vary.

    Several blocks may share a type: the first whose `when` holds for the converted action is it. A block without `Legacy` does not
    exist in the older export: it is written there as an unknown one, under the flow language's type.
    `order` names branches in the order in which a conversion writes them, where that is not the error first and the others as
    declared. `bare`: it writes no Parameters at all when there are none.
    `exported` false: no export has the type, it is only what logs call the block; then it counts as without `Legacy`.
    `applies` tells apart modules of one type and target; `goes_on` whether NextAction is Success, for a block where it may be a copy.
    """

    type: str
    target: str = ""
    older: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    bare: bool = False
    exported: bool = True
    applies: Callable[[Module], bool] = lambda module: True
    goes_on: Callable[[Action], bool] = lambda action: True


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
    def exported(self) -> Legacy | None:
        """The block in the older export, None when that has no such block."""
        return self.legacy if self.legacy is not None and self.legacy.exported else None

    @property
    def terminal(self) -> bool:
        return not self.branches and not any(isinstance(param, Options) for param in self.params.values())


class Block:
    """A block of a compiled flow. It keeps nothing of a run: what it must remember between events goes to `context.locals`.

    Every method returns where the run goes. What they raise sends the run down the error branch.
    """

    definition: ClassVar[Definition]
    id: str = ""
    """The block's identifier in its flow."""
    connected: frozenset[str] = frozenset()
    """The keys of the branches that lead somewhere."""

    encrypts: bool = False
    """The block takes an encrypted entry."""

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

    def hides(self, key: str) -> bool:
        """Whether this key, pressed while the block waits, is to be kept from everybody: it comes as CONCEALED then."""
        return False

    def on_answer(self, context: Context, answer: Answer) -> Move:
        """What the block asked is answered."""
        return STAY

    def on_timer(self, context: Context, name: str) -> Move:
        """A timer that this block started ran out."""
        return STAY

    def on_return(self, context: Context, result: str) -> Move:
        """The module that this block invoked is over."""
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
