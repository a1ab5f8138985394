"""An agent's working state: what they chose (status) and what a contact makes of them (activity)."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.ids import AgentId, ContactId
from app.errors import ImpossibleTransition

AVAILABLE = "Available"
OFFLINE = "Offline"


class Activity(StrEnum):
    """What a contact makes an agent do."""

    IDLE = "idle"
    RINGING = "ringing"
    ON_CONTACT = "on contact"
    AFTER_CONTACT_WORK = "after contact work"
    MISSED = "missed"
    ERROR = "error"


class AgentTrigger(StrEnum):
    """What moves an agent from one activity to the next."""

    OFFERED = "offered a contact"
    ANSWERED = "answered"
    RANG_OUT = "rang out"
    DECLINED = "declined"
    UNREACHABLE = "phone unreachable"
    CALLER_GONE = "caller gone first"
    CONTACT_ENDED = "contact ended"
    WORK_DONE = "after contact work done"
    RESET = "chose a status"


TRANSITIONS: dict[tuple[Activity, AgentTrigger], Activity] = {
    (Activity.IDLE, AgentTrigger.OFFERED): Activity.RINGING,
    (Activity.RINGING, AgentTrigger.ANSWERED): Activity.ON_CONTACT,
    (Activity.RINGING, AgentTrigger.RANG_OUT): Activity.MISSED,
    (Activity.RINGING, AgentTrigger.DECLINED): Activity.MISSED,
    (Activity.RINGING, AgentTrigger.UNREACHABLE): Activity.ERROR,
    (Activity.RINGING, AgentTrigger.CALLER_GONE): Activity.IDLE,
    (Activity.ON_CONTACT, AgentTrigger.CONTACT_ENDED): Activity.AFTER_CONTACT_WORK,
    (Activity.AFTER_CONTACT_WORK, AgentTrigger.WORK_DONE): Activity.IDLE,
    (Activity.AFTER_CONTACT_WORK, AgentTrigger.RESET): Activity.IDLE,
    (Activity.MISSED, AgentTrigger.RESET): Activity.IDLE,
    (Activity.ERROR, AgentTrigger.RESET): Activity.IDLE,
    (Activity.IDLE, AgentTrigger.RESET): Activity.IDLE,
}
"""Every move there is. What is missing is an error."""


def next_activity(activity: Activity, trigger: AgentTrigger) -> Activity:
    """The activity that follows; ImpossibleTransition when the table has none."""
    following = TRANSITIONS.get((activity, trigger))
    if following is None:
        raise ImpossibleTransition(machine="agent", state=activity.value, event=trigger.value)
    return following


@dataclass(frozen=True, slots=True)
class AgentState:
    """One agent now. `since_ms` is when status or activity last changed; `idle_since_ms` orders the longest available."""

    agent_id: AgentId
    status: str = OFFLINE
    activity: Activity = Activity.IDLE
    since_ms: int = 0
    idle_since_ms: int = 0
    contact_id: ContactId | None = None
    reason: str = ""
    next_status: str | None = None
    """Chosen while on a contact; holds once the contact is done."""
    phone_reachable: bool = False

    @property
    def routable(self) -> bool:
        """True when the agent can be offered a contact."""
        return self.status == AVAILABLE and self.activity is Activity.IDLE and self.phone_reachable

    @property
    def staffed(self) -> bool:
        """True when the agent takes contacts: available, on a contact or in after contact work."""
        return self.status == AVAILABLE and self.activity not in (Activity.MISSED, Activity.ERROR)
