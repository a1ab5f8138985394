"""Set recording and analytics behavior."""

from app.domain.instance import FlowType
from app.flow.block import INBOUND, Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.formats.language import Action
from app.flow.params import Members
from app.flow.recorded_voices import PARTICIPANTS, record


@block(
    "UpdateContactRecordingAndAnalyticsBehavior",
    group="Set",
    title="Set recording and analytics behavior",
    legacy=Legacy("SetRecordingAndAnalyticsBehavior", exported=False),
    flows=INBOUND | {FlowType.CUSTOMER_QUEUE, FlowType.OUTBOUND_WHISPER},
)
class SetRecordingAndAnalytics(Block):
    """Chooses whose voice is recorded once an agent is connected. Of its settings only the recording of voices has an effect: nothing
    is analysed, and settings for chats take the branch Channel mismatch."""

    recorded = Members(
        "Record",
        "VoiceBehavior.VoiceRecordingBehavior.RecordedParticipants",
        PARTICIPANTS,
        legacy="RecordingParticipantOption",
    )
    chat = Members(
        "Chat analytics",
        "ChatBehavior.ChatAnalyticsBehavior.AnalyticsModes",
        {"ContactLens": "Contact Lens"},
        help="For chats; alone it takes the branch Channel mismatch.",
    )
    done = Next()
    mismatch = OnError("Channel mismatch", "ChannelMismatch", otherwise="error", optional=True)
    redaction = OnError(
        "Redaction failed",
        "InFlightRedactionConfigurationFailed",
        otherwise="error",
        optional=True,
        never="nothing is redacted",
    )
    error = OnError(never="it cannot fail", optional=True)

    def __init__(self, action: Action) -> None:
        super().__init__(action)
        self.for_voice = action.at("VoiceBehavior") is not None or action.at("ChatBehavior") is None
        self.sets_recording = action.at("VoiceBehavior.VoiceRecordingBehavior") is not None

    def enter(self, context: Context) -> Move:
        if not self.for_voice:
            return self.mismatch
        if self.sets_recording:
            record(context, self.recorded)
        return self.done
