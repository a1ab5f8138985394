"""Drives the interpreter in tests: flows from a few words, a world to look at, a run that takes events."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from app.domain.commands import Command, Play, StartTimer
from app.domain.contact import Contact, InitiationMethod
from app.domain.events import DigitReceived, Event, PlaybackFinished, TimerFired
from app.domain.figures import QueueFigures
from app.domain.ids import ChannelId, ContactId, ExecutionId, FlowId, HoursId, NodeName, QueueId
from app.domain.instance import Agent, FlowContent, FlowType, Hours, Instance, OpenHours, Queue
from app.domain.requests import Answered, EnterQueue, FlowEnded, Request
from app.flow.graph import Library
from app.flow.interpreter import Interpreter
from app.flow.state import FlowState, FlowView, Step

START_MS = 1_750_000_000_000
WEEK = tuple(OpenHours(day, 0, 1440) for day in range(7))

SALES = Queue(QueueId("q-sales"), "Sales", hours_id=HoursId("h-always"))
SUPPORT = Queue(QueueId("q-support"), "Support", hours_id=HoursId("h-never"), capacity=2)
CLOSED = Queue(QueueId("q-closed"), "Closed", enabled=False)


def action(
    identifier: str,
    type_: str,
    parameters: dict[str, Any] | None = None,
    *,
    to: str | None = None,
    errors: dict[str, str] | None = None,
    equals: dict[str, str] | None = None,
    conditions: list[tuple[str, str, str]] | None = None,
) -> dict[str, Any]:
    """An action of the flow language; `conditions` are (operator, operand, target)."""
    written = [("Equals", operand, target) for operand, target in (equals or {}).items()] + (conditions or [])
    transitions: dict[str, Any] = {"NextAction": to} if to else {}
    transitions["Errors"] = [{"ErrorType": name, "NextAction": target} for name, target in (errors or {}).items()]
    transitions["Conditions"] = [
        {"NextAction": target, "Condition": {"Operator": operator, "Operands": [operand]}}
        for operator, operand, target in written
    ]
    return {"Identifier": identifier, "Type": type_, "Parameters": parameters or {}, "Transitions": transitions}


def say(identifier: str, text: str, *, to: str, **errors: str) -> dict[str, Any]:
    """A Play prompt that marks where a run got to."""
    return action(identifier, "MessageParticipant", {"Text": text}, to=to, errors={"NoMatchingError": to} | errors)


END = action("end", "DisconnectParticipant")


def flow(
    *actions: dict[str, Any],
    flow_id: str = "f",
    version: int = 1,
    type_: FlowType = FlowType.CONTACT,
    metadata: dict[str, Any] | None = None,
) -> FlowContent:
    """A flow that starts at its first action; `end` is there without being named."""
    everything = [*actions] if any(item["Identifier"] == "end" for item in actions) else [*actions, END]
    content = {
        "Version": "2019-10-30",
        "StartAction": actions[0]["Identifier"],
        "Metadata": {"ActionMetadata": metadata or {}},
        "Actions": everything,
    }
    return FlowContent(FlowId(flow_id), version, f"Flow {flow_id}", type_, json.dumps(content))


def instance(*flows: FlowContent, **changes: Any) -> Instance:
    hours = (
        Hours(HoursId("h-always"), "Always", "UTC", WEEK),
        Hours(HoursId("h-never"), "Never", "UTC", ()),
    )
    made = Instance(
        version="v1",
        instance_id="i-1",
        hours={item.hours_id: item for item in hours},
        queues={queue.queue_id: queue for queue in (SALES, SUPPORT, CLOSED)},
        flows={content.flow_id: content for content in flows},
        prompts={"Beep": "/p/beep.wav", "CustomerQueue": "/p/queue.wav", "p-1": "/p/one.wav"},
    )
    return replace(made, **changes)


def contact(**changes: Any) -> Contact:
    made = Contact(
        contact_id=ContactId("c-1"),
        node=NodeName("n1"),
        channel_id=ChannelId("n1-ch"),
        initiation=InitiationMethod.INBOUND,
        customer_number="+15551234567",
        system_number="+15550000001",
        initiated_ms=START_MS,
    )
    return replace(made, **changes)


class Run:
    """One run of a flow. Every step passes the state through JSON, as the journal does."""

    def __init__(
        self,
        *flows: FlowContent,
        world: Instance | None = None,
        caller: Contact | None = None,
        figures: Callable[[QueueId], QueueFigures] = lambda queue_id: QueueFigures(),
        agent: Agent | None = None,
        draw: float = 0.25,
        now_ms: int = START_MS,
    ) -> None:
        self.interpreter = Interpreter(Library())
        self.world = world or instance(*flows)
        self.contact = caller or contact()
        self.figures, self.agent, self.draw, self.now_ms = figures, agent, draw, now_ms
        self.trace: list[tuple[str, str]] = []
        self.every: list[Command | Request] = []
        self.commands: tuple[Command | Request, ...] = ()
        self._take(
            self.interpreter.start(ExecutionId("x"), ChannelId("n1-ch"), flows[0], self.view, now_ms),
        )

    @property
    def view(self) -> FlowView:
        return FlowView(self.world, self.contact, self.figures, self.agent, lambda: self.draw)

    def _take(self, step: Step) -> None:
        self.state: FlowState = msgspec.json.decode(msgspec.json.encode(step.state), type=FlowState)
        assert self.state == step.state
        self.contact, self.commands = step.contact, step.commands
        self.every += step.commands
        self.entries = step.trace
        self.trace += [(entry.what, entry.result) for entry in step.trace]

    def send(self, event: Event | Answered, after_ms: int = 100) -> "Run":
        self.now_ms += after_ms
        self._take(self.interpreter.step(self.state, event, self.view, self.now_ms))
        return self

    def played(self, after_ms: int = 1_000) -> "Run":
        """The prompt ends."""
        assert self.state.playback_id is not None, "nothing is playing"
        return self.send(PlaybackFinished(self.state.playback_id), after_ms)

    def unplayable(self) -> "Run":
        assert self.state.playback_id is not None, "nothing is playing"
        return self.send(PlaybackFinished(self.state.playback_id, failed=True, reason="no voice"))

    def press(self, keys: str) -> "Run":
        for key in keys:
            self.send(DigitReceived(ChannelId("n1-ch"), key))
        return self

    def ring_out(self) -> "Run":
        """The one pending timer runs out, when it is due."""
        (timer_id,) = self.state.timers.values()
        due = [c.due_ms for c in self.every if isinstance(c, StartTimer) and c.timer_id == timer_id][-1]
        return self.send(TimerFired(timer_id), due - self.now_ms)

    def cancel(self) -> "Run":
        self._take(self.interpreter.cancel(self.state, self.view, self.now_ms))
        return self

    @property
    def heard(self) -> list[str]:
        """What was played last, prompt by prompt."""
        plays = [command for command in self.every if isinstance(command, Play)]
        return [prompt.value for prompt in plays[-1].prompts] if plays else []

    @property
    def endings(self) -> list[FlowEnded | EnterQueue]:
        return [command for command in self.every if isinstance(command, FlowEnded | EnterQueue)]
