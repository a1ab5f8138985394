"""Threads that carry out units of work on the database, so that the event loop never waits for it."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from app.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Job:
    """One unit of work and who waits for it."""

    work: Callable[[], object]
    future: "Future[object]"

    def succeed(self, result: object) -> None:
        """Tells the result; nobody may be waiting any more."""
        if self.future.set_running_or_notify_cancel():
            self.future.set_result(result)

    def fail(self, error: BaseException) -> None:
        if self.future.set_running_or_notify_cancel():
            self.future.set_exception(error)


class Crew:
    """`size` threads that take up to `batch` jobs at once from one bounded queue and hand them to `serve`.

    `serve` settles every job it is given and never raises; `leave` runs in each thread before it ends.
    """

    def __init__(
        self,
        name: str,
        serve: Callable[[list[Job]], None],
        leave: Callable[[], None],
        *,
        size: int = 1,
        batch: int = 1,
        limit: int = 10_000,
    ) -> None:
        self._serve, self._leave, self._batch = serve, leave, batch
        self._jobs: queue.Queue[Job | None] = queue.Queue(limit)
        self._closed = False
        self._threads = [threading.Thread(target=self._run, name=f"{name}-{n}", daemon=True) for n in range(size)]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """Jobs that no thread has taken yet."""
        return self._jobs.qsize()

    def submit(self, work: Callable[[], object]) -> "Future[object]":
        """Queues a unit of work. Unavailable at once when the queue is full or the crew was closed."""
        if self._closed:
            raise Unavailable(what="The store", why="it was closed", remedy="Start Trunkline again.")
        job = Job(work, Future())
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            raise Unavailable(
                what="The store",
                why=f"{self._jobs.maxsize} requests wait for it already",
                remedy="Check the speed of the database's disk and machine.",
            ) from None
        return job.future

    def close(self) -> None:
        """Does what is queued, then ends the threads."""
        self._closed = True
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        try:
            while (first := self._jobs.get()) is not None:
                self._serve(self._more(first))
        finally:
            self._leave()

    def _more(self, first: Job) -> list[Job]:
        jobs = [first]
        while len(jobs) < self._batch:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            jobs.append(job)
        return jobs
