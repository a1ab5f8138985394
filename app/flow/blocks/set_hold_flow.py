"""Set hold flow."""

from app.domain.contact import Hook
from app.flow.block import Legacy, block
from app.flow.event_hooks import FurtherFlows, SetFlowForEvent, flow_for, names_any


@block(
    "UpdateContactEventHooks",
    group="Set",
    title="Set hold flow",
    legacy=Legacy("SetEventHook", older=("SetContactFlow",)),
    when=names_any(Hook.AGENT_HOLD, Hook.CUSTOMER_HOLD),
)
class SetHoldFlow(SetFlowForEvent):
    """Chooses the flow that the customer or the agent hears on hold."""

    customer = flow_for(Hook.CUSTOMER_HOLD, "Customer hold flow")
    agent = flow_for(Hook.AGENT_HOLD, "Agent hold flow")
    further = FurtherFlows(Hook.AGENT_HOLD, Hook.CUSTOMER_HOLD)
