"""What a flow's file holds, without an instance: its blocks, what they name, what is wrong with it, whether it comes back whole."""

from collections import Counter
from dataclasses import dataclass, field

from app.domain.ids import FlowId
from app.domain.instance import FlowContent, FlowType, Instance
from app.flow.checks import own_findings
from app.flow.formats import legacy
from app.flow.formats.convert import as_language
from app.flow.formats.detect import Document, format_of, read, round_trip
from app.flow.graph import compile_flow
from app.flow.registry import Registry
from app.flow.resources import wanted_of

_NOWHERE = Instance("", "")


@dataclass(frozen=True, slots=True)
class UnsupportedBlock:
    """A block that does not run here, by the type it has in the file."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A resource that only an instance can resolve: `value` is what the file has for it, `name` what it calls it."""

    block: str
    kind: str
    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something wrong with the flow. `severity` is `error` (it could not be published) or `warning`; `block` None: the flow."""

    severity: str
    block: str | None
    words: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many blocks there are of a type, and how many of them run here."""

    blocks: int
    supported: int


@dataclass(frozen=True, slots=True)
class Examined:
    """A flow as its file has it. `type` is empty where the file does not say it."""

    format: str
    type: str
    name: str
    blocks: int
    supported: int
    unsupported: tuple[UnsupportedBlock, ...]
    unresolved: tuple[Unresolved, ...]
    findings: tuple[Remark, ...]
    round_trip: bool
    types: dict[str, Coverage] = field(default_factory=dict)
    """By the type in the file, in the older export with its target: `Transfer/Queue`."""


def examine(text: str, registry: Registry) -> Examined:
    """Everything that a file tells by itself. BadInput when it is no flow."""
    document = read(text)
    actions = as_language(document, registry).actions()
    types = types_of(document)
    runs = [registry.find(action) is not None for action in actions]
    unsupported = tuple(
        UnsupportedBlock(type.partition("/")[0], action.identifier)
        for type, action, there in zip(types, actions, runs, strict=True)
        if not there
    )
    kind = type_of(document)
    known = FlowType(kind) if kind in set(FlowType) else None
    graph = compile_flow(FlowContent(FlowId("file"), 1, document.name, known or FlowType.CONTACT, text), registry)
    wanted = [(node, wanted) for node, _, wanted in wanted_of(graph) if wanted.fixed]
    return Examined(
        format=format_of(document),
        type=kind,
        name=document.name,
        blocks=len(actions),
        supported=len(actions) - len(unsupported),
        unsupported=unsupported,
        unresolved=tuple(
            Unresolved(node.id, each.kind.value, each.written, each.names[0] if each.names else "")
            for node, each in wanted
        ),
        findings=tuple(
            Remark(each.severity, each.block, each.words, each.remedy)
            for each in own_findings(graph, _NOWHERE, typed=known is not None)
        ),
        round_trip=round_trip(document),
        types={
            type: Coverage(count, sum(there for each, there in zip(types, runs, strict=True) if each == type))
            for type, count in Counter(types).items()
        },
    )


def type_of(document: Document) -> str:
    """The flow's type as the file says it; modules have settings instead."""
    if not document.type and "Settings" in document.content:
        return FlowType.MODULE.value
    return document.type


def types_of(document: Document) -> list[str]:
    """The type of each block as the file has it, in the older export with its target."""
    if isinstance(document, legacy.Document):
        return [f"{each.type}/{each.target}" if each.target else each.type for each in document.modules()]
    return [action.type for action in document.actions()]
