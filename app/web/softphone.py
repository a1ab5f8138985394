"""The page of the agent's phone in the browser."""

from aiohttp import web

from app.web.rendering import render
from app.web.sessions import PRINCIPAL


async def phone_page(request: web.Request) -> web.StreamResponse:
    """GET /phone. A user who is no agent is told so."""
    return render(request, "phone.html", 200 if request[PRINCIPAL].agent_id else 403)
