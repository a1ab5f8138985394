"""Which resources a flow names, and what each of them is in an instance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.domain.instance import Instance, ResourceKind
from app.domain.place import function_names
from app.flow.directory import BY_MAP, Directory, Found, directory_of
from app.flow.graph import Graph, Node
from app.flow.references import Wanted
from app.flow.unsupported import Unusable

AT_RUN_TIME, UNRESOLVED = "at run time", "unresolved"
OUTSIDERS = (ResourceKind.FUNCTION, ResourceKind.BOT)
Outsiders = Mapping[ResourceKind, frozenset[str]]
"""The names of the functions and bots that there are."""
OUTSIDE = "outside"
"""Functions and bots are not the instance's own: whoever answers for them knows their names."""


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """A resource that a block names. `how` it is resolved: by `id`, `name` or `map`, `at run time`, `outside`, or `unresolved`.

    `name` is the display name beside the reference, `doubt` why the resolution may not be the one that is meant.
    """

    block: str
    title: str
    setting: str
    kind: ResourceKind
    written: str
    name: str
    how: str
    resource_id: str = ""
    resource_name: str = ""
    doubt: str = ""


def resources_of(graph: Graph, instance: Instance, outside: Outsiders | None = None) -> tuple[ResourceUse, ...]:
    """Every resource that the flow names, block by block. Without `outside` nobody knows which functions and bots there are."""
    return tuple(_use(node, setting, wanted, instance, outside) for node, setting, wanted in wanted_of(graph))


def wanted_of(graph: Graph) -> Iterator[tuple[Node, str, Wanted]]:
    """What the flow's blocks want of an instance: the block, its setting, and the resource."""
    for node in graph.nodes.values():
        if isinstance(node.block, Unusable):
            continue
        for name, param in node.block.definition.params.items():
            value = vars(node.block)[name]
            for item in value if isinstance(value, tuple) else (value,):
                wanted = getattr(item, "wanted", None)
                if isinstance(wanted, Wanted):
                    yield node, param.label, wanted


def _use(node: Node, setting: str, wanted: Wanted, instance: Instance, outside: Outsiders | None) -> ResourceUse:
    def use(how: str, resource_id: str = "", resource_name: str = "", doubt: str = "") -> ResourceUse:
        name = wanted.names[0] if wanted.names else ""
        return ResourceUse(
            node.id, node.title, setting, wanted.kind, wanted.written, name, how, resource_id, resource_name, doubt
        )

    if not wanted.fixed:
        return use(AT_RUN_TIME)
    directory = directory_of(instance)
    found = directory.find(wanted.kind, wanted.candidates)
    if wanted.kind in OUTSIDERS:
        own = found.resource_id if found else wanted.written
        if outside is not None and not set(function_names(own)) & outside.get(wanted.kind, frozenset()):
            return use(UNRESOLVED)
        return use(found.how if found else OUTSIDE, own, own)
    if found is not None:
        return use(found.how, found.resource_id, found.name, _doubt(wanted, found, directory))
    return use(UNRESOLVED)


def _doubt(wanted: Wanted, found: Found, directory: Directory) -> str:
    """Why another resource might be meant: what is written beside the one that was found leads elsewhere. A mapping leaves no doubt."""
    if found.how == BY_MAP or wanted.kind is ResourceKind.PROMPT:
        return ""
    for candidate in wanted.candidates:
        others = [each for each in directory.matches(wanted.kind, candidate) if each != found.resource_id]
        if others:
            return f"{candidate} is also {' and '.join(others)}"
    return ""
