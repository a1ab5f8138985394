"""Return (from module)."""

from app.domain.instance import FlowType
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Return
from app.flow.context import Context
from app.flow.limits import attributes_within
from app.flow.params import Pairs, Text


@block(
    "EndFlowModuleExecution",
    group="Terminate / Transfer",
    title="Return from module",
    legacy=Legacy("ReturnFromFlowModule", exported=False),
    flows=frozenset({FlowType.MODULE}),
)
class ReturnFromModule(Block):
    """Ends a module: the flow that invoked it goes on, by the branch that equals the result when there is one."""

    result = Text("Result", "Result", legacy="Result")
    data = Pairs("Values", "ResultData", legacy="ResultData")

    def enter(self, context: Context) -> Move:
        data = {name: value(context) for name, value in self.data}
        attributes_within(data, "What the module returns")
        return Return(self.result(context), data)
