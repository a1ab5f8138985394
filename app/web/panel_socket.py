"""The agents' panels: each open one gets its whole view first and then the parts that changed, always the newest."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import structlog
from aiohttp import WSCloseCode, web

from app.calls.ports import Operations
from app.errors import Denied, NotFound, TrunklineError, Unavailable
from app.web import one_way
from app.web.live import ALIVE_EVERY_S, IDLE_FOR_BUSY, RETRY_S, SEND_TIMEOUT_S, SESSION_CHECK_EVERY_S, SIGNED_OUT
from app.web.sessions import PRINCIPAL, SESSIONS
from app.web.settings import CLOCK, COUNTERS, OPERATIONS, Counters

log = structlog.get_logger(__name__)

HEARTBEAT_S = 6.0
"""An agent whose page sleeps or has no network is not rung after one and a half of these."""
SHORTEST_GAP_S = 0.02
LOOK_EVERY_S = 1.0
"""Figures of queues are counted once a second: the last of them show although nothing happens any more."""
PANELS_AT_MOST = 2_000


class Watcher:
    """One open panel: it is woken when its agent's view may be another."""

    def __init__(self, agent_id: str) -> None:
        self.agent_id = agent_id
        self.wake = asyncio.Event()
        self.stamp: object = None


class PanelFeed:
    """Looks once after each change which open panels it concerns, and wakes these only; idle while none is open."""

    def __init__(self, operations: Operations, counters: Counters) -> None:
        self._operations = operations
        self._counters = counters
        self._watchers: set[Watcher] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def full(self) -> bool:
        return len(self._watchers) >= PANELS_AT_MOST

    @contextmanager
    def watch(self, agent_id: str) -> Iterator[Watcher]:
        watcher = Watcher(agent_id)
        watcher.wake.set()
        self._watchers.add(watcher)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="panel feed")
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
            if not self._watchers and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self._follow(self._operations.revisions())
            except Exception as error:
                self._counters.unhandled[type(error).__name__] += 1
                log.exception("panel_feed_failed")
            await asyncio.sleep(RETRY_S)

    async def _follow(self, revisions: AsyncIterator[int]) -> None:
        following = asyncio.ensure_future(anext(revisions))
        try:
            while True:
                await asyncio.wait((following,), timeout=LOOK_EVERY_S)
                if following.done():
                    following.result()
                    following = asyncio.ensure_future(anext(revisions))
                began_s = time.thread_time()
                self._look()
                await asyncio.sleep(max(SHORTEST_GAP_S, (time.thread_time() - began_s) * IDLE_FOR_BUSY))
        finally:
            following.cancel()

    def _look(self) -> None:
        stamps: dict[str, object] = {}
        for watcher in self._watchers:
            if watcher.agent_id not in stamps:
                stamps[watcher.agent_id] = self._stamp(watcher.agent_id)
            if stamps[watcher.agent_id] != watcher.stamp:
                watcher.stamp = stamps[watcher.agent_id]
                watcher.wake.set()

    def _stamp(self, agent_id: str) -> object:
        try:
            return self._operations.panel_stamp(agent_id)
        except TrunklineError as error:
            return str(error)


PANELS: web.AppKey[PanelFeed] = web.AppKey("panels", PanelFeed)


async def panel_socket(request: web.Request) -> web.StreamResponse:
    """GET /ws/panel, for users who are agents.

    First `{"type": "panel", "panel": {...}}`, the whole PanelView; then `{"type": "changes", "panel": {...}}` with its `revision` and
    those of its fields that differ; and `{"type": "alive", "now_ms": ...}` at the beginning and whenever it is quiet for five seconds.
    """
    agent_id, feed = request[PRINCIPAL].agent_id, request.app[PANELS]
    if agent_id is None:
        raise Denied(what="open a panel: your user is no agent")
    if feed.full:
        raise Unavailable(what="The panel", why="too many are open", remedy="Close unused ones.")
    operations, lost = request.app[OPERATIONS], True
    operations.panel(agent_id)
    operations.panel_opened(agent_id)
    try:
        with feed.watch(agent_id) as watcher:
            socket = await one_way.serve(request, lambda socket: _send(request, socket, watcher), HEARTBEAT_S)
        lost = socket.close_code == WSCloseCode.ABNORMAL_CLOSURE
        return socket
    finally:
        operations.panel_closed(agent_id, lost=lost)


async def _send(request: web.Request, socket: web.WebSocketResponse, watcher: Watcher) -> None:
    """What a panel has not seen yet is found when it can take it: one that reads slowly misses states, never gets old ones."""
    view = View(request, watcher.agent_id)
    loop = asyncio.get_running_loop()
    checked_s = loop.time()
    text: str | None = view.alive()
    while not socket.closed:
        if loop.time() - checked_s > SESSION_CHECK_EVERY_S:
            checked_s = loop.time()
            if not await request.app[SESSIONS].still_valid(request[PRINCIPAL]):
                await socket.close(code=SIGNED_OUT, message=b"signed out")
                return
        if text is not None:
            try:
                await asyncio.wait_for(socket.send_str(text), SEND_TIMEOUT_S)
            except (TimeoutError, ConnectionError):
                await socket.close(drain=False)
                return
        try:
            await asyncio.wait_for(watcher.wake.wait(), ALIVE_EVERY_S)
        except TimeoutError:
            text = view.alive()
        else:
            watcher.wake.clear()
            try:
                text = view.changed()
            except NotFound:
                await socket.close(code=SIGNED_OUT, message=b"the agent was removed")
                return


class View:
    """What one panel has been told."""

    def __init__(self, request: web.Request, agent_id: str) -> None:
        self._request = request
        self._agent_id = agent_id
        self._told: dict[str, bytes] = {}

    def alive(self) -> str:
        return msgspec.json.encode({"type": "alive", "now_ms": self._request.app[CLOCK].now_ms()}).decode()

    def changed(self) -> str | None:
        """The first time everything, then the fields that differ; None when none does, or while the view cannot be read.
        NotFound when there is no such agent any more."""
        try:
            panel = self._request.app[OPERATIONS].panel(self._agent_id)
        except NotFound:
            raise
        except Exception as error:
            self._request.app[COUNTERS].unhandled[type(error).__name__] += 1
            log.exception("panel_failed", agent_id=self._agent_id)
            return None
        fields: dict[str, Any] = {name: msgspec.json.encode(getattr(panel, name)) for name in panel.__slots__}
        differing = {
            name: msgspec.Raw(content)
            for name, content in fields.items()
            if name != "revision" and self._told.get(name) != content
        }
        if not differing:
            return None
        kind = "changes" if self._told else "panel"
        self._told = fields
        content = {"type": kind, "panel": {"revision": panel.revision, **differing}}
        return msgspec.json.encode(content).decode()
