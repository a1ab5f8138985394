"""Runs contact flows: one event in, the run's new state and what is to be done out.

Pure: the same state, event, view and time always give the same step. An expected failure is a branch: a block that raises goes
down its error branch and its reason is in the trace.
"""

from collections.abc import Callable

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
from app.domain.ids import ChannelId, ExecutionId
from app.domain.instance import FlowContent
from app.domain.requests import Answered, EnterQueue, FlowEnded, FlowOutcome
from app.domain.trace import TraceEntry
from app.errors import TrunklineError
from app.flow.block import Answer, Block
from app.flow.branches import Ended, Exit, HandOver, Move, Next, OnError, Queued, ReturnTo, Stay
from app.flow.context import Context
from app.flow.graph import Graph, Library, Node
from app.flow.state import FlowState, FlowView, Step

STEP_LIMIT = 1_000
"""Blocks that a run may enter without waiting."""
EXCEPTION = "exception"
"""The note that a block raised what no block should: a mistake in Trunkline, and where it is."""
LEAST_WAIT_MS = 100
"""A shorter wait does not count as one: a prompt that fails at once must not keep a circle of blocks turning for ever."""


Concerning = PlaybackFinished | DigitReceived | TimerFired | Answer
"""What a block can be told."""


Watch = Callable[[Context, Node | None, str, str], None]
"""Is told of every block that a run leaves: the run as the block left it, the block, the result in words and the branch's key (empty
when the result is no branch)."""


class Interpreter:
    """Runs the flows of a library. `watch` is for tools that show or measure what runs do."""

    def __init__(self, flows: Library, watch: Watch | None = None) -> None:
        self._library = flows
        self._watch = watch

    def start(
        self, execution_id: ExecutionId, channel_id: ChannelId, flow: FlowContent, view: FlowView, now_ms: int
    ) -> Step:
        """Begins a run at the flow's first block."""
        state = FlowState(
            execution_id,
            view.contact.contact_id,
            channel_id,
            flow.type,
            flow.flow_id,
            flow.version,
            None,
            entered_ms=now_ms,
        )
        context = Context(state, view, now_ms)
        graph = self._library.graph(flow)
        if graph.start is None:
            self._end(context, None, Ended(FlowOutcome.FAILED, f"{flow.name} cannot run: {graph.problem}"))
        else:
            self._go(context, graph, None, ReturnTo(graph.start))
        return context.finish()

    def step(self, state: FlowState, event: Event | Answered, view: FlowView, now_ms: int) -> Step:
        """What the event makes of the run. An event that is not this run's changes nothing."""
        if state.block is None:
            return Step(state, view.contact)
        concerning = _concerning(state, event)
        if concerning is None:
            return Step(state, view.contact)
        context = Context(state, view, now_ms)
        if now_ms - state.waiting_ms >= LEAST_WAIT_MS:
            context.steps = 0
        graph = self._library.find(state.flow_id, state.version, view.instance)
        node = graph.nodes.get(state.block) if graph else None
        if graph is None or node is None:
            reason = f"block {state.block} of flow {state.flow_id} is no longer there"
            self._end(context, node, Ended(FlowOutcome.FAILED, reason))
        else:
            self._go(context, graph, node, self._deliver(context, node, concerning))
        return context.finish()

    def cancel(self, state: FlowState, view: FlowView, now_ms: int) -> Step:
        """Ends the run at once and silently: what plays stops, timers are cancelled, no FlowEnded follows."""
        if state.block is None:
            return Step(state, view.contact)
        context = Context(state, view, now_ms)
        graph = self._library.find(state.flow_id, state.version, view.instance)
        self._trace(context, graph.nodes.get(state.block) if graph else None, "Cancelled")
        self._close(context)
        return context.finish()

    def _go(self, context: Context, graph: Graph, node: Node | None, move: Move) -> None:
        """Follows moves from block to block until the run waits or ends."""
        while not isinstance(move, Stay):
            if isinstance(move, HandOver):
                following = self._library.graph(move.flow)
                if following.start is None and node is not None:
                    move = self._failed(context, node, f"the flow {move.flow.name} cannot run: {following.problem}")
                    continue
                self._trace(context, node, f"Flow {move.flow.name}")
                graph, target = following, following.start
                context.flow_id, context.version = move.flow.flow_id, move.flow.version
            elif isinstance(move, Exit):
                target = node.edges.get(move.key) if node else None
                if target is None:
                    return self._end(context, node, _dead_end(node, move))
                self._trace(context, node, move.label, target, move.key)
            elif isinstance(move, ReturnTo):
                target = move.block
                self._trace(context, node, "Return", target)
            else:
                return self._end(context, node, move)
            entered = graph.nodes.get(target or "")
            if entered is None:
                return self._end(context, None, Ended(FlowOutcome.FAILED, f"block {target} does not exist"))
            node = entered
            context.settle()
            context.block, context.entered_ms, context.locals = node.id, context.now_ms, {}
            context.steps += 1
            if context.steps > STEP_LIMIT:
                return self._end(context, node, Ended(FlowOutcome.FAILED, f"{STEP_LIMIT} blocks without waiting"))
            move = self._guarded(context, node, node.block.enter)
        return None

    def _deliver(self, context: Context, node: Node, event: Concerning) -> Move:
        block: Block = node.block
        if isinstance(event, PlaybackFinished):
            context.playback_id = None
            return self._guarded(context, node, lambda given: block.on_playback_finished(given, event))
        if isinstance(event, DigitReceived):
            return self._guarded(context, node, lambda given: block.on_digit(given, event.digit))
        if isinstance(event, Answer):
            context.invocation_id = None
            return self._guarded(context, node, lambda given: block.on_answer(given, event))
        name = next(name for name, timer_id in context.timers.items() if timer_id == event.timer_id)
        del context.timers[name]
        return self._guarded(context, node, lambda given: block.on_timer(given, name))

    def _guarded(self, context: Context, node: Node, act: Callable[[Context], Move]) -> Move:
        """Where the block says to go, or its error branch when it raises."""
        try:
            return act(context)
        except TrunklineError as error:
            return self._failed(context, node, str(error))
        except Exception as error:
            context.notes[EXCEPTION] = _origin(error)
            return self._failed(context, node, f"{type(error).__name__}: {error}")

    def _failed(self, context: Context, node: Node, reason: str) -> Move:
        context.notes["reason"] = reason
        for branch in _FAILURE:
            if branch.key in node.edges:
                return branch
        return Ended(FlowOutcome.FAILED, f"{node.title}: {reason}")

    def _end(self, context: Context, node: Node | None, move: Ended | Queued) -> None:
        """Ends the run with its one last request."""
        contact_id, execution_id = context.state.contact_id, context.state.execution_id
        if isinstance(move, Queued):
            self._trace(context, node, "Transferred to queue")
            self._close(context)
            context.commands.append(EnterQueue(contact_id, execution_id, move.queue_id))
        else:
            if move.outcome is FlowOutcome.FAILED:
                context.notes.setdefault("reason", move.reason)
            self._trace(context, node, move.outcome.value.capitalize())
            self._close(context)
            context.commands.append(FlowEnded(contact_id, execution_id, move.outcome, move.reason))

    def _close(self, context: Context) -> None:
        context.settle()
        context.block, context.locals = None, {}

    def _trace(
        self, context: Context, node: Node | None, result: str, target: str | None = None, branch: str = ""
    ) -> None:
        """Adds the visit of a block that is left to the trace, with the notes the block made."""
        if node is None and "reason" not in context.notes:
            return
        if self._watch is not None:
            self._watch(context, node, result, branch)
        details = {"flow": context.flow_id, "block": context.block or ""}
        if target:
            details["next"] = target
        if context.now_ms > context.entered_ms:
            details["took_ms"] = str(context.now_ms - context.entered_ms)
        details |= context.notes
        kind = "error" if "reason" in context.notes else "block"
        context.trace.append(TraceEntry(context.now_ms, kind, node.title if node else "Flow", result, details))
        context.notes = {}


_FAILURE = (OnError(), OnError("No match"))
"""The branches of a block that failed, in order of preference."""
_FAILURE[0].key, _FAILURE[1].key = "error", "no_match"


def _concerning(state: FlowState, event: Event | Answered) -> Concerning | None:
    """The event as the run's block sees it; None when it is not this run's. A Play that was refused is a failed playback."""
    if isinstance(event, PlaybackFinished):
        return event if event.playback_id == state.playback_id else None
    if isinstance(event, DigitReceived):
        return event if event.channel_id == state.channel_id else None
    if isinstance(event, FunctionReturned | BotReplied | InputSealed | Answered):
        return event if event.invocation_id == state.invocation_id else None
    if isinstance(event, TimerFired):
        return event if event.timer_id in state.timers.values() else None
    if isinstance(event, RequestFailed) and event.command == "Play" and state.playback_id is not None:
        ours = event.target in (state.playback_id, state.channel_id)
        return PlaybackFinished(state.playback_id, failed=True, reason=event.reason) if ours else None
    return None


def _origin(error: Exception) -> str:
    """Which exception it is and where it was raised."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return type(error).__name__
    file = place.tb_frame.f_code.co_filename.rpartition("/")[2]
    return f"{type(error).__name__} at {file}:{place.tb_lineno}"


def _dead_end(node: Node | None, exit_: Exit) -> Ended:
    """How a run ends whose branch is not connected: at an error it failed, else there was nothing more to do."""
    title = node.title if node else "The flow"
    if isinstance(exit_, OnError):
        return Ended(FlowOutcome.FAILED, f"the branch {exit_.label} of {title} leads nowhere")
    how = (
        "there is no further block" if isinstance(exit_, Next) else f"the branch {exit_.label} of {title} leads nowhere"
    )
    return Ended(FlowOutcome.ENDED, how)
