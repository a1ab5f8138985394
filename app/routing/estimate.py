"""What can be said of a queue now: its figures, a contact's place, and how long it will wait. The method is told in docs/routing.md."""

from typing import TYPE_CHECKING

from app.domain.agent import Standing
from app.domain.contact import Contact
from app.domain.figures import QueueFigures
from app.domain.ids import ContactId, QueueId, agent_of_queue
from app.routing.state import NORMAL_PRIORITY, Offered, RoutingState, Served

if TYPE_CHECKING:
    from app.routing.matching import Matching

SAMPLES_KEPT = 20
SAMPLES_NEEDED = 3
SAMPLES_AGE_MS = 3_600_000
LAST = 1 << 62

_STAFFED = (
    Standing.AVAILABLE,
    Standing.RINGING,
    Standing.ON_CONTACT,
    Standing.AFTER_CONTACT_WORK,
)


def figures(routing: "Matching", queue_id: QueueId, now_ms: int, contact: Contact | None = None) -> QueueFigures:
    """Counts come from counters; nobody is looked at one by one."""
    counts = standings(routing, queue_id)
    order = routing.orders.queues.get(queue_id)
    oldest_ms = order.oldest_ms() if order else None
    place = position(routing, queue_id, now_ms, contact)
    available, staffed = counts[Standing.AVAILABLE], sum(counts[standing] for standing in _STAFFED)
    size = len(order) if order else 0
    return QueueFigures(
        contacts_in_queue=size,
        oldest_contact_age_ms=0 if oldest_ms is None else max(0, now_ms - oldest_ms),
        agents_online=sum(counts) - counts[Standing.OFFLINE],
        agents_staffed=staffed,
        agents_available=available,
        agents_on_contact=counts[Standing.ON_CONTACT],
        agents_after_contact_work=counts[Standing.AFTER_CONTACT_WORK],
        agents_missed=counts[Standing.MISSED],
        agents_non_productive=counts[Standing.NON_PRODUCTIVE],
        agents_error=counts[Standing.ERROR] + counts[Standing.OUT_OF_REACH],
        contacts_scheduled=len(routing.orders.scheduled.get(queue_id, ())),
        position=place,
        estimated_wait_ms=_estimated_wait_ms(routing.state, queue_id, now_ms, place, available, staffed),
        newcomer_wait_ms=_estimated_wait_ms(routing.state, queue_id, now_ms, size + 1, available, staffed),
    )


def standings(routing: "Matching", queue_id: QueueId) -> tuple[int, ...]:
    """How many agents who serve the queue are in each standing."""
    owner = agent_of_queue(queue_id)
    if owner is None:
        return routing.orders.standings(queue_id)
    standing = routing.orders.standing(owner)
    return tuple(int(each is standing) for each in Standing)


def position(routing: "Matching", queue_id: QueueId, now_ms: int, contact: Contact | None = None) -> int:
    """The contact's place in the queue, or the place it would get; 1 is next. A scheduled contact's is that of its age."""
    order = routing.orders.queues.get(queue_id)
    if order is None:
        return 1
    waiting = routing.state.waiting.get(contact.contact_id) if contact else None
    if waiting is not None and waiting.queue_id == queue_id:
        return order.serving.rank(waiting.key) + 1
    priority, offset_s = (contact.priority, contact.age_offset_s) if contact else (NORMAL_PRIORITY, 0)
    return order.serving.rank((priority, now_ms - offset_s * 1000, LAST, ContactId(""))) + 1


def served(state: RoutingState, offered: Offered, now_ms: int) -> None:
    """A contact of the queue was answered. Its spacing counts only when it had to wait: else nobody stood in line."""
    waiting = offered.waiting
    samples = state.served.setdefault(waiting.queue_id, [])
    begun_ms = max(waiting.since_ms, samples[-1].at_ms) if samples else waiting.since_ms
    if samples and samples[-1].spacing_ms is None:
        samples.pop()
    waited = offered.at_ms > waiting.since_ms
    samples.append(Served(now_ms, now_ms - begun_ms if waited else None))
    if len(samples) - (not waited) > SAMPLES_KEPT:
        del samples[0]


def _estimated_wait_ms(
    state: RoutingState, queue_id: QueueId, now_ms: int, place: int, available: int, staffed: int
) -> int | None:
    if place <= available:
        return 0
    if not staffed:
        return None
    samples = state.served.get(queue_id, ())
    recent = [s.spacing_ms for s in samples if s.spacing_ms is not None and now_ms - s.at_ms <= SAMPLES_AGE_MS]
    if len(recent) < SAMPLES_NEEDED:
        return None
    return place * sum(recent) // len(recent)
