"""Invoke module."""

from app.errors import BadInput
from app.flow.block import INBOUND, Block, Legacy, block
from app.flow.branches import Invoke, Move, Next, OnError, Options, first_match
from app.flow.context import Context
from app.flow.references import ModuleRef


@block(
    "InvokeFlowModule",
    group="Integrate",
    title="Invoke module",
    legacy=Legacy("InvokeFlowModule", exported=False),
    flows=INBOUND,
)
class InvokeModule(Block):
    """Runs a module, a flow that others have in common, and goes on when it returns: by a condition that equals its result, else
    by Success. The module sees the contact and its attributes, but not this flow's results of functions, bots and metrics nor its
    flow attributes, and leaves them as they are; what it returns is `$.Modules.Result` and `$.Modules.ResultData.name`."""

    module = ModuleRef("Module", "FlowModuleId", required=True, legacy="FlowModuleId")
    options = Options("Results", help="How the module may end.")
    done = Next()
    no_match = OnError("No match", "NoMatchingCondition", legacy="NoMatch", otherwise="done", optional=True)
    error = OnError()

    def enter(self, context: Context) -> Move:
        module = self.module(context)
        if module is None:
            raise BadInput(what="The module", why="the block names none for this contact")
        return Invoke(module)

    def on_return(self, context: Context, result: str) -> Move:
        context.note("result", result)
        chosen = first_match(self.options, context, result)
        return chosen or (self.no_match if self.options else self.done)
