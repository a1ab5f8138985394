"""What routing remembers, as plain values: all that has to survive a restart. The orders it is served by are made from it."""

from dataclasses import dataclass, field, fields, replace
from operator import attrgetter

from app.domain.agent import AgentState
from app.domain.ids import AgentId, ContactId, QueueId
from app.domain.instance import Agent, Instance
from app.domain.phone import why_not_called

NORMAL_PRIORITY = 5
"""A contact's priority in its queue when no block changed it; 1 is served first."""

_VALUES = attrgetter(*(each.name for each in fields(AgentState)))

Key = tuple[int, int, int, ContactId]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact in a queue. It is served by priority, then by its age with what a flow added to it, then in order of arrival."""

    contact_id: ContactId
    queue_id: QueueId
    since_ms: int
    serial: int
    priority: int = NORMAL_PRIORITY
    age_offset_s: int = 0
    not_before_ms: int = 0
    """A callback waits for its time: before, it is scheduled and nobody is offered it."""

    @property
    def key(self) -> Key:
        """Sorts the contacts of one queue: the smallest is next."""
        return self.priority, self.since_ms - self.age_offset_s * 1000, self.serial, self.contact_id


@dataclass(frozen=True, slots=True)
class Offered:
    """A contact whose agent's phone rings. `waiting` is the place it came from."""

    waiting: Waiting
    agent_id: AgentId
    at_ms: int


@dataclass(frozen=True, slots=True)
class Served:
    """One contact of a queue was answered: `spacing_ms`: for how long somebody had waited and nobody was answered.

    It is None when the contact did not have to wait.
    """

    at_ms: int
    spacing_ms: int | None


@dataclass(slots=True)
class RoutingState:
    agents: dict[AgentId, AgentState] = field(default_factory=dict)
    waiting: dict[ContactId, Waiting] = field(default_factory=dict)
    offered: dict[ContactId, Offered] = field(default_factory=dict)
    served: dict[QueueId, list[Served]] = field(default_factory=dict)
    """The newest answers of each queue, oldest first: what the estimated wait is made of."""
    reachable_phones: set[str] = field(default_factory=set)
    serial: int = 0

    def copy(self) -> "RoutingState":
        """The state as it is now: it shares only what nobody changes."""
        return replace(
            self,
            agents={agent_id: AgentState(*_VALUES(agent)) for agent_id, agent in self.agents.items()},
            waiting=self.waiting.copy(),
            offered=self.offered.copy(),
            served={queue_id: samples.copy() for queue_id, samples in self.served.items()},
            reachable_phones=self.reachable_phones.copy(),
        )

    def reaches(self, agent: Agent, instance: Instance) -> bool:
        """True when the agent can be rung: their phone is registered, or they take calls at an outside number that may be called."""
        if agent.outside_number:
            return not why_not_called(agent.outside_number, instance.country, instance.destinations)
        return agent.phone in self.reachable_phones
