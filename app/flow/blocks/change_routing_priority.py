"""Change routing priority / age."""

from app.domain.requests import ChangeRouting
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, Next, OnError
from app.flow.context import Context
from app.flow.params import Number, Seconds

LARGEST_PRIORITY = 2**31 - 1


@block(
    "UpdateContactRoutingBehavior",
    group="Set",
    title="Change routing priority / age",
    legacy=Legacy("UpdateRoutingPriority"),
)
class ChangeRoutingPriority(Block):
    """Changes the contact's place among those who wait: by its priority (1 is served first; contacts begin with 5), or by making it
    count as older than it is. Each keeps its value until it is set again."""

    priority = Number(
        "Set priority",
        "QueuePriority",
        low=1,
        high=LARGEST_PRIORITY,
        optional=True,
        legacy="AbsolutePosition",
        legacy_json=True,
    )
    age_s = Seconds(
        "Adjust by time",
        "QueueTimeAdjustmentSeconds",
        low=0,
        high=7 * 24 * 3600,
        optional=True,
        legacy="TimeOffset",
        legacy_json=True,
    )
    done = Next()
    error = OnError(optional=True, otherwise="done")

    def enter(self, context: Context) -> Move:
        priority, age_s = self.priority(context) or None, self.age_s(context) or None
        if priority is not None:
            context.change(priority=priority)
            context.note("priority", str(priority))
        if age_s is not None:
            context.change(age_offset_s=age_s)
            context.note("age", f"{age_s} s")
        context.tell(ChangeRouting(context.contact.contact_id, priority, age_s))
        return self.done
