"""The JSON API: a route for every row of `calls.ports.ACTIONS`, over the same service layer and permissions as the pages.

Errors are `{"error": id, "message": words}`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec
import structlog
from aiohttp import web

from app.calls.ports import ACTIONS, Action
from app.errors import BadInput
from app.web.permissions import Permission
from app.web.presentation import health
from app.web.sessions import PRINCIPAL
from app.web.settings import COUNTERS, OPERATIONS

log = structlog.get_logger(__name__)


def add_routes(app: web.Application) -> None:
    for action in ACTIONS.values():
        if action.method == "GET":
            app.router.add_get(action.path, _handler(action))
        else:
            app.router.add_route(action.method, action.path, _handler(action))


def _handler(action: Action) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        ask = await _read(request, action)
        outcome = await request.app[OPERATIONS].perform(request[PRINCIPAL], ask)
        if isinstance(outcome.value, Path):
            return _file(request, outcome.value)
        answer = {"done": outcome.complete} if outcome.value is None else outcome.value
        return _json(answer, 200 if outcome.complete else 202)

    return handle


async def _read(request: web.Request, action: Action) -> Any:
    """What is asked: the path's parts, and the query's (GET, DELETE) or the body's fields. BadInput names what does not fit."""
    given: dict[str, Any] = dict(request.match_info)
    if action.method in ("GET", "DELETE"):
        given = {**request.query, **given}
    else:
        given = {**_body(await request.read()), **given}
    known = {each.name for each in fields(action.ask)}
    for name in given:
        if name not in known:
            choices = ", ".join(sorted(known - set(request.match_info))) or "none"
            raise BadInput(what=f"The field {name!r}", why=f"it is not known here; the fields are: {choices}")
    try:
        return msgspec.convert(given, type=action.ask, strict=action.method == "POST")
    except msgspec.ValidationError as error:
        raise BadInput(what="The request", why=str(error)) from error


def _body(content: bytes) -> dict[str, Any]:
    if not content.strip():
        return {}
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise BadInput(what="The request's JSON", why=str(error)) from error


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", status=status)


def _file(request: web.Request, path: Path) -> web.StreamResponse:
    """A recording; each first part that is sent is logged."""
    contact_id = request.match_info["contact_id"]
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


async def get_health(request: web.Request) -> web.StreamResponse:
    """GET /health, for anybody: 200 when `ok` or `degraded`, 503 when `down`. Names only for those who may see the status."""
    named = PRINCIPAL in request and request[PRINCIPAL].may(Permission.SEE_STATUS)
    unhandled = request.app[COUNTERS].unhandled.total()
    try:
        state, reasons = health(await request.app[OPERATIONS].status(), named=named)
    except Exception as error:
        request.app[COUNTERS].unhandled[type(error).__name__] += 1
        log.exception("health_failed")
        state, reasons = "down", ["The call engine does not answer."]
    body = {"state": state, "reasons": reasons, "unhandled_exceptions": unhandled}
    return _json(body, 503 if state == "down" else 200)
