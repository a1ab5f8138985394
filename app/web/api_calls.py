"""The JSON API of live calls: what an agent does with theirs, and calls that are placed. 202: what follows comes by the status feed."""

from typing import TypeVar

import msgspec
from aiohttp import web

from app.errors import BadInput, Denied
from app.web.permissions import Permission
from app.web.sessions import PRINCIPAL
from app.web.settings import OPERATIONS

Read = TypeVar("Read")


class Placed(msgspec.Struct, forbid_unknown_fields=True):
    """A call to be placed. `attributes` are the contact's."""

    number: str
    flow: str = ""
    queue: str = ""
    caller_number: str = ""
    attributes: dict[str, str] = {}


async def post_action(request: web.Request) -> web.StreamResponse:
    """POST /api/agents/{agent_id}/call/{action}, with the action's details as JSON: `{"number": "+12065550111"}` of `transfer`."""
    agent_id = _own_agent(request)
    details = await _read(request, dict[str, str])
    await request.app[OPERATIONS].control_call(agent_id, request.match_info["action"], details)
    return web.json_response({"accepted": True}, status=202)


async def post_dial(request: web.Request) -> web.StreamResponse:
    """POST /api/agents/{agent_id}/dial with `{"number": "+12065550111"}`, and the `queue` whose caller id is shown."""
    agent_id = _own_agent(request)
    asked = await _read(request, Placed)
    contact_id = await request.app[OPERATIONS].dial(agent_id, asked.number, asked.queue)
    return web.json_response({"contact_id": contact_id}, status=202)


async def post_call(request: web.Request) -> web.StreamResponse:
    """POST /api/calls with `{"number": ..., "flow": ...}`: the number is called and hears the flow."""
    asked = await _read(request, Placed)
    details = {"caller_number": asked.caller_number, "queue": asked.queue}
    contact_id = await request.app[OPERATIONS].call(asked.number, asked.flow, details, asked.attributes)
    return web.json_response({"contact_id": contact_id}, status=202)


async def post_supervision(request: web.Request) -> web.StreamResponse:
    """POST /api/contacts/{contact_id}/supervise with `{"agent": ..., "mode": "listen"}`: that agent's phone rings and takes part."""
    asked = await _read(request, dict[str, str])
    principal = request[PRINCIPAL]
    agent_id, mode = asked.get("agent") or principal.agent_id or "", asked.get("mode", "")
    await request.app[OPERATIONS].supervise(request.match_info["contact_id"], agent_id, mode, principal.name)
    return web.json_response({"accepted": True}, status=202)


def _own_agent(request: web.Request) -> str:
    agent_id = request.match_info["agent_id"]
    if not request[PRINCIPAL].may_change_agent(agent_id):
        raise Denied(what=Permission.CHANGE_ANY_AGENT.value)
    return agent_id


async def _read(request: web.Request, kind: type[Read]) -> Read:
    try:
        return msgspec.json.decode(await request.read() or b"{}", type=kind)
    except msgspec.DecodeError as error:
        raise BadInput(what="The request's JSON", why=str(error)) from error
