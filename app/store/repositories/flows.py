"""Contact flows: a draft at most, and the versions that were published. A version never changes; the newest one serves."""

import time
from collections.abc import Mapping

from app.calls.ports import DRAFT, FlowSummary, VersionSummary
from app.domain.ids import FlowId
from app.domain.instance import FlowContent, FlowType
from app.errors import BadInput, NotFound
from app.store.db import Database
from app.store.models import configuration as tables
from app.store.repositories.rows import remove, upsert


class Flows:
    """The `FlowStore` port. Content is JSON of either export format as text, kept as it is given."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def save(
        self, flow_id: str, name: str, flow_type: FlowType, content: str, *, by: str = "", description: str = ""
    ) -> None:
        await self._db.run(_save, flow_id, name, flow_type, content, by, description)

    async def publish(
        self, contents: Mapping[str, str], *, by: str = "", restored_from: int | None = None
    ) -> dict[str, int]:
        return await self._db.run(_publish_all, dict(contents), by, restored_from)

    async def content(self, flow_id: str, version: int | None = None) -> FlowContent:
        return await self._db.read(_content, flow_id, version)

    async def list(self) -> tuple[FlowSummary, ...]:
        return await self._db.read(_list)

    async def versions(self, flow_id: str) -> tuple[VersionSummary, ...]:
        return await self._db.read(_versions, flow_id)

    async def delete(self, flow_id: str) -> None:
        await self._db.run(remove, tables.ContactFlow, flow_id, "contact flow")


def _save(flow_id: str, name: str, flow_type: FlowType, content: str, by: str, description: str) -> None:
    flow = tables.ContactFlow.get_or_none(tables.ContactFlow.id == flow_id)
    if flow is None:
        tables.ContactFlow.insert(id=flow_id, name=name, type=flow_type.value, description=description).execute()
    elif flow.type != flow_type.value:
        raise BadInput(what=f"The type of flow {flow.name}", why=f"it is a {flow.type} and stays one")
    else:
        changes = {"name": name, "description": description or flow.description}
        tables.ContactFlow.update(**changes).where(tables.ContactFlow.id == flow_id).execute()
    upsert(tables.FlowDraft, {"flow": flow_id}, {"content": content, "saved_ms": _now_ms(), "saved_by": by})


def _publish_all(contents: dict[str, str], by: str, restored_from: int | None) -> dict[str, int]:
    return {flow_id: _publish(flow_id, content, by, restored_from) for flow_id, content in contents.items()}


def _publish(flow_id: str, content: str, by: str, restored_from: int | None) -> int:
    flow = _flow(flow_id)
    draft = tables.FlowDraft
    draft.delete().where(draft.flow == flow_id, draft.content == content).execute()
    newest = _newest(flow_id)
    if newest is not None and newest.content == content:
        return int(newest.version)
    version = newest.version + 1 if newest is not None else 1
    tables.FlowVersion.insert(
        flow=flow_id,
        version=version,
        content=content,
        published_ms=_now_ms(),
        published_by=by,
        restored_from=restored_from,
    ).execute()
    tables.ContactFlow.update(published_version=version).where(tables.ContactFlow.id == flow.id).execute()
    return int(version)


def _newest(flow_id: str) -> tables.FlowVersion | None:
    table = tables.FlowVersion
    row: tables.FlowVersion | None = table.select().where(table.flow == flow_id).order_by(table.version.desc()).first()
    return row


def _content(flow_id: str, version: int | None) -> FlowContent:
    flow, table = _flow(flow_id), tables.FlowVersion
    draft = tables.FlowDraft.get_or_none(tables.FlowDraft.flow == flow_id) if not version else None
    if draft is not None:
        return FlowContent(FlowId(flow_id), DRAFT, flow.name, FlowType(flow.type), draft.content)
    wanted = flow.published_version if version is None else version
    row = table.get_or_none((table.flow == flow_id) & (table.version == wanted))
    if row is None:
        raise NotFound(what=f"version {wanted} of the flow", name=flow.name)
    return FlowContent(FlowId(flow_id), row.version, flow.name, FlowType(flow.type), row.content)


def _flow(flow_id: str) -> tables.ContactFlow:
    flow: tables.ContactFlow | None = tables.ContactFlow.get_or_none(tables.ContactFlow.id == flow_id)
    if flow is None:
        raise NotFound(what="contact flow", name=flow_id)
    return flow


def _list() -> tuple[FlowSummary, ...]:
    drafts = {row.flow_id: row for row in tables.FlowDraft.select()}
    return tuple(
        _summary(row, drafts.get(row.id)) for row in tables.ContactFlow.select().order_by(tables.ContactFlow.name)
    )


def _summary(row: tables.ContactFlow, draft: tables.FlowDraft | None) -> FlowSummary:
    return FlowSummary(
        FlowId(row.id),
        row.name,
        FlowType(row.type),
        row.description,
        row.published_version,
        draft.saved_ms if draft else None,
        draft.saved_by if draft else "",
    )


def _versions(flow_id: str) -> tuple[VersionSummary, ...]:
    table = tables.FlowVersion
    rows = table.select().where(table.flow == _flow(flow_id).id).order_by(table.version.desc())
    return tuple(VersionSummary(row.version, row.published_ms, row.published_by, row.restored_from) for row in rows)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
