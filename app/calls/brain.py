"""The cores joined: one event in, the commands that follow out. Pure: the same events at the same times give the same commands.

`OWNERS` says which core each event and request goes to. The engine calls `handle` for what happens and the recovery calls it for
what the journal holds; neither can tell the difference.
"""

from collections import deque
from collections.abc import Callable
from typing import get_args

from app.calls import runs
from app.calls.memory import Asked, Live, Memory, Playing
from app.conversation import core as conversation
from app.conversation.step import Step as ConversationStep
from app.domain import events, requests
from app.domain.agent import AgentTrigger
from app.domain.call_control import CallControl
from app.domain.commands import (
    AskBot,
    CancelTimer,
    Command,
    Hangup,
    InvokeFunction,
    Play,
    SealInput,
    StartTimer,
    StopPlayback,
    WriteRecord,
)
from app.domain.contact import Contact, InitiationMethod
from app.domain.events import Event
from app.domain.ids import ChannelId, ContactId, ExecutionId
from app.domain.instance import Instance
from app.domain.phone import to_e164
from app.domain.requests import Request
from app.domain.trace import TraceEntry
from app.flow.graph import Library
from app.flow.interpreter import Interpreter
from app.routing.core import Routing

Happening = Event | Request
UNALLOCATED = 1


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
            channel: live.contact.contact_id
            for live in memory.contacts.values()
            for channel in live.conversation.channels
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

    def live(self, contact_id: ContactId) -> Live | None:
        return self.memory.contacts.get(contact_id)

    def contact_of(self, event: Event) -> ContactId | None:
        """The contact an event concerns, as far as its ids tell."""
        contact_id = getattr(event, "contact_id", None) or self.channels.get(
            getattr(event, "channel_id", ChannelId(""))
        )
        if contact_id is None:
            name: str = getattr(event, "playback_id", "") or getattr(event, "timer_id", "")
            contact_id = ContactId(name.split(".", 1)[0]) if "." in name else None
        return contact_id

    # -- what goes where ---------------------------------------------------------------------------------------------------

    def _arrived(self, event: Happening) -> None:
        assert isinstance(event, events.CallArrived)
        known = event.channel_id in self.channels or event.channel_id in self.memory.ended
        if known or event.contact_id in self.memory.contacts:
            return
        called = to_e164(event.called, self.instance.country) or event.called
        if called not in self.instance.numbers:
            self._commands.append(Hangup(event.contact_id, event.channel_id, UNALLOCATED))
            return
        calling = to_e164(event.calling, self.instance.country) or event.calling
        contact = Contact(
            event.contact_id, event.node, event.channel_id, InitiationMethod.INBOUND, calling, called, self.now_ms
        )
        step = conversation.begin(conversation.Arrival(contact, event), self.now_ms)
        self.memory.contacts[event.contact_id] = live = Live(step.contact, step.conversation)
        live.trace.append(
            TraceEntry(self.now_ms, "call", "arrived", called, {"from": calling, "by": event.origin_name})
        )
        self._after_conversation(live, step)

    def _to_conversation(self, event: Happening) -> None:
        contact_id = self.contact_of(event)  # type: ignore[arg-type]
        live = self.memory.contacts.get(contact_id) if contact_id else None
        if live is None:
            if isinstance(event, requests.OfferContact):
                self.pending.append(_nobody_there(event))
            return
        self._after_conversation(
            live, conversation.step(live.conversation, live.contact, event, self.instance, self.now_ms)
        )

    def _after_conversation(self, live: Live, step: ConversationStep) -> None:
        before = live.conversation.channels
        live.conversation, live.contact = step.conversation, step.contact
        live.trace.extend(step.trace)
        after = step.conversation.channels
        for channel in before:
            if channel not in after:
                self.channels.pop(channel, None)
        for channel in after:
            self.channels[channel] = live.contact.contact_id
        self.follow(live, step.commands)

    def _to_routing(self, event: Happening) -> None:
        self.follow(None, self.routing.handle(event, self.now_ms))

    def _timer(self, event: Happening) -> None:
        assert isinstance(event, events.TimerFired)
        self.memory.timers.pop(event.timer_id, None)
        live = self.memory.contacts.get(ContactId(event.timer_id.split(".", 1)[0]))
        run = live.runs.get(ExecutionId(event.timer_id.rsplit(".", 1)[0])) if live else None
        if live is not None and run is not None:
            runs.step_flow(self, live, run, event)
        elif live is not None and event.timer_id.endswith(".ring"):
            self._to_conversation(event)
        else:
            self._to_routing(event)

    def _request_failed(self, event: Happening) -> None:
        assert isinstance(event, events.RequestFailed)
        live = self.memory.contacts.get(event.contact_id)
        if live is None:
            return
        live.trace.append(TraceEntry(self.now_ms, "error", event.command, event.reason, {"status": str(event.status)}))
        for run in [run for run in live.runs.values() if run.channel_id == event.target]:
            runs.step_flow(self, live, run, event)
        self._to_conversation(event)

    def _note_waiting(self, event: Happening) -> None:
        assert isinstance(event, requests.NoteWaiting)
        if (live := self.memory.contacts.get(event.contact_id)) is not None:
            queue = self.instance.queue(event.queue_id)
            name = queue.name if queue else event.queue_id
            live.trace.append(TraceEntry(self.now_ms, "routing", "waits", name, {"why": event.why}))

    def _over(self, event: Happening) -> None:
        assert isinstance(event, requests.ContactOver)
        self._commands.append(WriteRecord(event.contact_id))

    def _written(self, event: Happening) -> None:
        assert isinstance(event, events.RecordWritten)
        live = self.memory.contacts.get(event.contact_id)
        if live is not None:
            self.memory.forget(live, self.now_ms)

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
    events.CallArrived: Brain._arrived,
    events.ChannelAnswered: Brain._to_conversation,
    events.ChannelEnded: Brain._to_conversation,
    events.RecordingFinished: Brain._to_conversation,
    events.DigitReceived: runs.digit,
    events.PlaybackFinished: runs.playback,
    events.TimerFired: Brain._timer,
    events.RequestFailed: Brain._request_failed,
    events.RecordWritten: Brain._written,
    events.PhoneReachable: Brain._to_routing,
    events.AgentStatusRequested: Brain._to_routing,
    events.ConfigurationChanged: Brain._configured,
    events.FunctionReturned: runs.answered,
    events.BotReplied: runs.answered,
    events.InputSealed: runs.answered,
    **dict.fromkeys(get_args(CallControl), Brain._to_conversation),
    requests.EnterQueue: Brain._to_conversation,
    requests.ChangeQueue: Brain._to_conversation,
    requests.SetAgentStatus: Brain._to_routing,
    requests.FlowEnded: Brain._to_conversation,
    requests.OfferContact: Brain._to_conversation,
    requests.NoteWaiting: Brain._note_waiting,
    requests.AfterWorkDone: Brain._to_conversation,
    requests.StartFlow: runs.start_flow,
    requests.StopFlow: runs.stop_flow,
    requests.WaitInQueue: Brain._to_routing,
    requests.LeaveQueue: Brain._to_routing,
    requests.MoveAgent: Brain._to_routing,
    requests.ContactOver: Brain._over,
    requests.ChangeRouting: Brain._to_routing,
    requests.CallNumber: Brain._to_conversation,
    requests.TransferToAgent: Brain._to_conversation,
    requests.HoldParty: Brain._to_conversation,
    requests.DialCustomer: Brain._to_conversation,
    requests.QueueCallback: Brain._to_conversation,
    requests.Answered: runs.answered,
}
"""Which core an event or a request goes to. `check` holds that every one of them stands here."""
