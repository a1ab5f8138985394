"""Everything the application remembers of what goes on now. Written whole as a snapshot; made again from the journal's facts."""

from dataclasses import dataclass, field, replace
from typing import Any

from app.conversation.state import Conversation
from app.domain.commands import Play
from app.domain.contact import Contact
from app.domain.ids import ChannelId, ContactId, ExecutionId, InvocationId, PlaybackId, TimerId
from app.domain.instance import FlowContent
from app.domain.questions import AskBot, Invocation, InvokeFunction, SealInput
from app.domain.trace import TraceEntry
from app.flow.state import FlowState
from app.routing.state import RoutingState

DAY_MS = 86_400_000
ENDED_KEPT_MS = 600_000
"""How long after a contact's end its arrival is still recognised."""


_NONE: dict[Any, Any] = {}
"""Stands in copies for what is empty: a thousand copies make a few thousand things less that Python has to keep an eye on."""


@dataclass(frozen=True, slots=True)
class Playing:
    """A playback that was asked for at `at_ms` and has not ended yet."""

    command: Play
    at_ms: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to somebody outside: one of the three."""

    function: InvokeFunction | None = None
    bot: AskBot | None = None
    seal: SealInput | None = None

    @property
    def command(self) -> Invocation | None:
        return self.function or self.bot or self.seal


@dataclass(slots=True)
class Live:
    """One customer's visit, until its last contact is finished and written. `contact` is the one that the customer is in; `others`
    are those before it that are not written yet, and one that an agent prepares by consulting."""

    contact: Contact
    conversation: Conversation
    others: dict[ContactId, Contact] = field(default_factory=dict)
    written: bool = False
    """The record of `contact` is in the store; one of the others is not finished."""
    runs: dict[ExecutionId, FlowState] = field(default_factory=dict)
    playbacks: dict[PlaybackId, Playing] = field(default_factory=dict)
    stopping: dict[PlaybackId, int] = field(default_factory=dict)
    """When those playbacks began that were asked to stop and have not told their end: the request may have died with the process."""
    asked: dict[InvocationId, Asked] = field(default_factory=dict)
    """Questions to somebody outside that have no answer yet."""
    trace: list[TraceEntry] = field(default_factory=list)

    @property
    def contacts(self) -> dict[ContactId, Contact]:
        """Every contact of the visit that is remembered."""
        return {**self.others, self.contact.contact_id: self.contact}

    def contact_named(self, contact_id: ContactId) -> Contact:
        """The contact of this id; the present one for an id that is not remembered."""
        return self.others.get(contact_id, self.contact)

    def copy(self) -> "Live":
        """The visit as it is now, to be read: what it holds is shared, because nobody changes it, and only what holds it is new."""
        return Live(
            self.contact,
            self.conversation,
            self.others.copy() if self.others else _NONE,
            self.written,
            self.runs.copy() if self.runs else _NONE,
            self.playbacks.copy() if self.playbacks else _NONE,
            self.stopping.copy() if self.stopping else _NONE,
            self.asked.copy() if self.asked else _NONE,
            self.trace.copy(),
        )

    def put(self, contact: Contact) -> None:
        """Keeps what became of one of the contacts."""
        if contact.contact_id in self.others:
            self.others[contact.contact_id] = contact
        else:
            self.contact = contact


@dataclass(slots=True)
class Memory:
    """`timers` are those running, with the moment they are due. `draws` counts the random numbers handed out.

    `pinned` are versions of flows that the present configuration no longer has but a run is still in.
    """

    instance_version: str = ""
    contacts: dict[ContactId, Live] = field(default_factory=dict)
    routing: RoutingState = field(default_factory=RoutingState)
    timers: dict[TimerId, int] = field(default_factory=dict)
    draws: int = 0
    pinned: list[FlowContent] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)
    """Callers' channels whose contact was forgotten lately, and the ids of those contacts, with the moment: an arrival that comes twice
    or late is known by them, that of an agent who dialled on their phone by the contact."""

    out_on: tuple[int, int] = (0, 0)
    """(day since 1970 in UTC, calls that went out on it)"""

    def copy(self) -> "Memory":
        """The memory as it is now, for somebody who reads it while it goes on."""
        return replace(
            self,
            contacts={key: live.copy() for key, live in self.contacts.items()},
            routing=self.routing.copy(),
            timers=self.timers.copy(),
            ended=self.ended.copy(),
        )

    @property
    def playing(self) -> dict[PlaybackId, ChannelId]:
        """What is played now, and at which channel."""
        lives = self.contacts.values()
        return {key: each.command.channel_id for live in lives for key, each in live.playbacks.items()}

    def count_call_out(self, now_ms: int) -> None:
        self.out_on = (now_ms // DAY_MS, self.called_out(now_ms) + 1)

    def called_out(self, now_ms: int) -> int:
        """How many calls have gone out today."""
        day, count = self.out_on
        return count if day == now_ms // DAY_MS else 0

    def forget(self, live: Live, now_ms: int) -> None:
        """Every contact of the visit is written and nothing more can become of it."""
        self.contacts.pop(live.conversation.contact_id, None)
        self.ended[live.contact.channel_id] = self.ended[live.conversation.contact_id] = now_ms
        while (oldest := next(iter(self.ended))) and now_ms - self.ended[oldest] > ENDED_KEPT_MS:
            del self.ended[oldest]
