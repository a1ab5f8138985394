"""Follows a call through the contact centre, as its server tells it: prints each step once, and knows when a key is asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.cli.running import Server
from app.domain.instance import Instance
from app.errors import Unavailable
from app.flow.graph import Library

ONE_KEY, MANY_KEYS = "Get customer input", "Store customer input"


@dataclass(frozen=True, slots=True)
class Visit:
    """A block in which the flow stands. `number` tells one visit of the same block from the next."""

    flow: str
    block: str
    title: str
    number: int


@dataclass(slots=True)
class Path:
    """The path so far. `origin` is what names our call among others; `say` gets a line for each step."""

    server: Server
    instance: Instance
    origin: str
    number: str
    calling: str
    say: Callable[[str], None]
    contact_id: str = ""
    contact: dict[str, Any] | None = None
    """The contact as the server shows it now; None before it arrived and after it is finished."""
    entries: list[dict[str, Any]] = field(default_factory=list)
    _library: Library = field(default_factory=Library)
    _others: set[str] = field(default_factory=set)
    _away: bool = False

    async def look(self) -> None:
        """Asks the server once. A server that is away, killed or restarted, is told and waited for: the call goes on without it."""
        try:
            await self._look()
        except Unavailable as reason:
            if not self._away:
                self.say(f"         {reason} The call goes on.")
            self._away = True
        else:
            if self._away:
                self.say("         the server is back")
            self._away = False

    async def _look(self) -> None:
        contacts = (await self.server.status())["contacts"]
        if not self.contact_id:
            await self._find(contacts)
        self.contact = next((each for each in contacts if each["contact_id"] == self.contact_id), None)
        if self.contact_id:
            await self._read_trace()

    async def _find(self, contacts: list[dict[str, Any]]) -> None:
        for contact in contacts:
            contact_id = contact["contact_id"]
            ours = (contact["customer_number"], contact["system_number"]) == (self.calling, self.number)
            if not ours or contact_id in self._others:
                continue
            trace = await self.server.trace(contact_id) or []
            if any(entry["details"].get("by") == self.origin for entry in trace):
                self.contact_id = contact_id
                return
            self._others.add(contact_id)

    async def _read_trace(self) -> None:
        trace = await self.server.trace(self.contact_id) or []
        for entry in trace[len(self.entries) :]:
            self.entries.append(entry)
            self.say(line_of(entry, self.entries[0]["at_ms"]))

    @property
    def state(self) -> str:
        return str(self.contact["state"]) if self.contact else ""

    def visit(self) -> Visit | None:
        """The block that the flow is in; None while it is in none."""
        if self.contact is None or not self.contact["block"]:
            return None
        flow, block = self.contact["flow"], self.contact["block"]
        return Visit(flow, block, self._title(flow, block), len(self.entries))

    def _title(self, flow: str, block: str) -> str:
        for content in self.instance.flows.values():
            if content.name == flow:
                node = self._library.graph(content).nodes.get(block)
                return node.title if node else block
        return block


def line_of(entry: dict[str, Any], start_ms: int) -> str:
    """` 3.1 s  Get customer input   Pressed 1   (Menu)`"""
    details = entry["details"]
    extra = [f"{name} {value}" for name, value in details.items() if name not in ("flow", "block", "next", "took_ms")]
    notes = ", ".join(([details["block"]] if details.get("block") else []) + extra)
    seconds = (entry["at_ms"] - start_ms) / 1000
    return f"{seconds:6.1f} s  {entry['what']:27} {entry['result']:21} {notes}".rstrip()
