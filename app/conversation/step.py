"""How a handler says what follows: it changes a `Turn`, and the turn becomes a `Step`."""

from dataclasses import dataclass, replace
from typing import Any

from app.conversation.state import Conversation, Phase
from app.domain.commands import Command
from app.domain.contact import Contact
from app.domain.events import Event
from app.domain.ids import ChannelId, ExecutionId
from app.domain.instance import Instance
from app.domain.requests import Request, StopFlow
from app.domain.trace import TraceEntry


@dataclass(frozen=True, slots=True)
class Step:
    """What an event made of a conversation: the new values and, in this order, what is to be done."""

    conversation: Conversation
    contact: Contact
    commands: tuple["Command | Request", ...] = ()
    trace: tuple[TraceEntry, ...] = ()


class Turn:
    """One event's work in progress; lives for one call of `step` and is never kept."""

    __slots__ = ("_contact", "_contact_changes", "_talk", "_talk_changes", "commands", "instance", "now_ms", "trace")

    def __init__(self, conversation: Conversation, contact: Contact, instance: Instance, now_ms: int) -> None:
        self._talk, self._contact, self.instance, self.now_ms = conversation, contact, instance, now_ms
        self._talk_changes: dict[str, Any] = {}
        self._contact_changes: dict[str, Any] = {}
        self.commands: list[Command | Request] = []
        self.trace: list[TraceEntry] = []

    @property
    def conversation(self) -> Conversation:
        """As changed so far. Changes gather until somebody looks: making a value anew is what a step costs most."""
        if self._talk_changes:
            self._talk, self._talk_changes = replace(self._talk, **self._talk_changes), {}
        return self._talk

    @property
    def contact(self) -> Contact:
        """As changed so far."""
        if self._contact_changes:
            self._contact, self._contact_changes = replace(self._contact, **self._contact_changes), {}
        return self._contact

    def step(self) -> Step:
        return Step(self.conversation, self.contact, tuple(self.commands), tuple(self.trace))

    def ask(self, *commands: "Command | Request") -> None:
        self.commands.extend(commands)

    def become(self, phase: Phase, **changes: Any) -> None:
        self._talk_changes |= {"phase": phase, "since_ms": self.now_ms, **changes}

    def change(self, **changes: Any) -> None:
        self._talk_changes |= changes

    def record(self, **changes: Any) -> None:
        self._contact_changes |= changes

    def note(self, what: str, result: str = "", **details: str) -> None:
        self.trace.append(TraceEntry(self.now_ms, "call", what, result, details))

    def next_serial(self) -> int:
        self.change(serial=self.conversation.serial + 1)
        return self.conversation.serial

    def next_run(self) -> ExecutionId:
        return ExecutionId(f"{self.conversation.contact_id}.{self.next_serial()}")

    def next_channel(self) -> ChannelId:
        """A channel id of ours: the node's name, a mark, the contact and a serial."""
        return ChannelId(f"{self.conversation.node}-tl-{self.conversation.contact_id}.{self.next_serial()}")

    def stop_run(self) -> None:
        """Ends the flow on the customer's channel, if one runs."""
        if self.conversation.run is not None:
            self.ask(StopFlow(self.conversation.contact_id, self.conversation.run))
            self.change(run=None)


Happening = Event | Request
