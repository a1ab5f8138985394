"""Live figures of a queue, as flows, routing and people use them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """One queue now. Ages and waits are milliseconds; agents are counted when their routing profile has the queue.

    `agents_online`: any status but Offline. `agents_staffed`: able to take contacts (available, ringing, on contact or in after
    contact work). `agents_available`: can be offered one now. `agents_non_productive`: in a custom status that is not productive.
    `agents_error`: a contact could not reach them, or they are available and their phone is lost.
    """

    contacts_in_queue: int = 0
    oldest_contact_age_ms: int = 0
    agents_online: int = 0
    agents_staffed: int = 0
    agents_available: int = 0
    agents_on_contact: int = 0
    agents_after_contact_work: int = 0
    agents_missed: int = 0
    agents_non_productive: int = 0
    agents_error: int = 0
    contacts_scheduled: int = 0
    """Callbacks that wait for their time."""
    position: int = 1
    """The place in the queue of the contact that asks, or the place it would get; 1 is next."""
    estimated_wait_ms: int | None = None
    """How long the contact that asks will wait from now on; None when too little is known to say."""
    newcomer_wait_ms: int | None = None
    """How long somebody would wait who came now, behind everybody; None when too little is known to say."""
