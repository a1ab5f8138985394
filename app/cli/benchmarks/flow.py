"""`bench flow`: what the interpreter makes of a block, the journal's facts included, against a bare generator that does the same.

Two calls are measured. `call` is that of `bench call`: twelve blocks from the answer to the queue, one of which waits. `talk` has
twelve blocks too, six of which wait, and a caller who presses fourteen keys. Every event is encoded as the journal has it; `states`
also encodes every state after every step, which production does for a snapshot only. The bare generators are the same calls written by
hand in Python: they keep their place in themselves, so nothing of them could survive a restart. They encode the same facts.
"""

import statistics
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from app.calls.codec import encode_event
from app.cli.benchmarks import machine
from app.cli.benchmarks.content import GREETING, NUMBER, WAITING, contact_flow, talk_flow, waiting_flow
from app.domain.commands import Command, Play, StopPlayback
from app.domain.contact import Contact, InitiationMethod
from app.domain.events import CallArrived, DigitReceived, Event, PlaybackFinished
from app.domain.figures import QueueFigures
from app.domain.ids import ChannelId, ContactId, ExecutionId, FlowId, HoursId, NodeName, PlaybackId, QueueId
from app.domain.instance import FlowContent, FlowType, Hours, Instance, OpenHours, Queue
from app.domain.prompt import Prompt, PromptKind
from app.domain.requests import EnterQueue, Request
from app.flow.graph import Library
from app.flow.interpreter import Interpreter
from app.flow.state import FlowState, FlowView, Step

GOAL_PER_SECOND, GOAL_CALL_MS = 50_000, 2.0
BLOCKS = 12
NOW_MS = 1_750_000_000_000
CHANNEL, CONTACT, RUN = ChannelId("n1-c"), ContactId("c-1"), ExecutionId("c-1.1")
KEYS = ("1", "123456#", "2", "123#", "1")
"""What the caller of `talk` presses at each of its questions."""
ARRIVED = CallArrived(CONTACT, NodeName("n1"), CHANNEL, "trunk", "bench", NUMBER, "+12025550123")

_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Options:
    """How many calls a round has, and how many rounds there are."""

    calls: int = 3_000
    rounds: int = 5


class Production:
    """Runs of one flow as the application makes them. `states` counts the bytes of the states when they are encoded."""

    def __init__(self, content: str) -> None:
        self.flow = FlowContent(FlowId("bench"), 1, "Bench", FlowType.CONTACT, content)
        self.instance = _instance(self.flow)
        self.interpreter = Interpreter(Library())
        self.contact = Contact(
            CONTACT, NodeName("n1"), CHANNEL, InitiationMethod.INBOUND, "+12025550123", NUMBER, NOW_MS
        )
        self.events = self._listen()

    def call(self, encode_state: Callable[[FlowState], bytes] | None = None) -> Step:
        """One call from beginning to end; its last step."""
        now_ms = NOW_MS
        encode_event(ARRIVED)
        step = self.interpreter.start(RUN, CHANNEL, self.flow, self._view(self.contact), now_ms)
        for event in self.events:
            now_ms += 1_000
            encode_event(event)
            step = self.interpreter.step(step.state, event, self._view(step.contact), now_ms)
            if encode_state is not None:
                encode_state(step.state)
        return step

    def _view(self, contact: Contact) -> FlowView:
        return FlowView(self.instance, contact, _figures, None, _draw)

    def _listen(self) -> tuple[Event, ...]:
        """The events of the call: the first prompt is heard to its end, every other one is cut short by the first key."""
        step = self.interpreter.start(RUN, CHANNEL, self.flow, self._view(self.contact), NOW_MS)
        events: list[Event] = []
        keys = iter(KEYS)
        while step.state.block is not None:
            playing = step.state.playback_id
            assert playing is not None
            if not events:
                following: list[Event] = [PlaybackFinished(playing)]
            else:
                following = [DigitReceived(CHANNEL, key) for key in next(keys)]
                following.insert(1, PlaybackFinished(playing))
            for event in following:
                step = self.interpreter.step(step.state, event, self._view(step.contact), NOW_MS)
                events.append(event)
                if step.state.block is None:
                    break
        return tuple(events)


def _instance(flow: FlowContent) -> Instance:
    always, bench = HoursId("always"), QueueId("bench")
    spans = tuple(OpenHours(weekday, 0, 1440) for weekday in range(7))
    waiting = FlowContent(WAITING, 1, "Waiting", FlowType.CUSTOMER_QUEUE, waiting_flow())
    return Instance(
        version="bench",
        instance_id="bench",
        hours={always: Hours(always, "Always", "UTC", spans)},
        queues={bench: Queue(bench, "Bench", always)},
        flows={flow.flow_id: flow, WAITING: waiting},
        prompts={GREETING: "greeting.wav", "bench-music": "music.wav"},
    )


def _figures(queue_id: QueueId) -> QueueFigures:
    return QueueFigures(agents_online=1)


def _draw() -> float:
    return 0.5


Bare = Generator[list[Command | Request], Event, None]


def bare_call() -> Bare:
    """The twelve blocks of `call` as a program."""
    attributes: dict[str, str] = {}
    yield [Play(CONTACT, CHANNEL, PlaybackId(f"{RUN}.1"), (Prompt(PromptKind.AUDIO, GREETING),))]
    attributes["topic"] = "sales"
    if attributes["topic"] == "sales":
        attributes["dialled"] = NUMBER
    if _figures(QueueId("bench")).agents_online > 0:
        yield [EnterQueue(CONTACT, RUN, QueueId("bench"))]


def bare_talk() -> Bare:
    """The twelve blocks of `talk` as a program."""
    attributes: dict[str, str] = {}
    yield [_spoken(1)]
    key = yield from _asked(2, 1)
    attributes["choice"] = key
    account = yield from _asked(3, 7)
    if account != "Timeout":
        yield from _asked(4, 1)
    attributes["code"] = yield from _asked(5, 4)
    yield from _asked(6, 1)
    yield [EnterQueue(CONTACT, RUN, QueueId("bench"))]


def _spoken(number: int) -> Play:
    return Play(CONTACT, CHANNEL, PlaybackId(f"{RUN}.{number}"), (Prompt(PromptKind.TEXT, "Please choose"),))


def _asked(number: int, length: int) -> Generator[list[Command | Request], Event, str]:
    """Plays a question that the first key stops, and collects this many keys."""
    keys, out = "", [_spoken(number)]
    commands: list[Command | Request] = list(out)
    while len(keys) < length:
        event = yield commands
        commands = []
        if isinstance(event, DigitReceived):
            commands = [] if keys else [StopPlayback(CONTACT, PlaybackId(f"{RUN}.{number}"))]
            keys += event.digit
    return keys


def _bare(program: Callable[[], Bare], events: Iterable[Event]) -> None:
    """One call of the bare generator with the same events and facts."""
    encode_event(ARRIVED)
    running = program()
    next(running)
    for event in events:
        encode_event(event)
        running.send(event)


def run(options: Options) -> dict[str, Any]:
    """Measures in turns and returns figures, ratios and goals, ready for JSON. `per_second` counts blocks, `call_us` is one call."""
    call, talk = Production(contact_flow()), Production(talk_flow())
    for each in (call, talk):
        assert isinstance(each.call().commands[-1], EnterQueue)
    measured: dict[str, Callable[[], object]] = {
        "call": call.call,
        "talk": talk.call,
        "call_states": lambda: call.call(_ENCODER.encode),
        "talk_states": lambda: talk.call(_ENCODER.encode),
        "call_bare": lambda: _bare(bare_call, call.events),
        "talk_bare": lambda: _bare(bare_talk, talk.events),
    }
    taken: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(options.rounds):
        for name, one in measured.items():
            taken[name].append(_seconds_a_call(one, options.calls))
    return {
        "bench": "flow",
        "setting": {"calls": options.calls, "rounds": options.rounds, "facts": _facts(call, talk)},
        "machine": machine.description(""),
        "figures": {name: _figure(seconds) for name, seconds in taken.items()},
        "ratios": _ratios(taken),
        "goals": _goals(taken),
        "rounds": {name: [round(seconds * 1e6, 2) for seconds in each] for name, each in taken.items()},
    }


def _facts(call: Production, talk: Production) -> dict[str, int]:
    return {"call": len(call.events) + 1, "talk": len(talk.events) + 1}


def _seconds_a_call(one: Callable[[], object], calls: int) -> float:
    for _ in range(max(1, calls // 20)):
        one()
    begun = time.process_time()
    for _ in range(calls):
        one()
    return (time.process_time() - begun) / calls


def _figure(seconds: Sequence[float]) -> dict[str, float]:
    middle = statistics.median(seconds)
    return {
        "per_second": round(BLOCKS / middle),
        "lowest_per_second": round(BLOCKS / max(seconds)),
        "call_us": round(middle * 1e6, 1),
    }


def _ratios(taken: dict[str, list[float]]) -> dict[str, float]:
    """How much of the bare generator's pace the interpreter keeps, round by round."""
    return {
        f"{name}_to_bare": round(
            statistics.median(bare / ours for ours, bare in zip(taken[name], taken[f"{name}_bare"], strict=True)), 3
        )
        for name in ("call", "talk")
    }


def _goals(taken: dict[str, list[float]]) -> dict[str, bool]:
    both = [2 * BLOCKS / (call + talk) for call, talk in zip(taken["call"], taken["talk"], strict=True)]
    slowest_ms = max(statistics.median(taken[name]) for name in ("call", "talk")) * 1000
    return {
        f">= {GOAL_PER_SECOND} blocks a second, both calls together": statistics.median(both) >= GOAL_PER_SECOND,
        f"<= {GOAL_CALL_MS} ms a call of {BLOCKS} blocks": slowest_ms <= GOAL_CALL_MS,
    }


def summary(told: dict[str, Any]) -> list[str]:
    """The result for people."""
    facts = told["setting"]["facts"]
    lines = [f"Flow: {BLOCKS} blocks a call; {facts['call']} facts in call, {facts['talk']} in talk"]
    for name, one in told["figures"].items():
        lines.append(f"  {name:<12} {one['per_second']:>9,.0f} blocks a second   {one['call_us']:>8,.1f} us a call")
    lines.append("  " + ", ".join(f"{name} {value}" for name, value in told["ratios"].items()))
    return [*lines, *(f"  {'reached' if reached else 'MISSED '}  {goal}" for goal, reached in told["goals"].items())]
