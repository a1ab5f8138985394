"""The JSON API for contact flows: drafts, versions, resources, logs. A flow is named by its id or its name."""

from typing import TypeVar

import msgspec
import structlog
from aiohttp import web

from app.calls.ports import FlowOperations
from app.domain.instance import FlowType
from app.errors import BadInput
from app.web.sessions import PRINCIPAL
from app.web.settings import OPERATIONS

log = structlog.get_logger(__name__)

T = TypeVar("T")
LARGEST_FLOW = 1024 * 1024


class _Publish(msgspec.Struct):
    names: list[str]


class _Rollback(msgspec.Struct):
    version: int


class _Mapping(msgspec.Struct):
    kind: str
    imported: str
    own: str = ""


def _flows(request: web.Request) -> FlowOperations:
    return request.app[OPERATIONS].flows


def _name(request: web.Request) -> str:
    return request.match_info["name"]


def _by(request: web.Request) -> str:
    return request[PRINCIPAL].name


def _version(request: web.Request) -> int | None:
    text = request.query.get("version", "")
    if text and not (text.isdecimal() and int(text) > 0):
        raise BadInput(what=f"The version {text!r}", why="it must be the number of a published version")
    return int(text) if text else None


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", status=status)


async def _body(request: web.Request, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(await request.read(), type=shape)
    except msgspec.DecodeError as error:
        raise BadInput(what="The request's JSON", why=str(error)) from error


async def _flow_text(request: web.Request) -> str:
    """The exported flow that is the request's body; larger than what other requests may bring."""
    parts, size = [], 0
    async for part in request.content.iter_chunked(64 * 1024):
        size += len(part)
        if size > LARGEST_FLOW:
            raise web.HTTPRequestEntityTooLarge(LARGEST_FLOW, size)
        parts.append(part)
    try:
        return b"".join(parts).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(what="The flow", why="it is not text in UTF-8") from None


async def get_flows(request: web.Request) -> web.StreamResponse:
    return _json(await _flows(request).list())


async def post_flow(request: web.Request) -> web.StreamResponse:
    """POST /api/flows?name=&replace=&type= with an exported flow: it becomes a draft. 201, with what keeps it from being published."""
    flow_type = request.query.get("type", "")
    if flow_type and flow_type not in list(FlowType):
        raise BadInput(what=f"The type {flow_type!r}", why=f"choose {', '.join(FlowType)}")
    saved = await _flows(request).import_flow(
        await _flow_text(request),
        by=_by(request),
        name=request.query.get("name", ""),
        replace=request.query.get("replace", ""),
        flow_type=FlowType(flow_type) if flow_type else None,
    )
    return _json(saved, 201)


async def get_flow(request: web.Request) -> web.StreamResponse:
    """GET /api/flows/{name}?version=&format=: the flow as a file; the draft, or else what serves, when no version is named."""
    content = await _flows(request).export(_name(request), _version(request), request.query.get("format", ""))
    return web.Response(text=content.content, content_type="application/json")


async def put_draft(request: web.Request) -> web.StreamResponse:
    """PUT /api/flows/{name}/draft with the flow: overwrites the draft."""
    return _json(await _flows(request).save_draft(_name(request), await _flow_text(request), by=_by(request)))


async def delete_flow(request: web.Request) -> web.StreamResponse:
    await _flows(request).delete(_name(request))
    log.info("flow_deleted", flow=_name(request), by=_by(request))
    return _json({"deleted": True})


async def get_versions(request: web.Request) -> web.StreamResponse:
    return _json(await _flows(request).versions(_name(request)))


async def get_findings(request: web.Request) -> web.StreamResponse:
    return _json(await _flows(request).findings(_name(request), version=_version(request)))


async def get_resources(request: web.Request) -> web.StreamResponse:
    return _json(await _flows(request).resources(_name(request), _version(request)))


async def post_publish(request: web.Request) -> web.StreamResponse:
    """POST /api/flows/publish with `{"names": [...]}`: publishes drafts together. 409 when one of them has an error."""
    names = (await _body(request, _Publish)).names
    versions = await _flows(request).publish(*names, by=_by(request))
    log.info("flows_published", flows=names, by=_by(request))
    return _json({"versions": versions})


async def post_rollback(request: web.Request) -> web.StreamResponse:
    """POST /api/flows/{name}/rollback with `{"version": 3}`: that version serves again, as a new one."""
    version = (await _body(request, _Rollback)).version
    new = await _flows(request).rollback(_name(request), version, by=_by(request))
    log.info("flow_rolled_back", flow=_name(request), version=version, by=_by(request))
    return _json({"version": new})


async def get_resource_map(request: web.Request) -> web.StreamResponse:
    return _json(await _flows(request).resource_map())


async def put_mapping(request: web.Request) -> web.StreamResponse:
    """PUT /api/resources with `{"kind": "queue", "imported": "arn:...", "own": "Sales"}`."""
    mapping = await _body(request, _Mapping)
    await _flows(request).map_resource(mapping.kind, mapping.imported, mapping.own)
    return _json({"mapped": True})


async def delete_mapping(request: web.Request) -> web.StreamResponse:
    """DELETE /api/resources with `{"kind": "queue", "imported": "arn:..."}`."""
    mapping = await _body(request, _Mapping)
    await _flows(request).unmap_resource(mapping.kind, mapping.imported)
    return _json({"unmapped": True})


async def get_log(request: web.Request) -> web.StreamResponse:
    """GET /api/contacts/{contact_id}/log: the contact's flow log, oldest first."""
    return _json(await _flows(request).logs(request.match_info["contact_id"]))


def add_routes(app: web.Application) -> None:
    router = app.router
    router.add_get("/api/flows", get_flows)
    router.add_post("/api/flows", post_flow)
    router.add_post("/api/flows/publish", post_publish)
    router.add_get("/api/flows/{name}", get_flow)
    router.add_delete("/api/flows/{name}", delete_flow)
    router.add_put("/api/flows/{name}/draft", put_draft)
    router.add_get("/api/flows/{name}/versions", get_versions)
    router.add_get("/api/flows/{name}/findings", get_findings)
    router.add_get("/api/flows/{name}/resources", get_resources)
    router.add_post("/api/flows/{name}/rollback", post_rollback)
    router.add_get("/api/resources", get_resource_map)
    router.add_put("/api/resources", put_mapping)
    router.add_delete("/api/resources", delete_mapping)
    router.add_get("/api/contacts/{contact_id}/log", get_log)
