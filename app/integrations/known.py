"""Which functions and bots there are, by the names that flows may use: those of the map, and the files that need no line in it."""

from collections.abc import Iterable
from pathlib import Path

from app.domain.instance import ResourceKind
from app.domain.place import BOT, FUNCTION, Place

Known = dict[ResourceKind, frozenset[str]]
_FILES = {FUNCTION: ("functions", (".py",)), BOT: ("bots", (".yaml", ".json"))}
"""Where files are, and their endings."""


def known_names(places: Iterable[Place], var: Path) -> Known:
    """`var` is the installation's folder."""
    written = tuple(places)
    return {kind: _names(kind.value, written, var) for kind in (ResourceKind.FUNCTION, ResourceKind.BOT)}


def _names(kind: str, places: tuple[Place, ...], var: Path) -> frozenset[str]:
    folder, endings = _FILES[kind]
    files = {path.stem for path in (var / folder).glob("*") if path.suffix in endings}
    return frozenset({place.called for place in places if place.kind == kind} | files)
