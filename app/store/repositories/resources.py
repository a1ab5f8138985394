"""The map of resources: what imported flows name, and which resource of this instance is meant."""

from app.calls.ports import Mapped
from app.domain.instance import ResourceKind
from app.errors import NotFound
from app.store.db import Database
from app.store.models.configuration import ResourceMapping
from app.store.repositories.rows import upsert


class ResourceMap:
    """The `ResourceMap` port. It becomes part of the instance's configuration with `Configurations.current`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def entries(self) -> tuple[Mapped, ...]:
        return await self._db.read(_entries)

    async def put(self, kind: ResourceKind, imported: str, own: str) -> None:
        await self._db.run(upsert, ResourceMapping, {"kind": kind.value, "imported": imported}, {"own": own})

    async def remove(self, kind: ResourceKind, imported: str) -> None:
        await self._db.run(_remove, kind, imported)


def mapped_resources() -> dict[ResourceKind, dict[str, str]]:
    """The whole map, as the instance holds it."""
    found: dict[ResourceKind, dict[str, str]] = {}
    for entry in _entries():
        found.setdefault(entry.kind, {})[entry.imported] = entry.own
    return found


def _entries() -> tuple[Mapped, ...]:
    rows = ResourceMapping.select().order_by(ResourceMapping.kind, ResourceMapping.imported)
    return tuple(Mapped(ResourceKind(row.kind), row.imported, row.own) for row in rows)


def _remove(kind: ResourceKind, imported: str) -> None:
    table = ResourceMapping
    if not table.delete().where(table.kind == kind.value, table.imported == imported).execute():
        raise NotFound(what=f"{kind.value} in the map", name=imported)
