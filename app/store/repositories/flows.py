"""Contact flows and their versions. A version never changes; publishing chooses the one that serves."""

import time
from dataclasses import dataclass

import peewee

from app.domain.ids import FlowId
from app.domain.instance import FlowContent, FlowType
from app.errors import BadInput, NotFound
from app.store.db import Database
from app.store.models import configuration as tables
from app.store.repositories.rows import remove

SAVED, PUBLISHED = "saved", "published"


@dataclass(frozen=True, slots=True)
class FlowSummary:
    """A flow in a list. `published_version` is None before it was first published."""

    flow_id: FlowId
    name: str
    type: FlowType
    description: str
    newest_version: int
    published_version: int | None


@dataclass(frozen=True, slots=True)
class VersionSummary:
    version: int
    state: str
    created_ms: int
    created_by: str


class Flows:
    """Reads and writes flows. `content` is flow language JSON (version 2019-10-30) as text, kept as it is given."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def save(
        self, flow_id: str, name: str, flow_type: FlowType, content: str, *, by: str = "", description: str = ""
    ) -> int:
        """Adds a version and returns its number; the same content as the newest version adds none.

        BadInput when the name is another flow's, or when the flow is of another type.
        """
        return await self._db.run(_save, flow_id, name, flow_type, content, by, description)

    async def publish(self, flow_id: str, version: int) -> None:
        """Makes a version the one that serves. NotFound when there is no such version."""
        await self._db.run(_publish, flow_id, version)

    async def content(self, flow_id: str, version: int | None = None) -> FlowContent:
        """A version's content, the newest when none is named."""
        return await self._db.read(_content, flow_id, version)

    async def list(self) -> tuple[FlowSummary, ...]:
        return await self._db.read(_list)

    async def versions(self, flow_id: str) -> tuple[VersionSummary, ...]:
        """Newest first."""
        return await self._db.read(_versions, flow_id)

    async def delete(self, flow_id: str) -> None:
        """Removes a flow with its versions. BadInput while a number or a default uses it."""
        await self._db.run(remove, tables.ContactFlow, flow_id, "contact flow")


def _save(flow_id: str, name: str, flow_type: FlowType, content: str, by: str, description: str) -> int:
    flow = tables.ContactFlow.get_or_none(tables.ContactFlow.id == flow_id)
    if flow is None:
        tables.ContactFlow.insert(id=flow_id, name=name, type=flow_type.value, description=description).execute()
    elif flow.type != flow_type.value:
        raise BadInput(what=f"The type of flow {flow.name}", why=f"it is a {flow.type} and stays one")
    else:
        changes = {"name": name, "description": description or flow.description}
        tables.ContactFlow.update(**changes).where(tables.ContactFlow.id == flow_id).execute()
    newest = _newest(flow_id)
    if newest is not None and newest.content == content:
        return newest.version
    version = newest.version + 1 if newest is not None else 1
    tables.FlowVersion.insert(
        flow=flow_id,
        version=version,
        content=content,
        state=SAVED,
        created_ms=time.time_ns() // 1_000_000,
        created_by=by,
    ).execute()
    return version


def _newest(flow_id: str) -> tables.FlowVersion | None:
    table = tables.FlowVersion
    row: tables.FlowVersion | None = table.select().where(table.flow == flow_id).order_by(table.version.desc()).first()
    return row


def _publish(flow_id: str, version: int) -> None:
    table = tables.FlowVersion
    changed = table.update(state=PUBLISHED).where(table.flow == flow_id, table.version == version).execute()
    if not changed:
        raise NotFound(what=f"version {version} of a flow", name=flow_id)
    tables.ContactFlow.update(published_version=version).where(tables.ContactFlow.id == flow_id).execute()


def _content(flow_id: str, version: int | None) -> FlowContent:
    table = tables.FlowVersion
    row = (
        _newest(flow_id) if version is None else table.get_or_none((table.flow == flow_id) & (table.version == version))
    )
    if row is None:
        raise NotFound(what="contact flow", name=flow_id if version is None else f"{flow_id} version {version}")
    return FlowContent(FlowId(flow_id), row.version, row.flow.name, FlowType(row.flow.type), row.content)


def _list() -> tuple[FlowSummary, ...]:
    table = tables.FlowVersion
    grouped = table.select(table.flow, peewee.fn.MAX(table.version).alias("newest")).group_by(table.flow)
    newest = {row.flow_id: row.newest for row in grouped}
    return tuple(
        FlowSummary(
            FlowId(row.id), row.name, FlowType(row.type), row.description, newest.get(row.id, 0), row.published_version
        )
        for row in tables.ContactFlow.select().order_by(tables.ContactFlow.name)
    )


def _versions(flow_id: str) -> tuple[VersionSummary, ...]:
    table = tables.FlowVersion
    rows = table.select().where(table.flow == flow_id).order_by(table.version.desc())
    return tuple(VersionSummary(row.version, row.state, row.created_ms, row.created_by) for row in rows)
