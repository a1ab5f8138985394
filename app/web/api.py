"""The JSON API: the same service layer and the same permissions as the pages. Errors are `{"error": id, "message": words}`."""

import msgspec
import structlog
from aiohttp import web

from app.errors import BadInput
from app.web.pages import set_agent_status
from app.web.permissions import Permission
from app.web.presentation import health
from app.web.sessions import PRINCIPAL
from app.web.settings import COUNTERS, OPERATIONS

log = structlog.get_logger(__name__)

RECORDS_AT_MOST = 500


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", status=status)


async def get_health(request: web.Request) -> web.StreamResponse:
    """GET /health, for anybody: 200 when `ok` or `degraded`, 503 when `down`. Names only for those who may see the status."""
    named = PRINCIPAL in request and request[PRINCIPAL].may(Permission.SEE_STATUS)
    unhandled = request.app[COUNTERS].unhandled.total()
    try:
        state, reasons = health(request.app[OPERATIONS].status(), named=named)
    except Exception as error:
        request.app[COUNTERS].unhandled[type(error).__name__] += 1
        log.exception("health_failed")
        state, reasons = "down", ["The call engine does not answer."]
    body = {"state": state, "reasons": reasons, "unhandled_exceptions": unhandled}
    return _json(body, 503 if state == "down" else 200)


async def get_status(request: web.Request) -> web.StreamResponse:
    return _json(request.app[OPERATIONS].status())


async def get_records(request: web.Request) -> web.StreamResponse:
    """GET /api/records?limit=50: the newest finished contacts first."""
    text = request.query.get("limit", "50")
    if not text.isdecimal() or not 1 <= int(text) <= RECORDS_AT_MOST:
        raise BadInput(what=f"The limit {text!r}", why=f"it must be a number from 1 to {RECORDS_AT_MOST}")
    return _json(await request.app[OPERATIONS].records(int(text)))


async def get_contact(request: web.Request) -> web.StreamResponse:
    """The contact trace record, with the guide's field names."""
    return _json(await request.app[OPERATIONS].record(request.match_info["contact_id"]))


async def get_trace(request: web.Request) -> web.StreamResponse:
    return _json(await request.app[OPERATIONS].trace(request.match_info["contact_id"]))


async def get_waiting(request: web.Request) -> web.StreamResponse:
    """Why a live contact still waits for an agent, its place, and how long it will wait."""
    return _json(await request.app[OPERATIONS].waiting(request.match_info["contact_id"]))


async def get_recording(request: web.Request) -> web.StreamResponse:
    """The recording, whole or the range that a player asks for; `?download=1` makes a browser save it. Each first part is logged."""
    contact_id = request.match_info["contact_id"]
    path = await request.app[OPERATIONS].recording_file(contact_id)
    if request.headers.get("Range", "bytes=0-").startswith("bytes=0-"):
        log.info("recording_opened", contact_id=contact_id, by=request[PRINCIPAL].name)
    how = "attachment" if request.query.get("download") == "1" else "inline"
    safe_name = "".join(character if character.isalnum() or character in "-_" else "_" for character in contact_id)
    headers = {
        "Content-Disposition": f'{how}; filename="{safe_name}{path.suffix}"',
        "Cache-Control": "private, no-cache",
    }
    if path.suffix == ".wav":
        headers["Content-Type"] = "audio/wav"
    return web.FileResponse(path, headers=headers)


async def post_agent_status(request: web.Request) -> web.StreamResponse:
    """POST /api/agents/{agent_id}/status with `{"status": "Available"}`. 202: the change comes by the status feed."""
    try:
        content = msgspec.json.decode(await request.read(), type=dict[str, str])
    except msgspec.DecodeError as error:
        raise BadInput(what="The request's JSON", why=str(error)) from error
    await set_agent_status(request, request.match_info["agent_id"], content.get("status", ""))
    return _json({"accepted": True}, 202)


async def post_reload(request: web.Request) -> web.StreamResponse:
    """POST /api/reload: takes over what was changed in the database. Answers when it holds; what cannot be taken over is an error."""
    await request.app[OPERATIONS].reload()
    log.info("configuration_reloaded", by=request[PRINCIPAL].name)
    return _json({"reloaded": True})
