"""The older export, version "1" of 2017 to 2021, in both of its dialects (the block names of 2017 and those since 2018).

A document keeps its JSON as it came; modules, parameters and branches are views of it, and what is written is put together from
them. Parameters are a list in order, their names repeat. Reading is lenient: only what is no flow at all is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.errors import BadInput
from app.flow.formats.namespaces import namespaced, path_of
from app.flow.formats.views import Reading, dump, joined, load, present

VERSION = "1"


@dataclass(frozen=True, slots=True)
class Parameter:
    """An entry of a module's parameters. `value` None: there is none, as in a resource that is only named."""

    name: str
    value: Any = None
    namespace: str = ""
    key: str = ""
    resource_name: str = ""
    rest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> Any:
        """The value as the flow language has it: text, with a reference where a namespace makes it one; JSON stays JSON."""
        if isinstance(self.value, bool):
            return "True" if self.value else "False"
        text = str(self.value) if isinstance(self.value, (int, float)) else self.value
        return path_of(self.namespace, text) if self.namespace and isinstance(text, str) else text

    def written(self) -> dict[str, Any]:
        known = present(name=self.name, namespace=self.namespace, key=self.key, resourceName=self.resource_name)
        if self.value is not None:
            known["value"] = self.value
        written: dict[str, Any] = joined(known, self.rest)
        return written


@dataclass(frozen=True, slots=True)
class Exit:
    """A branch of a module. `type` and `value` are the comparison of an `Evaluate` and its like."""

    condition: str
    target: str = ""
    type: str = ""
    value: Any = None
    rest: Mapping[str, Any] = field(default_factory=dict)

    def written(self) -> dict[str, Any]:
        known = present(condition=self.condition, transition=self.target, conditionType=self.type)
        if self.value is not None:
            known["conditionValue"] = self.value
        written: dict[str, Any] = joined(known, self.rest)
        return written


@dataclass(frozen=True, slots=True)
class Module:
    """One block as written. `metadata` is the editor's, `rest` what no view holds."""

    id: str
    type: str
    target: str = ""
    parameters: tuple[Parameter, ...] = ()
    branches: tuple[Exit, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)

    def written(self) -> dict[str, Any]:
        known = present(
            id=self.id,
            type=self.type,
            target=self.target,
            parameters=[parameter.written() for parameter in self.parameters],
            branches=[branch.written() for branch in self.branches],
            metadata=dict(self.metadata),
        )
        written: dict[str, Any] = joined(known, self.rest)
        return written


@dataclass(frozen=True, slots=True)
class Document:
    """A flow as written."""

    content: dict[str, Any]

    @property
    def start(self) -> str | None:
        start = self.content.get("start")
        return start if isinstance(start, str) and start else None

    @property
    def metadata(self) -> Mapping[str, Any]:
        metadata = self.content.get("metadata")
        return metadata if isinstance(metadata, Mapping) else {}

    @property
    def name(self) -> str:
        name = self.metadata.get("name")
        return name if isinstance(name, str) else ""

    @property
    def type(self) -> str:
        """The flow's type (`contactFlow`); exports before 2018 have it in the metadata only."""
        found = (self.content.get("type"), self.metadata.get("type"))
        return next((each for each in found if isinstance(each, str) and each), "")

    def modules(self) -> tuple[Module, ...]:
        return tuple(read_module(raw) for raw in self.content["modules"] if isinstance(raw, Mapping))

    def written(self) -> dict[str, Any]:
        """The flow as JSON, put together from its views."""
        document = Reading(self.content)
        start = document.text("start")
        modules = [read_module(raw).written() for raw in document.objects("modules")]
        written: dict[str, Any] = joined(present(start=start, modules=modules), document.rest)
        return written


def parse(text: str) -> Document:
    """Reads a flow. BadInput when the text is not JSON or not a flow in this format."""
    return document_of(load(text))


def document_of(content: Any) -> Document:
    """A flow that is JSON already. BadInput when it is not a flow in this format."""
    if not isinstance(content, dict) or not isinstance(content.get("modules"), list):
        raise BadInput(what="The flow", why='it has no list of "modules"; is it an export of a contact flow?')
    return Document(content)


def serialise(document: Document) -> str:
    """The flow as JSON text."""
    return dump(document.written())


def read_module(raw: Mapping[str, Any]) -> Module:
    """The view of one block."""
    reading = Reading(raw)
    parameters = tuple(_parameter(each) for each in reading.objects("parameters"))
    branches = tuple(_exit(each) for each in reading.objects("branches"))
    return Module(
        id=reading.text("id"),
        type=reading.text("type"),
        target=reading.text("target"),
        parameters=parameters,
        branches=branches,
        metadata=reading.mapping("metadata"),
        rest=reading.rest,
    )


def _parameter(raw: Mapping[str, Any]) -> Parameter:
    reading = Reading(raw)
    return Parameter(
        name=reading.text("name"),
        value=reading.value("value"),
        namespace=reading.text("namespace"),
        key=reading.text("key"),
        resource_name=reading.text("resourceName"),
        rest=reading.rest,
    )


def _exit(raw: Mapping[str, Any]) -> Exit:
    reading = Reading(raw)
    return Exit(
        condition=reading.text("condition"),
        target=reading.text("transition"),
        type=reading.text("conditionType"),
        value=reading.value("conditionValue"),
        rest=reading.rest,
    )


def entry(name: str, value: Any, *, key: str = "", always: bool = False, resource_name: str = "") -> dict[str, Any]:
    """A parameter as the older export writes it. `always`: it has a namespace, null for a literal value."""
    namespace, plain = namespaced(value) if isinstance(value, str) else ("", value)
    written: dict[str, Any] = {"name": name, "value": plain}
    if key:
        written["key"] = key
    if namespace or always:
        written["namespace"] = namespace or None
    if resource_name:
        written["resourceName"] = resource_name
    return written
