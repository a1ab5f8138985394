"""The map of functions and bots: where each lives that flows ask."""

from app.domain.place import Place
from app.errors import NotFound
from app.store.db import Database
from app.store.models import configuration as tables
from app.store.repositories.rows import upsert


class Places:
    """Reads and writes the map."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def all(self) -> tuple[Place, ...]:
        """By kind and name."""
        return await self._db.read(_all)

    async def save(self, place: Place) -> None:
        await self._db.run(_save, place)

    async def delete(self, kind: str, called: str) -> None:
        """NotFound when the map has no such line."""
        await self._db.run(_delete, kind, called)


def _all() -> tuple[Place, ...]:
    rows = tables.Place.select().order_by(tables.Place.kind, tables.Place.called)
    return tuple(Place(row.kind, row.called, row.runs, row.target, row.secret) for row in rows)


def _save(place: Place) -> None:
    values = {"runs": place.where, "target": place.target, "secret": place.secret}
    upsert(tables.Place, {"kind": place.kind, "called": place.called}, values)


def _delete(kind: str, called: str) -> None:
    found = (tables.Place.kind == kind) & (tables.Place.called == called)
    if not tables.Place.delete().where(found).execute():
        raise NotFound(what=f"{kind} in the map", name=called)
