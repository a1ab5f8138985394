"""Where the database is: reads the URL, opens peewee's database on it, and names it in a form that may be printed."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import peewee
import psycopg
from playhouse.pool import PooledPostgresqlDatabase

from app.errors import BadInput, Unavailable

CONNECT_TIMEOUT_S = 5
LOCK_TIMEOUT_S = 5

SQLITE_PRAGMAS = {"journal_mode": "wal", "synchronous": "normal", "foreign_keys": 1, "temp_store": "memory"}

POSTGRES_DEFAULTS: dict[str, Any] = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "application_name": "trunkline",
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A network that swallows packets is noticed within about ten seconds."""


@dataclass(frozen=True, slots=True)
class Location:
    """A database that can be connected to. `place` names it without its password; `path` is set for SQLite."""

    engine: str
    place: str
    path: Path | None
    parameters: dict[str, Any]

    def connect(self, connections: int) -> peewee.Database:
        """Peewee's database; nothing is opened yet. At most `connections` are ever open on Postgres."""
        if self.path is not None:
            return peewee.SqliteDatabase(
                str(self.path), pragmas=SQLITE_PRAGMAS, timeout=LOCK_TIMEOUT_S, lock_type="IMMEDIATE", autoconnect=False
            )
        parameters = dict(self.parameters)
        database = PooledPostgresqlDatabase(
            parameters.pop("dbname"),
            max_connections=connections,
            prefer_psycopg3=True,
            autoconnect=False,
            **parameters,
        )
        assert isinstance(database, peewee.Database)
        return database


def locate(url: str, var: Path) -> Location:
    """Reads `sqlite:///file`, `sqlite:////absolute/file` or `postgres://...`; an empty URL is trunkline.db in `var`."""
    if not url:
        return _sqlite(var / "trunkline.db")
    scheme = url.partition(":")[0].lower()
    if scheme == "sqlite":
        rest = url.partition(":")[2]
        if not rest.startswith("///") or not rest[3:] or rest[3:] == ":memory:":
            raise BadInput(
                what="The database URL", why="a SQLite database is written sqlite:///file or sqlite:////absolute/file"
            )
        return _sqlite(Path(unquote(rest[3:])))
    if scheme in ("postgres", "postgresql"):
        return _postgres(url)
    raise BadInput(
        what="The database URL",
        why=f"it begins with {scheme!r}; write sqlite:///file or postgresql://user:password@host/database",
    )


def _sqlite(path: Path) -> Location:
    return Location("sqlite", f"the database {path}", path, {})


def _postgres(url: str) -> Location:
    try:
        given = psycopg.conninfo.conninfo_to_dict("postgresql" + url[url.index(":") :])
    except psycopg.Error as error:
        reason = str(error).splitlines()[0]
        try:
            password = urlsplit(url).password
        except ValueError:
            password = None
        if password:
            reason = reason.replace(password, "***")
        if url in reason or "://" in reason:
            reason = "it cannot be read"
        why = f"{reason}; write postgresql://user:password@host/database"
        raise BadInput(what="The database URL", why=why) from None
    parameters = POSTGRES_DEFAULTS | {name: value for name, value in given.items() if value is not None}
    parameters.setdefault("dbname", parameters.get("user") or "trunkline")
    port = str(parameters.get("port") or 5432)
    if not port.isdecimal():
        raise BadInput(what="The database URL", why=f"its port {port!r} is not a number")
    host = parameters.get("host") or "the local socket"
    return Location("postgres", f"the Postgres database {parameters['dbname']} on {host}", None, parameters)


def prepare_file(location: Location) -> None:
    """Makes the SQLite file, readable by its owner only, where there is none; Unavailable says what is in the way."""
    path = location.path
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Unavailable(
            what="T" + location.place[1:],
            why=f"its file cannot be opened for writing ({reason})",
            remedy="Give this user write permission to the file and its folder, or set another database URL.",
        ) from None
