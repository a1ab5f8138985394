"""Wait."""

from app.flow.block import Block, Legacy, block
from app.flow.branches import STAY, Move, OnError, OnResult
from app.flow.context import Context
from app.flow.params import Seconds


@block("Wait", group="Branch", title="Wait", legacy=Legacy("Wait"), next_copies="error")
class Wait(Block):
    """Pauses the flow, in silence. Keys pressed meanwhile are kept for the next block that asks for input."""

    limit_s = Seconds("Time", "TimeLimitSeconds", low=1, high=7 * 24 * 3600, legacy="TimeoutSeconds")
    completed = OnResult("Time is up", "WaitCompleted", legacy="Timeout")
    returned = OnResult(
        "Customer returned",
        "CustomerReturned",
        legacy="CustomerReturn",
        optional=True,
        never="a customer who hangs up does not come back to the call",
    )
    error = OnError()

    def enter(self, context: Context) -> Move:
        context.start_timer("wait", self.limit_s(context))
        return STAY

    def on_timer(self, context: Context, name: str) -> Move:
        return self.completed
