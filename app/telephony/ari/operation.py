"""One operation of ARI as a value, and how a call of it becomes a request."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from app.errors import BadInput

_SAFE_ID = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]*").fullmatch
_encode = msgspec.json.encode


class Request(NamedTuple):
    """One call of an operation. `uri` is escaped and has no query; `query` is not escaped; `body` is JSON or None."""

    operation: "Operation"
    uri: str
    query: list[tuple[str, str]]
    body: bytes | None


class Operation:
    """An operation of Asterisk's API description. `name` is resource and nickname, as in `channels.play`.

    `path` has one `{}` for each id. `parameters` is the TypedDict of what else the operation takes. `body` names the one
    parameter that travels as JSON: wrapped in an object under its name, or as the whole body when `whole_body`.
    """

    __slots__ = ("binary", "body", "method", "name", "names", "path", "whole_body")

    def __init__(
        self,
        name: str,
        method: str,
        path: str,
        parameters: type | None = None,
        *,
        body: str | None = None,
        whole_body: bool = False,
        binary: bool = False,
    ) -> None:
        self.name = name
        self.method = method
        self.path = path
        self.names: dict[str, str] = {key: key.rstrip("_") for key in getattr(parameters, "__annotations__", ())}
        self.body = body
        self.whole_body = whole_body
        self.binary = binary

    def request(self, ids: tuple[str, ...], parameters: Mapping[str, object] | None) -> Request:
        """Builds the request. A parameter that is None is left out; 0, False and "" are sent.

        An unknown parameter is a TypeError, an id that cannot stand in a path is BadInput.
        """
        uri = self.path.format(*[_escape(self.name, part) for part in ids]) if ids else self.path
        if not parameters:
            return Request(self, uri, [], None)
        query: list[tuple[str, str]] = []
        body: bytes | None = None
        for key, value in parameters.items():
            name = self.names.get(key)
            if name is None:
                raise TypeError(f"{self.name} takes no parameter {key}")
            if value is None:
                continue
            if name == self.body:
                body = _encode(value if self.whole_body else {name: value})
            else:
                query.append((name, value if type(value) is str else _text(value)))
        return Request(self, uri, query, body)

    def __repr__(self) -> str:
        return f"<{self.name}: {self.method} {self.path}>"


def _escape(operation: str, part: str) -> str:
    if _SAFE_ID(part):
        return part
    if part in ("", ".", ".."):
        raise BadInput(what=f"the id {part!r} for {operation}", why="it cannot stand in a path")
    return quote(part, safe="")


def _text(value: Any) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, (list, tuple)):
        return ",".join(_text(item) for item in value)
    return str(value)
