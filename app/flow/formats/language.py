"""The flow language, version 2019-10-30: what an Amazon Connect instance exports and its API takes.

A document keeps its JSON as it came; actions and transitions are views of it, and what is written is put together from them.
Reading is lenient (drafts, templates and hand-written files occur): only what is no flow at all is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from app.errors import BadInput
from app.flow.formats.views import Reading, dump, joined, load, present

VERSION = "2019-10-30"


@dataclass(frozen=True, slots=True)
class Condition:
    """An edge that is taken when a result compares to `operands`."""

    operator: str
    operands: tuple[Any, ...]
    target: str | None


@dataclass(frozen=True, slots=True)
class Action:
    """One block as written. `metadata` is the editor's and holds the display names of resources, `rest` what no view holds."""

    identifier: str
    type: str
    parameters: Mapping[str, Any]
    next_action: str | None = None
    conditions: tuple[Condition, ...] = ()
    errors: tuple[tuple[str, str | None], ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)

    def at(self, path: str) -> Any:
        """The parameter at a dotted path (`DTMFConfiguration.DisableCancelKey`), None when it is absent."""
        return find(self.parameters, path)

    def written(self) -> dict[str, Any]:
        """The action as JSON, without its metadata."""
        conditions = [
            present(
                NextAction=condition.target,
                Condition=present(Operator=condition.operator, Operands=list(condition.operands)),
            )
            for condition in self.conditions
        ]
        errors = [present(ErrorType=error, NextAction=target) for error, target in self.errors]
        transitions = present(NextAction=self.next_action, Conditions=conditions, Errors=errors)
        known = present(
            Identifier=self.identifier, Type=self.type, Parameters=dict(self.parameters), Transitions=transitions
        )
        written: dict[str, Any] = joined(known, self.rest)
        return written


@dataclass(frozen=True, slots=True)
class Document:
    """A flow as written."""

    content: dict[str, Any]

    @property
    def start(self) -> str | None:
        return _text(self.content.get("StartAction"))

    @property
    def metadata(self) -> Mapping[str, Any]:
        return _mapping(self.content.get("Metadata"))

    @property
    def name(self) -> str:
        return _text(self.metadata.get("name")) or ""

    @property
    def type(self) -> str:
        """The flow's type as the metadata name it (`contactFlow`), `module` for a module, empty when nothing tells."""
        module = "module" if isinstance(self.content.get("Settings"), Mapping) else ""
        return _text(self.metadata.get("type")) or module

    def actions(self) -> tuple[Action, ...]:
        notes = _mapping(self.metadata.get("ActionMetadata"))
        return tuple(
            read_action(raw, _mapping(notes.get(str(raw.get("Identifier", "")))))
            for raw in self.content["Actions"]
            if isinstance(raw, Mapping)
        )

    def written(self) -> dict[str, Any]:
        """The flow as JSON, put together from its views."""
        document = Reading(self.content)
        start, actions = document.text("StartAction"), document.objects("Actions")
        metadata = Reading(document.mapping("Metadata"))
        notes = metadata.mapping("ActionMetadata")
        views = [read_action(raw, _mapping(notes.get(str(raw.get("Identifier", ""))))) for raw in actions]
        for view in views:
            if view.metadata:
                notes[view.identifier] = dict(view.metadata)
        known = present(
            StartAction=start,
            Metadata=joined(present(ActionMetadata=notes), metadata.rest),
            Actions=[view.written() for view in views],
        )
        written: dict[str, Any] = joined(known, document.rest)
        return written


def parse(text: str) -> Document:
    """Reads a flow. BadInput when the text is not JSON or not a flow in this language."""
    return document_of(load(text))


def document_of(content: Any) -> Document:
    """A flow that is JSON already. BadInput when it is not a flow in this language."""
    if not isinstance(content, dict) or not isinstance(content.get("Actions"), list):
        raise BadInput(what="The flow", why='it has no list of "Actions"; is it an export of a contact flow?')
    return Document(content)


def serialise(document: Document) -> str:
    """The flow as JSON text."""
    return dump(document.written())


def find(tree: Any, path: str) -> Any:
    """The value at a dotted path of nested objects, None when it is absent."""
    for key in path.split("."):
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(key)
    return tree


def put(tree: dict[str, Any], path: str, value: Any) -> None:
    """Sets the value at a dotted path; a number in the path is a place in a list."""
    level: Any = tree
    keys = path.split(".")
    for key, after in pairwise(keys):
        level = _place(level, key, [] if after.isdigit() else {})
    _place(level, keys[-1], value, replace=True)


def _place(level: Any, key: str, value: Any, replace: bool = False) -> Any:
    """What is at the key, if it is of the type of `value`; else that."""
    place: Any = key
    if isinstance(level, list):
        place = int(key)
        level += [{} for _ in range(place + 1 - len(level))]
    present = level[place] if isinstance(level, list) else level.get(place)
    if replace or not isinstance(present, type(value)):
        level[place] = value
    return level[place]


def read_action(raw: Mapping[str, Any], notes: Mapping[str, Any]) -> Action:
    """The view of one action; `notes` are its metadata."""
    reading = Reading(raw)
    identifier = reading.text("Identifier") or str(raw.get("Identifier", ""))
    transitions = Reading(reading.mapping("Transitions"))
    conditions, condition_rests = [], []
    for edge in transitions.objects("Conditions"):
        outer = Reading(edge)
        inner = Reading(outer.mapping("Condition"))
        operands = inner.rest.get("Operands")
        if isinstance(operands, list) and operands:
            del inner.rest["Operands"]
        conditions.append(
            Condition(
                inner.text("Operator"),
                tuple(operands) if isinstance(operands, list) else (),
                outer.text("NextAction") or None,
            )
        )
        outer.put_back("Condition", inner.rest)
        condition_rests.append(outer.rest)
    errors, error_rests = [], []
    for edge in transitions.objects("Errors"):
        outer = Reading(edge)
        errors.append((outer.text("ErrorType"), outer.text("NextAction") or None))
        error_rests.append(outer.rest)
    view = Action(
        identifier=identifier,
        type=reading.text("Type"),
        parameters=reading.mapping("Parameters"),
        next_action=transitions.text("NextAction") or None,
        conditions=tuple(conditions),
        errors=tuple(errors),
        metadata=notes,
        rest=reading.rest,
    )
    for key, rests in (("Conditions", condition_rests), ("Errors", error_rests)):
        if key not in transitions.rest:
            transitions.put_back(key, rests)
    reading.put_back("Transitions", transitions.rest)
    return view


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
