"""What every command starts from: the installation's settings, its database, and the server that may be running on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.config import Settings, load_settings
from app.store.db import Database

_chosen: dict[str, Path] = {}


def choose_var(var: Path | None) -> None:
    """Remembers the folder that the command line named, for all that follows in this process."""
    _chosen.clear()
    if var is not None:
        _chosen["var"] = var


def settings() -> Settings:
    """The installation's settings. BadInput names a variable that is wrong."""
    return load_settings(**_chosen)


def folder() -> Path:
    """The installation's folder, even where its settings cannot be read."""
    return Path(_chosen.get("var") or os.environ.get("TRUNKLINE_VAR") or "var").resolve()


@contextmanager
def open_database(current: Settings | None = None) -> Iterator[Database]:
    """The installation's database, its schema brought up to date. Unavailable says what is in the way."""
    chosen = current or settings()
    database = Database.open(chosen.url, chosen.var)
    try:
        yield database
    finally:
        database.close()
