"""Why a contact still waits, in words and as codes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.domain.agent import Standing
from app.domain.ids import AgentId, ContactId, QueueId, agent_of_queue
from app.routing.estimate import standings
from app.routing.state import Waiting

if TYPE_CHECKING:
    from app.routing.matching import Matching


class Because(StrEnum):
    """What keeps a contact waiting, or where else it is."""

    NOT_WAITING = "not waiting"
    OFFERED = "an agent's phone rings"
    SCHEDULED = "its time has not come"
    NO_QUEUE = "the queue is gone"
    DISABLED = "the queue is disabled"
    NO_PROFILE = "no routing profile has the queue"
    NOBODY_ONLINE = "no agent is online"
    NOBODY_AVAILABLE = "no agent is available"
    DELAY = "a routing profile's delay"
    BEHIND = "others come first"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that keeps the contact waiting; `words` is a clause for people."""

    because: Because
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where a contact stands. `position` is None when it does not wait for an agent now."""

    contact_id: ContactId
    queue_id: QueueId | None
    position: int | None
    waited_ms: int
    reasons: tuple[Reason, ...]

    @property
    def words(self) -> str:
        return "; ".join(reason.words for reason in self.reasons)


WORDS: dict[Standing, str] = {
    Standing.RINGING: "ringing",
    Standing.ON_CONTACT: "on contact",
    Standing.AFTER_CONTACT_WORK: "in after contact work",
    Standing.MISSED: "missed a contact",
    Standing.ERROR: "in error",
    Standing.OUT_OF_REACH: "without a reachable phone or panel",
    Standing.PRODUCTIVE: "in a productive status",
    Standing.NON_PRODUCTIVE: "in a non-productive status",
    Standing.SUPERVISING: "supervising",
}
"""What agents who cannot be offered a contact are doing."""


def explain(routing: "Matching", contact_id: ContactId, now_ms: int) -> Explanation:
    """Everything that keeps the contact waiting now, the strongest first."""
    state = routing.state
    offered, waiting = state.offered.get(contact_id), state.waiting.get(contact_id)
    if offered is not None:
        words = f"{_agent(routing, offered.agent_id)} has been rung for {(now_ms - offered.at_ms) // 1000} s"
        reason = Reason(Because.OFFERED, words)
        return Explanation(contact_id, offered.waiting.queue_id, None, now_ms - offered.waiting.since_ms, (reason,))
    if waiting is None:
        return Explanation(contact_id, None, None, 0, (Reason(Because.NOT_WAITING, "the contact waits in no queue"),))
    waited_ms = now_ms - waiting.since_ms
    if waiting.not_before_ms:
        words = f"it is scheduled and will wait for an agent in {(waiting.not_before_ms - now_ms) // 1000} s"
        return Explanation(contact_id, waiting.queue_id, None, waited_ms, (Reason(Because.SCHEDULED, words),))
    place = routing.orders.queues[waiting.queue_id].serving.rank(waiting.key) + 1
    reasons = (*_of_queue(routing, waiting), *_of_agents(routing, waiting, now_ms), *_of_order(routing, waiting, place))
    return Explanation(contact_id, waiting.queue_id, place, waited_ms, reasons)


def nobody(routing: "Matching", waiting: Waiting, now_ms: int) -> str:
    """Why nobody could be offered the contact at once, in words."""
    return "; ".join(reason.words for reason in _of_agents(routing, waiting, now_ms))


def _of_queue(routing: "Matching", waiting: Waiting) -> list[Reason]:
    queue = routing.instance.queue(waiting.queue_id)
    if queue is None:
        return [Reason(Because.NO_QUEUE, f"the queue {waiting.queue_id} is configured no more")]
    if not queue.enabled:
        words = f"the queue {queue.name} is disabled: those who wait are served, nobody new gets in"
        return [Reason(Because.DISABLED, words)]
    return []


def _of_agents(routing: "Matching", waiting: Waiting, now_ms: int) -> list[Reason]:
    name = routing.name(waiting.queue_id)
    owner = agent_of_queue(waiting.queue_id)
    servers = routing.orders.servers.get(waiting.queue_id, ())
    if owner is None and not servers:
        return [Reason(Because.NO_PROFILE, f"no routing profile has the queue {name}")]
    counts = standings(routing, waiting.queue_id)
    online = sum(counts) - counts[Standing.OFFLINE]
    if not online:
        words = f"{_agent(routing, owner)} is offline" if owner else f"no agent of {name} is online"
        return [Reason(Because.NOBODY_ONLINE, words)]
    if not counts[Standing.AVAILABLE]:
        busy = ", ".join(f"{counts[standing]} {words}" for standing, words in WORDS.items() if counts[standing])
        if owner is None and online > 1:
            return [
                Reason(Because.NOBODY_AVAILABLE, f"none of the {online} agents of {name} online is available: {busy}")
            ]
        who = _agent(routing, owner) if owner else f"the only agent of {name} online"
        return [Reason(Because.NOBODY_AVAILABLE, f"{who} is not available: {busy}")]
    return [
        Reason(
            Because.DELAY,
            f"the routing profile {routing.instance.profiles[profile].name} takes {name} after {delay_s} s: "
            f"in {-(-(delay_s * 1000 - now_ms + waiting.since_ms) // 1000)} s",
        )
        for profile, delay_s in servers
        if routing.orders.idle[profile] and now_ms - waiting.since_ms < delay_s * 1000
    ]


def _of_order(routing: "Matching", waiting: Waiting, place: int) -> list[Reason]:
    if place == 1:
        return []
    serving = routing.orders.queues[waiting.queue_id].serving
    urgent = serving.rank((waiting.priority,))  # type: ignore[arg-type]
    older = place - 1 - urgent
    parts = []
    if urgent:
        parts.append(f"{urgent} of higher priority than {waiting.priority}")
    if older:
        parts.append(f"{older} of the same priority that {'is' if older == 1 else 'are'} older")
    return [Reason(Because.BEHIND, f"{place - 1} before it in the queue: {', '.join(parts)}")]


def _agent(routing: "Matching", agent_id: AgentId | None) -> str:
    agent = routing.instance.agents.get(agent_id) if agent_id else None
    return agent.username if agent else str(agent_id)
