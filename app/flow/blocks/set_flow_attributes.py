"""Set flow attributes."""

from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.limits import attributes_within
from app.flow.state import FLOW_ATTRIBUTES
from app.flow.typed_pairs import TypedPairs


@block(
    "UpdateFlowAttributes", group="Set", title="Set flow attributes", legacy=Legacy("SetFlowAttributes", exported=False)
)
class SetFlowAttributes(Block):
    """Stores names and values for this flow alone: later blocks refer to them as `$.FlowAttributes.name`. Neither another flow nor
    a module, the agent or the contact trace record sees them."""

    attributes = TypedPairs("Attributes", "FlowAttributes", legacy="Attribute")
    done = Next()
    error = OnError()

    def enter(self, context: Context) -> Move:
        attributes: dict[str, str] = dict(context.memory.get(FLOW_ATTRIBUTES, {}))
        for name, _, value in self.attributes:
            attributes[name] = value(context)
            context.note(name, attributes[name])
        attributes_within(attributes, "The flow's attributes")
        context.memory[FLOW_ATTRIBUTES] = attributes
        return self.done
