"""The flow language, version 2019-10-30: what an Amazon Connect instance exports and its API takes.

A document keeps its JSON as it came, so reading and writing lose nothing; actions and transitions are views of it. Reading is
lenient (drafts, templates and hand-written files occur): only what is no flow at all is refused.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.errors import BadInput

VERSION = "2019-10-30"


@dataclass(frozen=True, slots=True)
class Condition:
    """An edge that is taken when a result compares to `operands`."""

    operator: str
    operands: tuple[Any, ...]
    target: str | None


@dataclass(frozen=True, slots=True)
class Action:
    """One block as written. `metadata` is the editor's and holds the display names of resources."""

    identifier: str
    type: str
    parameters: Mapping[str, Any]
    next_action: str | None = None
    conditions: tuple[Condition, ...] = ()
    errors: tuple[tuple[str, str | None], ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def at(self, path: str) -> Any:
        """The parameter at a dotted path (`DTMFConfiguration.DisableCancelKey`), None when it is absent."""
        return find(self.parameters, path)


@dataclass(frozen=True, slots=True)
class Document:
    """A flow as written. `content` is its JSON and the only truth."""

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
        return tuple(_action(raw, notes) for raw in self.content["Actions"] if isinstance(raw, Mapping))


def parse(text: str) -> Document:
    """Reads a flow. BadInput when the text is not JSON or not a flow in this language."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise BadInput(what="The flow", why=f"it is not JSON ({error})") from None
    if not isinstance(content, dict) or not isinstance(content.get("Actions"), list):
        raise BadInput(what="The flow", why='it has no list of "Actions"; is it an export of a contact flow?')
    return Document(content)


def serialise(document: Document) -> str:
    """The flow as JSON text."""
    return json.dumps(document.content, ensure_ascii=False, indent=2)


def find(tree: Any, path: str) -> Any:
    """The value at a dotted path of nested objects, None when it is absent."""
    for key in path.split("."):
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(key)
    return tree


def _action(raw: Mapping[str, Any], notes: Mapping[str, Any]) -> Action:
    transitions = _mapping(raw.get("Transitions"))
    identifier = str(raw.get("Identifier", ""))
    conditions, errors = [], []
    for edge in _mappings(transitions.get("Conditions")):
        condition = _mapping(edge.get("Condition"))
        operands = condition.get("Operands")
        conditions.append(
            Condition(
                str(condition.get("Operator", "")),
                tuple(operands) if isinstance(operands, list) else (),
                _text(edge.get("NextAction")),
            )
        )
    for edge in _mappings(transitions.get("Errors")):
        errors.append((str(edge.get("ErrorType", "")), _text(edge.get("NextAction"))))
    return Action(
        identifier=identifier,
        type=str(raw.get("Type", "")),
        parameters=_mapping(raw.get("Parameters")),
        next_action=_text(transitions.get("NextAction")),
        conditions=tuple(conditions),
        errors=tuple(errors),
        metadata=_mapping(notes.get(identifier)),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
