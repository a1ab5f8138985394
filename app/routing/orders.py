"""Sorted views of the state, so that each decision looks at heads only."""

from collections.abc import Iterable

from app.domain.agent import AgentState, Standing
from app.domain.ids import AgentId, ContactId, ProfileId, QueueId, agent_queue
from app.domain.instance import Instance, ProfileQueue, StatusType
from app.routing.ordered import SortedKeys
from app.routing.state import Key, RoutingState, Waiting

Age = tuple[int, int, ContactId]
IdleKey = tuple[int, AgentId]


class Delayed:
    """The contacts of a queue that have waited one delay of a routing profile, next first."""

    __slots__ = ("delay_ms", "ready", "seen_ms")

    def __init__(self, delay_s: int) -> None:
        self.delay_ms = delay_s * 1000
        self.ready: SortedKeys[Key] = SortedKeys()
        self.seen_ms = -1
        """Contacts that wait since this moment or longer stand in `ready`."""


class QueueOrder:
    """One queue's contacts: `serving` next first, `ages` longest waiting first, and one order more for each delay."""

    __slots__ = ("ages", "delayed", "serving")

    def __init__(self, delays: Iterable[int]) -> None:
        self.serving: SortedKeys[Key] = SortedKeys()
        self.ages: SortedKeys[Age] = SortedKeys()
        self.delayed = {delay_s: Delayed(delay_s) for delay_s in delays if delay_s}

    def __len__(self) -> int:
        return len(self.serving)

    def add(self, waiting: Waiting) -> None:
        key = waiting.key
        self.serving.add(key)
        self.ages.add((waiting.since_ms, waiting.serial, waiting.contact_id))
        for delayed in self.delayed.values():
            if waiting.since_ms <= delayed.seen_ms:
                delayed.ready.add(key)

    def remove(self, waiting: Waiting) -> None:
        key = waiting.key
        self.serving.remove(key)
        self.ages.remove((waiting.since_ms, waiting.serial, waiting.contact_id))
        for delayed in self.delayed.values():
            if waiting.since_ms <= delayed.seen_ms:
                delayed.ready.remove(key)

    def next(self, delay_s: int, now_ms: int, waiting: dict[ContactId, Waiting]) -> Key | None:
        """The first contact that has waited the delay. Each contact passes from the young to the ready once."""
        if not delay_s:
            return self.serving.first()
        delayed = self.delayed[delay_s]
        until_ms = now_ms - delayed.delay_ms
        if until_ms > delayed.seen_ms:
            for since_ms, _, contact_id in self.ages.following((delayed.seen_ms + 1,)):
                if since_ms > until_ms:
                    break
                delayed.ready.add(waiting[contact_id].key)
            delayed.seen_ms = until_ms
        return delayed.ready.first()

    def due_ms(self, delay_s: int, now_ms: int) -> int | None:
        """When the next contact will have waited the delay; None when all of them have."""
        for since_ms, _, _ in self.ages.following((now_ms - delay_s * 1000 + 1,)):
            return since_ms + delay_s * 1000
        return None

    def oldest_ms(self) -> int | None:
        """Since when the contact that has waited longest waits."""
        oldest = self.ages.first()
        return oldest[0] if oldest else None


class Orders:
    """`idle` holds each profile's routable agents, longest available first; `counts` what each profile's agents count as."""

    def __init__(self, state: RoutingState, instance: Instance) -> None:
        self.idle: dict[ProfileId, SortedKeys[IdleKey]] = {profile: SortedKeys() for profile in instance.profiles}
        self.counts: dict[ProfileId, list[int]] = {profile: [0] * len(Standing) for profile in instance.profiles}
        self.queues: dict[QueueId, QueueOrder] = {}
        self.scheduled: dict[QueueId, SortedKeys[Age]] = {}
        self.servers: dict[QueueId, list[tuple[ProfileId, int]]] = {}
        """Which profiles serve a queue, and after how many seconds of waiting."""
        self.tiers: dict[ProfileId, list[list[ProfileQueue]]] = {}
        """A profile's queues, those of equal priority together, the most urgent first."""
        self.phones: dict[str, list[AgentId]] = {}
        self.own_queue: dict[AgentId, QueueId] = {agent: agent_queue(agent) for agent in instance.agents}
        self._profile = {agent.agent_id: agent.profile_id for agent in instance.agents.values()}
        self._standings: dict[AgentId, Standing] = {}
        self._idle_keys: dict[AgentId, IdleKey] = {}
        self._productive = frozenset(
            status.name
            for status in instance.statuses.values()
            if status.productive and status.type is StatusType.CUSTOM
        )
        for profile in instance.profiles.values():
            for served in profile.queues:
                self.servers.setdefault(served.queue_id, []).append((profile.profile_id, served.delay_s))
            priorities = sorted({served.priority for served in profile.queues})
            self.tiers[profile.profile_id] = [[s for s in profile.queues if s.priority == p] for p in priorities]
        for agent in instance.agents.values():
            self.phones.setdefault(agent.phone, []).append(agent.agent_id)
        for state_of_agent in state.agents.values():
            self.agent_changed(state_of_agent)
        for waiting in state.waiting.values():
            self.add(waiting)

    def agent_changed(self, state: AgentState) -> None:
        """Keeps the idle order and the counts in step with one agent's change."""
        agent_id = state.agent_id
        profile = self._profile.get(agent_id)
        counts = self.counts.get(profile) if profile is not None else None
        if profile is None or counts is None:
            return
        before, after = self._standings.get(agent_id), state.standing(self._productive)
        if before is not after:
            if before is not None:
                counts[before] -= 1
            counts[after] += 1
            self._standings[agent_id] = after
        idle_key = self._idle_keys.get(agent_id)
        if after is Standing.AVAILABLE:
            if idle_key is None or idle_key[0] != state.idle_since_ms:
                if idle_key is not None:
                    self.idle[profile].remove(idle_key)
                self._idle_keys[agent_id] = key = (state.idle_since_ms, agent_id)
                self.idle[profile].add(key)
        elif idle_key is not None:
            self.idle[profile].remove(self._idle_keys.pop(agent_id))

    def standing(self, agent_id: AgentId) -> Standing | None:
        """What an agent counts as now."""
        return self._standings.get(agent_id)

    def standings(self, queue_id: QueueId) -> list[int]:
        """How many of the agents who serve a shared queue are in each standing."""
        counts = [self.counts[profile] for profile, _ in self.servers.get(queue_id, ())]
        return [sum(each) for each in zip(*counts, strict=True)] if counts else [0] * len(Standing)

    def add(self, waiting: Waiting) -> None:
        if waiting.not_before_ms:
            self.scheduled.setdefault(waiting.queue_id, SortedKeys()).add(_scheduled_key(waiting))
        else:
            self._queue(waiting.queue_id).add(waiting)

    def remove(self, waiting: Waiting) -> None:
        if waiting.not_before_ms:
            self.scheduled[waiting.queue_id].remove(_scheduled_key(waiting))
        else:
            self.queues[waiting.queue_id].remove(waiting)

    def _queue(self, queue_id: QueueId) -> QueueOrder:
        order = self.queues.get(queue_id)
        if order is None:
            order = self.queues[queue_id] = QueueOrder({delay_s for _, delay_s in self.servers.get(queue_id, ())})
        return order


def _scheduled_key(waiting: Waiting) -> Age:
    return waiting.not_before_ms, waiting.serial, waiting.contact_id
