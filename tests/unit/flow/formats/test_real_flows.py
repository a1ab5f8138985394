"""Exports that others made, read in place: both formats, there and back, and the twins that Amazon Connect itself converted.

TRUNKLINE_REAL_FLOWS names a folder with `legacy/`, `language/` and `PAIRS.tsv` (share, legacy file, language file). The list of blocks
that do not equal their twin is printed: `pytest -s`.
"""

import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.flow.examination import examine
from app.flow.formats import legacy
from app.flow.formats.convert import as_language, as_legacy
from app.flow.formats.detect import Document, read, round_trip
from app.flow.formats.kept import Change, changes
from app.flow.formats.views import same
from app.flow.registry import all_blocks

REAL = Path(os.environ.get("TRUNKLINE_REAL_FLOWS", ""))
FILES = sorted(path for name in ("legacy", "language") for path in (REAL / name).glob("*") if path.is_file())
PAIRS = REAL / "PAIRS.tsv"
BLOCKS = all_blocks()
RESOURCE = re.compile(r"arn:.*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\$\{.*\}|")

pytestmark = [
    pytest.mark.unit,
    pytest.mark.skipif(not FILES, reason="TRUNKLINE_REAL_FLOWS names no directory of exported flows"),
]


def load(path: Path) -> Document:
    return read(path.read_text())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_nothing_is_lost_in_either_direction(path: Path) -> None:
    document = load(path)
    assert isinstance(document, legacy.Document) == (path.parent.name == "legacy")
    assert round_trip(document)
    there, back = (as_language, as_legacy) if isinstance(document, legacy.Document) else (as_legacy, as_language)
    other = there(document, BLOCKS)
    assert round_trip(other)
    assert same(back(other, BLOCKS).content, document.content)
    examined = examine(path.read_text(), BLOCKS)
    assert examined.round_trip
    assert examined.blocks == examined.supported + len(examined.unsupported) > 0


ELSEWHERE = "the id of a resource of another instance"
VALUE = "a value was edited between the two exports"
SETTING = "a setting was added or removed between the two exports"
CONVERSION = "converted differently"


@dataclass(frozen=True, slots=True)
class Twin:
    """A converted block beside Amazon Connect's own conversion of a revision of the same block."""

    pair: str
    block: str
    type: str
    differences: list[Change]
    new: frozenset[tuple[str, ...]] = frozenset()
    """Paths that only the twin has."""

    @property
    def reason(self) -> str:
        """Why the two differ; empty when they do not."""
        if not self.differences:
            return ""
        if any(path[0] != "Parameters" for path, _, _ in self.differences):
            return CONVERSION
        if all(there and RESOURCE.fullmatch(str(value)) for _, there, value in self.differences):
            return ELSEWHERE
        one_sided = any(
            not there or isinstance(value, dict) or path in self.new for path, there, value in self.differences
        )
        return SETTING if one_sided else VALUE


def told(action: dict[str, Any]) -> dict[str, Any]:
    """What is compared: the order of errors means nothing, and an empty list is none."""
    transitions = action.get("Transitions") or {}
    errors = {error["ErrorType"]: error.get("NextAction") for error in transitions.get("Errors") or []}
    return {
        "Type": action["Type"],
        "Parameters": action.get("Parameters") or {},
        "Next": transitions.get("NextAction"),
        "Errors": errors,
        "Conditions": transitions.get("Conditions") or [],
    }


def twins() -> list[Twin]:
    found = []
    rows = [line.split("\t") for line in PAIRS.read_text().splitlines()[1:]]
    for _, older, newer in rows:
        theirs = {action["Identifier"]: action for action in load(REAL / newer).content["Actions"]}
        for ours in as_language(load(REAL / older), BLOCKS).content["Actions"]:
            if (twin := theirs.get(ours["Identifier"])) is not None:
                one, other = told(ours), told(twin)
                new = frozenset(settings(other) - settings(one))
                found.append(Twin(older, ours["Identifier"], ours["Type"], changes(one, other), new))
    return found


def settings(tree: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """The paths of an action's values."""
    if not isinstance(tree, dict):
        return {path}
    return {inner for key, value in tree.items() for inner in settings(value, (*path, key))}


@pytest.mark.skipif(not PAIRS.is_file(), reason="there are no pairs of flows in both formats")
def test_conversion_equals_amazon_connects_own() -> None:
    """Of 100 blocks at least 95 are equal in type, settings and transitions; what differs in values was edited since, or is an id."""
    found = twins()
    reasons = Counter(twin.reason or "equal" for twin in found)
    print(f"\n{len(found)} blocks in both formats:")
    for reason, count in reasons.most_common():
        print(f"  {count}: {reason}")
    for twin in found:
        for path, there, value in twin.differences:
            theirs = str(value)[:60] if there else "nothing"
            print(f"{twin.pair} {twin.block} {twin.type}: {twin.reason}; theirs has {'.'.join(path)}: {theirs!r}")
    assert reasons["equal"] + reasons[ELSEWHERE] + reasons[VALUE] >= 0.95 * len(found)
    assert reasons[CONVERSION] <= 0.01 * len(found)
