"""What a block works with while a run moves: it looks, asks for commands, and changes the contact through this."""

from collections.abc import Callable
from typing import Any

from app.domain.commands import CancelTimer, Command, Play, StartTimer, StopPlayback
from app.domain.contact import Contact
from app.domain.events import CONCEALED
from app.domain.ids import InvocationId, PlaybackId, TimerId
from app.domain.instance import Instance, Queue
from app.domain.prompt import Prompt
from app.domain.requests import Request
from app.domain.trace import TraceEntry
from app.domain.values import changed
from app.errors import NotFound
from app.flow.state import Caller, FlowState, FlowView, Step

TYPED_AHEAD_LIMIT = 32
"""Keys kept for later; more are thrown away."""


class Context:
    """One step's working copy of a run. Lives for one step; `finish` turns it into the Step."""

    __slots__ = (
        "block", "callers", "commands", "contact", "counter", "entered_ms", "flow_id", "instance", "invocation_id", "locals", "log",
        "memory", "notes", "now_ms", "playback_id", "state", "steps", "timers", "trace", "type", "typed", "version", "view", "visit",
    )  # fmt: skip

    def __init__(self, state: FlowState, view: FlowView, now_ms: int) -> None:
        self.state, self.view, self.now_ms = state, view, now_ms
        self.instance: Instance = view.instance
        self.contact: Contact = view.contact
        self.block: str | None = state.block
        self.callers: tuple[Caller, ...] = state.callers
        self.flow_id, self.version, self.type = state.flow_id, state.version, state.type
        self.counter, self.steps, self.entered_ms = state.counter, state.steps, state.entered_ms
        self.locals: dict[str, Any] = dict(state.locals)
        self.memory: dict[str, Any] = dict(state.memory)
        self.timers: dict[str, TimerId] = dict(state.timers)
        self.typed = state.typed
        self.playback_id: PlaybackId | None = state.playback_id
        self.invocation_id: InvocationId | None = state.invocation_id
        self.commands: list[Command | Request] = []
        self.trace: list[TraceEntry] = []
        self.notes: dict[str, str] = {}
        self.log: list[dict[str, Any]] = []
        self.visit: dict[str, Any] | None = state.visit

    def play(self, prompts: tuple[Prompt, ...]) -> None:
        """Plays to the run's party; `on_playback_finished` of the block tells the end. A prompt still playing stops."""
        self.stop_playback()
        self.counter += 1
        self.playback_id = PlaybackId(f"{self.state.execution_id}.{self.counter}")
        self.commands.append(Play(self.state.contact_id, self.state.channel_id, self.playback_id, prompts))

    def stop_playback(self) -> None:
        """Silence, if something is playing; its end is not reported to the block."""
        if self.playback_id is not None:
            self.commands.append(StopPlayback(self.state.contact_id, self.playback_id))
            self.playback_id = None

    def ask(self, question: Callable[[InvocationId], Command | Request]) -> None:
        """Asks somebody outside the run; `on_answer` of the block gets the answer, unless the block was left by then."""
        self.counter += 1
        self.invocation_id = InvocationId(f"{self.state.execution_id}.i{self.counter}")
        self.commands.append(question(self.invocation_id))

    def tell(self, request: Command | Request) -> None:
        """Tells somebody outside the run what is to be; nothing is answered."""
        self.commands.append(request)

    def start_timer(self, name: str, seconds: float) -> None:
        """`on_timer(name)` of the block is called after this time, unless the block was left by then."""
        self.cancel_timer(name)
        self.counter += 1
        timer_id = TimerId(f"{self.state.execution_id}.t{self.counter}")
        self.timers[name] = timer_id
        self.commands.append(StartTimer(timer_id, self.now_ms + round(seconds * 1000)))

    def cancel_timer(self, name: str) -> None:
        timer_id = self.timers.pop(name, None)
        if timer_id is not None:
            self.commands.append(CancelTimer(timer_id))

    def settle(self) -> None:
        """Ends what the block left running: a block that is left plays and waits no more."""
        self.stop_playback()
        self.invocation_id = None
        for name in tuple(self.timers):
            self.cancel_timer(name)

    def change(self, **fields: Any) -> None:
        """Changes facts of the contact."""
        self.contact = changed(self.contact, **fields)

    def remember(self, root: str, **values: Any) -> None:
        """Adds values under a root of the run's memory, for example the results of a function under `External`."""
        self.memory[root] = {**self.memory.get(root, {}), **values}

    def note(self, name: str, value: str) -> None:
        """Adds a value to this block's entry in the trace, when logging is on."""
        if self.contact.logging:
            self.notes[name] = value

    def keep_typed(self, digit: str) -> None:
        """Keeps a key for a later block that asks for input, unless nobody may know it."""
        if digit != CONCEALED and len(self.typed) < TYPED_AHEAD_LIMIT:
            self.typed += digit

    def take_typed(self, count: int) -> str:
        """The first keys typed ahead, at most `count` of them; they are kept no more."""
        taken, self.typed = self.typed[:count], self.typed[count:]
        return taken

    def working_queue(self) -> Queue:
        """The contact's working queue, shared or an agent's own; NotFound when there is none or it is no longer in the instance."""
        queue_id = self.contact.queue_id
        if queue_id is None:
            raise NotFound(what="working queue", name="the contact (use Set working queue first)")
        queue = self.instance.queue(queue_id)
        if queue is None:
            raise NotFound(what="queue", name=queue_id)
        return queue

    def finish(self) -> Step:
        state = self.state
        following = FlowState(
            state.execution_id, state.contact_id, state.channel_id, self.type, self.flow_id, self.version, self.block,
            self.counter, self.steps, self.entered_ms, self.now_ms, self.locals, self.memory, self.typed, self.playback_id,
            self.timers, self.invocation_id, self.callers, self.visit,
        )  # fmt: skip
        return Step(following, self.contact, tuple(self.commands), tuple(self.trace), tuple(self.log))
