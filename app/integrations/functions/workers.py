"""Handlers of the folder `functions`, each in processes of its own: whatever one does, it does to itself."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from app.calls.ports import NotAnswered
from app.domain.place import FILE_NAME
from app.integrations.functions.process import Worker

MOST = 8
"""Processes of one function; who comes when all are busy waits, within the time limit."""
IDLE_S = 60.0
"""After so long without work a process is ended."""
MEMORY_BYTES = 512 * 1_048_576


@dataclass(slots=True)
class Crew:
    """The processes of one version of one file."""

    stamp: tuple[int, int]
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST))
    idle: list[tuple[Worker, asyncio.TimerHandle]] = field(default_factory=list)
    busy: set[Worker] = field(default_factory=set)


class Workers:
    """Runs handlers. A process that is too slow is killed by the one who waits for it: being cancelled is its end."""

    def __init__(self, folder: Path, memory_bytes: int = MEMORY_BYTES) -> None:
        self._folder, self._memory_bytes = folder, memory_bytes
        self._crews: dict[str, Crew] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def names(self) -> tuple[str, ...]:
        """The files there are."""
        found = (path.stem for path in self._folder.glob("*.py")) if self._folder.is_dir() else ()
        return tuple(sorted(name for name in found if FILE_NAME.fullmatch(name)))

    def has(self, name: str) -> bool:
        return FILE_NAME.fullmatch(name) is not None and self._path(name).is_file()

    async def invoke(self, name: str, arn: str, event: bytes, timeout_s: float) -> bytes:
        """What `handler(event, context)` of the file returned, as JSON; NotAnswered says why not."""
        crew = self._crew(name)
        try:
            async with asyncio.timeout(timeout_s), crew.places:
                return await self._run(crew, name, arn, event, timeout_s)
        except TimeoutError:
            raise NotAnswered(who=f"The function {name}", why=f"it did not return within {timeout_s:g} s") from None

    async def close(self) -> None:
        """Ends every process."""
        for name in list(self._crews):
            self._dismiss(self._crews.pop(name))
        await asyncio.gather(*self._ending)

    async def _run(self, crew: Crew, name: str, arn: str, event: bytes, timeout_s: float) -> bytes:
        worker = self._rested(crew) or await Worker.start(self._path(name), self._memory_bytes)
        crew.busy.add(worker)
        fit = False
        try:
            answer = await worker.run(event, arn, str(uuid4()), timeout_s)
            fit = True
        except NotAnswered:
            fit = True
            raise
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            raise NotAnswered(who=f"The function {name}", why="its process ended") from None
        finally:
            crew.busy.discard(worker)
            self._release(crew, name, worker, fit=fit)
        return answer

    def _release(self, crew: Crew, name: str, worker: Worker, *, fit: bool) -> None:
        if fit and worker.alive and self._crews.get(name) is crew:
            rest = asyncio.get_running_loop().call_later(IDLE_S, self._retire, crew, worker)
            crew.idle.append((worker, rest))
        else:
            self._end(worker)

    def _rested(self, crew: Crew) -> Worker | None:
        while crew.idle:
            worker, rest = crew.idle.pop()
            rest.cancel()
            if worker.alive:
                return worker
            self._end(worker)
        return None

    def _retire(self, crew: Crew, worker: Worker) -> None:
        crew.idle = [(each, rest) for each, rest in crew.idle if each is not worker]
        self._end(worker)

    def _crew(self, name: str) -> Crew:
        """The processes of the file as it is now; those of the file as it was are ended when they are done."""
        if not self.has(name):
            raise NotAnswered(who=f"The function {name}", why=f"there is no file {self._path(name)}")
        state = self._path(name).stat()
        stamp = (state.st_mtime_ns, state.st_size)
        crew = self._crews.get(name)
        if crew is None or crew.stamp != stamp:
            if crew is not None:
                self._dismiss(crew)
            crew = self._crews[name] = Crew(stamp)
        return crew

    def _dismiss(self, crew: Crew) -> None:
        for worker, rest in crew.idle:
            rest.cancel()
            self._end(worker)
        crew.idle.clear()

    def _end(self, worker: Worker) -> None:
        worker.kill()
        task = asyncio.get_running_loop().create_task(worker.close())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.py"
