"""Threads take what is queued, in groups, and refuse what is too much."""

import threading
from collections.abc import Iterator
from functools import partial

import pytest

from app.errors import Unavailable
from app.store.workers import Crew, Job

pytestmark = pytest.mark.unit


class Bench:
    """A crew whose only thread waits at a gate before each group."""

    def __init__(self) -> None:
        self.gate, self.groups, self.left = threading.Semaphore(0), list[int](), threading.Event()
        self.taken = threading.Semaphore(0)
        self.crew = Crew("bench", self._serve, self.left.set, batch=3, limit=5)

    def _serve(self, jobs: list[Job]) -> None:
        self.taken.release()
        self.gate.acquire()
        self.groups.append(len(jobs))
        for job in jobs:
            job.succeed(job.work())


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.gate.release(1_000)
    bench.crew.close()


def test_what_waits_is_served_together_in_order(bench: Bench) -> None:
    first = bench.crew.submit(lambda: 0)
    bench.taken.acquire()
    rest = [bench.crew.submit(partial(int, number)) for number in range(1, 6)]
    bench.gate.release(3)
    assert [future.result(5) for future in [first, *rest]] == [0, 1, 2, 3, 4, 5]
    assert bench.groups == [1, 3, 2]


def test_a_full_queue_refuses_at_once(bench: Bench) -> None:
    bench.crew.submit(lambda: None)
    bench.taken.acquire()
    waiting = [bench.crew.submit(lambda: "done") for _ in range(5)]
    with pytest.raises(Unavailable, match="5 requests wait for it already"):
        bench.crew.submit(lambda: None)
    bench.gate.release(10)
    assert [future.result(5) for future in waiting] == ["done"] * 5


def test_who_stopped_waiting_is_no_error(bench: Bench) -> None:
    bench.crew.submit(lambda: None)
    bench.taken.acquire()
    impatient, patient = bench.crew.submit(lambda: 1), bench.crew.submit(lambda: 2)
    assert impatient.cancel()
    bench.gate.release(10)
    assert patient.result(5) == 2


def test_closing_does_what_is_queued_and_leaves(bench: Bench) -> None:
    futures = [bench.crew.submit(lambda: "done") for _ in range(4)]
    bench.gate.release(10)
    bench.crew.close()
    assert [future.result(0) for future in futures] == ["done"] * 4
    assert bench.left.is_set()
    with pytest.raises(Unavailable, match="was closed"):
        bench.crew.submit(lambda: None)
