"""The instance's configuration as one value, and every version of it that was ever in force."""

import hashlib
import time
from dataclasses import replace

import msgspec

from app.domain.ids import AgentId, FlowId, HoursId, ProfileId, QueueId, QuickConnectId
from app.domain.instance import (
    Agent,
    AgentStatus,
    FlowContent,
    FlowType,
    Hours,
    Instance,
    OpenHours,
    OwnedNumber,
    ProfileQueue,
    Queue,
    RoutingProfile,
    own_statuses,
)
from app.domain.lines import softphone_of
from app.errors import NotFound
from app.store.db import Database
from app.store.models import configuration as tables
from app.store.repositories.quick_connects import quick_connects, quick_connects_of_queues
from app.store.repositories.resources import mapped_resources
from app.store.repositories.settings import (
    CALLS_OUT_A_DAY,
    CALLS_OUT_AT_ONCE,
    COUNTRY,
    DESTINATIONS,
    INSTANCE_NAME,
    LISTEN_WITHOUT_RECORDING,
    get_setting,
    instance_id,
)

VERSION_LENGTH = 32


class Configurations:
    """The `Configurations` port."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def current(self) -> Instance:
        """What administrators have set now, kept under its version for as long as a journal may name it."""
        return await self._db.run_durably(_current)

    async def load(self, version: str) -> Instance:
        """The configuration of a version; NotFound when it was never in force here."""
        return await self._db.read(_load, version)


def _current() -> Instance:
    instance = _assembled()
    content = msgspec.json.encode(instance, order="deterministic")
    version = hashlib.sha256(content).hexdigest()[:VERSION_LENGTH]
    row = {"version": version, "content": content.decode(), "created_ms": time.time_ns() // 1_000_000}
    tables.Configuration.insert(**row).on_conflict_ignore().execute()
    return replace(instance, version=version)


def _load(version: str) -> Instance:
    row = tables.Configuration.get_or_none(tables.Configuration.version == version)
    if row is None:
        raise NotFound(what="configuration", name=version)
    return replace(msgspec.json.decode(row.content, type=Instance), version=version)


def _assembled() -> Instance:
    connects = quick_connects_of_queues()
    return Instance(
        version="",
        instance_id=instance_id(),
        name=get_setting(INSTANCE_NAME, "Trunkline"),
        country=get_setting(COUNTRY, "US"),
        hours={hours.hours_id: hours for hours in map(_hours, tables.HoursOfOperation.select())},
        queues={QueueId(row.id): _queue(row, connects.get(row.id, ())) for row in tables.Queue.select()},
        profiles=_profiles(),
        agents={agent.agent_id: agent for agent in map(_agent, tables.Agent.select())},
        statuses=own_statuses() | {status.name: status for status in map(_status, tables.AgentStatus.select())},
        numbers={row.number: OwnedNumber(row.number, FlowId(row.flow_id)) for row in tables.PhoneNumber.select()},
        flows=_flows(),
        quick_connects=quick_connects(),
        default_flows={FlowType(row.type): FlowId(row.flow_id) for row in tables.DefaultFlow.select()},
        listen_without_recording=bool(get_setting(LISTEN_WITHOUT_RECORDING, False)),
        calls_out_at_once=get_setting(CALLS_OUT_AT_ONCE),
        calls_out_a_day=get_setting(CALLS_OUT_A_DAY),
        destinations=tuple(get_setting(DESTINATIONS, ())),
        prompts={key: row.path for row in tables.Prompt.select() for key in (row.name, row.id)},
        resources=mapped_resources(),
    )


def _hours(row: tables.HoursOfOperation) -> Hours:
    return Hours(HoursId(row.id), row.name, row.time_zone, tuple(OpenHours(*span) for span in row.spans))


def _queue(row: tables.Queue, connects: tuple[QuickConnectId, ...]) -> Queue:
    return Queue(
        queue_id=QueueId(row.id),
        name=row.name,
        hours_id=row.hours_id,
        capacity=row.capacity,
        enabled=row.enabled,
        outbound_number=row.outbound_number,
        outbound_name=row.outbound_name,
        outbound_flow_id=FlowId(row.outbound_flow) if row.outbound_flow else None,
        quick_connects=connects,
    )


def _profiles() -> dict[ProfileId, RoutingProfile]:
    entry = tables.RoutingProfileQueue
    served: dict[str, list[ProfileQueue]] = {}
    for row in entry.select().order_by(entry.priority, entry.delay_s, entry.queue):
        served.setdefault(row.profile_id, []).append(ProfileQueue(QueueId(row.queue_id), row.priority, row.delay_s))
    return {
        ProfileId(row.id): RoutingProfile(ProfileId(row.id), row.name, tuple(served.get(row.id, ())))
        for row in tables.RoutingProfile.select()
    }


def _agent(row: tables.Agent) -> Agent:
    return Agent(
        agent_id=AgentId(row.id),
        username=row.username,
        profile_id=ProfileId(row.profile_id),
        phone=softphone_of(row.id) if row.softphone else row.phone_id or "",
        first_name=row.first_name,
        last_name=row.last_name,
        ring_timeout_s=row.ring_timeout_s,
        after_contact_work_s=row.after_contact_work_s,
        available_when_registered=row.available_when_registered,
        missed_return_s=row.missed_return_s,
        auto_accept=row.auto_accept,
        missed_limit=row.missed_limit,
        missed_limit_status=row.missed_limit_status,
        offline_when_lost_s=row.offline_when_lost_s,
        outside_number=row.outside_number,
        desk_phone=row.phone_id or "",
    )


def _status(row: tables.AgentStatus) -> AgentStatus:
    return AgentStatus(row.name, productive=row.productive, enabled=row.enabled, description=row.description)


def _flows() -> dict[FlowId, FlowContent]:
    flow, version = tables.ContactFlow, tables.FlowVersion
    published = (
        version.select(version, flow)
        .join(flow, on=((version.flow == flow.id) & (version.version == flow.published_version)))
        .order_by(flow.id)
    )
    return {
        FlowId(row.flow_id): FlowContent(
            FlowId(row.flow_id), row.version, row.flow.name, FlowType(row.flow.type), row.content
        )
        for row in published
    }
