"""The cores joined: one event in, the commands that follow out. Pure: the same events at the same times give the same commands.

`OWNERS` says which core each event and request goes to. The engine calls `handle` for what happens and the recovery calls it for
what the journal holds; neither can tell the difference.
"""

from collections import deque
from collections.abc import Callable
from typing import get_args

from app.calls import beginnings, runs
from app.calls.memory import Asked, Live, Memory, Playing
from app.conversation import core as conversation
from app.conversation.state import Role
from app.conversation.step import OF_CONVERSATION
from app.conversation.step import Step as ConversationStep
from app.domain import events, requests
from app.domain.agent import AgentTrigger
from app.domain.call_control import (
    CallbackCancelRequested,
    CallControl,
    CallRequested,
    ConsultOnPhone,
    OutboundCallRequested,
    PhoneKeys,
)
from app.domain.commands import CancelTimer, Command, DialNumber, Play, StartTimer, StopPlayback, WriteRecord
from app.domain.contact import Contact
from app.domain.events import Event
from app.domain.ids import ChannelId, ContactId, ExecutionId
from app.domain.instance import Instance
from app.domain.questions import AskBot, InvokeFunction, SealInput
from app.domain.requests import Request
from app.domain.trace import TraceEntry
from app.flow.graph import Library
from app.flow.interpreter import Interpreter
from app.routing.core import Routing

Happening = Event | Request


class Brain:
    """All contacts, all agents, all queues of the instance. `memory` is the whole state; everything else is made from it."""

    def __init__(self, memory: Memory, instance: Instance, configurations: Callable[[str], Instance]) -> None:
        self.memory = memory
        library = Library()
        for content in memory.pinned:
            library.graph(content)
        self.interpreter = Interpreter(library)
        self._configurations = configurations
        self.instance = instance
        self.routing = Routing(memory.routing, instance)
        self.channels: dict[ChannelId, ContactId] = {
            channel: key for key, live in memory.contacts.items() for channel in live.conversation.channels
        }
        self.visits: dict[ContactId, ContactId] = {
            contact_id: key for key, live in memory.contacts.items() for contact_id in (key, *live.contacts)
        }
        self.now_ms = 0
        self.pending: deque[Happening] = deque()
        self._commands: list[Command] = []

    def handle(self, event: Event, now_ms: int) -> list[Command]:
        """Everything that follows from one event, in order. Timers are in `memory.timers` as well as among the commands."""
        self.now_ms = now_ms
        self._commands = []
        self.pending.append(event)
        while self.pending:
            happening = self.pending.popleft()
            OWNERS[type(happening)](self, happening)
        return self._commands

    def abandon(self) -> list[Command]:
        """After a handler raised: what it had asked for before that, and a clean slate."""
        self.pending.clear()
        return self._commands

    def live(self, contact_id: ContactId | None) -> Live | None:
        """The visit that a contact belongs to."""
        return self.memory.contacts.get(self.visit(contact_id)) if contact_id else None

    def visit(self, contact_id: ContactId) -> ContactId:
        """The id of a contact's visit: that of its first contact."""
        return self.visits.get(contact_id, contact_id)

    def unwritten(self, contact_id: ContactId) -> Contact | None:
        """A contact whose record is not in the store yet."""
        live = self.live(contact_id)
        contact = live.contacts.get(contact_id) if live else None
        written = live is not None and live.written and live.contact.contact_id == contact_id
        return None if written else contact

    def trace(self, contact: Contact) -> tuple[TraceEntry, ...]:
        """What happened to the visit since the contact began."""
        live = self.live(contact.contact_id)
        return tuple(entry for entry in live.trace if entry.at_ms >= contact.initiated_ms) if live else ()

    def full(self, now_ms: int | None = None) -> str:
        """Why no more calls may go out now (None: at the last event), in words; empty when they may."""
        at_once, a_day = self.instance.calls_out_at_once, self.instance.calls_out_a_day
        if a_day is not None and self.memory.called_out(now_ms or self.now_ms) >= a_day:
            return f"{a_day} calls out a day are allowed, and were made"
        if at_once is None:
            return ""
        parties = (party for live in self.memory.contacts.values() for party in live.conversation.parties)
        now = sum(party.call is not None and party.role in (Role.CUSTOMER, Role.OUTSIDE) for party in parties)
        return f"{at_once} calls out at once are allowed, and go on" if now >= at_once else ""

    def contact_of(self, event: Event) -> ContactId | None:
        """The contact an event concerns, as far as its ids tell."""
        if isinstance(event, events.CallArrived):
            return beginnings.contact_of_second_line(self, event) or event.contact_id
        contact_id = getattr(event, "contact_id", None) or self.channels.get(
            getattr(event, "channel_id", ChannelId(""))
        )
        if contact_id is None:
            name: str = getattr(event, "playback_id", "") or getattr(event, "timer_id", "")
            contact_id = ContactId(name.split(".", 1)[0]) if "." in name else None
        return contact_id

    # -- what goes where ---------------------------------------------------------------------------------------------------

    def to_conversation(self, event: Happening) -> None:
        live = self.live(self.contact_of(event))  # type: ignore[arg-type]
        if live is None:
            if isinstance(event, requests.OfferContact):
                self.pending.append(_nobody_there(event))
            return
        step = conversation.step(
            live.conversation, live.contact, event, self.instance, self.now_ms, live.others, self.full
        )
        self.after_conversation(live, step)

    def after_conversation(self, live: Live, step: ConversationStep) -> None:
        """Keeps what a step made of a conversation, and follows what it asks for."""
        key, before = step.conversation.contact_id, live.conversation.channels
        live.conversation, live.contact, live.others = step.conversation, step.contact, dict(step.others)
        live.trace.extend(step.trace)
        after = step.conversation.channels
        for channel in before:
            if channel not in after:
                self.channels.pop(channel, None)
        for channel in after:
            self.channels[channel] = key
        for contact_id in live.contacts:
            self.visits[contact_id] = key
        self.follow(live, step.commands)
        runs.keep_unrecorded(self, live)

    def _to_routing(self, event: Happening) -> None:
        self.follow(None, self.routing.handle(event, self.now_ms))

    def _timer(self, event: Happening) -> None:
        assert isinstance(event, events.TimerFired)
        self.memory.timers.pop(event.timer_id, None)
        live = self.live(ContactId(event.timer_id.split(".", 1)[0]))
        run = live.runs.get(ExecutionId(event.timer_id.rsplit(".", 1)[0])) if live else None
        if live is not None and run is not None:
            runs.step_flow(self, live, run, event)
        elif OF_CONVERSATION in event.timer_id:
            self.to_conversation(event)
        else:
            self._to_routing(event)

    def _request_failed(self, event: Happening) -> None:
        assert isinstance(event, events.RequestFailed)
        live = self.live(event.contact_id)
        if live is None:
            return
        live.trace.append(TraceEntry(self.now_ms, "error", event.command, event.reason, {"status": str(event.status)}))
        for run in [run for run in live.runs.values() if run.channel_id == event.target]:
            runs.step_flow(self, live, run, event)
        self.to_conversation(event)

    def _note_waiting(self, event: Happening) -> None:
        assert isinstance(event, requests.NoteWaiting)
        if (live := self.live(event.contact_id)) is not None:
            queue = self.instance.queue(event.queue_id)
            name = queue.name if queue else event.queue_id
            live.trace.append(TraceEntry(self.now_ms, "routing", "waits", name, {"why": event.why}))

    def _over(self, event: Happening) -> None:
        assert isinstance(event, requests.ContactOver)
        self._commands.append(WriteRecord(event.contact_id))

    def _written(self, event: Happening) -> None:
        assert isinstance(event, events.RecordWritten)
        live = self.live(event.contact_id)
        if live is None:
            return
        live.others.pop(event.contact_id, None)
        live.written = live.written or event.contact_id == live.contact.contact_id
        if live.written and not live.others:
            key = live.conversation.contact_id
            self.memory.forget(live, self.now_ms)
            for contact_id in (event.contact_id, live.contact.contact_id, key):
                self.visits.pop(contact_id, None)
        elif event.contact_id not in (live.conversation.contact_id, live.contact.contact_id):
            self.visits.pop(event.contact_id, None)

    def _configured(self, event: Happening) -> None:
        assert isinstance(event, events.ConfigurationChanged)
        before, self.instance = self.instance, self._configurations(event.version)
        self._pin_flows(before)
        self.memory.instance_version = event.version
        self.follow(None, self.routing.configure(self.instance, self.now_ms))

    def _pin_flows(self, before: Instance) -> None:
        """Keeps the versions that runs are in: a call goes on in the version it began with, over restarts too."""
        running = [run for live in self.memory.contacts.values() for run in live.runs.values()]
        in_use = {(run.flow_id, run.version) for run in running}
        in_use |= {(caller.flow_id, caller.version) for run in running for caller in run.callers}
        present = {(flow.flow_id, flow.version) for flow in self.instance.flows.values()}
        known = {(flow.flow_id, flow.version): flow for flow in (*self.memory.pinned, *before.flows.values())}
        self.memory.pinned = [known[key] for key in sorted(in_use & known.keys() - present)]

    # -- what follows ------------------------------------------------------------------------------------------------------

    def follow(self, live: Live | None, what: "tuple[Command | Request, ...] | list[Command | Request]") -> None:
        """Requests go to the core that owns them, in order; commands leave, and the memory notes those that are pending."""
        for each in what:
            if isinstance(each, Request):
                self.pending.append(each)
                continue
            self._commands.append(each)
            if isinstance(each, DialNumber) and each.attempt == 0:
                self.memory.count_call_out(self.now_ms)
            if isinstance(each, StartTimer):
                self.memory.timers[each.timer_id] = each.due_ms
            elif isinstance(each, CancelTimer):
                self.memory.timers.pop(each.timer_id, None)
            elif isinstance(each, InvokeFunction) and live is not None:
                live.asked[each.invocation_id] = Asked(function=each)
            elif isinstance(each, AskBot) and live is not None:
                live.asked[each.invocation_id] = Asked(bot=each)
            elif isinstance(each, SealInput) and live is not None:
                live.asked[each.invocation_id] = Asked(seal=each)
            elif isinstance(each, Play) and live is not None:
                live.playbacks[each.playback_id] = Playing(each, self.now_ms)
            elif isinstance(each, StopPlayback) and live is not None and each.playback_id in live.playbacks:
                live.stopping[each.playback_id] = live.playbacks.pop(each.playback_id).at_ms


def _nobody_there(offer: requests.OfferContact) -> requests.MoveAgent:
    return requests.MoveAgent(offer.agent_id, offer.contact_id, AgentTrigger.CALLER_GONE)


OWNERS: dict[type, Callable[[Brain, Happening], None]] = {
    events.CallArrived: beginnings.arrived,
    events.ChannelAnswered: Brain.to_conversation,
    events.ChannelEnded: Brain.to_conversation,
    events.RecordingFinished: Brain.to_conversation,
    events.DigitReceived: runs.digit,
    events.PlaybackFinished: runs.playback,
    events.TimerFired: Brain._timer,
    events.RequestFailed: Brain._request_failed,
    events.RecordWritten: Brain._written,
    events.PhoneReachable: Brain._to_routing,
    events.PanelOpened: Brain._to_routing,
    events.PanelClosed: Brain._to_routing,
    events.AgentStatusRequested: Brain._to_routing,
    events.ConfigurationChanged: Brain._configured,
    events.FunctionReturned: runs.answered,
    events.BotReplied: runs.answered,
    events.InputSealed: runs.answered,
    **dict.fromkeys(get_args(CallControl | PhoneKeys), Brain.to_conversation),
    CallRequested: beginnings.dialled_by_agent,
    OutboundCallRequested: beginnings.called_by_program,
    CallbackCancelRequested: beginnings.callback_cancelled,
    requests.EnterQueue: Brain.to_conversation,
    requests.ChangeQueue: Brain.to_conversation,
    requests.SetAgentStatus: Brain._to_routing,
    requests.FlowEnded: Brain.to_conversation,
    requests.OfferContact: Brain.to_conversation,
    requests.NoteWaiting: Brain._note_waiting,
    requests.AfterWorkDone: Brain.to_conversation,
    requests.StartFlow: runs.start_flow,
    requests.StopFlow: runs.stop_flow,
    requests.MoveFlow: runs.move_flow,
    requests.WaitInQueue: Brain._to_routing,
    requests.LeaveQueue: Brain._to_routing,
    requests.MoveAgent: Brain._to_routing,
    requests.ContactOver: Brain._over,
    requests.ChangeRouting: Brain._to_routing,
    requests.CallNumber: Brain.to_conversation,
    requests.TransferToAgent: Brain.to_conversation,
    requests.HoldParty: Brain.to_conversation,
    requests.SilenceRecording: Brain.to_conversation,
    requests.DialCustomer: Brain.to_conversation,
    requests.QueueCallback: beginnings.callback_planned,
    requests.CancelCallback: Brain.to_conversation,
    ConsultOnPhone: Brain.to_conversation,
    requests.Answered: runs.answered,
}
"""Which core an event or a request goes to. `check` holds that every one of them stands here."""
