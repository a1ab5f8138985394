"""The persistent websocket that Asterisk opened to us: its events come on it, and requests may go over it.

The reader never waits for anybody: it hands an event to a synchronous callback and an answer to the future that waits for it.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from app.telephony.ari.errors import AriDisconnected, AriRequestFailed, AriTimeout
from app.telephony.ari.gate import Gate
from app.telephony.ari.http import explain
from app.telephony.ari.operation import Request

log = logging.getLogger(__name__)

PING_INTERVAL_S = 1.0
SILENCE_LIMIT_S = 1.8
"""A ping is sent every second; a socket that two of them did not wake is dead: noticed after 2 to 3 s of silence."""
SWEEP_INTERVAL_S = 0.05
CLOSE_TIMEOUT_S = 0.4
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
PING_FRAME = b"\x89\x00"
RESPONSE_PREFIX = b'{"type":"RESTResponse"'
DIAL_PREFIX, DIAL_ANSWERED = b'{"type":"Dial"', b'"dialstatus":"ANSWER"'
"""Each call that is made tells its steps; only the answer is news, and the others are not even decoded: a phone's ringing is one."""
_TCP_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)

AriWebSocket = web.WebSocketResponse[bool]


class QueryString(msgspec.Struct):
    name: str
    value: str


class RestRequest(msgspec.Struct, tag_field="type", tag="RESTRequest", omit_defaults=True):
    """A request frame."""

    request_id: str
    method: str
    uri: str
    query_strings: list[QueryString] | None = None
    content_type: str | None = None
    message_body: str | None = None


class RestResponse(msgspec.Struct):
    """What is read of an answer frame."""

    request_id: str
    status_code: int
    reason_phrase: str = ""
    message_body: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode
_decode_response = msgspec.json.Decoder(RestResponse).decode


def acknowledge_quickly(tcp: Any) -> bool:
    """Sets TCP_QUICKACK; False where there is no such thing."""
    if _TCP_QUICKACK is None:
        return False
    try:
        tcp.setsockopt(socket.IPPROTO_TCP, _TCP_QUICKACK, 1)
    except OSError:
        return False
    return True


class _Pending:
    __slots__ = ("deadline", "future", "request", "timeout_s")

    def __init__(
        self, request: Request, future: "asyncio.Future[RestResponse]", deadline: float, timeout_s: float
    ) -> None:
        self.request = request
        self.future = future
        self.deadline = deadline
        self.timeout_s = timeout_s


class AriSocket:
    """One accepted websocket of one node. `serve` reads it until it ends; `request` may be called meanwhile."""

    def __init__(self, node: str, websocket: AriWebSocket, transport: asyncio.Transport, gate: Gate) -> None:
        self._node = node
        self._websocket = websocket
        self._transport = transport
        self._gate = gate
        self._loop = asyncio.get_running_loop()
        self._pending: dict[str, _Pending] = {}
        self._number = 0
        self._unwritten: list[bytes] = []
        self._sweeper: asyncio.TimerHandle | None = None
        self._watchdog: asyncio.TimerHandle | None = None
        self._last_heard = self._loop.time()
        self._next_tick = 0.0
        self.ended = ""
        """Why the socket ended, in words; empty while it lives."""
        self.fell_silent = False
        self._tcp: Any = transport.get_extra_info("socket")

    # -- requests ----------------------------------------------------------------------------------------------------------

    async def request(self, request: Request, timeout_s: float) -> Any:
        """The decoded answer, or None for an answer without a body. AriRequestFailed, AriTimeout, AriDisconnected."""
        operation = request.operation
        left_s = await self._gate.enter(operation, timeout_s)
        if self.ended:
            self._gate.leave()
            raise AriDisconnected(operation=operation.name, node=self._node, reason=self.ended)
        self._number += 1
        number = str(self._number)
        future: asyncio.Future[RestResponse] = self._loop.create_future()
        self._pending[number] = _Pending(request, future, self._loop.time() + left_s, timeout_s)
        if self._sweeper is None:
            self._sweeper = self._loop.call_later(SWEEP_INTERVAL_S, self._sweep)
        self._write(self._frame(number, request))
        response = await future
        if response.status_code >= 400:
            raise AriRequestFailed(
                operation=operation.name,
                node=self._node,
                status_code=response.status_code,
                reason=explain(response.message_body, response.reason_phrase),
            )
        return _decode(response.message_body) if response.message_body else None

    @staticmethod
    def _frame(number: str, request: Request) -> bytes:
        operation, uri, query, body = request
        payload = _encode(
            RestRequest(
                number,
                operation.method,
                uri,
                [QueryString(name, value) for name, value in query] if query else None,
                None if body is None else "application/json",
                None if body is None else body.decode(),
            )
        )
        size = len(payload)
        if size < 126:
            return b"\x81" + size.to_bytes(1) + payload
        if size < 65_536:
            return b"\x81\x7e" + size.to_bytes(2) + payload
        return b"\x81\x7f" + size.to_bytes(8) + payload

    def _write(self, frame: bytes) -> None:
        """Writes at once when nothing else is on its way, else together with what else this turn of the loop brings."""
        if len(self._pending) == 1:
            self._transport.write(frame)
            return
        if not self._unwritten:
            self._loop.call_soon(self._flush)
        self._unwritten.append(frame)

    def _flush(self) -> None:
        frames, self._unwritten = self._unwritten, []
        if frames and not self._transport.is_closing():
            self._transport.write(b"".join(frames))

    def _sweep(self) -> None:
        """Ends the requests whose time is over. A late answer to one of them finds nobody and is dropped."""
        now = self._loop.time()
        for number, pending in list(self._pending.items()):
            if pending.deadline <= now:
                self._forget(number, pending)
                if not pending.future.done():
                    name = pending.request.operation.name
                    pending.future.set_exception(
                        AriTimeout(operation=name, node=self._node, timeout_s=pending.timeout_s)
                    )
        self._sweeper = self._loop.call_later(SWEEP_INTERVAL_S, self._sweep) if self._pending else None

    def _forget(self, number: str, pending: _Pending) -> None:
        del self._pending[number]
        self._gate.leave()

    # -- reading -----------------------------------------------------------------------------------------------------------

    async def serve(self, on_event: Callable[[Any], None]) -> None:
        """Reads until the socket ends. Requests on their way end with AriDisconnected."""
        self._acknowledge_quickly()
        self._next_tick = self._loop.time() + PING_INTERVAL_S
        self._watchdog = self._loop.call_at(self._next_tick, self._tick)
        reason = "the event reader was cancelled"
        try:
            reason = await self._read(on_event)
        finally:
            self._end(reason)

    async def _read(self, on_event: Callable[[Any], None]) -> str:
        """Gives way after each event: what it led to leaves before the next one of a burst is looked at."""
        receive = self._websocket.receive
        while True:
            message = await receive()
            self._last_heard = self._loop.time()
            self._acknowledge_quickly()
            if message.type is WSMsgType.TEXT:
                data: Any = message.data
                if data.startswith(RESPONSE_PREFIX):
                    self._answered(_decode_response(data))
                    continue
                if data.startswith(DIAL_PREFIX) and DIAL_ANSWERED not in data:
                    continue
                self._told(data, on_event)
                await asyncio.sleep(0)
            elif message.type is WSMsgType.PING:
                await self._websocket.pong(message.data)
            elif message.type is WSMsgType.ERROR:
                return f"the websocket broke: {message.data}"
            elif message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED):
                return "Asterisk closed the websocket"

    def _told(self, data: bytes, on_event: Callable[[Any], None]) -> None:
        try:
            event = _decode(data)
            event_type = event["type"]
        except (msgspec.DecodeError, TypeError, KeyError):
            log.warning("Asterisk sent a frame that is no event", extra={"node": self._node, "size": len(data)})
            return
        if event_type == "RESTResponse":
            self._answered(msgspec.convert(event, RestResponse))
        else:
            on_event(event)

    def _answered(self, response: RestResponse) -> None:
        pending = self._pending.get(response.request_id)
        if pending is None:
            return
        self._forget(response.request_id, pending)
        if not pending.future.done():
            pending.future.set_result(response)

    def _acknowledge_quickly(self) -> None:
        """Asterisk's client socket holds a small frame back until the last one is acknowledged: acknowledge at once.

        The kernel forgets the option at its own discretion, so it is set again for each frame.
        """
        if self._tcp is not None and not acknowledge_quickly(self._tcp):
            self._tcp = None

    # -- life and death ----------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        """Notices a dead socket. A loop that was itself late (stopped, or busy) says nothing about the socket."""
        now = self._loop.time()
        was_late = now - self._next_tick > PING_INTERVAL_S / 2
        if was_late:
            self._last_heard = now
        if now - self._last_heard > SILENCE_LIMIT_S:
            self.fell_silent = True
            self.abort(f"nothing was heard from Asterisk for {now - self._last_heard:.1f} s")
            return
        self._transport.write(PING_FRAME)
        self._next_tick = now + PING_INTERVAL_S
        self._watchdog = self._loop.call_at(self._next_tick, self._tick)

    def abort(self, reason: str) -> None:
        """Drops the socket at once."""
        self._end(reason)
        self._transport.abort()

    async def close(self) -> None:
        """Says good-bye to Asterisk and drops the socket, within CLOSE_TIMEOUT_S."""
        self._end("the application closed the websocket")
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._websocket.close(code=WSCloseCode.GOING_AWAY, drain=False)
        except TimeoutError:
            pass
        finally:
            self._transport.abort()

    def _end(self, reason: str) -> None:
        if self.ended:
            return
        self.ended = reason
        for timer in (self._sweeper, self._watchdog):
            if timer is not None:
                timer.cancel()
        for number, pending in list(self._pending.items()):
            self._forget(number, pending)
            if not pending.future.done():
                name = pending.request.operation.name
                pending.future.set_exception(AriDisconnected(operation=name, node=self._node, reason=reason))
