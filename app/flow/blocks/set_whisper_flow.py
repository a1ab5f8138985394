"""Set whisper flow."""

from app.domain.contact import Hook
from app.flow.block import Legacy, block
from app.flow.event_hooks import FurtherFlows, SetFlowForEvent, flow_for, names_any


@block(
    "UpdateContactEventHooks",
    group="Set",
    title="Set whisper flow",
    legacy=Legacy("SetEventHook", older=("SetContactFlow",)),
    when=names_any(Hook.AGENT_WHISPER, Hook.CUSTOMER_WHISPER, Hook.OUTBOUND_WHISPER),
)
class SetWhisperFlow(SetFlowForEvent):
    """Chooses the flow that the customer or the agent hears just before they are joined."""

    agent = flow_for(Hook.AGENT_WHISPER, "Agent whisper flow")
    customer = flow_for(Hook.CUSTOMER_WHISPER, "Customer whisper flow")
    outbound = flow_for(Hook.OUTBOUND_WHISPER, "Outbound whisper flow")
    further = FurtherFlows(Hook.AGENT_WHISPER, Hook.CUSTOMER_WHISPER, Hook.OUTBOUND_WHISPER)
