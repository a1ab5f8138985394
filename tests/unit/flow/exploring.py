"""Runs any block in any way: settings, world and events are drawn, from nothing but the block's own definition.

A new block takes part without being named here. Settings come from its JSON schema and its form, branches from its definition, and
what can be told to it from what its run waits for. A question of a new kind must be given answers in `answers_to`.
"""

import json
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import msgspec

from app.domain.commands import CancelTimer, Play, StartTimer, StopPlayback
from app.domain.contact import Contact
from app.domain.events import (
    BotReplied,
    DigitReceived,
    Event,
    FunctionReturned,
    InputSealed,
    PlaybackFinished,
    RequestFailed,
    TimerFired,
)
from app.domain.figures import QueueFigures
from app.domain.ids import AgentId, ChannelId, ExecutionId, FlowId, ProfileId, QueueId, agent_queue
from app.domain.instance import Agent, FlowContent, FlowType, Instance
from app.domain.questions import AskBot, InvokeFunction, SealInput
from app.domain.requests import ANSWERS, Answered, EnterQueue, FlowEnded
from app.flow.block import Block
from app.flow.branches import Next, OnError, OnResult, Options
from app.flow.context import Context
from app.flow.forms import form_of
from app.flow.graph import Library, Node
from app.flow.interpreter import Interpreter
from app.flow.registry import Registry
from app.flow.state import FlowState, FlowView, Step
from tests.unit.flow.driving import START_MS, action, contact, flow, instance, say

IT = "it"
"""The identifier of the block that is tried."""
ANN = Agent(AgentId("a-ann"), "ann", ProfileId("p"), "phone", "Ann", "Lee")
TEXTS = (
    "hello", "", "1", "12", "True", "US", "Voice", "Joanna", "*", "+12025550123", "2025550123", "+15551234567", "$.Attributes.number",
    "$.Attributes.word", "$.Attributes.digit", "$.Attributes.missing", "$.Attributes.big$.Attributes.big", "$.StoredCustomerInput",
    "$.Queue.ARN", "<speak>Hello</speak>", "x" * 200,
)  # fmt: skip
OPERANDS = ("1", "2", "12", "50", "101", "hello", "done", "Order", "$.Attributes.digit")


def _module(name: str, *actions: dict[str, Any]) -> FlowContent:
    return replace(flow(*actions, flow_id=f"m-{name}", type_=FlowType.MODULE), name=f"Module {name}")


FLOWS = (
    flow(say("x", "Elsewhere", to="end"), flow_id="other"),
    FlowContent(FlowId("broken"), 1, "Flow broken", FlowType.CONTACT, "no JSON"),
    _module(
        "done", action("r", "EndFlowModuleExecution", {"Result": "done", "ResultData": {"a": "$.Attributes.word"}})
    ),
    _module("says", say("s", "In the module", to="r"), action("r", "EndFlowModuleExecution")),
    _module("fails", action("g", "SummonGenie")),
    _module("circle", action("g", "InvokeFlowModule", {"FlowModuleId": "m-circle"})),
)
WORLD = instance(*FLOWS, agents={ANN.agent_id: ANN})
QUIET = QueueFigures()
BUSY = QueueFigures(5, 400_000, 4, 3, 1, 2, 1, 1, 1)


def written(cls: type[Block], rng: Random, world: Instance = WORLD) -> dict[str, Any]:
    """The block as an action of the flow language, with settings drawn and every branch leading to a block of its own."""
    parameters: dict[str, Any] = {}
    choices = {
        item.field.name: [value for pair in item.choices for value in pair] for item in form_of(cls, None, world).fields
    }
    for path, value in cls.definition.fixed.items():
        _put(parameters, path, value)
    for name, param in cls.definition.params.items():
        schemas = param.schema()
        if schemas and (param.required or rng.random() < 0.7):
            path = rng.choice(list(schemas))
            _put(parameters, path, _value(schemas[path], rng, choices.get(name, ())))
    conditions, errors, to = [], {}, None
    for key, branch in cls.definition.branches.items():
        if isinstance(branch, OnResult):
            conditions.append((branch.operator, branch.operand, f"to:{key}"))
        elif isinstance(branch, OnError):
            errors[branch.error] = f"to:{key}"
        elif isinstance(branch, Next):
            to = f"to:{key}"
    for name, param in cls.definition.params.items():
        if isinstance(param, Options):
            drawn = [(rng.choice(param.operators), rng.choice(OPERANDS)) for _ in range(rng.randint(0, 3))]
            conditions += [(operator, operand, f"to:{name}") for operator, operand in drawn]
    to = to or (f"to:{cls.definition.next_copies}" if cls.definition.next_copies else None)
    return action(IT, cls.definition.type, parameters, to=to, errors=errors, conditions=conditions)


def _put(tree: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for key in above:
        tree = tree.setdefault(key, {})
    tree[last] = value


def _value(schema: dict[str, Any], rng: Random, choices: Any) -> Any:
    """A value that the schema allows, or text in its place: everything in a flow may be a reference, and may be nonsense."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return rng.choice(schema["enum"])
    if schema["type"] == "array":
        most = 3 if schema.get("minItems") else 2
        return [_value(schema["items"], rng, choices) for _ in range(rng.randint(0, most))]
    if schema["type"] == "object":
        inside = schema.get("properties")
        if inside:
            one = rng.choice(list(inside)) if set(inside) >= {"Text", "SSML"} else None
            return {name: _value(inside[name], rng, choices) for name in inside if one in (None, name)}
        return {
            rng.choice(("a", "b c")): _value(schema["additionalProperties"], rng, ()) for _ in range(rng.randint(0, 2))
        }
    if "minimum" in schema and rng.random() < 0.8:
        return rng.choice(
            (str(schema["minimum"]), str(min(schema["maximum"], schema["minimum"] + 2)), "$.Attributes.digit")
        )
    if "boolean" in schema["type"]:
        return rng.choice(("True", "False"))
    return rng.choice((*choices, *choices, "nowhere", "")) if choices and rng.random() < 0.8 else rng.choice(TEXTS)


def drawn_contact(rng: Random) -> Contact:
    attributes = {"number": "+12025550123", "word": "hello", "digit": "1", "big": "x" * 20_000}
    queues = (None, "q-sales", "q-support", "q-closed", "q-gone", agent_queue(ANN.agent_id))
    queue = rng.choice(queues)
    return contact(
        attributes=attributes,
        queue_id=QueueId(queue) if queue else None,
        stored_input=rng.choice((None, "12", "Timeout")),
        customer_number=rng.choice(("+12025550100", "anonymous")),
    )


@dataclass
class Ledger:
    """What a run has going on outside: it must all be stopped or over when the run is."""

    playbacks: set[str] = field(default_factory=set)
    timers: dict[str, int] = field(default_factory=dict)
    endings: int = 0

    def take(self, step: Step) -> "Ledger":
        for command in step.commands:
            if isinstance(command, Play):
                assert not self.playbacks, "two prompts at once"
                self.playbacks.add(command.playback_id)
            elif isinstance(command, StopPlayback):
                self.playbacks.remove(command.playback_id)
            elif isinstance(command, StartTimer):
                assert command.timer_id not in self.timers
                self.timers[command.timer_id] = command.due_ms
            elif isinstance(command, CancelTimer):
                del self.timers[command.timer_id]
            elif isinstance(command, FlowEnded | EnterQueue):
                self.endings += 1
        if step.state.ended:
            assert not self.playbacks, "something still plays"
            assert not self.timers, "a timer is still set"
        return self

    def happened(self, event: Event | Answered) -> None:
        if isinstance(event, PlaybackFinished):
            self.playbacks.discard(event.playback_id)
        elif isinstance(event, RequestFailed):
            self.playbacks.clear()
        elif isinstance(event, TimerFired):
            self.timers.pop(event.timer_id)

    def copy(self) -> "Ledger":
        return Ledger(set(self.playbacks), dict(self.timers), self.endings)


class Trial:
    """One run of a flow that has the block first. `reached` are the keys of the branches it took."""

    def __init__(self, cls: type[Block], rng: Random, registry: Registry | None = None) -> None:
        self.rng, self.reached, self.ledger = rng, set[str](), Ledger()
        self.action = written(cls, rng)
        keys = [
            *cls.definition.branches,
            *(name for name, param in cls.definition.params.items() if isinstance(param, Options)),
        ]
        self.flow = flow(self.action, *(say(f"to:{key}", key, to="end") for key in keys), type_=FlowType.CONTACT)
        self.world = replace(WORLD, flows={**WORLD.flows, self.flow.flow_id: self.flow})
        self.contact = drawn_contact(rng)
        self.figures, self.agent, self.chance = rng.choice((QUIET, BUSY)), rng.choice((None, ANN)), rng.random()
        self.interpreter, self.now_ms = Interpreter(Library(registry), self._watch), START_MS
        self.questions: dict[str, Any] = {}
        self.steps: list[tuple[FlowState | None, Event | Answered | None, FlowView, int, Step]] = []
        self._take(
            None, None, self.interpreter.start(ExecutionId("x"), ChannelId("n1-ch"), self.flow, self.view, self.now_ms)
        )

    @property
    def view(self) -> FlowView:
        return FlowView(self.world, self.contact, lambda queue_id: self.figures, self.agent, lambda: self.chance)

    @property
    def at_it(self) -> bool:
        """The run is in the block, or in a module that the block invoked."""
        return not self.state.ended and (self.state.block == IT or bool(self.state.callers))

    def events(self) -> list[Event | Answered]:
        """Everything that can happen to the run now."""
        state = self.state
        found: list[Event | Answered] = [DigitReceived(state.channel_id, self.rng.choice("0123456789*#"))]
        if state.playback_id is not None:
            found += [
                PlaybackFinished(state.playback_id),
                PlaybackFinished(state.playback_id, failed=True, reason="no voice"),
            ]
            found.append(RequestFailed(state.contact_id, "Play", state.playback_id, 404, "no channel"))
        found += [TimerFired(timer_id) for timer_id in state.timers.values()]
        if state.invocation_id is not None:
            found += answers_to(self.questions[state.invocation_id])
        return found

    def go(self, most: int = 12) -> "Trial":
        """Lets things happen until the block is left or enough has happened."""
        for _ in range(most):
            if not self.at_it:
                break
            self.tell(self.rng.choice(self.events()))
        return self

    def tell(self, event: Event | Answered) -> None:
        before, view = self.state, self.view
        due_ms = self.ledger.timers.get(event.timer_id, 0) if isinstance(event, TimerFired) else 0
        self.now_ms = max(self.now_ms + self.rng.choice((50, 1_000)), due_ms)
        self.ledger.happened(event)
        self._take(before, event, self.interpreter.step(before, event, view, self.now_ms), view)

    def _take(
        self, before: FlowState | None, event: Event | Answered | None, step: Step, view: FlowView | None = None
    ) -> None:
        self.steps.append((before, event, view or self.view, self.now_ms, step))
        self.state, self.contact = step.state, step.contact
        self.ledger.take(step)
        for command in step.commands:
            if (asked := getattr(command, "invocation_id", None)) is not None:
                self.questions[asked] = command

    def _watch(self, context: Context, node: Node | None, result: str, branch: str) -> None:
        if node is not None and node.id == IT and context.flow_id == self.flow.flow_id and branch:
            self.reached.add(branch.partition(".")[0])


def answers_to(question: Any) -> list[Event | Answered]:
    """Everything that can be answered to a question."""
    contact_id, asked = question.contact_id, question.invocation_id
    if isinstance(question, InvokeFunction):
        good = FunctionReturned(contact_id, asked, {"word": "hello", "digit": "1"})
        return [good, FunctionReturned(contact_id, asked, None, "it is slow")]
    if isinstance(question, AskBot):
        states = ("Fulfilled", "ReadyForFulfillment", "Failed", "ElicitSlot", "ElicitIntent", "ConfirmIntent")
        replies = [
            BotReplied(contact_id, asked, state, "Yes?", "Order", {"size": "12"}, {"a": "b"}) for state in states
        ]
        return [*replies, BotReplied(contact_id, asked, "", reason="nobody is there")]
    if isinstance(question, SealInput):
        return [InputSealed(contact_id, asked, "c2VhbGVk"), InputSealed(contact_id, asked, "", "no such key")]
    return [Answered(contact_id, asked, result, "so it is") for result in ANSWERS[type(question)]]


def through_json(state: FlowState) -> FlowState:
    return msgspec.json.decode(msgspec.json.encode(state), type=FlowState)


def described(trial: Trial) -> str:
    """A trial for people who want to know why a test failed."""
    told = [type(event).__name__ for _, event, *_ in trial.steps if event]
    return f"{json.dumps(trial.action)[:2000]} told {told}"
