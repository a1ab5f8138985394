"""What supervisors and administrators ask about live contacts, agents and queues."""

from dataclasses import dataclass

from app.domain.call_control import Supervision


@dataclass(frozen=True, slots=True)
class Supervise:
    """Rings the supervisor's phone to take part in a live contact: listen (nobody hears them), whisper (the agent does) or barge
    (everybody does); asked again it changes how. `phone` names a SIP phone; an agent's own when it is left out. Possible only where
    the contact is recorded, unless the setting `listen_without_recording` lifts that."""

    contact_id: str
    mode: Supervision
    phone: str = ""


@dataclass(frozen=True, slots=True)
class StopSupervising:
    """Leaves a contact that is being supervised. The call goes on."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class ListContacts:
    """Lists every contact that goes on now, oldest first."""


@dataclass(frozen=True, slots=True)
class ReadContact:
    """Shows a contact that goes on now, with everybody who takes part."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class ExplainContact:
    """Tells why a contact went to its agent, or why it still waits."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class ListQueues:
    """Lists every queue with its live figures."""


@dataclass(frozen=True, slots=True)
class ListAudit:
    """Lists who did what to what, newest first; of one contact, agent or other target when `target` is given, of one user with `by`."""

    limit: int = 100
    target: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ReadWaiting:
    """Tells why a live contact still waits for an agent, its place, and how long it will wait."""

    contact_id: str
