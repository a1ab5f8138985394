"""Wait."""

from typing import Any

from app.flow.block import Block, Legacy, block
from app.flow.branches import STAY, Move, OnError, OnResult
from app.flow.context import Context
from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.params import Carried, Seconds

RETURNED = "CustomerReturned"


class Events(Carried):
    """What ends the waiting; the older export only asks whether the customer's return does."""

    def from_legacy(self, given: Given) -> dict[str, Any]:
        found = given.take(self.legacy)
        return {self.path: [RETURNED]} if found is not None and str(found.text).lower() == "true" else {}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        events = action.at(self.path)
        returns = isinstance(events, list) and RETURNED in events
        return [{"name": self.legacy, "value": "true"}] if returns else []


@block("Wait", group="Branch", title="Wait", legacy=Legacy("Wait"), next_copies="error")
class Wait(Block):
    """Pauses the flow, in silence. Keys pressed meanwhile are kept for the next block that asks for input."""

    limit_s = Seconds("Time", "TimeLimitSeconds", low=1, high=7 * 24 * 3600, legacy="TimeoutSeconds")
    events = Events("Goes on when", "Events", legacy="InterruptOnCustomerReturn")
    completed = OnResult("Time is up", "WaitCompleted", legacy="Timeout")
    returned = OnResult(
        "Customer returned",
        RETURNED,
        legacy="CustomerReturn",
        optional=True,
        never="a customer who hangs up does not come back to the call",
    )
    error = OnError()

    def enter(self, context: Context) -> Move:
        context.start_timer("wait", self.limit_s(context))
        return STAY

    def on_timer(self, context: Context, name: str) -> Move:
        return self.completed
