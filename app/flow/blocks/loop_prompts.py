"""Loop prompts."""

from app.domain.events import PlaybackFinished
from app.domain.instance import FlowType
from app.domain.prompt import Prompt
from app.errors import TrunklineError, Unavailable
from app.flow.block import Block, Legacy, block
from app.flow.branches import STAY, Move, OnError, OnResult
from app.flow.context import Context
from app.flow.params import Seconds
from app.flow.prompts import PromptList

INTERRUPTED = "Interrupted"
"""Where the run's memory keeps the block that End flow / Resume returns to: flow and block."""
REST_S = 5
"""Silence after prompts that could not be played, before they are tried again."""
SHORTEST_MS = 500
"""Prompts that end sooner are followed by a rest too."""


@block(
    "MessageParticipantIteratively",
    group="Interact",
    title="Loop prompts",
    legacy=Legacy("LoopPrompts"),
    flows=frozenset({FlowType.CUSTOMER_QUEUE, FlowType.CUSTOMER_HOLD, FlowType.AGENT_HOLD}),
    next_copies="error",
)
class LoopPrompts(Block):
    """Plays prompts over and over while the party waits in a queue or on hold. With an interruption set, the flow goes on after
    that time; End flow / Resume then comes back here."""

    prompts = PromptList()
    interrupt_s = Seconds(
        "Interrupt every",
        "InterruptFrequencySeconds",
        low=1,
        high=3600,
        optional=True,
        legacy="InterruptSeconds",
        legacy_json=True,
    )
    interrupted = OnResult("Timeout", "MessagesInterrupted", legacy="Timeout", optional=True)
    error = OnError(optional=True)

    def enter(self, context: Context) -> Move:
        context.memory.pop(INTERRUPTED, None)
        interrupt_s = self.interrupt_s(context)
        if interrupt_s and "interrupted" in self.connected:
            context.start_timer("interrupt", interrupt_s)
        return self._play(context)

    def on_digit(self, context: Context, digit: str) -> Move:
        return STAY

    def on_playback_finished(self, context: Context, event: PlaybackFinished) -> Move:
        if event.failed:
            return self._give_up(context, Unavailable(what="The prompt", why=event.reason, remedy=""))
        if context.now_ms - context.locals.get("since_ms", 0) < SHORTEST_MS:
            context.start_timer("rest", REST_S)
            return STAY
        return self._play(context)

    def on_timer(self, context: Context, name: str) -> Move:
        if name == "rest":
            return self._play(context)
        context.memory[INTERRUPTED] = [context.flow_id, self.id]
        return self.interrupted

    def _play(self, context: Context) -> Move:
        """Plays what can be played of the prompts."""
        prompts: list[Prompt] = []
        problem: TrunklineError | None = None
        for message in self.prompts:
            try:
                prompts.append(message(context))
            except TrunklineError as error:
                problem = error
        if not prompts:
            return self._give_up(context, problem)
        context.locals["since_ms"] = context.now_ms
        context.play(tuple(prompts))
        return STAY

    def _give_up(self, context: Context, problem: TrunklineError | None) -> Move:
        """The error branch; without one the party keeps waiting in silence and the prompts are tried again."""
        if problem is not None and "error" in self.connected:
            raise problem
        context.start_timer("rest", REST_S)
        return STAY
