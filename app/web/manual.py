"""The API's page of the manual, written from the table of actions."""

import dataclasses
import types
import typing
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from app.calls.ports import ACTIONS, ROLES, Action
from app.errors import Denied, TrunklineError
from app.web.permissions import ROUTES

INTRODUCTION = """# The API

Written from the table in `app/calls/ports/actions.py`; to change it, change the table.

Send `Authorization: Bearer TOKEN` (a program, an administrator; with the header `X-Agent: AGENT` it acts in an agent's stead), or the
session cookie with the page's form token as `X-CSRF-Token`. Fields are the path's parts, the query's parameters (GET and DELETE) or those
of a JSON object (POST). An unknown field is refused. Times are milliseconds since the epoch.

What changes something answers **200** with the new state: it is decided, written to the journal, and holds whatever happens to the
application. It answers **202** when a phone has to do something first that it has not told within two seconds; what comes of it is pushed.
What is refused answers `{"error": id, "message": words}`:

| status | error | when |
|---|---|---|
| 400 | BadInput | the request does not fit, or a destination may not be called; the words say why |
| 401 | SignInFirst | nobody is signed in |
| 403 | Denied, NotYours, ForgedRequest | the role may not, the contact is another agent's, or the request is forged |
| 404 | NotFound, ContactGone | there is no such thing, or the contact is over |
| 409 | NotNow | not possible now; the words say what is in the way |
| 429 | LimitReached, TooManyAttempts | as many as may be |
| 503 | Unavailable | Asterisk or the database is away |
"""

SOCKET = """## The panel's push

`GET /ws/panel` (a WebSocket, for users who are agents) sends JSON texts. The first view is whole, `{"type": "panel", "panel": PanelView}`;
then `{"type": "changes", "panel": {...}}` with `revision` and those fields of the view that differ. A panel that reads slowly misses
states and gets the newest next. `{"type": "alive", "now_ms": ...}` comes at the beginning and when it is quiet for five seconds. The
`actions` of the view and of its contact name what is possible now, by the same conditions that refuse with 409. Close code 4401: the
session is over.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, "## Roles\n", "\n".join(_matrix()), "\n## Actions\n"]
    parts += ["\n".join(_action(action)) for action in ACTIONS.values()]
    parts += [SOCKET, "## Shapes\n", *("\n".join(_shape(shape)) for shape in _shapes())]
    return "\n".join(parts).rstrip() + "\n"


def _matrix() -> Iterator[str]:
    """Which role may ask for what."""
    yield f"| | {' | '.join(ROLES)} |"
    yield f"|---|{'---|' * len(ROLES)}"
    for (method, path), permission in ROUTES.items():
        marks = ["yes" if permission in role else "" for role in ROLES.values()]
        yield f"| `{method} {path}` | {' | '.join(marks)} |"


def _action(action: Action) -> Iterator[str]:
    yield f"### {action.method} {action.path}\n"
    yield f"{_words(action.ask)}\n"
    notes = [f"Needs: {action.permission.value}" + (", as an agent." if action.by_agent else ".")]
    given = [_field(each, action) for each in _fields(action.ask) if f"{{{each[0]}}}" not in action.path]
    notes.append(f"Fields: {'; '.join(given)}." if given else "No fields.")
    notes.append(f"Answers {_type(action.answer)}.")
    errors: tuple[type[TrunklineError], ...] = (Denied, *(each for each in action.errors if each is not Denied))
    notes.append("Refusals: " + ", ".join(f"{error.status} {error.id()}" for error in errors) + ".")
    yield " ".join(notes) + "\n"


def _field(field: tuple[str, Any, Any], action: Action) -> str:
    name, kind, default = field
    if default is dataclasses.MISSING:
        return f"`{name}` ({_type(kind)}, required)"
    shown = f", else `{default}`" if default not in ("", (), {}) else ""
    return f"`{name}` ({_type(kind)}{shown})"


def _shape(shape: type) -> Iterator[str]:
    yield f"### {shape.__name__}\n"
    if shape.__doc__ and not shape.__doc__.startswith(f"{shape.__name__}("):
        yield f"{_words(shape)}\n"
    yield "; ".join(f"`{name}` ({_type(kind)})" for name, kind, _ in _fields(shape)) + ".\n"


def _shapes() -> list[type]:
    """The shapes of all answers, with those inside them, by name."""
    found: dict[str, type] = {}
    ahead = [action.answer for action in ACTIONS.values()]
    while ahead:
        kind = ahead.pop()
        ahead += get_args(kind)
        if dataclasses.is_dataclass(kind) and isinstance(kind, type) and kind.__name__ not in found:
            found[kind.__name__] = kind
            ahead += get_type_hints(kind).values()
    return [found[name] for name in sorted(found)]


def _fields(shape: type) -> list[tuple[str, Any, Any]]:
    """(name, type, default or MISSING)"""
    hints = get_type_hints(shape)
    defaults = {
        each.name: each.default_factory() if each.default_factory is not dataclasses.MISSING else each.default
        for each in dataclasses.fields(shape)
    }
    return [(name, hints[name], default) for name, default in defaults.items()]


def _type(kind: Any) -> str:
    if kind is None or kind is type(None):
        return "nothing"
    if kind is Path:
        return "the file"
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_type(each) for each in inner)
    if origin is tuple:
        return f"a list of {_type(inner[0])}"
    if origin is dict:
        return "an object"
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return " or ".join(f"`{each.value}`" for each in kind)
    return {str: "text", int: "number", bool: "true or false"}.get(kind) or str(getattr(kind, "__name__", kind))


def _words(shape: type) -> str:
    return " ".join((shape.__doc__ or "").split())
