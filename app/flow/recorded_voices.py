"""Whose voice the recording blocks keep."""

from typing import Any

from app.domain.contact import Recorded
from app.flow.context import Context
from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.params import Members, plain

WHO = {
    frozenset[str](): Recorded.NONE,
    frozenset({"Agent"}): Recorded.AGENT,
    frozenset({"Customer"}): Recorded.CUSTOMER,
    frozenset({"Agent", "Customer"}): Recorded.BOTH,
}
PARTICIPANTS = {"Agent": "Agent", "Customer": "Customer"}
_OPTION, _WHO = "RecordingBehaviorOption", "RecordingParticipantOption"


class RecordedVoices(Members):
    """Whose voices are recorded. The older export has it as two entries: whether at all, and whose."""

    def __init__(self, path: str) -> None:
        super().__init__("Record", path, PARTICIPANTS, legacy=f"{_OPTION}|{_WHO}")

    def from_legacy(self, given: Given) -> dict[str, Any]:
        option, who = given.take(_OPTION), given.take(_WHO)
        if option is None:
            return {}
        whose = plain(who.text) if who else "Both"
        voices = list(PARTICIPANTS) if whose == "Both" else [whose]
        return {self.path: voices if plain(option.text) == "Enable" else []}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        value = action.at(self.path)
        if not isinstance(value, list):
            return []
        voices = sorted(plain(each) for each in value)
        whose = voices[0] if len(voices) == 1 else "Both"
        return [{"name": _OPTION, "value": "Enable" if voices else "Disable"}, {"name": _WHO, "value": whose}]


def record(context: Context, participants: frozenset[str]) -> None:
    """Once an agent is connected, the voices of these are recorded."""
    recorded = WHO[participants]
    context.change(recorded=recorded)
    context.note("recorded", recorded.value)
