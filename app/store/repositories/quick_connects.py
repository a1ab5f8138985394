"""Quick connects, and which queues have them."""

from app.domain.ids import AgentId, FlowId, QueueId, QuickConnectId
from app.domain.instance import FlowType
from app.domain.phone import is_e164
from app.domain.quick_connect import QuickConnect, QuickConnectType
from app.errors import BadInput
from app.store.db import Database
from app.store.models import configuration as tables
from app.store.repositories.rows import remove, upsert

FLOW_TYPES = {
    QuickConnectType.AGENT: FlowType.AGENT_TRANSFER,
    QuickConnectType.QUEUE: FlowType.QUEUE_TRANSFER,
}
"""The type of flow that a quick connect of each type may have."""


class QuickConnects:
    """Writes them; `Configurations.current` reads them with everything else."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def save(self, quick_connect: QuickConnect, queues: tuple[str, ...] | None = None) -> None:
        """New or changed; `queues` are the ids of those that have it (None: as before). BadInput for what does not fit together."""
        _check(quick_connect)
        await self._db.run(_save, quick_connect, queues)

    async def delete(self, quick_connect_id: str) -> None:
        """NotFound when there is none."""
        await self._db.run(remove, tables.QuickConnect, quick_connect_id, "quick connect")


def quick_connects() -> dict[QuickConnectId, QuickConnect]:
    """All of them, as the instance holds them."""
    return {
        QuickConnectId(row.id): QuickConnect(
            QuickConnectId(row.id),
            row.name,
            QuickConnectType(row.type),
            row.description,
            AgentId(row.agent_id) if row.agent_id else None,
            QueueId(row.queue_id) if row.queue_id else None,
            row.number,
            FlowId(row.flow_id) if row.flow_id else None,
        )
        for row in tables.QuickConnect.select().order_by(tables.QuickConnect.name)
    }


def quick_connects_of_queues() -> dict[str, tuple[QuickConnectId, ...]]:
    """Queue id -> the quick connects it has."""
    found: dict[str, list[QuickConnectId]] = {}
    table = tables.QueueQuickConnect
    for row in table.select().order_by(table.queue, table.quick_connect):
        found.setdefault(row.queue_id, []).append(QuickConnectId(row.quick_connect_id))
    return {queue: tuple(ids) for queue, ids in found.items()}


def _check(quick_connect: QuickConnect) -> None:
    what = f"The quick connect {quick_connect.name}"
    if not quick_connect.name or not quick_connect.description:
        raise BadInput(what=what, why="it needs a name and a description")
    given = {
        QuickConnectType.AGENT: quick_connect.agent_id,
        QuickConnectType.QUEUE: quick_connect.queue_id,
        QuickConnectType.EXTERNAL: quick_connect.number,
    }
    if [kind for kind, value in given.items() if value] != [quick_connect.type]:
        raise BadInput(what=what, why="it leads to one agent, one queue or one number, as its type says")
    if quick_connect.type is QuickConnectType.EXTERNAL and quick_connect.flow_id:
        raise BadInput(what=what, why="an external one has no flow")
    if quick_connect.number and not is_e164(quick_connect.number):
        raise BadInput(what=what, why=f"{quick_connect.number} is no telephone number in the form +15551234567")


def _save(quick_connect: QuickConnect, queues: tuple[str, ...] | None) -> None:
    wanted = FLOW_TYPES.get(quick_connect.type)
    flow = tables.ContactFlow.get_or_none(tables.ContactFlow.id == quick_connect.flow_id)
    if flow is not None and flow.type != wanted:
        raise BadInput(
            what=f"The flow {flow.name}",
            why=f"it is a {flow.type}; the quick connect {quick_connect.name} needs a {wanted}",
        )
    values = {
        "name": quick_connect.name,
        "type": quick_connect.type.value,
        "description": quick_connect.description,
        "agent": quick_connect.agent_id,
        "queue": quick_connect.queue_id,
        "number": quick_connect.number,
        "flow": quick_connect.flow_id,
    }
    upsert(tables.QuickConnect, {"id": quick_connect.quick_connect_id}, values)
    if queues is not None:
        of_queues = tables.QueueQuickConnect
        of_queues.delete().where(of_queues.quick_connect == quick_connect.quick_connect_id).execute()
        for queue_id in queues:
            of_queues.insert(queue=queue_id, quick_connect=quick_connect.quick_connect_id).execute()
