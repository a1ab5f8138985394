"""Tables that must be complete: who owns what happens, and how an agent's activity may change."""

import types
from collections.abc import Iterator, Mapping, Set
from typing import Any, get_args

from app.calls.brain import OWNERS
from app.domain import events, requests
from app.domain.agent import TRANSITIONS, Activity, AgentTrigger


def incomplete_owners() -> Iterator[str]:
    """Every event and every request has an owner in the brain, and nothing else has."""
    wanted = _members(events.Event) | _members(requests.Request)
    yield from ownership_findings(wanted, set(OWNERS))


def ownership_findings(wanted: Set[type], owned: Set[type]) -> Iterator[str]:
    for missing in sorted(wanted - owned, key=lambda cls: cls.__name__):
        yield f"{missing.__name__} has no line in OWNERS of app/calls/brain.py: it would be lost."
    for idle in sorted(owned - wanted, key=lambda cls: cls.__name__):
        yield f"OWNERS of app/calls/brain.py names {idle.__name__}, which is neither an event nor a request."


def _members(union: Any) -> set[type]:
    return set(get_args(union)) if isinstance(union, types.UnionType) else {union}


def incomplete_transitions() -> Iterator[str]:
    yield from transition_findings(TRANSITIONS, Activity.IDLE)


def transition_findings(table: Mapping[tuple[Activity, AgentTrigger], Activity], start: Activity) -> Iterator[str]:
    """Every activity can be reached from `start` and left again, and every trigger moves something."""
    reached = _closure(table, start)
    for activity in Activity:
        if activity not in reached:
            yield f"The activity {activity.value!r} can never be reached from {start.value!r}."
        elif start not in _closure(table, activity):
            yield f"An agent in the activity {activity.value!r} never becomes {start.value!r} again."
    for trigger in AgentTrigger:
        if not any(trigger is moved_by for _, moved_by in table):
            yield f"The trigger {trigger.value!r} moves no activity."


def _closure(table: Mapping[tuple[Activity, AgentTrigger], Activity], start: Activity) -> set[Activity]:
    seen: set[Activity] = set()
    ahead = [start]
    while ahead:
        activity = ahead.pop()
        if activity not in seen:
            seen.add(activity)
            ahead += [following for (before, _), following in table.items() if before is activity]
    return seen
