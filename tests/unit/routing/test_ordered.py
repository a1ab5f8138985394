"""Sorted keys against a plain sorted list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.routing import ordered
from app.routing.ordered import SortedKeys

pytestmark = pytest.mark.unit

KEYS = st.tuples(st.integers(0, 9), st.integers(0, 30))


@given(st.lists(st.tuples(st.booleans(), KEYS), max_size=200))
def test_any_order_of_adding_and_removing(steps: list[tuple[bool, tuple[int, int]]]) -> None:
    keys: SortedKeys[tuple[int, int]] = SortedKeys()
    plain: set[tuple[int, int]] = set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordered, "BUCKET", 4)
        for add, key in steps:
            if add and key not in plain:
                keys.add(key)
                plain.add(key)
            elif not add:
                assert keys.remove(key) == (key in plain)
                plain.discard(key)
            expected = sorted(plain)
            assert list(keys) == expected
            assert len(keys) == len(expected)
            assert keys.first() == (expected[0] if expected else None)
            assert keys.rank(key) == sum(each < key for each in expected)
