"""An agent's working state: what they chose (status) and what a contact makes of them (activity)."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

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
    SUPERVISING = "supervising"
    """Listens in to somebody else's contact: the phone is in use, and no contact is offered."""


class Panel(StrEnum):
    """The agent's panel in a browser, as far as it is watched."""

    NONE = "none"
    """Never opened: the agent works without one."""
    OPEN = "open"
    CLOSED = "closed"
    """Closed a moment ago: it may only be loaded again."""
    LOST = "lost"


class AgentTrigger(StrEnum):
    """What moves an agent from one activity to the next."""

    OFFERED = "offered a contact"
    DIALLED = "dialled"
    ANSWERED = "answered"
    RANG_OUT = "rang out"
    DECLINED = "declined"
    UNREACHABLE = "phone unreachable"
    CALLER_GONE = "caller gone first"
    CONTACT_ENDED = "contact ended"
    WORK_DONE = "after contact work done"
    RESET = "chose a status"
    SUPERVISES = "listens in"
    SUPERVISED = "listened in"


TRANSITIONS: dict[tuple[Activity, AgentTrigger], Activity] = {
    (Activity.IDLE, AgentTrigger.OFFERED): Activity.RINGING,
    (Activity.IDLE, AgentTrigger.DIALLED): Activity.ON_CONTACT,
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
    (Activity.IDLE, AgentTrigger.SUPERVISES): Activity.SUPERVISING,
    (Activity.SUPERVISING, AgentTrigger.SUPERVISED): Activity.IDLE,
    (Activity.SUPERVISING, AgentTrigger.OFFERED): Activity.RINGING,
    (Activity.SUPERVISING, AgentTrigger.DIALLED): Activity.ON_CONTACT,
}
"""Every move there is. What is missing is an error."""

REASONS: dict[AgentTrigger, str] = {
    AgentTrigger.RANG_OUT: "the phone rang and was not answered",
    AgentTrigger.DECLINED: "the call was declined or the phone is busy",
    AgentTrigger.UNREACHABLE: "the phone could not be reached",
    AgentTrigger.CALLER_GONE: "the caller hung up first",
}
"""Why an agent's turn ended without a talk, in words, when nobody says more."""


def next_activity(activity: Activity, trigger: AgentTrigger) -> Activity:
    """The activity that follows; ImpossibleTransition when the table has none."""
    following = TRANSITIONS.get((activity, trigger))
    if following is None:
        raise ImpossibleTransition(machine="agent", state=activity.value, event=trigger.value)
    return following


class Standing(IntEnum):
    """What an agent counts as: exactly one at any time."""

    OFFLINE = 0
    AVAILABLE = 1
    OUT_OF_REACH = 2
    """Available, but the phone or the panel is gone."""
    RINGING = 3
    ON_CONTACT = 4
    AFTER_CONTACT_WORK = 5
    MISSED = 6
    ERROR = 7
    PRODUCTIVE = 8
    NON_PRODUCTIVE = 9
    SUPERVISING = 10


_STANDINGS = {
    Activity.RINGING: Standing.RINGING,
    Activity.ON_CONTACT: Standing.ON_CONTACT,
    Activity.AFTER_CONTACT_WORK: Standing.AFTER_CONTACT_WORK,
    Activity.MISSED: Standing.MISSED,
    Activity.ERROR: Standing.ERROR,
    Activity.SUPERVISING: Standing.SUPERVISING,
}


@dataclass(slots=True)
class AgentState:
    """One agent now; only the routing core changes it. `since_ms` is when status or activity last changed.

    `idle_since_ms` orders the longest available.
    """

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
    panel: Panel = Panel.NONE
    lost_ms: int = 0
    """When the phone or the panel was lost last."""
    missed_in_row: int = 0
    """Contacts that did not reach the agent since they last answered one or signed in."""

    @property
    def reachable(self) -> bool:
        """True while the phone can be rung and the panel, when there is one, is there."""
        return self.phone_reachable and self.panel is not Panel.LOST

    @property
    def routable(self) -> bool:
        """True when the agent can be offered a contact."""
        return self.status == AVAILABLE and self.activity is Activity.IDLE and self.reachable

    def standing(self, productive: frozenset[str]) -> Standing:
        """What the agent counts as. `productive` are the names of the custom statuses that count as work."""
        activity = self.activity
        if activity is not Activity.IDLE:
            return _STANDINGS[activity]
        if self.status == AVAILABLE:
            return Standing.AVAILABLE if self.reachable else Standing.OUT_OF_REACH
        if self.status == OFFLINE:
            return Standing.OFFLINE
        return Standing.PRODUCTIVE if self.status in productive else Standing.NON_PRODUCTIVE
