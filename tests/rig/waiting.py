"""Waiting for something with a limit, and saying what was waited for when it does not come."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class NeverHappened(AssertionError):
    """What a test waited for did not happen in time."""


def until(
    probe: Callable[[], Found],
    what: str,
    timeout_s: float = 10.0,
    every_s: float = 0.02,
    tell: Callable[[], object] = str,
) -> Found:
    """The first true answer of `probe`. `tell` is asked for what else to say when none comes."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise NeverHappened(f"{what}: not within {timeout_s} s. {tell()}")
        time.sleep(every_s)


def still(probe: Callable[[], object], what: str, for_s: float, every_s: float = 0.05) -> None:
    """Fails as soon as `probe` is false within that time."""
    deadline = time.monotonic() + for_s
    while time.monotonic() < deadline:
        if not probe():
            raise NeverHappened(f"{what}: no longer so")
        time.sleep(every_s)


async def eventually(probe: Callable[[], object], what: str, timeout_s: float = 10.0) -> None:
    """As `until`, while the event loop goes on."""
    deadline = time.monotonic() + timeout_s
    while not probe():
        if time.monotonic() > deadline:
            raise NeverHappened(f"{what}: not within {timeout_s} s")
        await asyncio.sleep(0.01)
