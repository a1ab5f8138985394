"""Live figures of a queue, as flows and routing use them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """`agents_online`: signed in with this queue; `agents_staffed`: those able to take contacts (available, on contact or in after
    contact work); `agents_available`: those who can be offered one now; `agents_missed`: those who missed the last one; `agents_non_productive`:
    those in a status of their own, neither Available nor Offline. Ages in milliseconds."""

    contacts_in_queue: int = 0
    oldest_contact_age_ms: int = 0
    agents_online: int = 0
    agents_staffed: int = 0
    agents_available: int = 0
    agents_on_contact: int = 0
    agents_after_contact_work: int = 0
    agents_missed: int = 0
    agents_non_productive: int = 0
