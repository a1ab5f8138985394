"""Set call recording behavior."""

from app.domain.contact import Recorded
from app.domain.instance import FlowType
from app.flow.block import INBOUND, Block, Legacy, block
from app.flow.branches import Move, Next
from app.flow.context import Context
from app.flow.params import Members

WHO = {
    frozenset[str](): Recorded.NONE,
    frozenset({"Agent"}): Recorded.AGENT,
    frozenset({"Customer"}): Recorded.CUSTOMER,
    frozenset({"Agent", "Customer"}): Recorded.BOTH,
}


@block(
    "UpdateContactRecordingBehavior",
    group="Set",
    title="Set call recording behavior",
    legacy=Legacy("SetRecordingBehavior"),
    flows=INBOUND | {FlowType.CUSTOMER_QUEUE, FlowType.OUTBOUND_WHISPER},
)
class SetRecordingBehavior(Block):
    """Chooses whose voice is recorded once an agent is connected: the agent's, the customer's, both or nobody's."""

    recorded = Members(
        "Record",
        "RecordingBehavior.RecordedParticipants",
        {"Agent": "Agent", "Customer": "Customer"},
        legacy="RecordingBehaviorOption|RecordingParticipantOption",
    )
    done = Next()

    def enter(self, context: Context) -> Move:
        recorded = WHO[self.recorded]
        context.change(recorded=recorded)
        context.note("recorded", recorded.value)
        return self.done
