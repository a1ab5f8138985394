"""A set of keys that is always sorted: whoever is next stands first."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Generic, TypeVar

BUCKET = 512
"""Keys a bucket holds at most before it is cut in two: moving them costs less than finding the place does."""

Key = TypeVar("Key", bound=tuple)  # type: ignore[type-arg]


class SortedKeys(Generic[Key]):
    """Distinct tuples in order, in buckets: `add`, `remove` and `first` touch one bucket, `rank` counts the buckets before one."""

    __slots__ = ("_buckets", "_lasts", "_size")

    def __init__(self) -> None:
        self._buckets: list[list[Key]] = []
        self._lasts: list[Key] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Key]:
        for bucket in self._buckets:
            yield from bucket

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SortedKeys) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def first(self) -> Key | None:
        return self._buckets[0][0] if self._buckets else None

    def add(self, key: Key) -> None:
        self._size += 1
        lasts = self._lasts
        if not lasts:
            self._buckets.append([key])
            lasts.append(key)
            return
        if key > lasts[-1]:
            at = len(lasts) - 1
            bucket = self._buckets[at]
            bucket.append(key)
            lasts[at] = key
        else:
            at = bisect_left(lasts, key) if len(lasts) > 1 else 0
            bucket = self._buckets[at]
            insort(bucket, key)
        if len(bucket) > BUCKET:
            self._buckets.insert(at + 1, bucket[BUCKET // 2 :])
            del bucket[BUCKET // 2 :]
            lasts.insert(at, bucket[-1])

    def remove(self, key: Key) -> bool:
        """False when the key is not there."""
        lasts = self._lasts
        at = bisect_left(lasts, key) if len(lasts) != 1 or key > lasts[0] else 0
        if at == len(lasts):
            return False
        bucket = self._buckets[at]
        place = 0 if bucket[0] == key else bisect_left(bucket, key)
        if bucket[place] != key:
            return False
        del bucket[place]
        self._size -= 1
        if not bucket:
            del self._buckets[at], lasts[at]
        elif place == len(bucket):
            lasts[at] = bucket[-1]
        return True

    def rank(self, key: Key) -> int:
        """How many keys are smaller."""
        at = bisect_left(self._lasts, key)
        before = sum(len(bucket) for bucket in self._buckets[:at])
        return before + (bisect_left(self._buckets[at], key) if at < len(self._buckets) else 0)
