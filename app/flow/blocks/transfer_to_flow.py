"""Transfer to flow."""

from app.errors import BadInput
from app.flow.block import Block, Legacy, block
from app.flow.branches import HandOver, Move, OnError
from app.flow.context import Context
from app.flow.references import FlowRef


@block(
    "TransferToFlow",
    group="Terminate / Transfer",
    title="Transfer to flow",
    legacy=Legacy("Transfer", "Flow", older=("TransferToFlow",)),
    next_copies="error",
)
class TransferToFlow(Block):
    """Goes on at the start of another flow. Attributes, the working queue and the other settings stay."""

    flow = FlowRef("Flow", "ContactFlowId", required=True, legacy="ContactFlowId")
    error = OnError()

    def enter(self, context: Context) -> Move:
        flow = self.flow(context)
        if flow is None:
            raise BadInput(what="The flow to go on with", why="the block names none")
        return HandOver(flow)
