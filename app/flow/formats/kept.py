"""What one format cannot say of a block or a flow, kept beside it in the metadata of the other and used again on the way back.

Kept are single differences: what the way back alone would not bring. Each is used again only while it agrees with what the
converted flow says now, so that an edited block is written as it is and not as it was.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.flow.formats.views import same

KEY = "otherFormat"
"""Where metadata have what is kept."""

Change = tuple[tuple[str, ...], bool, Any]
"""Path, whether there is a value, and the value."""


def changes(rebuilt: Mapping[str, Any], original: Mapping[str, Any], above: tuple[str, ...] = ()) -> list[Change]:
    """What makes `original` of `rebuilt`: values in nested objects; lists are values. In the order of the keys."""
    found: list[Change] = []
    for key, value in sorted(original.items()):
        path = (*above, key)
        mine = rebuilt.get(key)
        if key in rebuilt and isinstance(mine, Mapping) and isinstance(value, Mapping) and mine and value:
            found += changes(mine, value, path)
        elif key not in rebuilt or not same(mine, value):
            found.append((path, True, value))
    found += [((*above, key), False, None) for key in sorted(rebuilt) if key not in original]
    return found


def applied(tree: Mapping[str, Any], made: list[Change]) -> dict[str, Any]:
    """A copy of `tree` with these changes; one that no longer fits is left out."""
    result = dict(tree)
    for path, there, value in made:
        level = result
        for key in path[:-1]:
            inner = level.get(key, {})
            if not isinstance(inner, Mapping):
                break
            level[key] = dict(inner)
            level = level[key]
        else:
            if there:
                level[path[-1]] = value
            else:
                level.pop(path[-1], None)
    return result


def restored(tree: dict[str, Any], kept: Any, agrees: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """`tree` with what was kept of it: all of it if that agrees with the present, else each change that does."""
    made = _read(kept)
    if not made:
        return tree
    whole = applied(tree, made)
    if agrees(whole):
        return whole
    for change in made:
        one = applied(tree, [change])
        if agrees(one):
            tree = one
    return tree


def as_json(made: list[Change]) -> dict[str, Any]:
    """Changes as they are kept."""
    written = {
        "set": [[list(path), value] for path, there, value in made if there],
        "absent": [list(path) for path, there, _ in made if not there],
    }
    return {key: value for key, value in written.items() if value}


def _read(kept: Any) -> list[Change]:
    """Kept changes, whatever somebody made of them."""
    if not isinstance(kept, Mapping):
        return []
    found: list[Change] = []
    for item in _list(kept.get("set")):
        if isinstance(item, list) and len(item) == 2 and _is_path(item[0]):
            found.append((tuple(item[0]), True, item[1]))
    found += [(tuple(path), False, None) for path in _list(kept.get("absent")) if _is_path(path)]
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_path(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(key, str) for key in value)
