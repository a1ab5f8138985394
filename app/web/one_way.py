"""Websockets that only tell: what a page sends is not read, and its end ends the telling."""

import asyncio
from collections.abc import Callable, Coroutine

from aiohttp import WSMsgType, web

from app.web.settings import SOCKETS

HEARTBEAT_S = 20.0


async def serve(
    request: web.Request,
    telling: Callable[[web.WebSocketResponse], Coroutine[None, None, None]],
    heartbeat_s: float = HEARTBEAT_S,
) -> web.WebSocketResponse:
    """Opens the socket and runs `telling` until the page goes away. One that cannot be reached is noticed after one and a half
    heartbeats."""
    socket = web.WebSocketResponse(heartbeat=heartbeat_s, max_msg_size=4096, compress=False)
    await socket.prepare(request)
    request.app[SOCKETS].add(socket)
    sending = asyncio.create_task(telling(socket))
    try:
        async for message in socket:
            if message.type is WSMsgType.ERROR:
                break
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        request.app[SOCKETS].discard(socket)
    return socket
