"""Set customer queue flow."""

from app.domain.contact import Hook
from app.flow.block import Legacy, block
from app.flow.event_hooks import FurtherFlows, SetFlowForEvent, flow_for, names_any


@block(
    "UpdateContactEventHooks",
    group="Set",
    title="Set customer queue flow",
    legacy=Legacy("SetEventHook", older=("SetContactFlow",)),
    when=names_any(Hook.CUSTOMER_QUEUE),
)
class SetCustomerQueueFlow(SetFlowForEvent):
    """Chooses the flow that the customer hears while waiting in a queue."""

    queue = flow_for(Hook.CUSTOMER_QUEUE, "Customer queue flow")
    further = FurtherFlows(Hook.CUSTOMER_QUEUE)
