"""Parameters that name a resource of the instance: a queue, a flow, hours of operation, a prompt.

What is written may be an id, an ARN (its last part is the id) or a name. An imported flow carries the ids of the instance it
came from; then the display name that its editor's metadata keep beside the reference decides.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

from app.domain.ids import FlowId, HoursId, QueueId
from app.domain.instance import FlowContent, Hours, Instance, Queue
from app.errors import NotFound
from app.flow.attributes import Template
from app.flow.context import Context
from app.flow.formats.language import Action, find
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


class Resource(Generic[R]):
    """A reference in a compiled flow. Called with a context it is the resource, or None when the flow names none."""

    def __init__(self, kind: "Reference[R]", template: Template, names: tuple[str, ...]) -> None:
        self._kind, self._template = kind, template
        self._names = names if template.literal else ()

    def __call__(self, context: Context) -> R | None:
        """NotFound when the instance has no such resource."""
        text = self._template(context)
        if not text and not self._names:
            return None
        return self.resolve(context.instance, text)

    def resolve(self, instance: Instance, text: str) -> R:
        wanted = identifiers(text, self._names)
        for identifier in wanted:
            resource = self._kind.look_up(instance, identifier)
            if resource is not None:
                return resource
        raise NotFound(what=self._kind.kind, name=" or ".join(wanted))

    def problem(self, instance: Instance) -> str:
        """Why this reference cannot be followed in `instance`; empty when it can, or only a call can tell."""
        if not self._template.literal or not (self._template.text or self._names):
            return ""
        try:
            self.resolve(instance, self._template.text)
        except NotFound as error:
            return str(error)
        return ""


class Reference(Param[Resource[R]]):
    """A reference to one kind of resource."""

    kind = "resource"
    older: tuple[str, ...] = ()

    def compile(self, action: Action) -> Resource[R]:
        names = display_names(action, self.path, self.older)
        template = Template(self.written(action) if not names else self.optional(action))
        return Resource(self, template, names)

    def optional(self, action: Action) -> str:
        value = action.at(self.path)
        return value if isinstance(value, str) else ""

    def look_up(self, instance: Instance, identifier: str) -> R | None:
        """The resource with this id or name."""
        raise NotImplementedError

    @property
    def widget_name(self) -> str:
        return self.kind

    def words(self) -> str:
        return f"id, ARN or name of a {self.kind}, or a reference such as `$.Attributes.name`"


def _by_id_or_name(resources: Mapping[Any, Any], identifier: str) -> Any:
    found = resources.get(identifier)
    return found or next((resource for resource in resources.values() if resource.name == identifier), None)


class QueueRef(Reference[Queue]):
    """A queue."""

    kind, widget, older = "queue", "queue", ("queue",)

    def look_up(self, instance: Instance, identifier: str) -> Queue | None:
        found: Queue | None = _by_id_or_name(instance.queues, QueueId(identifier))
        return found


class FlowRef(Reference[FlowContent]):
    """A contact flow."""

    kind, widget, older = "flow", "flow", ("ContactFlow", "contactFlow")

    def look_up(self, instance: Instance, identifier: str) -> FlowContent | None:
        found: FlowContent | None = _by_id_or_name(instance.flows, FlowId(identifier))
        return found


class HoursRef(Reference[Hours]):
    """Hours of operation."""

    kind, widget, older = "hours of operation", "hours", ("Hours",)

    def look_up(self, instance: Instance, identifier: str) -> Hours | None:
        found: Hours | None = _by_id_or_name(instance.hours, HoursId(identifier))
        return found
