"""A walk: the production interpreter drives one contact through its flows in virtual time.

After every step the run's state and the contact pass through JSON as in the journal. What the flows ask for is answered by
`outside`; queue, whispers, talk and disconnect flow follow each other as in a call (`stages`).
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TypeVar

import msgspec

from app.domain.contact import Contact
from app.domain.events import DigitReceived, Event
from app.domain.figures import QueueFigures
from app.domain.ids import ChannelId, ContactId, ExecutionId, NodeName, QueueId, TimerId
from app.domain.instance import Agent, FlowContent, FlowType
from app.domain.phone import to_e164
from app.domain.requests import Answered
from app.flow.interpreter import Interpreter
from app.flow.state import FlowState, FlowView, Step
from app.sim.flow import outside, stages
from app.sim.flow.agenda import Agenda
from app.sim.flow.caller import Caller
from app.sim.flow.path import End, Ending, Fault, FunctionCall, Walked
from app.sim.flow.recorder import Recorder
from app.sim.flow.scenario import Scenario
from app.sim.flow.setting import Setting, queue_setting, starting_ms

CONTACT = ContactId("simulated")
CUSTOMER, AGENT = ChannelId("customer"), ChannelId("agent")
ASKING = ("GetParticipantInput", "ConnectParticipantWithLexBot")
"""Blocks that wait for the caller's keys."""


T = TypeVar("T", FlowState, Contact)

_STATE = msgspec.json.Decoder(FlowState)
_CONTACT = msgspec.json.Decoder(Contact)
_ENCODER = msgspec.json.Encoder()


class Walk:
    """Made for one scenario; `run` it once."""

    def __init__(self, setting: Setting, scenario: Scenario) -> None:
        self.setting, self.scenario = setting, scenario
        self.start_ms = starting_ms(scenario)
        self.agenda = Agenda(self.start_ms)
        self.contact = _first_contact(setting, scenario, self.start_ms)
        self.recorder = Recorder(self.start_ms, self.contact)
        self.interpreter = Interpreter(setting.graphs, self.recorder.watch)
        self.caller = Caller(scenario.caller, self.agenda, self._press, self._hang_up)
        self.run: FlowState | None = None
        self.stage = stages.Stage.FLOW
        self.agent: Agent | None = None
        self.ending: Ending | None = None
        self.timers: dict[TimerId, int] = {}
        self.calls: list[FunctionCall] = []
        self.counts: dict[str, int] = {}
        """How often each function and bot was asked."""
        self.chance = Random(f"{scenario.seed} chaos")
        self._draws = iter(scenario.draws)
        self._draw = Random(scenario.seed)
        self._runs = 0

    def walk(self) -> Walked:
        """From the call's beginning to its end. What raises on the way is a fault of the result."""
        if (cancel_s := self.scenario.chaos.cancel_at_s) is not None:
            self.agenda.after(cancel_s * 1000, self._cancel)
        stages.begin(self, self.setting.flow)
        end_ms = self.start_ms + round(self.scenario.limit_s * 1000)
        while self.ending is None:
            happening = self.agenda.next(end_ms)
            if happening is None:
                self.ending = self._left_over(end_ms)
                break
            happening()
        return Walked(
            self.ending,
            self.agenda.now_ms - self.start_ms,
            tuple(sorted(self.recorder.path, key=lambda visit: visit.at_ms)),
            tuple(self.recorder.heard),
            tuple(self.calls),
            self.contact,
            tuple(self.recorder.faults),
        )

    @property
    def view(self) -> FlowView:
        return FlowView(self.setting.instance, self.contact, self.figures, self.agent, self._next_draw)

    def begin(self, flow: FlowContent, kind: FlowType) -> None:
        """Starts a run of this flow; one that still runs is ended silently."""
        self.cancel_run()
        self._runs += 1
        run = ExecutionId(f"{CONTACT}.{self._runs}")
        channel = AGENT if kind in stages.AGENTS_EAR else CUSTOMER
        self._take(lambda: self.interpreter.start(run, channel, flow, self.view, self.agenda.now_ms))

    def tell(self, event: Event | Answered) -> None:
        """An event reaches the run that there is by then."""
        run = self.run
        if run is not None and self.ending is None:
            self._take(lambda: self.interpreter.step(run, event, self.view, self.agenda.now_ms), event)

    def later(self, delay_ms: float, event: Event | Answered) -> None:
        """An event that will happen; by the scenario's chaos it may come a second time."""
        self.agenda.after(delay_ms, lambda: self.tell(event))
        if self.likely(self.scenario.chaos.duplicates):
            self.agenda.after(delay_ms + self.chance.random() * 2_000, lambda: self.tell(event))

    def likely(self, probability: float) -> bool:
        return probability > 0 and self.chance.random() < probability

    def cancel_run(self) -> None:
        run, self.run = self.run, None
        if run is not None:
            self._take(lambda: self.interpreter.cancel(run, self.view, self.agenda.now_ms))

    def end(self, kind: End, name: str = "", reason: str = "") -> None:
        if self.ending is None:
            self.cancel_run()
            self.ending = Ending(kind, name, reason)

    def change(self, **facts: object) -> None:
        """Facts of the contact that the call itself changes."""
        self.contact = replace(self.contact, **facts)  # type: ignore[arg-type]
        self.recorder.knows(self.contact)

    def happens(self, what: str, result: str = "") -> None:
        self.recorder.happens(self.agenda.now_ms, what, result)

    def figures(self, queue_id: QueueId) -> QueueFigures:
        queue = self.setting.instance.queue(queue_id)
        said = queue_setting(self.scenario, queue.name if queue else queue_id, queue_id)
        wait_s = said.estimated_wait_s
        return QueueFigures(
            contacts_in_queue=said.contacts_in_queue,
            oldest_contact_age_ms=round(said.oldest_contact_age_s * 1000),
            agents_online=said.agents_online,
            agents_staffed=said.agents_staffed,
            agents_available=said.agents_available,
            position=said.position,
            estimated_wait_ms=None if wait_s is None else round(wait_s * 1000),
        )

    def _take(self, step: Callable[[], Step], event: Event | Answered | None = None) -> None:
        """Makes a step, passes it through the journal's JSON, and lets what it asks for follow."""
        visits = len(self.recorder.path)
        try:
            done = step()
        except Exception as error:
            self._fault(error)
            return
        self.run = None if done.state.ended else self._through_json(done.state, _STATE)
        self.contact = self._through_json(done.contact, _CONTACT)
        self.recorder.knows(self.contact)
        for command in done.commands:
            if (handle := outside.HANDLERS.get(type(command))) is not None:
                handle(self, command, done.state)
        entered = len(self.recorder.path) > visits or event is None
        if self.run is not None and (entered or outside.asks_again(event)) and self._is_asking(self.run):
            self.caller.is_asked()

    def _is_asking(self, run: FlowState) -> bool:
        graph = self.setting.graphs.find(run.flow_id, run.version, self.setting.instance)
        node = graph.nodes.get(run.block or "") if graph else None
        return node is not None and node.action.type in ASKING

    def _through_json(self, value: T, decoder: "msgspec.json.Decoder[T]") -> T:
        back = decoder.decode(_ENCODER.encode(value))
        if back != value:
            block = self.run.block if self.run else ""
            name = type(value).__name__
            self.recorder.faults.append(Fault("", block or "", f"{name} is not the same after the journal's JSON"))
        return back

    def _fault(self, error: Exception) -> None:
        where = place_of(error)
        run = self.run
        words = f"{type(error).__name__}: {error}"
        self.recorder.faults.append(Fault(run.flow_id if run else "", (run.block or "") if run else "", words, where))
        self.run = None
        self.ending = Ending(End.FAILED, reason=words)

    def _left_over(self, end_ms: int) -> Ending:
        """Why nothing happens any more: the contact waits for an agent or a hold to end, or time is up, or the run is stuck."""
        self.agenda.now_ms = min(end_ms, max(self.agenda.now_ms, self.start_ms))
        waiting = stages.waiting(self)
        if waiting is not None:
            ending = waiting
        elif self.agenda.idle:
            ending = Ending(End.STUCK)
        else:
            self.agenda.now_ms = end_ms
            ending = Ending(End.TIME)
        self.cancel_run()
        return ending

    def _press(self, key: str) -> None:
        self.happens("Caller pressed", key)
        self.tell(DigitReceived(CUSTOMER, key))
        if self.likely(self.scenario.chaos.late):
            self.tell(DigitReceived(ChannelId("somebody-else"), key))

    def _hang_up(self) -> None:
        self.end(End.CALLER)

    def _cancel(self) -> None:
        self.end(End.CANCELLED)

    def _next_draw(self) -> float:
        said = next(self._draws, None)
        return self._draw.random() if said is None else said


def place_of(error: Exception) -> str:
    """Where in Trunkline it was raised."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{place.tb_frame.f_code.co_filename.rpartition('/app/')[2]}:{place.tb_lineno}" if place else ""


def _first_contact(setting: Setting, scenario: Scenario, now_ms: int) -> Contact:
    queue_id = next(
        (
            queue.queue_id
            for queue in setting.instance.queues.values()
            if scenario.queue in (queue.name, queue.queue_id)
        ),
        None,
    )
    return Contact(
        contact_id=CONTACT,
        node=NodeName("simulated"),
        channel_id=CUSTOMER,
        initiation=scenario.initiation,
        customer_number=to_e164(scenario.caller_number, scenario.country) or scenario.caller_number,
        system_number=to_e164(scenario.called_number, scenario.country) or scenario.called_number,
        initiated_ms=now_ms,
        connected_to_system_ms=now_ms,
        attributes=dict(scenario.attributes),
        queue_id=queue_id,
    )
