"""The database as the rest of the store uses it: units of work on worker threads, in SQLite or Postgres."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import peewee

from app.errors import Unavailable
from app.store.durable import Syncer
from app.store.location import locate, prepare_file
from app.store.migrate import connect_and_migrate
from app.store.units import Health, Units
from app.store.workers import Crew

P = ParamSpec("P")
R = TypeVar("R")

READERS = 4
POSTGRES_WRITERS = 4
GROUP_LIMIT = 100
"""Units of work that share one transaction on SQLite."""
QUEUE_LIMIT = 10_000
PROBE_INTERVAL_S = 2.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0


class Database:
    """An open database. A unit of work is a plain function that holds all the peewee code and returns plain data.

    On SQLite one thread writes and joins the units that wait into one transaction; on Postgres each unit is a
    transaction of its own on one of a few threads. Reads have threads of their own. Errors are Unavailable (the
    database suffers) and BadInput (it refuses the data); what else the function raises comes out unchanged, and undoes
    what the function wrote.
    """

    def __init__(self, url: str, var: Path) -> None:
        self._location = locate(url, var)
        prepare_file(self._location)
        writers, group = (1, GROUP_LIMIT) if self.engine == "sqlite" else (POSTGRES_WRITERS, 1)
        self._peewee = self._location.connect(READERS + writers + 1)
        self._health = Health()
        self._units = Units(self._peewee, self._location, self._health)
        self._prepare()
        leave = self._units.disconnect
        self._readers = Crew("store-read", self._units.serve_reads, leave, size=READERS, limit=QUEUE_LIMIT)
        self._writers = Crew(
            "store-write", self._units.serve_writes, leave, size=writers, batch=group, limit=QUEUE_LIMIT
        )
        self._syncer = Syncer(self._location) if self.engine == "sqlite" else None
        self._closing = threading.Event()
        self._probe = threading.Thread(target=self._watch, name="store-probe", daemon=True)
        self._probe.start()

    @classmethod
    def open(cls, url: str, var: Path) -> "Database":
        """Opens the database and brings its schema up to date; blocks for at most a few seconds.

        Unavailable names what is in the way, BadInput what is wrong with the URL.
        """
        return cls(url, var)

    @property
    def engine(self) -> str:
        """`sqlite` or `postgres`."""
        return self._location.engine

    @property
    def place(self) -> str:
        """The database in words, without its password."""
        return self._location.place

    @property
    def healthy(self) -> bool:
        return not self._health.reason

    @property
    def reason(self) -> str:
        """Why the database is not healthy, with the remedy; empty while it is."""
        return self._health.reason

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Carries out a unit of work that may write; its result, once it is committed."""
        return cast(R, await asyncio.wrap_future(self._submit(self._writers, function, *args, **kwargs)))

    async def read(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Carries out a unit of work that only reads."""
        return cast(R, await asyncio.wrap_future(self._submit(self._readers, function, *args, **kwargs)))

    async def run_durably(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """As `run`, but done only once the result would survive a crash of the machine too."""
        result = await self.run(function, *args, **kwargs)
        if self._syncer is not None:
            await asyncio.wrap_future(self._syncer.crew.submit(lambda: None))
        return result

    def sync_now(self) -> None:
        """What was committed until now survives a crash of the machine; blocks."""
        if self._syncer is not None:
            self._syncer.crew.submit(lambda: None).result()

    async def run_until_stored(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """As `run`, but waits for a database that is away and tries again. The unit must bear being done twice."""
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                return await self.run(function, *args, **kwargs)
            except Unavailable:
                if self._closing.is_set():
                    raise
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def run_now(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """As `run`, for threads and commands without an event loop."""
        return cast(R, self._submit(self._writers, function, *args, **kwargs).result())

    def read_now(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """As `read`, for threads and commands without an event loop."""
        return cast(R, self._submit(self._readers, function, *args, **kwargs).result())

    def close(self) -> None:
        """Finishes what is queued and closes all connections."""
        self._closing.set()
        self._probe.join()
        self._writers.close()
        self._readers.close()
        if self._syncer is not None:
            self._syncer.crew.close()
        getattr(self._peewee, "close_all", self._peewee.close)()

    def _submit(self, crew: Crew, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> "Future[object]":
        return crew.submit(lambda: function(*args, **kwargs))

    def _prepare(self) -> None:
        try:
            connect_and_migrate(self._peewee, self._location)
        except peewee.PeeweeException as error:
            raise self._units.translated(error) from None
        finally:
            self._units.disconnect()

    def _watch(self) -> None:
        """Asks the database now and then, so that its health is known while nobody uses it."""
        while not self._closing.wait(PROBE_INTERVAL_S):
            try:
                self.read_now(lambda: self._peewee.execute_sql("SELECT 1 FROM setting LIMIT 1").fetchall())
            except Unavailable:
                continue
