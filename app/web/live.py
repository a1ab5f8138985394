"""Push: one feed reads the service layer while somebody watches, and every open page gets whole snapshots, newest first."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import structlog
from aiohttp import web

from app.calls.ports import Operations, RecordView, Status
from app.clock import Clock
from app.web import one_way
from app.web.permissions import Permission
from app.web.presentation import Section, snapshot
from app.web.sessions import PRINCIPAL, SESSIONS
from app.web.settings import CLOCK, COUNTERS, OPERATIONS, SETTINGS, Counters

log = structlog.get_logger(__name__)

SHORTEST_GAP_S = 0.1
ALIVE_EVERY_S = 5.0
SESSION_CHECK_EVERY_S = 60.0
SEND_TIMEOUT_S = 10.0
RETRY_S = 1.0
IDLE_FOR_BUSY = 30
"""The feed rests this many times as long as it worked, so that a large instance's pages never cost its calls more than 3 %."""
RECORDS_SHOWN = 25
RECORDS_EVERY_MS = 30_000
WATCHERS_AT_MOST = 500
SIGNED_OUT = 4401
"""Close code that tells a page to go to the login."""


class Watcher:
    """One open page: it is woken, and then takes whatever is newest."""

    def __init__(self) -> None:
        self.wake = asyncio.Event()


class Feed:
    """Encodes each change once for all pages, at most ten a second; idle while nobody watches."""

    def __init__(self, operations: Operations, clock: Clock, counters: Counters, country: str) -> None:
        self._operations = operations
        self._clock = clock
        self._counters = counters
        self._country = country
        self._watchers: set[Watcher] = set()
        self._task: asyncio.Task[None] | None = None
        self._records: tuple[RecordView, ...] = ()
        self._records_ms = 0
        self._contacts: frozenset[str] = frozenset()
        self._content: dict[str, Section | int] | None = None
        self._texts: dict[bool, str] = {}
        self.working = False
        """False while the service layer cannot be read: pages are then told nothing, and say that they are stale."""

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        watcher = Watcher()
        self._watchers.add(watcher)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="status feed")
        elif self._content is not None:
            watcher.wake.set()
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
            if not self._watchers:
                self._halt()

    def latest(self, with_records: bool) -> str | None:
        """The newest snapshot as JSON, encoded once for all who ask; None while there is none."""
        if self._content is None:
            return None
        if with_records not in self._texts:
            content = self._content if with_records else {**self._content, "records": []}
            self._texts[with_records] = msgspec.json.encode(content).decode()
        return self._texts[with_records]

    @property
    def full(self) -> bool:
        return len(self._watchers) >= WATCHERS_AT_MOST

    def _halt(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._content = None
        self._texts.clear()
        self._records_ms = 0
        self.working = False

    async def _run(self) -> None:
        while True:
            try:
                async for status in self._operations.changes():
                    began_s = time.thread_time()
                    await self._publish(status)
                    await asyncio.sleep(max(SHORTEST_GAP_S, (time.thread_time() - began_s) * IDLE_FOR_BUSY))
            except Exception as error:
                self._counters.unhandled[type(error).__name__] += 1
                log.exception("status_feed_failed")
            self.working = False
            await asyncio.sleep(RETRY_S)

    async def _publish(self, status: Status) -> None:
        contacts = frozenset(contact.contact_id for contact in status.contacts)
        now_ms = self._clock.now_ms()
        if self._contacts - contacts or now_ms - self._records_ms > RECORDS_EVERY_MS:
            self._records = await self._operations.records(RECORDS_SHOWN)
            self._records_ms = now_ms
        self._contacts = contacts
        self._content = snapshot(status, self._records, self._country)
        self._texts.clear()
        self.working = True
        for watcher in self._watchers:
            watcher.wake.set()


FEED: web.AppKey[Feed] = web.AppKey("feed", Feed)


def create_feed(app: web.Application) -> Feed:
    return Feed(app[OPERATIONS], app[CLOCK], app[COUNTERS], app[SETTINGS].country)


async def status_socket(request: web.Request) -> web.StreamResponse:
    """GET /ws/status: snapshots as text frames, and `{"now_ms": ...}` at the beginning and whenever it is quiet."""
    feed = request.app[FEED]
    if feed.full:
        raise web.HTTPServiceUnavailable(reason="Too many status pages are open")
    with feed.watch() as watcher:
        return await one_way.serve(request, lambda socket: _send(request, socket, feed, watcher))


async def _send(request: web.Request, socket: web.WebSocketResponse, feed: Feed, watcher: Watcher) -> None:
    """A page that reads slowly misses snapshots, never gets old ones, and is let go when it stops reading."""
    principal = request[PRINCIPAL]
    with_records = principal.may(Permission.SEE_RECORDS)
    loop = asyncio.get_running_loop()
    checked_s = loop.time()
    await socket.send_str(_alive(request))
    while not socket.closed:
        try:
            await asyncio.wait_for(watcher.wake.wait(), ALIVE_EVERY_S)
        except TimeoutError:
            text = _alive(request) if feed.working else None
        else:
            watcher.wake.clear()
            text = feed.latest(with_records)
        if loop.time() - checked_s > SESSION_CHECK_EVERY_S:
            checked_s = loop.time()
            if not await request.app[SESSIONS].still_valid(principal):
                await socket.close(code=SIGNED_OUT, message=b"signed out")
                return
        if text is not None:
            try:
                await asyncio.wait_for(socket.send_str(text), SEND_TIMEOUT_S)
            except (TimeoutError, ConnectionError):
                await socket.close(drain=False)
                return


def _alive(request: web.Request) -> str:
    return msgspec.json.encode({"now_ms": request.app[CLOCK].now_ms()}).decode()
