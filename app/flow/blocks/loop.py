"""Loop."""

from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, OnError, OnResult
from app.flow.context import Context
from app.flow.params import Number

COUNTS = "Loop"
"""Where the run's memory keeps how often each loop went round, by flow and block."""


@block("Loop", group="Branch", title="Loop", legacy=Legacy("Loop", order=("complete",)), next_copies="complete")
class Loop(Block):
    """Takes the branch Looping so many times, then Complete, and begins anew when it is entered again. 0 is Complete at once."""

    count = Number("How many times", "LoopCount", low=0, high=100, default="1", legacy="LoopCount")
    looping = OnResult("Looping", "ContinueLooping", legacy="Looping")
    complete = OnResult("Complete", "DoneLooping", legacy="Complete")
    error = OnError(optional=True, otherwise="complete")

    def enter(self, context: Context) -> Move:
        key = f"{context.flow_id}/{self.id}"
        done = context.memory.get(COUNTS, {}).get(key, 0)
        again = done < self.count(context)
        context.remember(COUNTS, **{key: done + 1 if again else 0})
        return self.looping if again else self.complete
