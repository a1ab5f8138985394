"""Taking JSON apart into views and putting it together again, so that nothing is lost and nothing is healed by accident.

A view takes from an object what it understands and can hold; what remains is its rest: unknown keys, and known ones whose value is
of another type or is as good as absent (null, empty). Written together, view and rest are the object again.
"""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from app.errors import BadInput

DEEPEST = 100
"""Objects and lists inside one another; more is no flow."""


class Reading:
    """An object while a view takes from it. Whatever is not taken stays in `rest`."""

    def __init__(self, raw: Any) -> None:
        self.rest: dict[str, Any] = dict(raw) if isinstance(raw, Mapping) else {}

    def text(self, key: str) -> str:
        """A text; empty when there is none."""
        value = self.rest.get(key)
        return str(self.rest.pop(key)) if isinstance(value, str) and value else ""

    def value(self, key: str) -> Any:
        """Anything but null."""
        return self.rest.pop(key) if self.rest.get(key) is not None else None

    def mapping(self, key: str) -> dict[str, Any]:
        """An object with something in it; empty when there is none."""
        value = self.rest.get(key)
        return dict(self.rest.pop(key)) if isinstance(value, Mapping) and value else {}

    def objects(self, key: str) -> list[Mapping[str, Any]]:
        """The objects of a list. A list that holds anything else, or nothing, stays in the rest as well."""
        value = self.rest.get(key)
        if not isinstance(value, list):
            return []
        found = [item for item in value if isinstance(item, Mapping)]
        if value and len(found) == len(value):
            del self.rest[key]
        return found

    def put_back(self, key: str, rest: Any) -> None:
        """What a view of the value at `key` did not take of it."""
        if any(rest) if isinstance(rest, list) else rest:
            self.rest[key] = rest


def joined(known: Any, rest: Any) -> Any:
    """A view's own and its rest as one; where both have something that cannot be joined, the rest is what was read."""
    if isinstance(known, dict) and isinstance(rest, Mapping):
        both = dict(known)
        for key, value in rest.items():
            both[key] = joined(both[key], value) if key in both else value
        return both
    if isinstance(known, list) and isinstance(rest, list) and len(known) == len(rest):
        return [joined(mine, other) for mine, other in zip(known, rest, strict=True)]
    return rest


def present(**known: Any) -> dict[str, Any]:
    """An object of what is there: nothing that is None or empty, except 0 and false."""
    return {key: value for key, value in known.items() if value is not None and value not in ("", [], {})}


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same, the order of keys aside; 1, 1.0 and true are three values."""
    return one is other or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def load(text: str) -> Any:
    """JSON as every reader of it understands it. BadInput when it is none."""
    try:
        content = json.loads(text.removeprefix("\ufeff"), parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise BadInput(what="The flow", why="it is nested too deeply") from None
    except ValueError as error:
        raise BadInput(what="The flow", why=f"it is not JSON ({error})") from None
    _limit_depth(content)
    return content


def dump(content: Any) -> str:
    """JSON for people to read. Text that is no Unicode (half of a pair) is escaped."""
    text = json.dumps(content, ensure_ascii=False, indent=2)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(content, indent=2)
    return text


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is too large a number")
    return number


def _limit_depth(content: Any) -> None:
    level = [content]
    for _ in range(DEEPEST):
        level = [
            inner
            for value in level
            if isinstance(value, (dict, list))
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise BadInput(what="The flow", why="it is nested too deeply")
