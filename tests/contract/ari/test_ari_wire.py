"""The small HTTP client against servers that say exactly what a test wants them to say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.telephony.ari.wire import Answer, Pool, WireError

pytestmark = pytest.mark.contract

OK = b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-length: 2\r\n\r\n{}"


class Server:
    """Answers each request, whatever it is, with the next of `answers`; None closes the connection instead."""

    def __init__(self, answers: list[bytes | None], piece: int = 10_000, close_after: bool = False) -> None:
        self.answers, self.piece, self.close_after = answers, piece, close_after
        self.requests: list[bytes] = []
        self.connections = 0
        self.asked = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await self._request(reader):
                self.requests.append(head)
                self.asked.set()
                answer = self.answers.pop(0)
                for at in range(0, len(answer or b""), self.piece):
                    writer.write((answer or b"")[at : at + self.piece])
                    await writer.drain()
                    await asyncio.sleep(0)
                if answer is None or self.close_after:
                    return
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> bytes:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                head += await reader.readexactly(int(line.split(b":")[1]))
        return head


@asynccontextmanager
async def pool_of(server: Server, keepalive_s: float = 10.0) -> AsyncIterator[Pool]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    pool = Pool(f"http://127.0.0.1:{port}/ari/", "Basic abc", keepalive_s)
    try:
        yield pool
    finally:
        pool.close()
        listening.close()
        await listening.wait_closed()


async def test_a_connection_is_used_again_and_requests_are_whole() -> None:
    server = Server([OK, OK, OK])
    async with pool_of(server) as pool:
        assert await pool.exchange("GET", "asterisk/ping", None) == Answer(200, "OK", b"{}")
        await pool.exchange("POST", "channels?a=1", b'{"b":2}')
        await pool.exchange("POST", "channels/1/answer", None)
    assert server.connections == 1
    first, second, third = server.requests
    assert first.startswith(b"GET /ari/asterisk/ping HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nAuthorization: Basic abc\r\n" in first
    assert b"\r\nContent-Length: 7\r\n\r\n" in second
    assert second.endswith(b'{"b":2}')
    assert third.endswith(b"\r\nContent-Length: 0\r\n\r\n")


async def test_requests_at_the_same_time_have_connections_of_their_own() -> None:
    server = Server([OK] * 5)
    async with pool_of(server) as pool:
        await asyncio.gather(*(pool.exchange("GET", "x", None) for _ in range(4)))
        await pool.exchange("GET", "x", None)
    assert server.connections == 4


@pytest.mark.parametrize("piece", [1, 7, 10_000])
@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (OK, Answer(200, "OK", b"{}")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204, "No Content", b"")),
        (b"HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", Answer(404, "", b"")),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, Answer(200, "OK", b"{}")),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n",
            Answer(200, "OK", b"abcde"),
        ),
    ],
)
async def test_answers_are_read_in_pieces_of_any_size(raw: bytes, expected: Answer, piece: int) -> None:
    server = Server([raw, OK], piece)
    async with pool_of(server) as pool:
        assert await pool.exchange("GET", "x", None) == expected
        assert (await pool.exchange("GET", "x", None)).status == 200
    assert server.connections == 1


async def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    server = Server([b"HTTP/1.1 200 OK\r\n\r\nall of it", OK], piece=4, close_after=True)
    async with pool_of(server) as pool:
        assert (await pool.exchange("GET", "x", None)).body == b"all of it"
        assert (await pool.exchange("GET", "x", None)).body == b"{}"
    assert server.connections == 2


async def test_a_connection_closed_meanwhile_fails_only_what_must_not_be_sent_twice() -> None:
    server = Server([OK, None, OK, None])
    async with pool_of(server) as pool:
        await pool.exchange("POST", "x", None)
        assert (await pool.exchange("GET", "x", None)).status == 200
        with pytest.raises(WireError, match="closed"):
            await pool.exchange("POST", "x", None)
    assert len(server.requests) == 4


async def test_a_connection_that_was_idle_for_long_is_not_used() -> None:
    server = Server([OK, OK])
    async with pool_of(server, keepalive_s=-1.0) as pool:
        await pool.exchange("GET", "x", None)
        await pool.exchange("GET", "x", None)
    assert server.connections == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000,
    ],
)
async def test_what_is_no_answer_is_an_error_and_closes_the_connection(raw: bytes) -> None:
    server = Server([raw, OK])
    async with pool_of(server) as pool:
        with pytest.raises(WireError, match="no HTTP that is understood"):
            await pool.exchange("POST", "x", None)
        assert (await pool.exchange("GET", "x", None)).status == 200
    assert server.connections == 2


async def test_a_cancelled_request_takes_its_connection_with_it() -> None:
    server = Server([b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", OK])
    async with pool_of(server) as pool:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await pool.exchange("GET", "x", None)
        assert (await pool.exchange("GET", "x", None)).body == b"{}"
    assert server.connections == 2


async def test_nobody_there_is_an_error_of_the_operating_system() -> None:
    with pytest.raises(OSError, match="Connect"):
        await Pool("http://127.0.0.1:1/ari", "", 1.0).exchange("GET", "x", None)


async def test_closing_ends_what_is_on_its_way() -> None:
    server = Server([b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf"])
    async with pool_of(server) as pool:
        asking = asyncio.ensure_future(pool.exchange("GET", "x", None))
        await server.asked.wait()
        pool.close()
        with pytest.raises(WireError):
            await asking
