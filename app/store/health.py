"""How the store is, for people."""

from pathlib import Path

from app.calls.ports import LineView
from app.store.db import Database
from app.store.journal import Journal


def database_view(database: Database, journal: Journal, spool: Path) -> LineView:
    """The store's health: facts that wait for the database are safe in the spool."""
    name = {"sqlite": "SQLite"}.get(database.engine, "Postgres")
    if journal.alarm:
        return LineView("database", name, "down", journal.alarm)
    if not database.healthy:
        words = f"{database.reason} Calls go on; {journal.lag} facts wait in {spool}"
        return LineView("database", name, "warning", words)
    return LineView("database", name, "ok", "stores every fact")
