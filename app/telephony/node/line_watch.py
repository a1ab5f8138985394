"""How the lines are, in words: the nodes, the trunks and the phones, asked for every few seconds and told with the remedy."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Protocol

import structlog

from app.calls.ports import LineView
from app.domain.lines import Phone, Trunk
from app.errors import TrunklineError
from app.telephony.ami import PhoneContact, Registration
from app.telephony.dialling import ROBOT

log = structlog.get_logger(__name__)

EVERY_S = 5.0


class LineManager(Protocol):
    """What of the manager interface is asked here."""

    async def registrations(self) -> Sequence[Registration]: ...
    async def contacts(self, endpoints: Iterable[str]) -> Sequence[PhoneContact]: ...


class LineWatch:
    """Looks at one node's lines. `views` is the latest answer; `changed` is called when it is another than before."""

    def __init__(
        self,
        node: str,
        manager: LineManager,
        connected: Callable[[], bool],
        reachable: Callable[[], Collection[str]],
        changed: Callable[[], None],
    ) -> None:
        self._node, self._manager, self._connected = node, manager, connected
        self._reachable, self._changed = reachable, changed
        self.trunks: Sequence[Trunk] = ()
        self.phones: Sequence[Phone] = ()
        self._trunk_views: tuple[LineView, ...] = ()

    def views(self) -> tuple[LineView, ...]:
        """The node, then trunks, then phones."""
        reachable = self._reachable()
        phones = (_phone(phone, phone.name in reachable) for phone in self.phones)
        return (self._node_view(), *self._trunk_views, *phones)

    async def keep_looking(self) -> None:
        """Looks until it is cancelled."""
        while True:
            before = self._trunk_views
            try:
                self._trunk_views = await self._look()
            except (TrunklineError, TimeoutError, OSError) as reason:
                words = f"state unknown: Asterisk's manager interface does not answer ({reason})"
                self._trunk_views = tuple(LineView("trunk", trunk.name, "warning", words) for trunk in self.trunks)
            if self._trunk_views != before:
                self._changed()
            await asyncio.sleep(EVERY_S)

    def _node_view(self) -> LineView:
        if self._connected():
            return LineView("asterisk", self._node, "ok", "connected")
        words = "not connected: callers hear music until it is back. Find out why with: python -m app doctor"
        return LineView("asterisk", self._node, "down", words)

    async def _look(self) -> tuple[LineView, ...]:
        if not self.trunks:
            return ()
        registrations = {each.name: each for each in await self._manager.registrations()}
        contacts = await self._manager.contacts([trunk.endpoint for trunk in self.trunks if trunk.enabled])
        by_endpoint: dict[str, list[PhoneContact]] = {}
        for contact in contacts:
            by_endpoint.setdefault(contact.endpoint, []).append(contact)
        return tuple(_trunk(trunk, by_endpoint.get(trunk.endpoint, []), registrations) for trunk in self.trunks)


def _trunk(trunk: Trunk, contacts: list[PhoneContact], registrations: dict[str, Registration]) -> LineView:
    """A registering trunk is as good as its registration, every trunk only as good as its carrier's answer."""
    details = {"host": trunk.host, "port": str(trunk.port), "transport": trunk.transport, "mode": trunk.mode}
    if not trunk.enabled:
        return LineView(
            "trunk", trunk.name, "warning", "switched off: python -m app trunk enable " + trunk.name, details
        )
    if trunk.mode == "register":
        registration = registrations.get(trunk.endpoint)
        state = registration.status if registration else "Unregistered"
        if state != "Registered":
            words = f"not registered ({state.lower()}): check the user name, the secret and the host {trunk.host}:{trunk.port}"
            return LineView("trunk", trunk.name, "down", words, details)
    answering = [contact for contact in contacts if contact.status in ("Reachable", "NonQualified")]
    if not answering:
        words = (
            f"{trunk.host}:{trunk.port} does not answer SIP OPTIONS over {trunk.transport}: check the address, the port, "
            "the firewall, and that the carrier knows this machine's address"
        )
        return LineView("trunk", trunk.name, "down", words, details)
    round_trip_us = answering[0].round_trip_us
    words = "registered, " if trunk.mode == "register" else ""
    words += "the carrier answers" + (f" in {round_trip_us / 1000:.0f} ms" if round_trip_us else "")
    return LineView("trunk", trunk.name, "ok", words, details)


def _phone(phone: Phone, reachable: bool) -> LineView:
    if phone.name.startswith(ROBOT):
        return LineView("phone", phone.name, "ok", "answers test calls by itself", {"kind": phone.kind})
    if reachable:
        return LineView("phone", phone.name, "ok", "registered", {"kind": phone.kind})
    if phone.kind == "webrtc":
        return LineView(
            "phone", phone.name, "warning", "not connected: its agent opens the page /phone", {"kind": phone.kind}
        )
    words = "not registered: its log-in is shown by python -m app phone list --secrets"
    return LineView("phone", phone.name, "warning", words, {"kind": phone.kind})
