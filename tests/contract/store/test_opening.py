"""The schema is brought up to date; what stands in the way is told in one sentence."""

import asyncio
import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import peewee
import psycopg
import pytest

from app.errors import BadInput, Unavailable
from app.store import location
from app.store.db import Database
from app.store.models import ALL_MODELS
from app.store.models.base import current
from tests.contract.store.conftest import Opener
from tests.rig.ports import free_port
from tests.rig.postgres import USER, PostgresServer

pytestmark = pytest.mark.contract


def schema() -> dict[str, object]:
    """Every table of the database with its columns, keys and indexes."""
    database = current.obj
    assert database is not None
    return {table: _table(database, table) for table in sorted(database.get_tables()) if table != "schema_migration"}


def _table(database: peewee.Database, table: str) -> object:
    columns = sorted(
        (column.name, column.data_type.upper(), column.null, column.primary_key)
        for column in database.get_columns(table)
    )
    keys = sorted((key.column, key.dest_table, key.dest_column) for key in database.get_foreign_keys(table))
    indexes = sorted((tuple(index.columns), index.unique) for index in database.get_indexes(table))
    return columns, keys, indexes


def make_from_models() -> None:
    database = current.obj
    assert database is not None
    database.drop_tables(list(ALL_MODELS))
    assert set(database.get_tables()) == {"schema_migration"}
    database.create_tables(list(ALL_MODELS))


def test_the_migrated_schema_is_the_models(db: Database) -> None:
    migrated = db.read_now(schema)
    assert len(migrated) == len(ALL_MODELS)
    db.run_now(make_from_models)
    assert db.read_now(schema) == migrated


def test_opening_again_keeps_everything(opener: Opener) -> None:
    first = opener().run_now(schema)
    assert opener().run_now(schema) == first


def test_processes_that_start_together_do_not_clash(url: str, tmp_path: Path) -> None:
    outcomes: list[object] = []

    def start() -> None:
        try:
            database = Database.open(url, tmp_path)
            outcomes.append(len(database.read_now(schema)))
            database.close()
        except Exception as error:
            outcomes.append(error)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [len(ALL_MODELS)] * 6


def test_a_newer_schema_is_refused(opener: Opener) -> None:
    database = opener()
    database.run_now(
        lambda: current.execute_sql(
            "INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2030-01-01 00:00:00')"
        )
    )
    with pytest.raises(Unavailable, match=r"newer than this version of Trunkline \(it knows 9999_later\)"):
        opener()


def test_tables_of_others_are_left_alone(url: str, opener: Opener) -> None:
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute("CREATE TABLE queue (x INTEGER)")
        connection.close()
    else:
        with psycopg.connect(url) as postgres:
            postgres.execute("CREATE TABLE queue (x INTEGER)")
    with pytest.raises(Unavailable, match=r"not Trunkline's\. Give Trunkline a database of its own"):
        opener()


# -- SQLite ----------------------------------------------------------------------------------------------------------------


def refused(url: str, var: Path) -> str:
    with pytest.raises((Unavailable, BadInput)) as caught:
        Database.open(url, var).close()
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith((".", ";"))
    return message


def test_the_default_database_is_the_owners_alone(tmp_path: Path) -> None:
    Database.open("", tmp_path / "var").close()
    assert (tmp_path / "var/trunkline.db").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "trunkline.db").write_text("this is a letter, not a database" * 100)
    assert "not a SQLite database. Move the file away" in refused("", tmp_path)


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "trunkline.db").mkdir()
    assert "cannot be opened for writing (is a directory). Give this user" in refused("", tmp_path)
    (tmp_path / "file").touch()
    assert "cannot be opened for writing" in refused("", tmp_path / "file")


def test_a_file_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database.open("", tmp_path).close()
    monkeypatch.setattr("app.store.location.LOCK_TIMEOUT_S", 0)
    holder = sqlite3.connect(tmp_path / "trunkline.db", isolation_level=None)
    database = Database.open("", tmp_path)
    try:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match=r"another program holds it locked\. Close the other program"):
            database.run_now(lambda: None)
        assert not database.healthy
        holder.execute("ROLLBACK")
        database.run_now(lambda: None)
        assert database.healthy
    finally:
        holder.close()
        database.close()


@pytest.mark.parametrize("url", ["mysql://host/x", "sqlite://", "sqlite:///", "sqlite:///:memory:", "trunkline.db"])
def test_a_url_of_another_kind(url: str, tmp_path: Path) -> None:
    assert "write sqlite:///file or postgresql://" in refused(url, tmp_path) or "is written sqlite" in refused(
        url, tmp_path
    )


# -- Postgres --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_nothing_listens(tmp_path: Path) -> None:
    message = refused(f"postgres://ada:hush@127.0.0.1:{free_port()}/trunk", tmp_path)
    assert message.startswith("The Postgres database trunk on 127.0.0.1 is not available: nothing listens there.")
    assert "hush" not in message


def test_nobody_answers(silent_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(location.POSTGRES_DEFAULTS, "connect_timeout", 2)
    assert "does not answer" in refused(f"postgres://ada:hush@127.0.0.1:{silent_port}/trunk", tmp_path)


def test_a_wrong_password(postgres_server: PostgresServer, tmp_path: Path) -> None:
    message = refused(postgres_server.url(password="wr0ng"), tmp_path)
    assert f"refused the password of user {USER}. Correct the password" in message
    assert "wr0ng" not in message


def test_no_password(postgres_server: PostgresServer, tmp_path: Path) -> None:
    url = postgres_server.url().replace(":rig-password", "")
    assert "asks for a password and the URL has none" in refused(url, tmp_path)


def test_a_database_that_is_not_there(postgres_server: PostgresServer, tmp_path: Path) -> None:
    message = refused(postgres_server.url("nowhere"), tmp_path)
    assert f"CREATE DATABASE nowhere OWNER {USER};" in message


def test_a_host_that_is_not_there(tmp_path: Path) -> None:
    assert "host name cannot be resolved" in refused("postgres://ada:hush@nowhere.invalid/trunk", tmp_path)


def test_a_url_that_cannot_be_read(tmp_path: Path) -> None:
    message = refused("postgres://ada:hush@127.0.0.1:99x/trunk", tmp_path)
    assert "hush" not in message
    assert "its port .99x. is not a number" in message.replace("'", ".")


def test_a_user_without_rights(postgres_server: PostgresServer, tmp_path: Path) -> None:
    postgres_server.execute("CREATE ROLE guest LOGIN PASSWORD 'guest-password'")
    url = postgres_server.new_database().replace("trunkline:rig-password", "guest:guest-password")
    assert "lacks a permission" in refused(url, tmp_path)


def test_another_encoding(postgres_server: PostgresServer, tmp_path: Path) -> None:
    postgres_server.execute("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
    assert "its encoding is SQL_ASCII. Create it with ENCODING 'UTF8'" in refused(
        postgres_server.url("ascii"), tmp_path
    )


async def test_connections_that_died_are_replaced(postgres_server: PostgresServer, tmp_path: Path) -> None:
    database = Database.open(postgres_server.new_database(), tmp_path)
    try:
        for _ in range(20):
            await database.run(lambda: None)
            await database.read(schema)
        postgres_server.stop()
        postgres_server.start()
        for _ in range(20):
            await database.run(schema)
            await database.read(schema)
    finally:
        database.close()


async def test_what_must_be_stored_waits_for_the_database(postgres_server: PostgresServer, tmp_path: Path) -> None:
    database = Database.open(postgres_server.new_database(), tmp_path)
    try:
        postgres_server.stop()
        with pytest.raises(Unavailable, match="nothing listens there"):
            await database.run(lambda: None)
        waiting = asyncio.ensure_future(database.run_until_stored(lambda: os.getpid()))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await asyncio.to_thread(postgres_server.start)
        assert await asyncio.wait_for(waiting, 15) == os.getpid()
    finally:
        database.close()
