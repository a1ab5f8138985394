"""Set disconnect flow."""

from app.domain.contact import Hook
from app.flow.block import Legacy, block
from app.flow.event_hooks import FurtherFlows, SetFlowForEvent, flow_for, names_any


@block(
    "UpdateContactEventHooks",
    group="Set",
    title="Set disconnect flow",
    legacy=Legacy("SetEventHook", older=("SetContactFlow",)),
    when=names_any(Hook.CUSTOMER_REMAINING),
)
class SetDisconnectFlow(SetFlowForEvent):
    """Chooses the flow that runs for the customer after the agent has left, for example a survey."""

    remaining = flow_for(Hook.CUSTOMER_REMAINING, "Disconnect flow")
    further = FurtherFlows(Hook.CUSTOMER_REMAINING)
