"""Set call recording behavior."""

from app.domain.instance import FlowType
from app.flow.block import INBOUND, Block, Legacy, block
from app.flow.branches import Move, Next
from app.flow.context import Context
from app.flow.recorded_voices import RecordedVoices, record


@block(
    "UpdateContactRecordingBehavior",
    group="Set",
    title="Set call recording behavior",
    legacy=Legacy("SetRecordingBehavior"),
    flows=INBOUND | {FlowType.CUSTOMER_QUEUE, FlowType.OUTBOUND_WHISPER},
)
class SetRecordingBehavior(Block):
    """Chooses whose voice is recorded once an agent is connected: the agent's, the customer's, both or nobody's."""

    recorded = RecordedVoices("RecordingBehavior.RecordedParticipants")
    done = Next()

    def enter(self, context: Context) -> Move:
        record(context, self.recorded)
        return self.done
