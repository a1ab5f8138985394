"""Reads Asterisk's API description (a folder of swagger 1.1 files) into values."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import BadInput

UPGRADE = "websocket"
SOCKET_MESSAGES = frozenset({"RESTHeader", "RESTQueryStringParameter", "RESTRequest", "RESTResponse"})
"""Models of the websocket's own request frames, which the client writes and reads itself."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation. `place` is path, query or body."""

    name: str
    place: str
    type: str
    required: bool
    multiple: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `path` has no leading slash and `{name}` for each id."""

    resource: str
    nickname: str
    method: str
    path: str
    response: str
    parameters: tuple[Parameter, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Names of the ids in the path, in order."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def others(self) -> tuple[Parameter, ...]:
        """The parameters that are not in the path."""
        return tuple(parameter for parameter in self.parameters if parameter.place != "path")


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: str
    required: bool


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    fields: tuple[Field, ...]
    is_event: bool


@dataclass(frozen=True, slots=True)
class Description:
    operations: dict[str, tuple[Operation, ...]]
    """By resource, in the order of the resource's name."""
    models: tuple[Model, ...]


def read(folder: Path) -> Description:
    """Reads every resource of the folder. BadInput when it does not hold an API description."""
    files = sorted(path for path in folder.glob("*.json") if path.name != "resources.json")
    if not files:
        raise BadInput(what=f"the folder {folder}", why="it holds no API description (*.json)")
    documents = {path.stem: json.loads(path.read_text()) for path in files}
    operations = {resource: _operations(resource, document) for resource, document in documents.items()}
    models = {name: model for document in documents.values() for name, model in document.get("models", {}).items()}
    events = _descendants("Event", models)
    kept = [_model(name, models[name], name in events) for name in models if name not in SOCKET_MESSAGES]
    return Description(operations, tuple(kept))


def _operations(resource: str, document: dict[str, Any]) -> tuple[Operation, ...]:
    found = []
    for api in document["apis"]:
        for operation in api["operations"]:
            if operation.get("upgrade") == UPGRADE:
                continue
            found.append(
                Operation(
                    resource=resource,
                    nickname=operation["nickname"],
                    method=operation["httpMethod"],
                    path=api["path"].lstrip("/"),
                    response=operation["responseClass"],
                    parameters=tuple(_parameter(item) for item in operation.get("parameters", ())),
                )
            )
    return tuple(found)


def _parameter(item: dict[str, Any]) -> Parameter:
    return Parameter(
        name=item["name"],
        place=item["paramType"],
        type=item["dataType"],
        required=bool(item.get("required")),
        multiple=bool(item.get("allowMultiple")),
    )


def _descendants(name: str, models: dict[str, Any]) -> set[str]:
    children = models.get(name, {}).get("subTypes", ())
    return {descendant for child in children for descendant in {child, *_descendants(child, models)}}


def _model(name: str, model: dict[str, Any], is_event: bool) -> Model:
    fields = [Field(key, item["type"], bool(item.get("required"))) for key, item in model["properties"].items()]
    return Model(name, tuple(fields), is_event)
