"""HTTP/1.1 as ARI needs it, and no more: keep-alive connections to one server, one request at a time on each, small answers in memory.

A general client costs several times as much processor time a request, and requests are most of what a call costs the application.
"""

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass
from urllib.parse import urlsplit

ANSWER_LIMIT_BYTES = 64 * 1024 * 1024
_HEAD_LIMIT_BYTES = 64 * 1024
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
_WITHOUT_BODY = frozenset({204, 304})


class WireError(OSError):
    """The connection ended, or what came over it is no HTTP that is understood here."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    reason: str
    body: bytes


class Pool:
    """Connections to the server of `base_url` (http or https), opened when needed. `authorization` goes with every request."""

    def __init__(self, base_url: str, authorization: str, keepalive_s: float) -> None:
        parts = urlsplit(base_url)
        secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port or (443 if secure else 80)
        self._tls = ssl.create_default_context() if secure else None
        self._path = parts.path.rstrip("/")
        self._fixed = f" HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\nAuthorization: {authorization}\r\n"
        self._keepalive_s = keepalive_s
        self._idle: deque[_Connection] = deque()
        self._open: set[_Connection] = set()

    async def exchange(self, method: str, target: str, body: bytes | None) -> Answer:
        """Sends one request and returns its answer. OSError when the connection fails; cancelling it closes the connection.

        A connection that the server closed just when it was used again is no failure of a request that may be sent twice.
        """
        request = self._written(method, target, body)
        connection = self._idle_one()
        if connection is not None:
            try:
                return await self._on(connection, request)
            except WireError:
                if method not in _REPEATABLE or connection.heard:
                    raise
        return await self._on(await self._connected(), request)

    def close(self) -> None:
        """Closes all connections; requests on their way end with WireError."""
        for connection in tuple(self._open):
            connection.abort()
        self._idle.clear()

    def _written(self, method: str, target: str, body: bytes | None) -> bytes:
        head = f"{method} {self._path}/{target}{self._fixed}"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            return head.encode() + body
        return f"{head}\r\n".encode() if method in ("GET", "DELETE") else f"{head}Content-Length: 0\r\n\r\n".encode()

    def _idle_one(self) -> "_Connection | None":
        oldest = asyncio.get_running_loop().time() - self._keepalive_s
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and connection.idle_since_s >= oldest:
                return connection
            connection.abort()
        return None

    async def _connected(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: _Connection(self._open), self._host, self._port, ssl=self._tls
        )
        return connection

    async def _on(self, connection: "_Connection", request: bytes) -> Answer:
        try:
            answer = await connection.send(request)
        except BaseException:
            connection.abort()
            raise
        if connection.usable:
            connection.idle_since_s = asyncio.get_running_loop().time()
            self._idle.append(connection)
        return answer


class _Connection(asyncio.Protocol):
    """One connection. `heard`: some of the present request's answer has come. `usable`: the next request may use it."""

    __slots__ = ("_buffer", "_everyone", "_head", "_transport", "_waiting", "heard", "idle_since_s", "usable")

    def __init__(self, everyone: "set[_Connection]") -> None:
        self._everyone = everyone
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._buffer = bytearray()
        self._head: _Head | None = None
        self.heard = self.usable = False
        self.idle_since_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self.usable = transport, True
        self._everyone.add(self)

    def send(self, request: bytes) -> "asyncio.Future[Answer]":
        """The answer to come."""
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if self._transport is None or not self.usable:
            waiting.set_exception(WireError("the connection is closed"))
            return waiting
        self._waiting, self.heard = waiting, False
        self._transport.write(request)
        return waiting

    def data_received(self, data: bytes) -> None:
        if self._waiting is None:
            self.abort()
            return
        self.heard = True
        self._buffer += data
        try:
            self._read()
        except (ValueError, WireError) as error:
            self._fail(WireError(f"the answer is no HTTP that is understood here ({error})"))
            self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._everyone.discard(self)
        self.usable, self._transport = False, None
        head = self._head
        if error is None and head is not None and head.until_end:
            body = bytes(self._buffer)
            self._buffer.clear()
            self._finish(head, body)
        self._fail(WireError(str(error) if error else "the server closed the connection"))

    def abort(self) -> None:
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    def _read(self) -> None:
        head = self._head
        if head is None:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self._buffer) > _HEAD_LIMIT_BYTES:
                    raise WireError("its head is too long")
                return
            head = self._head = _read_head(bytes(self._buffer[:end]))
            del self._buffer[: end + 4]
            if head.status < 200:
                self._head = None
                self._read()
                return
        if len(self._buffer) > ANSWER_LIMIT_BYTES or head.length > ANSWER_LIMIT_BYTES:
            raise WireError(f"it has more than {ANSWER_LIMIT_BYTES} bytes")
        if head.chunked:
            body = _unchunked(self._buffer)
            if body is not None:
                self._buffer.clear()
                self._finish(head, body)
        elif not head.until_end and len(self._buffer) >= head.length:
            body = bytes(self._buffer[: head.length])
            del self._buffer[: head.length]
            self._finish(head, body)

    def _finish(self, head: "_Head", body: bytes) -> None:
        waiting, self._waiting, self._head = self._waiting, None, None
        if head.close or self._buffer:
            self.abort()
        if waiting is not None and not waiting.done():
            waiting.set_result(Answer(head.status, head.reason, body))

    def _fail(self, error: WireError) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)


@dataclass(frozen=True, slots=True)
class _Head:
    status: int
    reason: str
    length: int
    chunked: bool
    until_end: bool
    close: bool


def _read_head(head: bytes) -> _Head:
    """ValueError for what is no head of an answer."""
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError("it does not begin with HTTP/1")
    status, reason = int(rest[:3]), rest[4:]
    length, chunked, close = -1, False, version == "HTTP/1.0"
    for line in lines:
        name, _, value = line.partition(":")
        name = name.lower()
        if name == "content-length":
            length = int(value)
            if length < 0:
                raise ValueError("its length is negative")
        elif name == "transfer-encoding":
            chunked = "chunked" in value.lower()
        elif name == "connection":
            close = "close" in value.lower()
    if status in _WITHOUT_BODY:
        return _Head(status, reason, 0, False, False, close)
    until_end = length < 0 and not chunked
    return _Head(status, reason, max(length, 0), chunked, until_end, close or until_end)


def _unchunked(data: bytearray) -> bytes | None:
    """The body of a chunked answer, None while it is not whole. ValueError for a broken one."""
    parts: list[bytearray] = []
    at = 0
    while (end := data.find(b"\r\n", at)) >= 0:
        size = int(data[at:end].partition(b";")[0], 16)
        begin = end + 2
        if size == 0:
            closing = data[end:]
            return b"".join(parts) if b"\r\n\r\n" in closing else None
        if len(data) < begin + size + 2:
            return None
        parts.append(data[begin : begin + size])
        at = begin + size + 2
    return None
