"""The pages for people: signing in and out, the status page, one contact."""

import hashlib
import hmac
import secrets

from aiohttp import web

from app.calls.ports import ContactView, RecordView
from app.calls.ports.asks.agents import ChooseStatus
from app.domain.agent import AVAILABLE, OFFLINE
from app.errors import BadInput, NotFound, TrunklineError, Unavailable
from app.web.permissions import Permission
from app.web.presentation import contact_row, duration_words, snapshot
from app.web.rendering import render
from app.web.security import see_other
from app.web.sessions import PRINCIPAL, SESSIONS, WrongPassword, set_cookie
from app.web.settings import OPERATIONS, SETTINGS, caller_address
from app.web.throttle import TooManyAttempts

RECORDS_SHOWN = 25
LOGIN_COOKIE = "trunkline-login"


def _after_login(request: web.Request, wanted: str) -> str:
    """Only a path of this site is followed."""
    harmless = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted and wanted.isprintable()
    return wanted if harmless else "/"


def _login_page(
    request: web.Request, wanted: str, words: str = "", status: int = 200, username: str = ""
) -> web.Response:
    """The form carries a digest of a cookie that only this browser has, so that no other site can sign it in."""
    secret = request.cookies.get(LOGIN_COOKIE) or secrets.token_urlsafe(24)
    response = render(
        request, "login.html", status, words=words, wanted=wanted, username=username, form_token=_form_token(secret)
    )
    set_cookie(response, LOGIN_COOKIE, secret, request.app[SETTINGS])
    return response


def _form_token(secret: str) -> str:
    return hashlib.sha256(b"login" + secret.encode()).hexdigest()


async def login_page(request: web.Request) -> web.StreamResponse:
    wanted = _after_login(request, request.query.get("next", "/"))
    if PRINCIPAL in request:
        return see_other(wanted)
    return _login_page(request, wanted)


async def login(request: web.Request) -> web.StreamResponse:
    """A new session, whatever was there before; the page again, with words, when it is refused."""
    form = await request.post()
    username, password = str(form.get("username", "")), str(form.get("password", ""))
    wanted = _after_login(request, str(form.get("next", "/")))
    secret = request.cookies.get(LOGIN_COOKIE, "")
    presented = str(form.get("csrf", ""))
    if not secret or not hmac.compare_digest(_form_token(secret).encode(), presented.encode()):
        return _login_page(request, wanted, "This page was open for too long. Please sign in again.", 403, username)
    sessions = request.app[SESSIONS]
    try:
        token = await sessions.sign_in(username, password, caller_address(request))
    except (WrongPassword, TooManyAttempts, Unavailable) as error:
        return _login_page(request, wanted, str(error), error.status, username)
    if PRINCIPAL in request:
        await sessions.sign_out(request[PRINCIPAL])
    response = see_other(wanted)
    set_cookie(response, sessions.cookie, token, request.app[SETTINGS])
    response.del_cookie(LOGIN_COOKIE, path="/")
    return response


async def logout(request: web.Request) -> web.StreamResponse:
    sessions = request.app[SESSIONS]
    await sessions.sign_out(request[PRINCIPAL])
    response = see_other("/login")
    response.del_cookie(sessions.cookie, path="/")
    return response


async def status_page(request: web.Request) -> web.StreamResponse:
    operations = request.app[OPERATIONS]
    records: tuple[RecordView, ...] = ()
    if request[PRINCIPAL].may(Permission.SEE_RECORDS):
        records = await operations.records(RECORDS_SHOWN)
    status = await operations.status()
    others = [name for name in status.statuses if name not in (AVAILABLE, OFFLINE)]
    data = snapshot(status, records, request.app[SETTINGS].country)
    return render(request, "status.html", data=data, other_statuses=others)


async def choose_status(request: web.Request) -> web.StreamResponse:
    """The status page's buttons without a script. `choice` is `agent id:status`."""
    agent_id, _, status = str((await request.post()).get("choice", "")).rpartition(":")
    if not agent_id or not status:
        raise BadInput(what="The request", why="it names no agent or no status")
    await request.app[OPERATIONS].perform(request[PRINCIPAL], ChooseStatus(agent_id, status))
    return see_other("/")


async def contact_page(request: web.Request) -> web.StreamResponse:
    """One contact, live or finished: the record's fields, its path, its recording."""
    operations = request.app[OPERATIONS]
    contact_id = request.match_info["contact_id"]
    live = await _live_contact(request, contact_id)
    record: dict[str, object] = {}
    try:
        record = await operations.record(contact_id)
    except NotFound:
        if live is None:
            raise NotFound(what="contact", name=contact_id) from None
    try:
        trace = await operations.trace(contact_id)
    except NotFound:
        trace = ()
    began_ms = trace[0].at_ms if trace else 0
    return render(
        request,
        "contact.html",
        contact_id=contact_id,
        live=contact_row(live, request.app[SETTINGS].country) if live else None,
        sections=sections(record),
        trace=trace,
        began_ms=began_ms,
        listen=await _recording(request, contact_id, record.get("Recording"), live),
    )


async def _live_contact(request: web.Request, contact_id: str) -> ContactView | None:
    status = await request.app[OPERATIONS].status()
    return next((contact for contact in status.contacts if contact.contact_id == contact_id), None)


async def _recording(
    request: web.Request, contact_id: str, kept: object, live: ContactView | None
) -> dict[str, str | None]:
    """Where the player finds the recording and where it was paused, or why there is none. `kept` is the record's section."""
    section = kept if isinstance(kept, dict) else {}
    if not request[PRINCIPAL].may(Permission.HEAR_RECORDINGS):
        return {"audio": None, "no_audio": "You may not hear recordings."}
    try:
        await request.app[OPERATIONS].recording_file(contact_id)
    except NotFound:
        if live is not None and live.recorded:
            return {"audio": None, "no_audio": "It is being recorded, and can be heard here once it is over."}
        why = section.get("DeletionReason")
        return {"audio": None, "no_audio": f"There is no recording of this contact{f': {why}' if why else '.'}"}
    except TrunklineError as error:
        return {"audio": None, "no_audio": str(error)}
    gaps = ((duration_words(gap["StartMs"]), duration_words(gap["EndMs"])) for gap in section.get("Gaps", ()))
    pauses = ", ".join(f"{start} to {end}" for start, end in gaps)
    return {"audio": f"/api/contacts/{contact_id}/recording", "no_audio": "", "pauses": pauses}


def sections(record: dict[str, object]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The record's fields in groups: those of the contact itself first, then one group a nested object."""
    own = [(name, _plain(value)) for name, value in record.items() if not isinstance(value, dict)]
    groups = [(name, _flat(value)) for name, value in record.items() if isinstance(value, dict)]
    return [("Contact", own), *groups] if record else []


def _flat(value: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, inner in value.items():
        if isinstance(inner, dict):
            rows += _flat(inner, f"{prefix}{name}.")
        else:
            rows.append((f"{prefix}{name}", _plain(inner)))
    return rows


def _plain(value: object) -> str:
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {text}" for name, text in _flat(value))
    return str(value)
