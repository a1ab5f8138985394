"""An asyncio client of one Asterisk node's ARI, after the names of ari-py: repositories, first-class objects, listeners."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self

from app.telephony.ari.dispatch import EventListener, Listeners, ObjectListener, Subscription
from app.telephony.ari.errors import AriDisconnected, AriError
from app.telephony.ari.gate import Gate
from app.telephony.ari.generated.event_union import Event
from app.telephony.ari.generated.models import Application
from app.telephony.ari.generated.repositories import Repositories
from app.telephony.ari.http import AriHttp
from app.telephony.ari.node import AriNode
from app.telephony.ari.operation import Request
from app.telephony.ari.socket import AriSocket, AriWebSocket
from app.telephony.ari.transports import SOCKET_OPERATIONS

log = logging.getLogger(__name__)

REQUEST_TIMEOUT_S = 5.0
IN_FLIGHT_LIMIT = 64
QUEUE_LIMIT = 4_096
NUDGE_EVENT = "TrunklineNudge"
NUDGE_INTERVAL_S = 0.5
UNREAD_EVENTS = (
    "ChannelDialplan",
    "ChannelVarset",
    "ChannelCallerId",
    "ChannelConnectedLine",
    "DeviceStateChanged",
    "EndpointStateChange",
    "ContactStatusChange",
    "PeerStatusChange",
)
"""Events that the application does not read: Asterisk need not write them."""

EventSink = Callable[["AriClient", Event], None]


@dataclass(frozen=True, slots=True)
class AriFigures:
    """What a client has done and how much waits in it."""

    connected: bool
    connections: int
    events: int
    requests_by_socket: int
    requests_by_http: int
    in_flight_by_socket: int
    in_flight_by_http: int
    waiting_for_socket: int
    waiting_for_http: int


class AriClient(Repositories):
    """Speaks to one node for one Stasis application.

    Every event goes to `sink(client, event)` first, then to the listeners; both are called from the reader and must return
    at once. Requests work whether or not a websocket is connected, as long as the node answers HTTP.
    """

    def __init__(
        self,
        node: AriNode,
        application: str,
        *,
        sink: EventSink | None = None,
        on_connected: Callable[["AriClient"], None] | None = None,
        on_disconnected: Callable[["AriClient", str], None] | None = None,
        request_timeout_s: float = REQUEST_TIMEOUT_S,
        in_flight_limit: int = IN_FLIGHT_LIMIT,
        socket_operations: frozenset[str] = SOCKET_OPERATIONS,
    ) -> None:
        self.node = node
        self.application = application
        self.sink = sink
        self.on_connected = on_connected
        self.on_disconnected = on_disconnected
        self.listeners = Listeners(self)
        self._add_repositories(self)
        self._timeout_s = request_timeout_s
        self._socket_operations = socket_operations
        self._socket_gate = Gate(node.name, in_flight_limit, QUEUE_LIMIT)
        self._http_gate = Gate(node.name, in_flight_limit, QUEUE_LIMIT)
        self._http = AriHttp(node, self._http_gate)
        self._socket: AriSocket | None = None
        self._closed = False
        self._connections = self._events = self._by_socket = self._by_http = 0

    # -- requests ----------------------------------------------------------------------------------------------------------

    async def request(self, request: Request, timeout_s: float | None = None) -> Any:
        """Sends a request by the right way and returns its decoded answer (None for one without a body, bytes for a file).

        AriRequestFailed when Asterisk says no, AriTimeout, AriDisconnected (it may or may not have been carried out: it is
        never sent twice), AriOverloaded (it was not sent).
        """
        if self._closed:
            raise AriDisconnected(operation=request.operation.name, node=self.node.name, reason="this client is closed")
        limit_s = self._timeout_s if timeout_s is None else timeout_s
        if self._socket is not None and request.operation.name in self._socket_operations:
            self._by_socket += 1
            return await self._socket.request(request, limit_s)
        self._by_http += 1
        return await self._http.request(request, limit_s)

    async def event_filter(self, disallowed: Iterable[str] = UNREAD_EVENTS) -> Application:
        """Tells Asterisk which types of event it need not send. Asterisk forgets it when it restarts: say it on each connect."""
        types = [{"type": name} for name in disallowed]
        answer = await self.applications.filter(self.application, filter={"allowed": [], "disallowed": types})
        return answer.json

    # -- events ------------------------------------------------------------------------------------------------------------

    def on_event(self, event_type: str, listener: EventListener) -> Subscription:
        """Calls `listener(event)` for each event of this type."""
        return self.listeners.add(event_type, listener)

    def on_object_event(self, kind: str, event_type: str, listener: ObjectListener) -> Subscription:
        """Calls `listener(object, event)` with the event's main object of this kind, as in ("Channel", "StasisStart", ...)."""
        return self.listeners.add_kind(kind, event_type, listener)

    def on_channel_event(self, event_type: str, listener: ObjectListener) -> Subscription:
        return self.listeners.add_kind("Channel", event_type, listener)

    def on_bridge_event(self, event_type: str, listener: ObjectListener) -> Subscription:
        return self.listeners.add_kind("Bridge", event_type, listener)

    def on_playback_event(self, event_type: str, listener: ObjectListener) -> Subscription:
        return self.listeners.add_kind("Playback", event_type, listener)

    def on_live_recording_event(self, event_type: str, listener: ObjectListener) -> Subscription:
        return self.listeners.add_kind("LiveRecording", event_type, listener)

    def on_endpoint_event(self, event_type: str, listener: ObjectListener) -> Subscription:
        return self.listeners.add_kind("Endpoint", event_type, listener)

    def on_device_state_event(self, event_type: str, listener: ObjectListener) -> Subscription:
        return self.listeners.add_kind("DeviceState", event_type, listener)

    def _received(self, event: Event) -> None:
        self._events += 1
        if self.sink is not None:
            try:
                self.sink(self, event)
            except Exception:
                log.exception("the ARI sink failed", extra={"node": self.node.name, "event_type": event.get("type")})
        self.listeners.dispatch(event)

    # -- connection --------------------------------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """True while Asterisk's websocket is open and heard from."""
        return self._socket is not None

    @property
    def closed(self) -> bool:
        return self._closed

    def figures(self) -> AriFigures:
        """Counters since the start and depths now."""
        return AriFigures(
            connected=self.connected,
            connections=self._connections,
            events=self._events,
            requests_by_socket=self._by_socket,
            requests_by_http=self._by_http,
            in_flight_by_socket=self._socket_gate.inside,
            in_flight_by_http=self._http_gate.inside,
            waiting_for_socket=self._socket_gate.waiting,
            waiting_for_http=self._http_gate.waiting,
        )

    async def attach(self, websocket: AriWebSocket, transport: asyncio.Transport) -> None:
        """Serves an accepted websocket until it ends. A newer one replaces an older: Asterisk lost that one already."""
        if self._closed:
            return
        if self._socket is not None:
            older = self._socket
            older.abort("Asterisk opened a newer websocket")
            self._detach(older)
        current = AriSocket(self.node.name, websocket, transport, self._socket_gate)
        self._socket = current
        self._connections += 1
        log.info("Asterisk connected", extra={"node": self.node.name, "application": self.application})
        try:
            if self.on_connected is not None:
                self.on_connected(self)
            await current.serve(self._received)
        finally:
            current.abort("its reader ended")
            self._detach(current)

    def _detach(self, ended: AriSocket) -> None:
        if self._socket is not ended:
            return
        self._socket = None
        log.info("Asterisk disconnected", extra={"node": self.node.name, "reason": ended.ended})
        if self.on_disconnected is not None:
            self.on_disconnected(self, ended.ended)
        if ended.fell_silent and not self._closed:
            self.listeners.spawn(self._nudge())

    async def _nudge(self) -> None:
        """Makes Asterisk write to the websocket that fell silent, until it notices that nobody is there and opens a new one.

        Without this an Asterisk that was cut off silently would notice only with its next event, and that event is lost.
        """
        while not (self._closed or self.connected):
            try:
                await self.events.userEvent(NUDGE_EVENT, application=self.application)
            except AriError as error:
                log.debug("a silent Asterisk could not be nudged", extra={"node": self.node.name, "reason": str(error)})
            await asyncio.sleep(NUDGE_INTERVAL_S)

    async def close(self) -> None:
        """Lets go of the websocket first, then of the HTTP connections; takes less than a second."""
        self._closed = True
        current = self._socket
        if current is not None:
            await current.close()
        self.listeners.close()
        await self._http.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
