"""Sorted views of the state, so that each decision looks at heads only."""

from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from struct import Struct

from app.domain.agent import AgentState, Standing
from app.domain.ids import AgentId, ContactId, ProfileId, QueueId, agent_queue
from app.domain.instance import Instance, ProfileQueue, StatusType
from app.routing.ordered import SortedKeys
from app.routing.state import Key, RoutingState, Waiting

Age = tuple[int, int, ContactId]
IdleKey = tuple[int, AgentId]

WIDTH = 32
"""Bits of one count in a packed row of counts: one addition then sums the rows of many profiles."""
ROW = Struct(f"<{len(Standing)}I")


class Delayed:
    """The contacts of a queue that have waited one delay of a routing profile, next first; the younger ones by when they will have."""

    __slots__ = ("delay_ms", "ready", "seen_ms", "young")

    def __init__(self, delay_s: int) -> None:
        self.delay_ms = delay_s * 1000
        self.ready: SortedKeys[Key] = SortedKeys()
        self.seen_ms = -1
        """Contacts that wait since this moment or longer stand in `ready`."""
        self.young: list[Age] = []
        """A heap; who has left the queue stays in it until they come to its head."""


class QueueOrder:
    """One queue's contacts: `serving` next first, one order more for each delay, and a heap that knows who waits longest."""

    __slots__ = ("_ages", "_delayed", "_waiting", "serving")

    def __init__(self, waiting: dict[ContactId, Waiting], delays: Iterable[int]) -> None:
        self.serving: SortedKeys[Key] = SortedKeys()
        self._waiting = waiting
        self._ages: list[Age] = []
        self._delayed = {delay_s: Delayed(delay_s) for delay_s in sorted(delays) if delay_s}

    def __len__(self) -> int:
        return len(self.serving)

    def add(self, waiting: Waiting) -> None:
        """A contact that is new in the queue. It stands in `waiting` already."""
        key = waiting.key
        age = (waiting.since_ms, waiting.serial, waiting.contact_id)
        self.serving.add(key)
        if len(self._ages) > 2 * len(self.serving) + 64:
            self._ages = [each for each in self._ages if self._waits(each)]
            heapify(self._ages)
        heappush(self._ages, age)
        for delayed in self._delayed.values():
            if waiting.since_ms <= delayed.seen_ms:
                delayed.ready.add(key)
            else:
                heappush(delayed.young, age)

    def remove(self, waiting: Waiting) -> None:
        key = waiting.key
        self.serving.remove(key)
        for delayed in self._delayed.values():
            if waiting.since_ms <= delayed.seen_ms:
                delayed.ready.remove(key)

    def change(self, before: Waiting, after: Waiting) -> None:
        """The same contact, as old as it was, has another place."""
        self.serving.remove(before.key)
        self.serving.add(after.key)
        for delayed in self._delayed.values():
            if after.since_ms <= delayed.seen_ms:
                delayed.ready.remove(before.key)
                delayed.ready.add(after.key)

    def next(self, delay_s: int, now_ms: int) -> Key | None:
        """The first contact that has waited the delay. Each contact passes from the young to the ready once."""
        if not delay_s:
            return self.serving.first()
        delayed = self._delayed.get(delay_s)
        if delayed is None:
            return None
        until_ms = now_ms - delayed.delay_ms
        if until_ms > delayed.seen_ms:
            delayed.seen_ms = until_ms
            young = delayed.young
            while young and young[0][0] <= until_ms:
                age = heappop(young)
                if self._waits(age):
                    delayed.ready.add(self._waiting[age[2]].key)
        return delayed.ready.first()

    def due_ms(self, delay_s: int, now_ms: int) -> int | None:
        """When the next contact will have waited the delay: now when one has and is still here; None when nobody waits for it."""
        ready = self.next(delay_s, now_ms)
        delayed = self._delayed.get(delay_s)
        if delayed is not None and ready is not None:
            return now_ms
        if delayed is None or not self._first_of(delayed.young):
            return None
        return delayed.young[0][0] + delayed.delay_ms

    def oldest_ms(self) -> int | None:
        """Since when the contact that has waited longest waits."""
        return self._ages[0][0] if self._first_of(self._ages) else None

    def _first_of(self, heap: list[Age]) -> bool:
        """Clears away who has left from the head; False when nobody remains."""
        while heap and not self._waits(heap[0]):
            heappop(heap)
        return bool(heap)

    def _waits(self, age: Age) -> bool:
        waiting = self._waiting.get(age[2])
        return waiting is not None and waiting.serial == age[1]


class Place:
    """Where one agent stands in the orders."""

    __slots__ = ("idle", "idle_key", "profile", "standing")

    def __init__(self, profile: ProfileId, idle: SortedKeys[IdleKey]) -> None:
        self.profile = profile
        self.idle = idle
        self.standing: Standing | None = None
        self.idle_key: IdleKey | None = None


class Orders:
    """`idle` holds each profile's routable agents, longest available first."""

    def __init__(self, state: RoutingState, instance: Instance) -> None:
        self.idle: dict[ProfileId, SortedKeys[IdleKey]] = {profile: SortedKeys() for profile in instance.profiles}
        self.queues: dict[QueueId, QueueOrder] = {}
        self.scheduled: dict[QueueId, SortedKeys[Age]] = {}
        self.servers: dict[QueueId, list[tuple[ProfileId, int]]] = {}
        """Which profiles serve a queue, and after how many seconds of waiting."""
        self.tiers: dict[ProfileId, list[list[ProfileQueue]]] = {}
        """A profile's queues, those of equal priority together, the most urgent first."""
        self.phones: dict[str, list[AgentId]] = {}
        self.own_queue: dict[AgentId, QueueId] = {agent: agent_queue(agent) for agent in instance.agents}
        self._waiting = state.waiting
        self._counts: dict[ProfileId, int] = dict.fromkeys(instance.profiles, 0)
        """What each profile's agents count as, one number of WIDTH bits for each standing."""
        self._places = {
            agent.agent_id: Place(agent.profile_id, self.idle[agent.profile_id])
            for agent in instance.agents.values()
            if agent.profile_id in self.idle
        }
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
        place = self._places.get(state.agent_id)
        if place is None:
            return
        before, after = place.standing, state.standing(self._productive)
        if before is not after:
            change = 1 << after * WIDTH
            if before is not None:
                change -= 1 << before * WIDTH
            self._counts[place.profile] += change
            place.standing = after
        if place.idle_key is not None:
            if after is Standing.AVAILABLE and place.idle_key[0] == state.idle_since_ms:
                return
            place.idle.remove(place.idle_key)
            place.idle_key = None
        if after is Standing.AVAILABLE:
            place.idle_key = (state.idle_since_ms, state.agent_id)
            place.idle.add(place.idle_key)

    def standing(self, agent_id: AgentId) -> Standing | None:
        """What an agent counts as now."""
        place = self._places.get(agent_id)
        return place.standing if place else None

    def standings(self, queue_id: QueueId) -> tuple[int, ...]:
        """How many of the agents who serve a shared queue are in each standing."""
        packed = 0
        for profile, _ in self.servers.get(queue_id, ()):
            packed += self._counts[profile]
        return ROW.unpack(packed.to_bytes(ROW.size, "little"))

    def add(self, waiting: Waiting) -> None:
        if waiting.not_before_ms:
            self.scheduled.setdefault(waiting.queue_id, SortedKeys()).add(_scheduled_key(waiting))
        else:
            self._queue(waiting.queue_id).add(waiting)

    def change(self, before: Waiting, after: Waiting) -> None:
        """The same contact has another priority or age."""
        if not after.not_before_ms:
            self.queues[after.queue_id].change(before, after)

    def remove(self, waiting: Waiting) -> None:
        if waiting.not_before_ms:
            self.scheduled[waiting.queue_id].remove(_scheduled_key(waiting))
        else:
            self.queues[waiting.queue_id].remove(waiting)

    def _queue(self, queue_id: QueueId) -> QueueOrder:
        order = self.queues.get(queue_id)
        if order is None:
            delays = {delay_s for _, delay_s in self.servers.get(queue_id, ())}
            order = self.queues[queue_id] = QueueOrder(self._waiting, delays)
        return order


def _scheduled_key(waiting: Waiting) -> Age:
    return waiting.not_before_ms, waiting.serial, waiting.contact_id
