"""Flows made wrong in seeded ways: keys dropped, values of other types, lists with strangers in them."""

import copy
import random
from collections.abc import Iterator
from typing import Any

from app.flow.formats.kept import KEY

STRANGERS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, "", "x", "$.Attributes.a", "$.External['a b']", [], {}, [None], ["a"], {"a": 1}, [[]],
    {"name": "Text"}, "\ud800", KEY, {"set": [[["Action", "Type"], 5]]},
    {KEY: {"set": [[["parameters"], 3], [["x", "y"], 1]], "absent": [["id"], 7], "unknown": [{"name": 1}]}},
)  # fmt: skip
NEW_KEYS = (
    KEY,
    "metadata",
    "Metadata",
    "extra",
    "value",
    "namespace",
    "type",
    "Identifier",
    "id",
    "target",
    "transition",
)


def mutated(content: dict[str, Any], seed: int) -> dict[str, Any]:
    """A copy with one to six changes; the same seed makes the same ones."""
    chance = random.Random(seed)
    wrong = copy.deepcopy(content)
    for _ in range(chance.randint(1, 6)):
        places = [(tree, key) for tree, key in _places(wrong)]
        tree, key = chance.choice(places)
        what = chance.random()
        stranger = copy.deepcopy(chance.choice(STRANGERS))
        if what < 0.3:
            del tree[key]
        elif what < 0.8:
            tree[key] = stranger
        elif isinstance(tree, list):
            tree.insert(0, stranger)
        else:
            tree[chance.choice(NEW_KEYS)] = stranger
        if not wrong:
            break
    return wrong


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield tree, key
        yield from _places(tree[key])
