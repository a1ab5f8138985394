"""Set call recording behavior."""

from app.domain.instance import FlowType
from app.flow.block import INBOUND, Block, Legacy, block
from app.flow.branches import Move, Next
from app.flow.context import Context
from app.flow.params import Carried
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
    analytics = Carried(
        "Analytics",
        "AnalyticsBehavior.Enabled",
        legacy="AnalyticsBehaviorOption",
        values={"True": "Enable", "False": "Disable"},
    )
    analytics_mode = Carried("Analytics: when", "AnalyticsBehavior.AnalyticsMode", legacy="AnalyticsMode")
    analytics_language = Carried(
        "Analytics: language", "AnalyticsBehavior.AnalyticsLanguage", legacy="AnalyticsLanguageLocaleCode"
    )
    redaction = Carried(
        "Analytics: redaction",
        "AnalyticsBehavior.AnalyticsRedactionBehavior",
        legacy="AnalyticsRedactionOption",
        values={"Enabled": "Enable", "Disabled": "Disable"},
    )
    redaction_results = Carried(
        "Analytics: redacted results", "AnalyticsBehavior.AnalyticsRedactionResults", legacy="AnalyticsRedactionPolicy"
    )
    done = Next()

    def enter(self, context: Context) -> Move:
        record(context, self.recorded)
        return self.done
