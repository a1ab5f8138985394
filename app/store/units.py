"""How a unit of work meets the database: connections, transactions, group commit, and what is tried once more."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import peewee

from app.errors import Unavailable
from app.store.faults import explained
from app.store.location import Location
from app.store.models.base import use_database
from app.store.workers import Job

Work = Callable[[], object]


class Health:
    """Whether the database answers, as the last unit of work found it. `reason` is empty while it does."""

    def __init__(self) -> None:
        self.reason = ""

    def well(self) -> None:
        self.reason = ""

    def ill(self, error: Unavailable) -> None:
        self.reason = str(error)


class _Raised:
    """An exception that one unit of a group raised, kept until the group is committed."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


class Units:
    """Runs units of work in the calling thread, which keeps its connection from one unit to the next."""

    def __init__(self, database: peewee.Database, location: Location, health: Health) -> None:
        self._database, self._location, self._health = database, location, health

    def serve_reads(self, jobs: list[Job]) -> None:
        """Each job without a transaction; once more when the connection turns out to be dead."""
        for job in jobs:
            self._settle(job, self._read)

    def serve_writes(self, jobs: list[Job]) -> None:
        """All jobs in one transaction, each behind a savepoint of its own: what one of them raises undoes only that one.

        When the transaction as a whole fails, every job runs again in a transaction of its own.
        """
        if len(jobs) > 1:
            with suppress(peewee.PeeweeException):
                self._tell(jobs, self._together(jobs))
                return
        for job in jobs:
            self._settle(job, self.in_transaction)

    def in_transaction(self, work: Work) -> object:
        """The work's result once it is committed. Peewee's errors come out as they are."""
        with self._transaction():
            return work()

    def disconnect(self) -> None:
        """Gives up this thread's connection."""
        with suppress(peewee.PeeweeException):
            if not self._database.is_closed():
                self._discard()

    def translated(self, error: Exception) -> Exception:
        """Peewee's errors as ours; a mistake in our own SQL stays what it is."""
        if isinstance(error, peewee.ProgrammingError) and "permission denied" not in str(error):
            return error
        if isinstance(error, peewee.PeeweeException) and not isinstance(error, peewee.ImproperlyConfigured):
            return explained(error, self._location)
        return error

    def _together(self, jobs: list[Job]) -> list[object]:
        with self._transaction():
            return [self._behind_savepoint(job) for job in jobs]

    def _behind_savepoint(self, job: Job) -> object:
        try:
            with self._database.atomic():
                return job.work()
        except peewee.OperationalError:
            raise
        except Exception as error:
            return _Raised(error)

    def _tell(self, jobs: list[Job], outcomes: list[object]) -> None:
        self._health.well()
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, _Raised):
                job.fail(self.translated(outcome.error))
            else:
                job.succeed(outcome)

    def _settle(self, job: Job, perform: Callable[[Work], object]) -> None:
        try:
            result = perform(job.work)
        except Exception as error:
            translated = self.translated(error)
            if translated is not error and isinstance(translated, Unavailable):
                self._health.ill(translated)
            job.fail(translated)
        else:
            self._health.well()
            job.succeed(result)

    def _read(self, work: Work) -> object:
        self._connect()
        try:
            return work()
        except peewee.PeeweeException:
            if not self._drop_if_dead():
                raise
        self._connect()
        return work()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """A transaction on a living connection: one that died since its last use is replaced before anything is done."""
        self._connect()
        try:
            with ExitStack() as stack:
                try:
                    stack.enter_context(self._database.transaction())
                except peewee.PeeweeException:
                    if not self._drop_if_dead():
                        raise
                    self._connect()
                    stack.enter_context(self._database.transaction())
                yield
        except peewee.PeeweeException:
            self._drop_if_dead()
            raise

    def _connect(self) -> None:
        use_database(self._database)
        if self._database.is_closed():
            self._database.connect()

    def _drop_if_dead(self) -> bool:
        """Gives a broken connection up, so that the next unit makes a new one; True when it was broken."""
        if self._database.is_closed():
            return True
        if self._location.engine == "sqlite" or not self._database.connection().closed:
            return False
        self._discard()
        return True

    def _discard(self) -> None:
        getattr(self._database, "manual_close", self._database.close)()
