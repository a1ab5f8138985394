"""What administrators set: hours, queues, routing profiles, agents, numbers and prompts.

Each `save` writes a value under its id, new or changed. BadInput: a name that is taken, or something that does not exist.
Each `delete` raises NotFound for what is not there and BadInput for what is still in use.
"""

from dataclasses import dataclass

from app.domain.ids import FlowId
from app.domain.instance import Agent, AgentStatus, FlowType, Hours, OwnedNumber, Queue, RoutingProfile, own_statuses
from app.domain.lines import softphone_of
from app.errors import BadInput, NotFound
from app.store.db import Database
from app.store.models import configuration as tables
from app.store.repositories.rows import remove, upsert


@dataclass(frozen=True, slots=True)
class NumberDetails:
    """A telephone number of the instance with what administrators note on it."""

    number: str
    flow_id: FlowId
    trunk: str | None = None
    description: str = ""


class Administration:
    """Writes the instance's configuration; `Configurations.current` reads it whole."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def save_hours(self, hours: Hours) -> None:
        await self._db.run(_save_hours, hours)

    async def delete_hours(self, hours_id: str) -> None:
        await self._db.run(remove, tables.HoursOfOperation, hours_id, "hours of operation")

    async def save_queue(self, queue: Queue) -> None:
        await self._db.run(_save_queue, queue)

    async def delete_queue(self, queue_id: str) -> None:
        await self._db.run(remove, tables.Queue, queue_id, "queue")

    async def save_profile(self, profile: RoutingProfile) -> None:
        await self._db.run(_save_profile, profile)

    async def delete_profile(self, profile_id: str) -> None:
        await self._db.run(remove, tables.RoutingProfile, profile_id, "routing profile")

    async def save_agent(self, agent: Agent) -> None:
        await self._db.run(_save_agent, agent)

    async def choose(self, agent_id: str, phone: str, number: str) -> None:
        """The `AgentPhones` port. The desk phone is remembered while the browser or an outside number rings in its place."""
        await self._db.run(_choose_phone, agent_id, phone, number)

    async def delete_agent(self, agent_id: str) -> None:
        await self._db.run(remove, tables.Agent, agent_id, "agent")

    async def save_status(self, status: AgentStatus) -> None:
        """A custom status. BadInput for the name of one that every instance has."""
        if status.name in own_statuses():
            raise BadInput(what=f"The status {status.name}", why="every instance has it as it is; choose another name")
        await self._db.run(_save_status, status)

    async def delete_status(self, name: str) -> None:
        await self._db.run(remove, tables.AgentStatus, name, "custom status")

    async def save_number(self, number: OwnedNumber, trunk: str | None = None, description: str = "") -> None:
        """`trunk` names the trunk the number comes in by, when only that one may bring it."""
        await self._db.run(_save_number, number, trunk, description)

    async def numbers(self) -> tuple[NumberDetails, ...]:
        return await self._db.read(_numbers)

    async def delete_number(self, number: str) -> None:
        await self._db.run(remove, tables.PhoneNumber, number, "telephone number")

    async def save_prompt(self, prompt_id: str, name: str, path: str, description: str = "") -> None:
        """`path` is an 8 kHz WAV."""
        values = {"name": name, "path": path, "description": description}
        await self._db.run(upsert, tables.Prompt, {"id": prompt_id}, values)

    async def delete_prompt(self, prompt_id: str) -> None:
        await self._db.run(remove, tables.Prompt, prompt_id, "prompt")

    async def set_default_flow(self, flow_type: FlowType, flow_id: str) -> None:
        """The flow that runs where a contact has none of its own."""
        await self._db.run(upsert, tables.DefaultFlow, {"type": flow_type.value}, {"flow": flow_id})


def _save_hours(hours: Hours) -> None:
    spans = [[span.weekday, span.start_minute, span.end_minute] for span in hours.spans]
    values = {"name": hours.name, "time_zone": hours.time_zone, "spans": spans}
    upsert(tables.HoursOfOperation, {"id": hours.hours_id}, values)


def _save_queue(queue: Queue) -> None:
    values = {
        "name": queue.name,
        "hours": queue.hours_id,
        "capacity": queue.capacity,
        "enabled": queue.enabled,
        "outbound_number": queue.outbound_number,
        "outbound_name": queue.outbound_name,
        "outbound_flow": queue.outbound_flow_id,
    }
    upsert(tables.Queue, {"id": queue.queue_id}, values)


def _save_profile(profile: RoutingProfile) -> None:
    served = tables.RoutingProfileQueue
    upsert(tables.RoutingProfile, {"id": profile.profile_id}, {"name": profile.name})
    served.delete().where(served.profile == profile.profile_id).execute()
    for entry in profile.queues:
        served.insert(
            profile=profile.profile_id, queue=entry.queue_id, priority=entry.priority, delay_s=entry.delay_s
        ).execute()


def _save_agent(agent: Agent) -> None:
    softphone = agent.phone == softphone_of(agent.agent_id)
    values = {
        "username": agent.username,
        "profile": agent.profile_id,
        "phone": (agent.desk_phone if softphone else agent.phone) or None,
        "softphone": softphone,
        "first_name": agent.first_name,
        "last_name": agent.last_name,
        "ring_timeout_s": agent.ring_timeout_s,
        "after_contact_work_s": agent.after_contact_work_s,
        "available_when_registered": agent.available_when_registered,
        "missed_return_s": agent.missed_return_s,
        "auto_accept": agent.auto_accept,
        "missed_limit": agent.missed_limit,
        "missed_limit_status": agent.missed_limit_status,
        "offline_when_lost_s": agent.offline_when_lost_s,
        "outside_number": agent.outside_number,
    }
    upsert(tables.Agent, {"id": agent.agent_id}, values)


def _choose_phone(agent_id: str, phone: str, number: str) -> None:
    softphone = phone == softphone_of(agent_id)
    changes: dict[str, object] = {"outside_number": number}
    if not number:
        changes |= {"softphone": True} if softphone else {"softphone": False, "phone": phone}
    if phone and not softphone and tables.Phone.get_or_none(tables.Phone.name == phone) is None:
        raise NotFound(what="phone", name=phone)
    if not tables.Agent.update(**changes).where(tables.Agent.id == agent_id).execute():
        raise NotFound(what="agent", name=agent_id)


def _save_status(status: AgentStatus) -> None:
    values = {"productive": status.productive, "enabled": status.enabled, "description": status.description}
    upsert(tables.AgentStatus, {"name": status.name}, values)


def _save_number(number: OwnedNumber, trunk: str | None, description: str) -> None:
    values = {"flow": number.flow_id, "trunk": trunk, "description": description}
    upsert(tables.PhoneNumber, {"number": number.number}, values)


def _numbers() -> tuple[NumberDetails, ...]:
    rows = tables.PhoneNumber.select().order_by(tables.PhoneNumber.number)
    return tuple(NumberDetails(row.number, FlowId(row.flow_id), row.trunk_id, row.description) for row in rows)
