"""Brings a database's schema to the code's, by the numbered files in `migrations/`, each in a transaction of its own."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee
from playhouse.migrations import Runner

from app.errors import Unavailable
from app.store.faults import unavailable
from app.store.location import Location
from app.store.models import ALL_MODELS

MIGRATIONS = Path(__file__).with_name("migrations")
TABLES = {model._meta.table_name for model in ALL_MODELS}
ADVISORY_LOCK = 0x7472756E6B  # "trunk"
OLDEST_POSTGRES = 120_000


def connect_and_migrate(database: peewee.Database, location: Location) -> list[str]:
    """Connects the calling thread, applies what is missing and returns the names of what it applied.

    Unavailable when the database was made by a later version than this code, or by something else.
    """
    with _alone_on_this_machine(location):
        database.connect()
        if location.engine == "postgres":
            _require_usable_server(database, location)
        with _alone_on_the_server(database, location):
            return _migrate(database, location)


def _migrate(database: peewee.Database, location: Location) -> list[str]:
    runner = Runner(database, str(MIGRATIONS))
    unknown = [migration.name for migration in runner.status() if migration.path is None]
    if unknown:
        raise _newer(location, unknown)
    if not runner.applied() and TABLES & set(database.get_tables()):
        raise unavailable(location, "it holds tables that are not Trunkline's", "Give Trunkline a database of its own.")
    return [str(name) for name in runner.up()]


def _newer(location: Location, unknown: list[str]) -> Unavailable:
    return unavailable(
        location,
        f"its schema is newer than this version of Trunkline (it knows {unknown[-1]})",
        "Install the version that made it, or a later one.",
    )


def _require_usable_server(database: peewee.Database, location: Location) -> None:
    encoding, version = database.execute_sql(
        "SELECT current_setting('server_encoding'), current_setting('server_version_num')::int"
    ).fetchone()
    encoding = encoding.decode() if isinstance(encoding, bytes) else encoding
    if encoding != "UTF8":
        raise unavailable(location, f"its encoding is {encoding}", "Create it with ENCODING 'UTF8' TEMPLATE template0.")
    if version < OLDEST_POSTGRES:
        raise unavailable(location, f"its server is Postgres {version // 10_000}", "Install Postgres 12 or later.")


@contextmanager
def _alone_on_the_server(database: peewee.Database, location: Location) -> Iterator[None]:
    """Holds off other processes that start at the same moment."""
    if location.engine != "postgres":
        yield
        return
    database.execute_sql("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
    try:
        yield
    finally:
        database.execute_sql("SELECT pg_advisory_unlock(%s)", (ADVISORY_LOCK,))


@contextmanager
def _alone_on_this_machine(location: Location) -> Iterator[None]:
    """As above for SQLite, from before the connection on: a new file's switch to its log waits for nobody by itself."""
    if location.path is None:
        yield
        return
    folder = os.open(location.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
