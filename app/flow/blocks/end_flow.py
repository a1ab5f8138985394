"""End flow / Resume."""

from app.domain.requests import FlowOutcome
from app.flow.block import Block, Legacy, block
from app.flow.blocks.loop_prompts import INTERRUPTED
from app.flow.branches import Ended, Move, ReturnTo
from app.flow.context import Context


@block("EndFlowExecution", group="Terminate / Transfer", title="End flow / Resume", legacy=Legacy("Resume"))
class EndFlow(Block):
    """Ends this flow without hanging up. After an interruption of Loop prompts it goes back to them."""

    def enter(self, context: Context) -> Move:
        flow_id, interrupted = context.memory.pop(INTERRUPTED, (None, ""))
        if flow_id == context.flow_id:
            return ReturnTo(interrupted)
        return Ended(FlowOutcome.ENDED)
