"""One login to Asterisk's manager interface, by panoramisk, without what would surprise.

panoramisk by itself connects again after `close()`, sends what was on its way once more after a reconnect, takes a wrong
secret in silence, never gives up on a request, and writes line ends that stand inside a value. Here a connection lives once,
ends for good, sends nothing twice, and every value is one line.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from panoramisk import Manager
from panoramisk.ami_protocol import AMIProtocol

from app.telephony.ami.errors import AmiDisconnected, AmiLoginRefused, AmiRequestFailed, AmiTimeout
from app.telephony.ami.values import Headers

library_log = logging.getLogger("panoramisk")

EVENT_CLASSES = "system,security"
IDEMPOTENT_ACTIONS = frozenset(
    {
        "Ping",
        "PJSIPShowRegistrationsOutbound",
        "PJSIPShowEndpoints",
        "PJSIPShowEndpoint",
        "MixMonitorMute",
        "StopMixMonitor",
    }
)
"""Sending one of these twice does what sending it once does. Nothing is sent twice here; the error says whether one may."""
_LINE_ENDS = dict.fromkeys(map(ord, "\r\n\0"))


def one_line(value: object) -> str:
    """The value without anything that could end its line and begin another header or action."""
    return str(value).translate(_LINE_ENDS)


class _Manager(Manager):  # type: ignore[misc]
    """panoramisk's manager that neither connects again, nor sends again, nor pings on its own."""

    def __init__(self, on_lost: Callable[[], None]) -> None:
        super().__init__(log=library_log)
        self._on_lost = on_lost

    def connection_lost(self, exc: object) -> None:
        self._connected = False
        self._on_lost()

    async def send_awaiting_actions(self, *_: object) -> None:
        self.awaiting_actions.clear()


class AmiConnection:
    """Made by `open`. `lost` is done once the connection has ended, whoever ended it."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._manager: Any = _Manager(self._end)

    async def open(
        self, host: str, port: int, user: str, secret: str, on_event: Callable[[Headers], None], timeout_s: float
    ) -> None:
        """Connects and logs in. AmiLoginRefused, AmiDisconnected, AmiTimeout."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout_s):
                opened = await loop.create_connection(AMIProtocol, host, port)
        except TimeoutError:
            raise AmiTimeout(action="Login", node=self.node, timeout_s=timeout_s) from None
        except OSError as error:
            reason = f"{host}:{port}: {error.strerror or error}"
            raise AmiDisconnected(action="Login", node=self.node, reason=reason, may_repeat=True) from error
        made = loop.create_future()
        made.set_result(opened)
        self._manager.loop = loop
        self._manager.connection_made(made)
        self._manager.pinger.cancel()
        self._manager.register_event("*", lambda _, event: on_event(event))
        try:
            await self.send("Login", {"Username": user, "Secret": secret, "Events": EVENT_CLASSES}, timeout_s)
        except AmiRequestFailed as error:
            raise AmiLoginRefused(node=self.node, user=user, reason=error.reason) from None

    async def send(self, action: str, fields: dict[str, object], timeout_s: float) -> list[Headers]:
        """Sends one action; returns its answer and, for a list, the events that follow it.

        AmiRequestFailed, AmiTimeout, AmiDisconnected.
        """
        if self.lost.done():
            raise self._disconnected(action)
        packet = {one_line(name): one_line(value) for name, value in fields.items()}
        answer: asyncio.Future[Any] = self._manager.send_action({"Action": action, **packet})
        await asyncio.wait((answer, self.lost), timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            self._forget(answer)
            if self.lost.done():
                raise self._disconnected(action)
            raise AmiTimeout(action=action, node=self.node, timeout_s=timeout_s)
        result = answer.result()
        messages = result if isinstance(result, list) else [result]
        if not messages[0].success:
            raise AmiRequestFailed(
                action=action, node=self.node, reason=str(messages[0].get("Message", "no reason given"))
            )
        return messages

    def close(self) -> None:
        """Ends the connection at once and for good."""
        if self._manager.protocol is not None:
            self._manager.close()
        self._end()

    def _end(self) -> None:
        if not self.lost.done():
            self.lost.set_result(None)

    def _forget(self, answer: "asyncio.Future[Any]") -> None:
        responses = self._manager.protocol.responses
        for key in [key for key, action in responses.items() if action.future is answer]:
            del responses[key]

    def _disconnected(self, action: str) -> AmiDisconnected:
        may_repeat = action in IDEMPOTENT_ACTIONS
        return AmiDisconnected(action=action, node=self.node, reason="the connection ended", may_repeat=may_repeat)
