"""Who may do what. Every route declares its permission here, in one table; a route that is missing is refused to everybody."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web


class Permission(StrEnum):
    """What a route asks of its caller, in words that complete `You may not ...`."""

    EVERYBODY = "open this"
    SIGNED_IN = "do this without signing in"
    SEE_STATUS = "see the status"
    SEE_RECORDS = "see contact records"
    HEAR_RECORDINGS = "hear recordings"
    CHANGE_ANY_AGENT = "change the status of other agents"
    CHANGE_AGENTS = "change an agent's status"
    SUPERVISE = "take part in other agents' calls"
    PLACE_CALLS = "have calls placed"
    CONFIGURE = "change the configuration"
    SEE_FLOWS = "see contact flows"
    EDIT_FLOWS = "change contact flows"
    PUBLISH_FLOWS = "publish contact flows"
    REMOVE_FLOWS = "remove contact flows"
    SEE_FLOW_LOGS = "see flow logs"
    USE_PHONE = "use the browser's phone"


ROLES: dict[str, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "agent": frozenset(
        {
            Permission.EVERYBODY,
            Permission.SIGNED_IN,
            Permission.SEE_STATUS,
            Permission.CHANGE_AGENTS,
            Permission.USE_PHONE,
        }
    ),
}
"""What each role may do. An unknown role may only sign out."""

ROUTES: dict[tuple[str, str], Permission] = {
    ("GET", "/health"): Permission.EVERYBODY,
    ("GET", "/login"): Permission.EVERYBODY,
    ("POST", "/login"): Permission.EVERYBODY,
    ("POST", "/logout"): Permission.SIGNED_IN,
    ("GET", "/static"): Permission.EVERYBODY,
    ("GET", "/"): Permission.SEE_STATUS,
    ("POST", "/agents/status"): Permission.CHANGE_AGENTS,
    ("GET", "/contacts/{contact_id}"): Permission.SEE_RECORDS,
    ("GET", "/ws/status"): Permission.SEE_STATUS,
    ("GET", "/ws/sip"): Permission.USE_PHONE,
    ("GET", "/api/status"): Permission.SEE_STATUS,
    ("GET", "/api/records"): Permission.SEE_RECORDS,
    ("GET", "/api/contacts/{contact_id}"): Permission.SEE_RECORDS,
    ("GET", "/api/contacts/{contact_id}/trace"): Permission.SEE_RECORDS,
    ("GET", "/api/contacts/{contact_id}/waiting"): Permission.SEE_STATUS,
    ("GET", "/api/contacts/{contact_id}/recording"): Permission.HEAR_RECORDINGS,
    ("POST", "/api/agents/{agent_id}/status"): Permission.CHANGE_AGENTS,
    ("POST", "/api/agents/{agent_id}/dial"): Permission.CHANGE_AGENTS,
    ("POST", "/api/agents/{agent_id}/call/{action}"): Permission.CHANGE_AGENTS,
    ("POST", "/api/contacts/{contact_id}/supervise"): Permission.SUPERVISE,
    ("POST", "/api/calls"): Permission.PLACE_CALLS,
    ("POST", "/api/reload"): Permission.CONFIGURE,
    ("GET", "/api/flows"): Permission.SEE_FLOWS,
    ("POST", "/api/flows"): Permission.EDIT_FLOWS,
    ("POST", "/api/flows/publish"): Permission.PUBLISH_FLOWS,
    ("GET", "/api/flows/{name}"): Permission.SEE_FLOWS,
    ("DELETE", "/api/flows/{name}"): Permission.REMOVE_FLOWS,
    ("PUT", "/api/flows/{name}/draft"): Permission.EDIT_FLOWS,
    ("GET", "/api/flows/{name}/versions"): Permission.SEE_FLOWS,
    ("GET", "/api/flows/{name}/findings"): Permission.SEE_FLOWS,
    ("GET", "/api/flows/{name}/resources"): Permission.SEE_FLOWS,
    ("POST", "/api/flows/{name}/rollback"): Permission.PUBLISH_FLOWS,
    ("GET", "/api/resources"): Permission.SEE_FLOWS,
    ("PUT", "/api/resources"): Permission.EDIT_FLOWS,
    ("DELETE", "/api/resources"): Permission.EDIT_FLOWS,
    ("GET", "/api/contacts/{contact_id}/log"): Permission.SEE_FLOW_LOGS,
}
"""(method, path) -> permission. GET covers HEAD; a static folder is declared by its prefix."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking. `csrf` is the token their forms must carry; empty for those who came with a bearer token."""

    name: str
    role: str
    agent_id: str | None = None
    csrf: str = ""
    session_hash: str = ""

    def may(self, permission: Permission) -> bool:
        return permission in (Permission.EVERYBODY, Permission.SIGNED_IN) or permission in ROLES.get(
            self.role, frozenset()
        )

    def may_change_agent(self, agent_id: str) -> bool:
        """An agent changes their own status, an administrator anybody's."""
        if self.may(Permission.CHANGE_ANY_AGENT):
            return True
        return self.may(Permission.CHANGE_AGENTS) and self.agent_id == agent_id


def _path(resource: web.AbstractResource | None) -> str:
    return resource.canonical if resource is not None else "?"


def declared(request: web.Request) -> Permission | None:
    """The permission that the table asks for this request's route; None when there is none."""
    method = "GET" if request.method == "HEAD" else request.method
    return ROUTES.get((method, _path(request.match_info.route.resource)))


def undeclared_routes(app: web.Application) -> list[str]:
    """Routes without a line in the table, and lines without a route: both are mistakes. Empty when all is well."""
    present = set(_declarable(app))
    missing = [f"{method} {path} has no permission" for method, path in sorted(present - set(ROUTES))]
    idle = [f"{method} {path} has a permission but no route" for method, path in sorted(set(ROUTES) - present)]
    return missing + idle


def _declarable(app: web.Application) -> Iterator[tuple[str, str]]:
    for route in app.router.routes():
        yield ("GET" if route.method == "HEAD" else route.method), _path(route.resource)
