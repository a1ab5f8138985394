"""The server of this installation, if it runs: asked over its own HTTP API with the token that it made for this machine."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec

from app.cli.output import say
from app.config import Settings
from app.errors import TrunklineError, Unavailable
from app.telephony.node.secrets import api_token

TIMEOUT_S = 15.0
EVERYWHERE = ("0.0.0.0", "::", "")


class Refused(TrunklineError):
    """The running server says: {message}"""


class Server:
    """The API of the running server. Every method raises Unavailable when no server answers, Refused when it says no."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, token: str) -> None:
        self._session, self.base_url = session, base_url
        self._headers = {"Authorization": f"Bearer {token}"}

    async def status(self) -> dict[str, Any]:
        """Lines, agents, contacts and queues now, as `calls.ports.Status`."""
        found: dict[str, Any] = await self._request("GET", "/api/status")
        return found

    async def reload(self) -> None:
        """Makes the server take over what was changed in the database."""
        await self._request("POST", "/api/reload")

    async def set_agent_status(self, agent_id: str, status: str) -> None:
        await self._request("POST", f"/api/agents/{agent_id}/status", {"status": status})

    async def trace(self, contact_id: str) -> list[dict[str, Any]] | None:
        """The contact's path so far; None while there is nothing to see of it."""
        found: list[dict[str, Any]] | None = await self._if_there(f"/api/contacts/{contact_id}/trace")
        return found

    async def record(self, contact_id: str) -> dict[str, Any] | None:
        """The contact trace record; None as long as it is not written."""
        found: dict[str, Any] | None = await self._if_there(f"/api/contacts/{contact_id}")
        return found

    async def _if_there(self, path: str) -> Any:
        try:
            return await self._request("GET", path)
        except Refused as refused:
            if refused.details["http_status"] == 404:
                return None
            raise

    async def _request(self, method: str, path: str, body: object = None) -> Any:
        content = None if body is None else msgspec.json.encode(body)
        headers = self._headers | ({"Content-Type": "application/json"} if content is not None else {})
        try:
            async with self._session.request(method, self.base_url + path, data=content, headers=headers) as response:
                status, text = response.status, await response.text()
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise not_running(self.base_url) from None
        if status == 401:
            raise Unavailable(
                what="The server",
                why=f"what answers at {self.base_url} is the server of another installation",
                remedy="End that one, or set TRUNKLINE_WEB_PORT to another port and start this one with `make run`.",
            )
        answer = _json(text)
        if status >= 400:
            message = answer.get("message") if isinstance(answer, dict) else None
            raise Refused(message=message or f"{status} for {method} {path}", http_status=status)
        return answer


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None


def not_running(base_url: str) -> Unavailable:
    return Unavailable(what="The server", why=f"nothing answers at {base_url}", remedy="Start it with `make run`.")


def web_address(settings: Settings, host: str = "") -> str:
    """The web port's address for `host` (this machine when empty)."""
    scheme = "https" if settings.tls_certificate else "http"
    bound = "127.0.0.1" if settings.web_host in EVERYWHERE else settings.web_host
    name = host or bound
    return f"{scheme}://[{name}]:{settings.web_port}" if ":" in name else f"{scheme}://{name}:{settings.web_port}"


@asynccontextmanager
async def server_of(settings: Settings) -> AsyncIterator[Server]:
    """The API of the server that runs on these settings. A certificate is not checked: it is this machine's own port."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    connector = aiohttp.TCPConnector(ssl=False)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector, trust_env=False) as session:
        yield Server(session, web_address(settings), api_token(settings.var))


def tell_server(settings: Settings) -> None:
    """Makes a change count on the running server, and says from when on it does."""
    say(asyncio.run(_tell(settings)))


async def _tell(settings: Settings) -> str:
    async with server_of(settings) as server:
        try:
            await server.reload()
        except Unavailable:
            return "No server runs: this takes effect at the next start."
        except Refused as refused:
            return f"Saved, but not yet in force: {refused} It takes effect at the next start."
    return "In force now; calls go on."
