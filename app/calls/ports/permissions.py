"""Who may do what: permissions in words, the roles that have them, and who is asking."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What an action or a page asks of its caller, in words that complete `You may not ...`."""

    EVERYBODY = "open this"
    SIGNED_IN = "do this without signing in"
    SEE_STATUS = "see the status"
    SEE_CONTACTS = "see live contacts"
    SEE_RECORDS = "see contact records"
    HEAR_RECORDINGS = "hear recordings"
    USE_PHONE = "use the browser's phone"
    TAKE_CONTACTS = "take contacts"
    CALL_OUT = "call outside numbers"
    CHANGE_AGENTS = "change an agent's status"
    CHANGE_ANY_AGENT = "change the status of other agents"
    SUPERVISE = "listen in to contacts"
    START_CONTACTS = "have customers called"
    MANAGE_CALLBACKS = "cancel callbacks"
    SEE_AUDIT = "see the audit"
    SEE_FLOWS = "see contact flows"
    EDIT_FLOWS = "change contact flows"
    PUBLISH_FLOWS = "publish contact flows"
    REMOVE_FLOWS = "remove contact flows"
    SEE_FLOW_LOGS = "see flow logs"
    CONFIGURE = "change the configuration"


_EVERYBODY = {Permission.EVERYBODY, Permission.SIGNED_IN, Permission.SEE_STATUS, Permission.USE_PHONE}

ROLES: dict[str, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "supervisor": frozenset(
        {
            *_EVERYBODY,
            Permission.SEE_CONTACTS,
            Permission.SEE_RECORDS,
            Permission.HEAR_RECORDINGS,
            Permission.CHANGE_AGENTS,
            Permission.CHANGE_ANY_AGENT,
            Permission.SUPERVISE,
            Permission.MANAGE_CALLBACKS,
            Permission.TAKE_CONTACTS,
            Permission.CALL_OUT,
        }
    ),
    "agent": frozenset({*_EVERYBODY, Permission.CHANGE_AGENTS, Permission.TAKE_CONTACTS, Permission.CALL_OUT}),
}
"""What each role may do. An unknown role may only sign out. Taking contacts also needs a user who is an agent."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for something: a user, or a program with the API's token. `agent_id` when the user is an agent."""

    name: str
    role: str
    agent_id: str | None = None

    def may(self, permission: Permission) -> bool:
        return permission in (Permission.EVERYBODY, Permission.SIGNED_IN) or permission in ROLES.get(
            self.role, frozenset()
        )

    def may_change_agent(self, agent_id: str) -> bool:
        """An agent changes their own status, supervisors and administrators anybody's."""
        if self.may(Permission.CHANGE_ANY_AGENT):
            return True
        return self.may(Permission.CHANGE_AGENTS) and self.agent_id == agent_id
