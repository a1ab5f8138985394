"""Check hours of operation."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.domain.instance import Hours
from app.errors import NotFound
from app.flow.block import Block, Legacy, block
from app.flow.branches import Move, OnError, OnResult
from app.flow.context import Context
from app.flow.references import HoursRef


def is_open(hours: Hours, now_ms: int) -> bool:
    """Whether a moment lies in the hours, by the clock on the wall of their time zone. NotFound for an unknown zone."""
    try:
        zone = ZoneInfo(hours.time_zone)
    except (KeyError, ValueError, OSError):
        raise NotFound(what="time zone", name=hours.time_zone) from None
    local = datetime.fromtimestamp(now_ms // 1000, UTC).astimezone(zone)
    minute, weekday = local.hour * 60 + local.minute, local.weekday()
    return any(span.weekday == weekday and span.start_minute <= minute < span.end_minute for span in hours.spans)


@block(
    "CheckHoursOfOperation",
    group="Branch",
    title="Check hours of operation",
    legacy=Legacy("CheckHoursOfOperation"),
    next_copies="error",
)
class CheckHoursOfOperation(Block):
    """Branches on whether it is now within hours of operation: those named, or else those of the working queue."""

    hours = HoursRef("Hours", "HoursOfOperationId", legacy="Hours", help="Empty: the hours of the working queue.")
    inside = OnResult("In hours", "True", legacy="True")
    outside = OnResult("Out of hours", "False", legacy="False")
    error = OnError()

    def enter(self, context: Context) -> Move:
        hours = self.hours(context)
        if hours is None:
            queue = context.working_queue()
            if queue.hours_id is None or queue.hours_id not in context.instance.hours:
                raise NotFound(what="hours of operation", name=f"those of the queue {queue.name}")
            hours = context.instance.hours[queue.hours_id]
        context.note("hours", hours.name)
        return self.inside if is_open(hours, context.now_ms) else self.outside
