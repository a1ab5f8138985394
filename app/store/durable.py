"""What is committed survives a crash of the machine too, once it was synced.

SQLite's write-ahead log survives a kill of the process by itself, but reaches the disk at its checkpoints only (synchronous
is NORMAL: a commit costs no disk access). What a later fact of the journal relies on asks for the log to be synced; one
sync serves everybody who waits for it. Postgres syncs every commit.
"""

import os
from pathlib import Path

from app.errors import Unavailable
from app.store.faults import unavailable
from app.store.location import Location
from app.store.workers import Crew, Job

MOST_AT_ONCE = 1_000


class Syncer:
    """Syncs a SQLite database's log. It holds no lock of the database: SQLite keeps its locks in other files."""

    def __init__(self, location: Location) -> None:
        assert location.path is not None
        self._location = location
        self._log = Path(f"{location.path}-wal")
        self.crew = Crew("store-sync", self._serve, lambda: None, batch=MOST_AT_ONCE)

    def _serve(self, jobs: list[Job]) -> None:
        error = self._sync()
        for job in jobs:
            if error is None:
                job.succeed(None)
            else:
                job.fail(error)

    def _sync(self) -> Unavailable | None:
        try:
            descriptor = os.open(self._log, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            return self._refused(error)
        try:
            os.fsync(descriptor)
        except OSError as error:
            return self._refused(error)
        finally:
            os.close(descriptor)
        return None

    def _refused(self, error: OSError) -> Unavailable:
        why = f"its disk does not keep what is written ({(error.strerror or str(error)).lower()})"
        return unavailable(self._location, why, "Free some space on the disk or repair it.")
