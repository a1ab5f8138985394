"""How a handler says what follows: it changes a `Turn`, and the turn becomes a `Step`."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.conversation.state import Conversation, Party, Phase
from app.domain.commands import Command
from app.domain.contact import Contact
from app.domain.events import Event
from app.domain.ids import ChannelId, ContactId, ExecutionId, TimerId
from app.domain.instance import Instance
from app.domain.phone import why_not_called
from app.domain.requests import Request
from app.domain.trace import TraceEntry
from app.domain.values import changed

OF_CONVERSATION = ".talk."
"""The mark in the id of every timer that a conversation starts."""


@dataclass(frozen=True, slots=True)
class Step:
    """What an event made of a conversation: the new values and, in this order, what is to be done.

    `contact` is the contact that the customer is in now; `others` are those of the same visit that are not closed yet.
    """

    conversation: Conversation
    contact: Contact
    commands: tuple["Command | Request", ...] = ()
    trace: tuple[TraceEntry, ...] = ()
    others: Mapping[ContactId, Contact] = field(default_factory=dict)


class Turn:
    """One event's work in progress; lives for one call of `step` and is never kept."""

    __slots__ = (
        "_contact",
        "_contact_changes",
        "commands",
        "conversation",
        "full",
        "happened_ms",
        "instance",
        "now_ms",
        "others",
        "trace",
    )

    def __init__(
        self,
        conversation: Conversation,
        contact: Contact,
        instance: Instance,
        now_ms: int,
        others: Mapping[ContactId, Contact] | None = None,
        full: Callable[[], str] = str,
    ) -> None:
        self.conversation = changed(conversation)
        """A copy of this turn's own, changed in place: making values anew is what a step costs most."""
        self._contact, self.instance, self.now_ms, self.full = contact, instance, now_ms, full
        self.happened_ms = now_ms
        """When the event happened: it may have been told late."""
        self._contact_changes: dict[str, Any] = {}
        self.others: dict[ContactId, Contact] = dict(others or {})
        self.commands: list[Command | Request] = []
        self.trace: list[TraceEntry] = []

    @property
    def contact(self) -> Contact:
        """The customer's contact, as changed so far. Changes gather until somebody looks."""
        if self._contact_changes:
            self._contact, self._contact_changes = changed(self._contact, **self._contact_changes), {}
        return self._contact

    @property
    def contact_id(self) -> ContactId:
        return self._contact.contact_id

    @property
    def key(self) -> ContactId:
        """The conversation's own id, for commands: they leave in order for each conversation."""
        return self.conversation.contact_id

    def step(self) -> Step:
        return Step(self.conversation, self.contact, tuple(self.commands), tuple(self.trace), self.others)

    def told_late(self, late_ms: int) -> None:
        """The event happened so long ago, but after everything that is known of the parties."""
        known_ms = max((self.conversation.since_ms, *(party.since_ms for party in self.conversation.parties)))
        self.happened_ms = min(max(self.now_ms - late_ms, known_ms), self.now_ms)

    def refusal(self, number: str) -> str:
        """Why an outside number is not called now, in words; empty when it is."""
        return why_not_called(number, self.instance.country, self.instance.destinations) or self.full()

    # -- what follows ------------------------------------------------------------------------------------------------------

    def ask(self, *commands: "Command | Request") -> None:
        self.commands.extend(commands)

    def become(self, phase: Phase, **changes: Any) -> None:
        self.change(phase=phase, since_ms=self.now_ms, **changes)

    def change(self, **changes: Any) -> None:
        for name, value in changes.items():
            setattr(self.conversation, name, value)

    def record(self, **changes: Any) -> None:
        self._contact_changes |= changes

    def record_of(self, contact_id: ContactId | None, **changes: Any) -> None:
        """As `record`, of any contact of this visit."""
        if contact_id == self.contact_id:
            self.record(**changes)
        elif contact_id in self.others:
            self.others[contact_id] = changed(self.others[contact_id], **changes)

    def contact_named(self, contact_id: ContactId | None) -> Contact | None:
        return self.contact if contact_id == self.contact_id else self.others.get(contact_id or ContactId(""))

    def go_on_with(self, contact: Contact) -> None:
        """From here on the customer is in this contact; the one before is among the others."""
        before = self.contact
        self.others.pop(contact.contact_id, None)
        self.others[before.contact_id] = before
        self._contact = contact

    def note(self, what: str, result: str = "", **details: str) -> None:
        self.trace.append(TraceEntry(self.now_ms, "call", what, result, details))

    # -- parties -----------------------------------------------------------------------------------------------------------

    @property
    def customer(self) -> Party | None:
        return self.conversation.party(self.conversation.customer)

    @property
    def agent(self) -> Party | None:
        return self.conversation.agent

    def party(self, channel_id: ChannelId | None) -> Party | None:
        return self.conversation.party(channel_id)

    def add(self, party: Party) -> None:
        self.change(parties=(*self.conversation.parties, party))

    def alter(self, channel_id: ChannelId, **changes: Any) -> None:
        parties = self.conversation.parties
        self.change(parties=tuple(changed(p, **changes) if p.channel_id == channel_id else p for p in parties))

    def forget(self, channel_id: ChannelId) -> None:
        talk = self.conversation
        self.change(parties=tuple(party for party in talk.parties if party.channel_id != channel_id))
        if talk.lead == channel_id:
            self.change(lead=None)

    # -- ids ---------------------------------------------------------------------------------------------------------------

    def next_serial(self) -> int:
        self.change(serial=self.conversation.serial + 1)
        return self.conversation.serial

    def next_run(self) -> ExecutionId:
        return ExecutionId(f"{self.key}.{self.next_serial()}")

    def next_channel(self) -> ChannelId:
        """A channel id of ours: the node's name, a mark, the conversation and a serial."""
        return ChannelId(f"{self.conversation.node}-tl-{self.key}.{self.next_serial()}")

    def next_contact(self) -> ContactId:
        return ContactId(str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.key}.{self.next_serial()}")))

    def timer(self, channel_id: ChannelId) -> TimerId:
        """The time that a party has to answer."""
        return TimerId(f"{self.key}{OF_CONVERSATION}{channel_id.rsplit('.', 1)[-1]}")


Happening = Event | Request
