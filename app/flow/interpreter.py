"""Runs contact flows: one event in, the run's new state and what is to be done out.

Pure: the same state, event, view and time always give the same step. An expected failure is a branch: a block that raises goes
down its error branch and its reason is in the trace.
"""

from collections.abc import Callable

from app.domain.events import DigitReceived, Event, PlaybackFinished
from app.domain.ids import ChannelId, ExecutionId
from app.domain.instance import FlowContent, Instance
from app.domain.requests import Answered, EnterQueue, FlowEnded, FlowOutcome
from app.domain.trace import TraceEntry
from app.errors import TrunklineError
from app.flow.block import Answer, Block
from app.flow.branches import STAY, Ended, Exit, HandOver, Invoke, Move, Next, OnError, Queued, Return, ReturnTo, Stay
from app.flow.concern import Concerning, concerning
from app.flow.context import Context
from app.flow.graph import Graph, Library, Node
from app.flow.log import Describer
from app.flow.secrecy import Secrecy
from app.flow.state import FLOW_ATTRIBUTES, MODULES, Caller, FlowState, FlowView, Step

STEP_LIMIT = 1_000
"""Blocks that a run may enter without waiting."""
DEPTH_LIMIT = 10
"""Modules that may be inside one another."""
EXCEPTION = "exception"
"""The note that a block raised what no block should: a mistake in Trunkline, and where it is."""
LEAST_WAIT_MS = 100
"""A shorter wait does not count as one: a prompt that fails at once must not keep a circle of blocks turning for ever."""


Watch = Callable[[Context, Node | None, str, str], None]
"""Is told of every block that a run leaves: the run as the block left it, the block, the result in words and the branch's key (empty
when the result is no branch)."""


class Interpreter:
    """Runs the flows of a library. `watch` is for tools that show or measure what runs do."""

    def __init__(self, flows: Library, watch: Watch | None = None) -> None:
        self._library = flows
        self._watch = watch
        self._describer = Describer()

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
        told = concerning(state, event)
        if told is None:
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
            move = self._deliver(context, node, told)
            if move is not STAY:
                self._go(context, graph, node, move)
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

    def secrecy(self, state: FlowState, key: str, instance: Instance) -> Secrecy:
        """Who may know a key that is pressed while the run is where it is."""
        graph = self._library.find(state.flow_id, state.version, instance)
        node = graph.nodes.get(state.block or "") if graph else None
        if graph is None or node is None:
            return Secrecy.OPEN
        if node.block.hides(key):
            return Secrecy.KEPT
        asked_for = type(node.block).on_digit is not Block.on_digit
        return Secrecy.UNHEARD if graph.secretive and not asked_for else Secrecy.OPEN

    def _go(self, context: Context, graph: Graph, node: Node | None, move: Move) -> None:
        """Follows moves from block to block until the run waits or ends."""
        while not isinstance(move, Stay):
            if isinstance(move, Exit):
                target = node.edges.get(move.key) if node else None
                if target is None:
                    move = _dead_end(node, move)
                    continue
                self._trace(context, node, move.label, target, move.key)
            elif isinstance(move, (HandOver, Invoke)):
                assert node is not None
                following = self._library.graph(move.flow)
                if problem := self._refused(context, move, following):
                    move = self._failed(context, node, problem)
                    continue
                self._into(context, node, move)
                graph, target = following, following.start
            elif isinstance(move, ReturnTo):
                target = move.block
                self._trace(context, node, "Return", target)
            elif context.callers and (isinstance(move, Return) or _is_failure(move)):
                graph, node, move = self._back(context, node, move)
                continue
            else:
                return self._end(context, node, move)
            entered = graph.nodes.get(target or "")
            if entered is None:
                return self._end(context, None, Ended(FlowOutcome.FAILED, f"block {target} does not exist"))
            node = entered
            context.settle()
            context.block, context.entered_ms, context.locals = node.id, context.now_ms, {}
            context.visit = self._describer.given(context, node) if context.contact.logging else None
            context.steps += 1
            if context.steps > STEP_LIMIT:
                return self._end(context, node, Ended(FlowOutcome.FAILED, f"{STEP_LIMIT} blocks without waiting"))
            move = self._guarded(context, node, node.block.enter)
        return None

    def _refused(self, context: Context, move: HandOver | Invoke, following: Graph) -> str:
        """Why the run cannot go on in another flow; empty when it can."""
        if following.start is None:
            return f"the flow {move.flow.name} cannot run: {following.problem}"
        if isinstance(move, Invoke) and len(context.callers) >= DEPTH_LIMIT:
            return f"more than {DEPTH_LIMIT} modules are inside one another"
        return ""

    def _into(self, context: Context, node: Node, move: HandOver | Invoke) -> None:
        """Leaves a block for another flow, for good or until the module returns. A module begins with nothing in its memory."""
        if isinstance(move, Invoke):
            self._trace(context, node, f"Module {move.flow.name}", done=False)
            caller = Caller(context.flow_id, context.version, node.id, context.memory)
            context.callers, context.memory = (*context.callers, caller), {}
        else:
            self._trace(context, node, f"Flow {move.flow.name}")
            context.callers = ()
            context.memory.pop(FLOW_ATTRIBUTES, None)
        context.flow_id, context.version = move.flow.flow_id, move.flow.version

    def _back(self, context: Context, node: Node | None, move: Move) -> tuple[Graph, Node | None, Move]:
        """From a module to the block that invoked it, which takes its error branch when the module failed."""
        caller = context.callers[-1]
        if failure := move.reason if isinstance(move, Ended) else "":
            context.notes.setdefault("reason", failure)
        self._trace(context, node, "Failed" if failure else "Return", caller.block)
        context.settle()
        context.callers, context.block = context.callers[:-1], caller.block
        context.flow_id, context.version, context.entered_ms = caller.flow_id, caller.version, context.now_ms
        context.memory, context.locals = dict(caller.memory), {}
        graph = self._library.find(caller.flow_id, caller.version, context.instance)
        invoking = graph.nodes.get(caller.block) if graph else None
        if graph is None or invoking is None:
            gone = Ended(FlowOutcome.FAILED, f"block {caller.block} of flow {caller.flow_id} is no longer there")
            return Graph(FlowContent(caller.flow_id, 0, "", context.type, ""), None), None, gone
        if not isinstance(move, Return):
            return graph, invoking, self._failed(context, invoking, failure)
        result, block = move.result, invoking.block
        context.memory[MODULES] = {"Result": result, "ResultData": move.data}
        return graph, invoking, self._guarded(context, invoking, lambda given: block.on_return(given, result))

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

    def _end(self, context: Context, node: Node | None, move: Ended | Queued | Return) -> None:
        """Ends the run with its one last request."""
        if isinstance(move, Return):
            move = Ended(FlowOutcome.ENDED, "the module was not invoked by a flow")
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
        self,
        context: Context,
        node: Node | None,
        result: str,
        target: str | None = None,
        branch: str = "",
        *,
        done: bool = True,
    ) -> None:
        """Adds the visit of a block that is left to the trace, with the notes the block made, and to the flow log when it is `done`."""
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
        if done and node is not None and context.contact.logging:
            context.log.append(self._describer.entry(context, node, result, branch))
        kind = "error" if "reason" in context.notes else "block"
        context.trace.append(TraceEntry(context.now_ms, kind, node.title if node else "Flow", result, details))
        context.notes = {}
        context.visit = None


_FAILURE = (OnError(), OnError("No match"))
"""The branches of a block that failed, in order of preference."""
_FAILURE[0].key, _FAILURE[1].key = "error", "no_match"


def _origin(error: Exception) -> str:
    """Which exception it is and where it was raised."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return type(error).__name__
    file = place.tb_frame.f_code.co_filename.rpartition("/")[2]
    return f"{type(error).__name__} at {file}:{place.tb_lineno}"


def _is_failure(move: Move) -> bool:
    return isinstance(move, Ended) and move.outcome is FlowOutcome.FAILED


def _dead_end(node: Node | None, exit_: Exit) -> Ended:
    """How a run ends whose branch is not connected: at an error it failed, else there was nothing more to do."""
    title = node.title if node else "The flow"
    if isinstance(exit_, OnError):
        return Ended(FlowOutcome.FAILED, f"the branch {exit_.label} of {title} leads nowhere")
    how = (
        "there is no further block" if isinstance(exit_, Next) else f"the branch {exit_.label} of {title} leads nowhere"
    )
    return Ended(FlowOutcome.ENDED, how)
