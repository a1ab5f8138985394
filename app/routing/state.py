"""What routing remembers, as plain values, and the orders it is served by."""

from bisect import bisect_left, insort
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from app.domain.agent import OFFLINE, AgentState
from app.domain.ids import AgentId, ContactId, ProfileId, QueueId
from app.domain.instance import Instance, ProfileQueue

NORMAL_PRIORITY = 5
"""A contact's priority in its queue when no block changed it; 1 is served first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact in a queue. It is served by priority, then by `since_ms` (its age), then in order of arrival."""

    contact_id: ContactId
    queue_id: QueueId
    since_ms: int
    serial: int
    priority: int = NORMAL_PRIORITY

    @property
    def key(self) -> tuple[int, int, int, ContactId]:
        return self.priority, self.since_ms, self.serial, self.contact_id


@dataclass(slots=True)
class RoutingState:
    """All that has to survive a restart. The orders below are made from it."""

    agents: dict[AgentId, AgentState] = field(default_factory=dict)
    waiting: dict[ContactId, Waiting] = field(default_factory=dict)
    reachable_phones: set[str] = field(default_factory=set)
    serial: int = 0


class Orders:
    """Sorted views of the state, so that each decision looks at heads only.

    `idle` holds each profile's routable agents, longest available first; `queues` each queue's contacts, next first.
    """

    def __init__(self, state: RoutingState, instance: Instance) -> None:
        self.idle: dict[ProfileId, list[tuple[int, AgentId]]] = {profile: [] for profile in instance.profiles}
        self.queues: dict[QueueId, list[tuple[int, int, int, ContactId]]] = {}
        self.servers: dict[QueueId, list[tuple[ProfileId, ProfileQueue]]] = {}
        self.tiers: dict[ProfileId, list[list[ProfileQueue]]] = {}
        self.phones: dict[str, list[AgentId]] = {}
        self.counts: dict[ProfileId, Counter[str]] = {profile: Counter() for profile in instance.profiles}
        self._profile = {agent.agent_id: agent.profile_id for agent in instance.agents.values()}
        for profile in instance.profiles.values():
            for served in profile.queues:
                self.servers.setdefault(served.queue_id, []).append((profile.profile_id, served))
            priorities = sorted({served.priority for served in profile.queues})
            self.tiers[profile.profile_id] = [[s for s in profile.queues if s.priority == p] for p in priorities]
        for agent in instance.agents.values():
            self.phones.setdefault(agent.phone, []).append(agent.agent_id)
        for state_of_agent in state.agents.values():
            self.agent_changed(None, state_of_agent)
        for waiting in state.waiting.values():
            insort(self.queues.setdefault(waiting.queue_id, []), waiting.key)

    def agent_changed(self, before: AgentState | None, after: AgentState) -> None:
        """Keeps the idle order in step with one agent's change."""
        profile = self._profile.get(after.agent_id, ProfileId(""))
        order = self.idle.get(profile)
        if order is None:
            return
        if before is not None:
            self.counts[profile].subtract(_counted(before))
        self.counts[profile].update(_counted(after))
        if before is not None and before.routable:
            _remove(order, (before.idle_since_ms, before.agent_id))
        if after.routable:
            insort(order, (after.idle_since_ms, after.agent_id))

    def oldest_ms(self, queue_id: QueueId) -> int | None:
        """Since when the contact that has waited longest waits. Looks at the first contact of each priority only."""
        order = self.queues.get(queue_id, [])
        oldest, at = None, 0
        while at < len(order):
            priority, since_ms = order[at][:2]
            oldest = since_ms if oldest is None else min(oldest, since_ms)
            at = bisect_left(order, (priority + 1,))
        return oldest

    def enqueue(self, waiting: Waiting) -> None:
        insort(self.queues.setdefault(waiting.queue_id, []), waiting.key)

    def dequeue(self, waiting: Waiting) -> None:
        _remove(self.queues.get(waiting.queue_id, []), waiting.key)


def _counted(state: AgentState) -> tuple[str, ...]:
    """What an agent counts as."""
    online, staffed, available = state.status != OFFLINE, state.staffed, state.routable
    return tuple(name for name, so in (("online", online), ("staffed", staffed), ("available", available)) if so)


def _remove(order: list[Any], key: tuple[object, ...]) -> None:
    at = bisect_left(order, key)
    if at < len(order) and order[at] == key:
        del order[at]
