"""Many seeds of chaos, side by side in processes; and a failing one made as short as it still fails."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import structlog

from app.sim.chaos import Result, Setting, plan, run

AT_ONCE = 8
"""Seeds that a process is given together."""


def run_all(settings: Iterable[Setting], processes: int = 1) -> Iterator[Result]:
    """The results in the order of the settings. A run in another process is the same run."""
    if processes == 1:
        yield from map(run_one, settings)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _quiet) as pool:
        yield from pool.map(run_one, settings, chunksize=AT_ONCE)


def run_one(setting: Setting) -> Result:
    return asyncio.run(run(setting))


def shrink(setting: Setting, fails: Callable[[Setting], bool] | None = None) -> Setting:
    """The same seed with as few of its deeds as still break something: halves are left out, then quarters, and so on."""
    fails = fails or (lambda each: bool(run_one(each).broken))
    kept = list(setting.only if setting.only is not None else range(len(plan(setting))))
    size = max(len(kept) // 2, 1)
    while True:
        at = 0
        while at < len(kept):
            without = kept[:at] + kept[at + size :]
            if fails(replace(setting, only=tuple(without))):
                kept = without
            else:
                at += size
        if size == 1:
            return replace(setting, only=tuple(kept))
        size //= 2


def story(setting: Setting) -> Iterator[str]:
    """What happens in a run, a line each."""
    for number, deed in enumerate(plan(setting)):
        if setting.only is None or number in setting.only:
            yield f"{number:4}  {deed.at_ms / 1000:8.3f} s  {deed.what}"


def _quiet() -> None:
    """What is mended or refused is no news here."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
