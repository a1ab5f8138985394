"""Who may do what: every route against every role, as a table that is written here by hand so that a change is a decision."""

import pytest
from aiohttp import ClientSession

from app.calls.ports import ROLES
from app.web.permissions import ROUTES, Permission
from tests.unit.web.conftest import SignIn
from tests.unit.web.fakes import FakeOperations

pytestmark = pytest.mark.contract

ALL, BOSSES, ADMIN = {"admin", "supervisor", "agent"}, {"admin", "supervisor"}, {"admin"}
ALLOWED: dict[str, set[str]] = {
    "POST /logout": ALL,
    "GET /": ALL,
    "POST /agents/status": ALL,
    "GET /contacts/{contact_id}": BOSSES,
    "GET /ws/status": ALL,
    "GET /ws/panel": ALL,
    "GET /ws/sip": ALL,
    "GET /phone": ALL,
    "GET /api/status": ALL,
    "POST /api/reload": ADMIN,
    "GET /api/panel": ALL,
    "GET /api/panel/quick-connects": ALL,
    "POST /api/panel/phone": ALL,
    "POST /api/panel/softphone": ALL,
    "POST /api/panel/clear": ALL,
    "POST /api/panel/calls": ALL,
    "POST /api/agents/{agent_id}/status": ALL,
    "POST /api/contacts/{contact_id}/decline": ALL,
    "POST /api/contacts/{contact_id}/hang-up": ALL,
    "POST /api/contacts/{contact_id}/hold": ALL,
    "POST /api/contacts/{contact_id}/resume": ALL,
    "POST /api/contacts/{contact_id}/mute": ALL,
    "POST /api/contacts/{contact_id}/digits": ALL,
    "POST /api/contacts/{contact_id}/transfer": ALL,
    "POST /api/contacts/{contact_id}/swap": ALL,
    "POST /api/contacts/{contact_id}/join": ALL,
    "POST /api/contacts/{contact_id}/drop": ALL,
    "POST /api/contacts/{contact_id}/leave": ALL,
    "POST /api/contacts/{contact_id}/recording-pause": ALL,
    "POST /api/contacts/{contact_id}/end-work": ALL,
    "GET /api/contacts": BOSSES,
    "GET /api/contacts/{contact_id}/live": BOSSES,
    "GET /api/contacts/{contact_id}/explanation": BOSSES,
    "GET /api/contacts/{contact_id}/waiting": ALL,
    "POST /api/contacts/{contact_id}/supervision": BOSSES,
    "DELETE /api/contacts/{contact_id}/supervision": BOSSES,
    "GET /api/queues": ALL,
    "POST /api/outbound-contacts": ADMIN,
    "GET /api/callbacks": BOSSES,
    "DELETE /api/callbacks/{contact_id}": BOSSES,
    "GET /api/records": BOSSES,
    "GET /api/contacts/{contact_id}": BOSSES,
    "GET /api/contacts/{contact_id}/trace": BOSSES,
    "GET /api/contacts/{contact_id}/recording": BOSSES,
    "GET /api/audit": ADMIN,
    "GET /api/flows": ADMIN,
    "POST /api/flows": ADMIN,
    "POST /api/flows/publish": ADMIN,
    "GET /api/flows/{name}": ADMIN,
    "DELETE /api/flows/{name}": ADMIN,
    "PUT /api/flows/{name}/draft": ADMIN,
    "GET /api/flows/{name}/versions": ADMIN,
    "GET /api/flows/{name}/findings": ADMIN,
    "GET /api/flows/{name}/resources": ADMIN,
    "POST /api/flows/{name}/rollback": ADMIN,
    "GET /api/resources": ADMIN,
    "PUT /api/resources": ADMIN,
    "DELETE /api/resources": ADMIN,
    "GET /api/contacts/{contact_id}/log": ADMIN,
}


def test_the_table_has_every_route_that_is_not_open_to_everybody() -> None:
    closed = {f"{method} {path}" for (method, path), asks in ROUTES.items() if asks is not Permission.EVERYBODY}
    assert closed == set(ALLOWED)
    assert set(ROLES) == ALL


@pytest.mark.parametrize(
    ("role", "user", "password"),
    [("admin", "admin", "correct horse"), ("supervisor", "sue", "paper clip"), ("agent", "anna", "battery staple")],
)
async def test_every_route_lets_in_who_may_and_nobody_else(
    browser: ClientSession, sign_in: SignIn, operations: FakeOperations, role: str, user: str, password: str
) -> None:
    token = await sign_in(user, password)
    for route, allowed in ALLOWED.items():
        if route == "POST /logout":
            continue
        method, path = route.split(" ")
        path = path.format(contact_id="c-0999", agent_id="agent-anna", name="Main")
        headers = {"X-CSRF-Token": token, "Accept": "application/json"}
        before = len(operations.performed)
        answer = await browser.request(method, path, headers=headers, allow_redirects=False)
        said = await answer.text(errors="replace")
        if role in allowed:
            assert answer.status != 401, route
            assert "may not" not in said or "your user is no agent" in said, f"{role} {route}: {said}"
        else:
            assert answer.status == 403, f"{role} {route}"
            assert len(operations.performed) == before
