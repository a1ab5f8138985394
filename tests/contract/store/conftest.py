"""Every test of this folder runs over SQLite and over a real Postgres."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.store.db import Database
from tests.rig.postgres import NoPostgres, PostgresServer

Opener = Callable[[], Database]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    try:
        server = PostgresServer()
    except NoPostgres as missing:
        pytest.fail(str(missing), pytrace=False)
    yield server
    server.close()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/contract.db"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database()


@pytest.fixture
def opener(url: str, tmp_path: Path) -> Iterator[Opener]:
    """Opens the test's database, again and again if need be; all are closed at the end."""
    opened: list[Database] = []

    def open_database() -> Database:
        opened.append(Database.open(url, tmp_path))
        return opened[-1]

    yield open_database
    for database in opened:
        database.close()


@pytest.fixture
def db(opener: Opener) -> Database:
    return opener()
