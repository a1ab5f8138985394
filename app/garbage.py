"""Python's collector of cyclic garbage, told when it may look, and when at everything.

While modules are loaded nothing becomes garbage, and looking for it takes a fifth of a start.

A look at everything takes as long as much is remembered: 15 to 25 ms with a thousand contacts, in which no phone rings. Nothing that
a call leaves behind is cyclic, so it is put off until hardly anybody is there; short looks at what is new go on as ever.
"""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

YOUNG, MIDDLE, NEVER = 700, 5, 1_000_000_000
FEW = 50
"""Contacts with which a look at everything takes about a millisecond."""
LOOK_EVERY_S, LONGEST_S = 60.0, 3_600.0


def put_off() -> None:
    """Nobody looks for garbage until `settle`."""
    gc.disable()


@contextmanager
def untouched() -> Iterator[None]:
    """Nobody looks for garbage meanwhile."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def settle() -> None:
    """What has been made until now stays: it is never looked at again. What is made from now on is."""
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)
    gc.enable()


async def collect_when_few(contacts: Callable[[], int]) -> None:
    """Looks at everything once a minute while few contacts are there, and once an hour whoever is."""
    waited_s = 0.0
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        waited_s += LOOK_EVERY_S
        if contacts() < FEW or waited_s >= LONGEST_S:
            gc.collect()
            waited_s = 0.0
