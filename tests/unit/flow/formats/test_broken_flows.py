"""Whatever somebody made of a file: it is refused with a reason, or read, written, converted and examined without loss."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from app.errors import BadInput
from app.flow.examination import examine
from app.flow.formats.convert import as_language, as_legacy
from app.flow.formats.detect import format_of, read, round_trip, serialise
from app.flow.formats.kept import KEY
from app.flow.formats.language import document_of
from app.flow.formats.views import same
from app.flow.registry import all_blocks
from tests.unit.flow.formats.mutation import mutated

pytestmark = pytest.mark.unit

SHIPPED = [json.loads(path.read_text()) for path in sorted((Path(__file__).parents[4] / "flows").glob("*.json"))]
BLOCKS = all_blocks()


def outcome(content: dict[str, Any]) -> str:
    try:
        document = read(json.dumps(content))
    except BadInput:
        return "refused"
    assert round_trip(document)
    there, back = (as_legacy, as_language) if format_of(document) == "language" else (as_language, as_legacy)
    other = there(document, BLOCKS)
    assert round_trip(other)
    serialise(other).encode()
    if KEY not in json.dumps(content):
        assert same(back(other, BLOCKS).content, content)
    examined = examine(json.dumps(content), BLOCKS)
    assert examined.supported + len(examined.unsupported) == examined.blocks
    return "read"


@pytest.mark.parametrize("legacy", [False, True], ids=["language", "legacy"])
def test_broken_flows_are_refused_or_lose_nothing(legacy: bool) -> None:
    flows = [as_legacy(document_of(flow), BLOCKS).content for flow in SHIPPED] if legacy else SHIPPED
    outcomes = Counter(outcome(mutated(flows[seed % len(flows)], seed)) for seed in range(60))
    assert outcomes["read"] > 45


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is not JSON"),
        ("[]", 'neither "Actions" nor "modules"'),
        ('{"Version": "2019-10-30", "Actions": {}}', 'neither "Actions" nor "modules"'),
        ('{"modules": [], "x": NaN}', "NaN is no number"),
        ('{"modules": [], "x": 1e999}', "too large a number"),
        ('{"modules": ' + "[" * 200 + "]" * 200 + "}", "nested too deeply"),
        ('{"modules": ' + "[" * 200_000 + "]" * 200_000 + "}", "nested too deeply"),
        ("{" + '"a":' * 3 + "1}", "it is not JSON"),
    ],
)
def test_what_is_no_flow_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why.replace("(", ".")):
        read(text)


def test_a_byte_order_mark_and_half_a_character_do_no_harm() -> None:
    document = read('\ufeff{"modules": [{"id": "a", "x": "\\ud800"}]}')
    assert json.loads(serialise(document).encode()) == {"modules": [{"id": "a", "x": "\ud800"}]}
