"""A fact's line comes back as it was, and never as something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.ports import Fact
from app.errors import BadInput
from app.store.lines import fact_of, line_of

pytestmark = pytest.mark.unit

FACT = Fact(7, 1_750_000_000_000, "DigitReceived", "c-1", b'{"digit":"1","note":"a,b]"}')


@given(
    st.integers(1, 2**62),
    st.integers(0, 2**62),
    st.text(),
    st.none() | st.text(),
    st.sampled_from([b"{}", b'{"a":[1,2]}', '{"name":"é\\u0000, \\"x\\""}'.encode()]),
)
def test_round_trip(seq: int, at_ms: int, kind: str, contact_id: str | None, payload: bytes) -> None:
    fact = Fact(seq, at_ms, kind, contact_id, payload)
    line = line_of(fact)
    assert line.count(b"\n") == 1
    assert fact_of(line) == fact


@given(st.integers(0, len(line_of(FACT)) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    line = bytearray(line_of(FACT))
    line[place] ^= change
    assert fact_of(bytes(line)) is None


@given(st.integers(0, len(line_of(FACT)) - 1))
def test_a_torn_line_is_noticed(length: int) -> None:
    assert fact_of(line_of(FACT)[:length]) is None


@pytest.mark.parametrize("payload", [b"", b'{"a":\n1}'])
def test_a_payload_that_is_not_one_line_is_refused(payload: bytes) -> None:
    with pytest.raises(BadInput, match="one line"):
        line_of(Fact(1, 1, "DigitReceived", None, payload))
