"""What only Asterisk's manager interface can do: recording by MixMonitor, registrations, phone contacts, security events."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Self

from app.errors import BadInput
from app.telephony.ami.commands import allowed
from app.telephony.ami.connection import AmiConnection, one_line
from app.telephony.ami.errors import AmiDisconnected, AmiError, AmiLoginRefused, AmiRequestFailed
from app.telephony.ami.values import (
    EVENTS,
    AmiEvent,
    Direction,
    Headers,
    Module,
    PhoneContact,
    Registration,
    modules,
    phone_contact,
    registration,
)

log = logging.getLogger(__name__)

REQUEST_TIMEOUT_S = 5.0
PING_INTERVAL_S = 2.0
PING_TIMEOUT_S = 2.0
RETRY_S = 0.3
REFUSED_RETRY_S = 10.0
QUESTIONS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class AmiNode:
    """Where one node's manager interface listens."""

    name: str
    host: str
    port: int
    user: str
    secret: str = field(repr=False)


class AmiClient:
    """Keeps one manager connection to one node and comes back when it ends. Nothing is ever sent twice.

    `sink`, `on_connected` and `on_disconnected` are called from the reader and must return at once.
    """

    def __init__(
        self,
        node: AmiNode,
        *,
        sink: Callable[["AmiClient", AmiEvent], None] | None = None,
        on_connected: Callable[["AmiClient"], None] | None = None,
        on_disconnected: Callable[["AmiClient", str], None] | None = None,
        request_timeout_s: float = REQUEST_TIMEOUT_S,
    ) -> None:
        self.node = node
        self.sink = sink
        self.on_connected = on_connected
        self.on_disconnected = on_disconnected
        self.problem = "not yet connected"
        """Why there is no connection, in words; empty while there is one."""
        self._timeout_s = request_timeout_s
        self._connection: AmiConnection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._last_error: AmiError | None = None

    # -- life --------------------------------------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """True while logged in."""
        return self._connection is not None

    def start(self) -> None:
        """Begins to connect, in the background."""
        if self._keeper is None:
            self._keeper = asyncio.get_running_loop().create_task(self._keep())

    async def ready(self, timeout_s: float = REQUEST_TIMEOUT_S) -> None:
        """Returns once connected. AmiLoginRefused at once for a wrong secret, else AmiDisconnected when the time is over."""
        self.start()
        try:
            async with asyncio.timeout(timeout_s):
                while not self.connected:
                    if isinstance(self._last_error, AmiLoginRefused):
                        raise self._last_error
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise self._not_connected("Login") from None

    async def close(self) -> None:
        """Ends the connection; it does not come back."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def __aenter__(self) -> Self:
        await self.ready()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _keep(self) -> None:
        while True:
            connection = AmiConnection(self.node.name)
            try:
                await self._live(connection)
            except AmiError as error:
                self._failed(error)
            finally:
                connection.close()
                self._dropped()
            await asyncio.sleep(REFUSED_RETRY_S if isinstance(self._last_error, AmiLoginRefused) else RETRY_S)

    async def _live(self, connection: AmiConnection) -> None:
        """Logs in and pings until the connection ends or falls silent."""
        node = self.node
        await connection.open(node.host, node.port, node.user, node.secret, self._told, self._timeout_s)
        self._connection, self._last_error, self.problem = connection, None, ""
        self._changed.set()
        log.info("manager connected", extra={"node": node.name})
        if self.on_connected is not None:
            self.on_connected(self)
        while True:
            await asyncio.wait((connection.lost,), timeout=PING_INTERVAL_S)
            await connection.send("Ping", {}, PING_TIMEOUT_S)

    def _failed(self, error: AmiError) -> None:
        if str(error) != self.problem:
            log.warning("no manager connection", extra={"node": self.node.name, "reason": str(error)})
        self._last_error, self.problem = error, str(error)
        self._changed.set()

    def _dropped(self) -> None:
        was_connected, self._connection = self._connection is not None, None
        self.problem = self.problem or "closed"
        if was_connected and self.on_disconnected is not None:
            self.on_disconnected(self, self.problem)

    def _told(self, headers: Headers) -> None:
        make = EVENTS.get(headers["Event"])
        if make is None or self.sink is None:
            return
        try:
            self.sink(self, make(headers))
        except Exception:
            log.exception("the manager's sink failed", extra={"node": self.node.name, "event_type": headers["Event"]})

    async def _send(self, action: str, **fields: object) -> list[Headers]:
        if self._connection is None:
            raise self._not_connected(action)
        given = {name.rstrip("_"): value for name, value in fields.items() if value is not None}
        return await self._connection.send(action, given, self._timeout_s)

    def _not_connected(self, action: str) -> AmiDisconnected:
        return AmiDisconnected(action=action, node=self.node.name, reason=self.problem, may_repeat=True)

    # -- recording ---------------------------------------------------------------------------------------------------------

    async def mix_monitor(self, channel: str, file: str | None = None, *, options: str = "") -> None:
        """Records a channel (its id or name). `options` as MixMonitor takes them: r(FILE) what it says, t(FILE) what it hears.

        Without `file` only the files of the options are written. It goes on until the channel ends or it is stopped.
        """
        if file is None and not options:
            raise BadInput(what="a recording", why="it names no file")
        await self._send("MixMonitor", Channel=channel, File=file, Options=options or None)

    async def stop_mix_monitor(self, channel: str, mix_monitor_id: str | None = None) -> None:
        """Stops one recording of the channel, or all; its files are whole when this returns or a moment later."""
        await self._send("StopMixMonitor", Channel=channel, MixMonitorID=mix_monitor_id)

    async def mix_monitor_mute(self, channel: str, direction: Direction, muted: bool) -> None:
        """Writes silence for what the channel says (`read`), hears (`write`) or both, or ends that."""
        await self._send("MixMonitorMute", Channel=channel, Direction=direction, State=1 if muted else 0)

    # -- states ------------------------------------------------------------------------------------------------------------

    async def registrations(self) -> tuple[Registration, ...]:
        """Our registrations with carriers."""
        answer = await self._send("PJSIPShowRegistrationsOutbound")
        return tuple(registration(item) for item in answer if item.get("Event") == "OutboundRegistrationDetail")

    async def endpoints(self) -> dict[str, str]:
        """Each endpoint's name and device state (Not in use, In use, Ringing, Unavailable, ...)."""
        return {item["ObjectName"]: item.get("DeviceState", "") for item in await self._endpoint_list()}

    async def contacts(self, endpoints: Iterable[str] | None = None) -> tuple[PhoneContact, ...]:
        """Where these endpoints (or all) can be reached now. An unknown endpoint has no contact."""
        if endpoints is None:
            endpoints = [item["ObjectName"] for item in await self._endpoint_list() if item.get("Contacts")]
        gate = asyncio.Semaphore(QUESTIONS_AT_ONCE)

        async def ask(endpoint: str) -> list[PhoneContact]:
            async with gate:
                try:
                    answer = await self._send("PJSIPShowEndpoint", Endpoint=endpoint)
                except AmiRequestFailed:
                    return []
            return [phone_contact(item) for item in answer if item.get("Event") == "ContactStatusDetail"]

        return tuple(contact for found in await asyncio.gather(*map(ask, endpoints)) for contact in found)

    async def _endpoint_list(self) -> list[Headers]:
        try:
            answer = await self._send("PJSIPShowEndpoints")
        except AmiRequestFailed:
            return []
        return [item for item in answer if item.get("Event") == "EndpointList"]

    async def modules(self) -> tuple[Module, ...]:
        """What Asterisk has loaded."""
        return modules(await self.command("module show"))

    async def command(self, text: str) -> list[str]:
        """Asks the console; returns its lines. BadInput for a command that is not among those that only show states."""
        if not allowed(text):
            raise BadInput(
                what=f"the console command {one_line(text)!r}", why="it is not among those that diagnostics may ask"
            )
        output: object = (await self._send("Command", Command=text))[0].get("Output", [])
        return [str(line) for line in output] if isinstance(output, list) else [str(output)]
