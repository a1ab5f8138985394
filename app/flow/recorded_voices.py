"""Whose voice the recording blocks keep."""

from app.domain.contact import Recorded
from app.flow.context import Context

WHO = {
    frozenset[str](): Recorded.NONE,
    frozenset({"Agent"}): Recorded.AGENT,
    frozenset({"Customer"}): Recorded.CUSTOMER,
    frozenset({"Agent", "Customer"}): Recorded.BOTH,
}
PARTICIPANTS = {"Agent": "Agent", "Customer": "Customer"}


def record(context: Context, participants: frozenset[str]) -> None:
    """Once an agent is connected, the voices of these are recorded."""
    recorded = WHO[participants]
    context.change(recorded=recorded)
    context.note("recorded", recorded.value)
