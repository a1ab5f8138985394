"""The loop's turns are timed, and work that is spread gives way."""

import asyncio
import gc
import time

import pytest

from app import garbage
from app.turns import Turns, in_slices

pytestmark = pytest.mark.unit


def test_a_turn_that_takes_long_is_seen() -> None:
    turns = Turns()

    async def work() -> None:
        await asyncio.sleep(0)
        turns.forget()
        end_s = time.thread_time() + 0.012
        while time.thread_time() < end_s:
            pass
        await asyncio.sleep(0)

    with asyncio.Runner(loop_factory=turns.loop) as runner:
        runner.run(work())
    figures = turns.figures()
    assert figures.longest_ms >= 12
    for counts in (figures.within, figures.working):
        assert sum(count for name, count in counts.items() if name not in ("1 ms", "2 ms", "3 ms")) >= 1


def test_a_loop_that_rests_was_not_kept() -> None:
    turns = Turns()

    async def rest() -> None:
        await asyncio.sleep(0)
        turns.forget()
        before_s = time.thread_time()
        await asyncio.sleep(0.05)
        assert turns.figures().longest_ms < 50 + (time.thread_time() - before_s) * 1000
        assert sum(turns.figures().within.values()) >= 1

    with asyncio.Runner(loop_factory=turns.loop) as runner:
        runner.run(rest())


async def test_others_have_their_turn_after_each_slice() -> None:
    seen: list[object] = []

    async def other() -> None:
        for _ in range(3):
            seen.append("other")
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    async for item in in_slices(range(5), of=2):
        seen.append(item)
    await task
    assert seen == ["other", 0, 1, "other", 2, 3, "other", 4]


def test_only_what_is_new_is_looked_at_once_the_application_has_started() -> None:
    before, looks = gc.get_threshold(), []

    def looked(phase: str, info: dict[str, int]) -> None:
        looks.append(info["generation"])

    try:
        garbage.settle()
        assert gc.get_freeze_count() > 0
        gc.callbacks.append(looked)
        kept = [[number] for number in range(200_000)]
    finally:
        gc.callbacks.remove(looked)
        gc.set_threshold(*before)
        gc.unfreeze()
    assert len(kept) == 200_000
    assert set(looks) == {0, 1}
