"""What each route asks of its caller, in one table: the API's routes come with their permissions from `calls.ports.ACTIONS`, the pages'
are declared here. A route that is missing is refused to everybody."""

from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from app.calls.ports import ACTIONS, ROLES, Actor, Permission

__all__ = ["ROLES", "ROUTES", "Permission", "Principal", "declared", "undeclared_routes"]

PAGES: dict[tuple[str, str], Permission] = {
    ("GET", "/health"): Permission.EVERYBODY,
    ("GET", "/login"): Permission.EVERYBODY,
    ("POST", "/login"): Permission.EVERYBODY,
    ("POST", "/logout"): Permission.SIGNED_IN,
    ("GET", "/static"): Permission.EVERYBODY,
    ("GET", "/"): Permission.SEE_STATUS,
    ("POST", "/agents/status"): Permission.CHANGE_AGENTS,
    ("GET", "/contacts/{contact_id}"): Permission.SEE_RECORDS,
    ("GET", "/ws/status"): Permission.SEE_STATUS,
    ("GET", "/ws/panel"): Permission.TAKE_CONTACTS,
    ("GET", "/ws/sip"): Permission.USE_PHONE,
    ("GET", "/phone"): Permission.USE_PHONE,
}

FLOWS: dict[tuple[str, str], Permission] = {
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

ROUTES: dict[tuple[str, str], Permission] = {
    **PAGES,
    **FLOWS,
    **{(action.method, action.path): action.permission for action in ACTIONS.values()},
}
"""(method, path) -> permission. GET covers HEAD; a static folder is declared by its prefix."""


@dataclass(frozen=True, slots=True)
class Principal(Actor):
    """Who is asking. `csrf` is the token their forms must carry; empty for those who came with a bearer token."""

    csrf: str = ""
    session_hash: str = ""


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
