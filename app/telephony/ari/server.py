"""Where Asterisk nodes open their websockets to us: `/ari/NODE` on an internal address, with subprotocol `ari` and basic auth."""

import asyncio
import base64
import binascii
import hmac
import logging
from collections.abc import Iterable

from aiohttp import web

from app.errors import BadInput, Unavailable
from app.telephony.ari.client import AriClient
from app.telephony.ari.socket import CLOSE_TIMEOUT_S, MAX_MESSAGE_BYTES

log = logging.getLogger(__name__)

SUBPROTOCOL = "ari"


class AriServer:
    """Accepts the websockets of many nodes and hands each to its client. `user` and `password` are what Asterisk must say."""

    def __init__(
        self, clients: Iterable[AriClient], *, user: str, password: str, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        if not password:
            raise BadInput(what="the password for Asterisk's websocket", why="it is empty")
        self._clients = {client.node.name: client for client in clients}
        self._credentials = f"{user}:{password}".encode()
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._refused: set[tuple[str, int]] = set()

    @property
    def port(self) -> int:
        """The port that is listened on; known once started when it was given as 0."""
        return self._port

    async def start(self) -> None:
        """Listens. Unavailable when the address is taken."""
        application = web.Application()
        application.router.add_get("/ari/{node}", self._accept)
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=CLOSE_TIMEOUT_S, handle_signals=False
        )
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, self._host, self._port)
        try:
            await self._site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise Unavailable(
                what=f"The address {self._host}:{self._port} for Asterisk's websocket",
                why=error.strerror or str(error),
                remedy="Stop the program that uses it or configure another port.",
            ) from error
        server = self._site._server
        if isinstance(server, asyncio.Server):
            self._port = int(server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stops listening, so that no node comes back, and closes every client; takes less than a second."""
        if self._site is not None:
            await self._site.stop()
        await asyncio.gather(*(client.close() for client in self._clients.values()))
        if self._runner is not None:
            await self._runner.cleanup()

    async def _accept(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["node"]
        if not self._authorized(request):
            self._warn_once(name, 401)
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="Trunkline"'})
        client = self._clients.get(name)
        if client is None:
            self._warn_once(name, 404)
            return web.Response(status=404)
        if client.closed or request.transport is None:
            return web.Response(status=503)
        websocket = web.WebSocketResponse(
            timeout=CLOSE_TIMEOUT_S,
            autoping=False,
            protocols=(SUBPROTOCOL,),
            compress=False,
            max_msg_size=MAX_MESSAGE_BYTES,
            decode_text=False,
        )
        if not websocket.can_prepare(request).ok:
            return web.Response(status=426, headers={"Upgrade": "websocket"})
        await websocket.prepare(request)
        self._refused = {refusal for refusal in self._refused if refusal[0] != name}
        transport = request.transport
        if isinstance(transport, asyncio.Transport):
            await client.attach(websocket, transport)
        return websocket

    def _authorized(self, request: web.Request) -> bool:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(given, self._credentials)

    def _warn_once(self, name: str, status: int) -> None:
        """Asterisk tries again five times a second: one line a reason is enough."""
        if (name, status) in self._refused or len(self._refused) > 100:
            return
        self._refused.add((name, status))
        reason = "wrong user or password" if status == 401 else "no such node is configured"
        log.warning("an Asterisk's websocket was refused", extra={"node": name, "reason": reason})
