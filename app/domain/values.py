"""Values made anew with something changed: what a step of a call does most."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def changed(value: T, **facts: Any) -> T:
    """The dataclass's value with these fields changed: what `dataclasses.replace` gives, in half the time and less.

    It is of two fields or more, which the constructor takes in their order. KeyError for a field that it does not have.
    """
    kind: type = type(value)
    read, places = _layout(kind)
    values = list(read(value))
    for name, fact in facts.items():
        values[places[name]] = fact
    made: T = kind(*values)
    return made


@cache
def _layout(kind: type) -> tuple[Callable[[Any], tuple[Any, ...]], dict[str, int]]:
    names = [each.name for each in fields(kind)]
    return attrgetter(*names), {name: place for place, name in enumerate(names)}
