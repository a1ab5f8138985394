"""Parameters that name a resource of the instance: a queue, a flow, hours of operation, an agent, a prompt.

What is written may be an id, an ARN (its last part is the id) or a name. An imported flow carries the ids of the instance it
came from; then the display name that its editor's metadata keep beside the reference decides. Either may stand in the
instance's map of resources, which goes before. What an attribute names at run time is looked up in the same way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.domain.instance import Agent, FlowContent, Hours, Instance, Queue, ResourceKind
from app.errors import NotFound
from app.flow.attributes import Template
from app.flow.context import Context
from app.flow.directory import directory_of
from app.flow.formats.given import Given
from app.flow.formats.language import Action, find
from app.flow.formats.legacy import Parameter, entry
from app.flow.params import Param

R = TypeVar("R")


def display_names(action: Action, path: str, older: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The names that the metadata give the resource at `path`; `older` are the keys of metadata before 2021."""
    found = [find(_indexed(action.metadata.get("parameters"), path), "displayName")]
    for key in older:
        value = action.metadata.get(key)
        found.append(value.get("text") if isinstance(value, Mapping) else value)
    return tuple(name for name in found if isinstance(name, str) and name)


def _indexed(tree: Any, path: str) -> Any:
    """As `find`, where a number in the path is a place in a list."""
    for key in path.split("."):
        if isinstance(tree, list) and key.isdigit():
            tree = tree[int(key)] if int(key) < len(tree) else None
        else:
            tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def identifiers(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """What to look for, best first: the text itself, the last part of an ARN, the display names."""
    candidates = [text, text.rpartition("/")[2]] if "/" in text else [text]
    return tuple(dict.fromkeys(candidate for candidate in (*candidates, *names) if candidate))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a compiled parameter wants of the instance: a resource of a kind, as written and by its display names.

    `fixed` is false where only a call can tell, because an attribute names the resource.
    """

    kind: ResourceKind
    written: str
    names: tuple[str, ...]
    fixed: bool

    @property
    def candidates(self) -> tuple[str, ...]:
        return identifiers(self.written, self.names)


class Resource(Generic[R]):
    """A reference in a compiled flow. Called with a context it is the resource, or None when the flow names none."""

    def __init__(self, kind: ResourceKind, template: Template, names: tuple[str, ...]) -> None:
        self.kind, self._template = kind, template
        self._names = names if template.literal else ()
        self._candidates = identifiers(template.text, self._names)

    def __call__(self, context: Context) -> R | None:
        """NotFound when the instance has no such resource."""
        if self._template.literal:
            return self._find(context.instance, self._candidates) if self._candidates else None
        text = self._template(context)
        return self._find(context.instance, identifiers(text, ())) if text else None

    def _find(self, instance: Instance, candidates: tuple[str, ...]) -> R:
        found = directory_of(instance).find(self.kind, candidates)
        if found is None:
            raise NotFound(what=self.kind.value, name=" or ".join(candidates))
        resource: R = found.value
        return resource

    @property
    def wanted(self) -> Wanted | None:
        """None when the flow names nothing."""
        if not self._candidates:
            return None
        return Wanted(self.kind, self._template.text, self._names, self._template.literal)


class Outside(Resource[str]):
    """What lives outside the instance, a function or a bot. Called with a context it is the name to ask for: what the map of resources
    says, else what the flow says."""

    def __call__(self, context: Context) -> str:
        text = self._template(context).strip()
        found = directory_of(context.instance).find(self.kind, identifiers(text, self._names))
        return found.resource_id if found else text


class Reference(Param[Resource[R]]):
    """A reference to one kind of resource."""

    kind: ResourceKind
    older: tuple[str, ...] = ()

    def compile(self, action: Action) -> Resource[R]:
        names = display_names(action, self.path, self.older)
        template = Template(self.written(action) if not names else self.optional(action))
        return Resource(self.kind, template, names)

    def optional(self, action: Action) -> str:
        value = action.at(self.path)
        return value if isinstance(value, str) else ""

    def from_legacy(self, given: Given) -> dict[str, Any]:
        found = given.take(self.legacy) if self.legacy else None
        return self.read_entry(given, found) if found is not None else {}

    def read_entry(self, given: Given, found: Parameter) -> dict[str, Any]:
        """The reference of one entry; one that is only named has no text, and its name."""
        if found.resource_name:
            given.names[self.path] = found.resource_name
        text = found.text
        if text is None and not found.resource_name:
            return {}
        return {self.path: "" if text is None else text}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        value = action.at(self.path)
        if value is None or not self.legacy:
            return []
        return [self.write_entry(action, self.legacy, value)]

    def write_entry(self, action: Action, name: str, value: Any) -> dict[str, Any]:
        literal = not isinstance(value, str) or Template(value).literal
        names = display_names(action, self.path, self.older) if literal else ()
        return entry(name, value, always=self.legacy_namespaced, resource_name=next(iter(names), ""))

    def words(self) -> str:
        article = "an" if self.kind.value[0] in "aeiou" else "a"
        return f"id, ARN or name of {article} {self.kind.value}, or a reference such as `$.Attributes.name`"


class QueueRef(Reference[Queue]):
    """A queue: one that agents share, or an agent's own."""

    kind, widget, older, legacy_namespaced = ResourceKind.QUEUE, "queue", ("queue",), True


class FlowRef(Reference[FlowContent]):
    """A contact flow."""

    kind, widget, older = ResourceKind.FLOW, "flow", ("ContactFlow", "contactFlow")


class ModuleRef(Reference[FlowContent]):
    """A module, which flows have in common."""

    kind, widget, older = ResourceKind.MODULE, "module", ("contactFlowModuleName",)


class HoursRef(Reference[Hours]):
    """Hours of operation."""

    kind, widget, older = ResourceKind.HOURS, "hours", ("Hours",)

    def words(self) -> str:
        return "id, ARN or name of hours of operation, or a reference such as `$.Attributes.name`"


class AgentRef(Reference[Agent]):
    """An agent, by id, ARN or user name."""

    kind, widget, older, legacy_namespaced = ResourceKind.AGENT, "agent", ("agent",), True


class FunctionRef(Reference[str]):
    """A function, which the instance's map of functions knows by its ARN or name."""

    kind, widget, legacy_namespaced = ResourceKind.FUNCTION, "function", True

    def compile(self, action: Action) -> Outside:
        return Outside(self.kind, Template(self.written(action)), display_names(action, self.path))
