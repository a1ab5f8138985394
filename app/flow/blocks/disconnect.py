"""Disconnect / hang up."""

from app.domain.instance import FlowType
from app.domain.requests import FlowOutcome
from app.flow.block import INBOUND, Block, Legacy, block
from app.flow.branches import Ended, Move
from app.flow.context import Context


@block(
    "DisconnectParticipant",
    group="Terminate / Transfer",
    title="Disconnect / hang up",
    legacy=Legacy("Disconnect"),
    flows=INBOUND | {FlowType.CUSTOMER_QUEUE},
)
class Disconnect(Block):
    """Ends the contact: hangs up the caller."""

    def enter(self, context: Context) -> Move:
        return Ended(FlowOutcome.DISCONNECT)
