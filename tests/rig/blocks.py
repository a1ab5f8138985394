"""Blocks of the flow language in few words, for the flows of tests. A branch is `name="block it leads to"`."""

from pathlib import Path
from typing import Any

from app.domain.ids import QueueId
from app.domain.instance import Queue
from app.store.db import Database
from app.store.repositories.administration import Administration
from tests.rig.contents import Fill, action, play

Action = dict[str, Any]


def tone(hz: float) -> str:
    """The id of the prompt that is this tone."""
    return f"tone-{hz:.0f}"


def mark(identifier: str, hz: float, following: str) -> Action:
    """Sounds a tone, by which a test hears that the flow came here."""
    return play(identifier, tone(hz), following)


def say(identifier: str, following: str, error: str = "", **parameters: str) -> Action:
    """Play prompt: `Text`, `SSML` or `PromptId`."""
    return action(identifier, "MessageParticipant", parameters, following, NoMatchingError=error or following)


def menu(identifier: str, hz: float, *, timeout_s: int, late: str, other: str, **keys: str) -> Action:
    """Get customer input whose menu is a tone. `keys` are `_1="block"`."""
    parameters = {"PromptId": tone(hz), "StoreInput": "False", "InputTimeLimitSeconds": str(timeout_s)}
    errors = {"InputTimeLimitExceeded": late, "NoMatchingCondition": other, "NoMatchingError": other}
    return action(identifier, "GetParticipantInput", parameters, other, **errors, **keys)


def store(identifier: str, hz: float, following: str, *, error: str, **more: Any) -> Action:
    """Store customer input whose prompt is a tone: ended by #, or a second after the last key. `more` are further parameters."""
    parameters = {
        "PromptId": tone(hz),
        "StoreInput": "True",
        "InputTimeLimitSeconds": "2",
        "DTMFConfiguration": {
            "InputTerminationSequence": "#",
            "InterdigitTimeLimitSeconds": "1",
            "DisableCancelKey": "False",
        },
    } | more
    parameters.setdefault("InputValidation", {"CustomValidation": {"MaximumLength": "12"}})
    return action(
        identifier, "GetParticipantInput", parameters, following, NoMatchingError=error, InvalidPhoneNumber=error
    )


def remember(identifier: str, following: str, **attributes: str) -> Action:
    """Set contact attributes."""
    return action(
        identifier, "UpdateContactAttributes", {"Attributes": attributes}, following, NoMatchingError=following
    )


def call_number(
    identifier: str,
    number: str,
    following: str,
    *,
    timeout_s: int,
    failed: str = "Hang up",
    late: str = "Hang up",
    **more: str,
) -> Action:
    """Transfer to phone number, the flow going on afterwards. `more` are further parameters."""
    parameters = {
        "ThirdPartyPhoneNumber": number,
        "ThirdPartyConnectionTimeLimitSeconds": str(timeout_s),
        "ContinueFlowExecution": "True",
    } | more
    errors = {"CallFailed": failed, "ConnectionTimeLimitExceeded": late, "NoMatchingError": "Hang up"}
    return action(identifier, "TransferParticipantToThirdParty", parameters, following, **errors)


def call_back(number: str, place: dict[str, str], following: str, *, delay_s: int = 0) -> list[Action]:
    """Set callback number, Transfer to queue as a callback that is tried once. `place` is a QueueId or an AgentId."""
    plan = {"InitialCallDelaySeconds": str(delay_s), "MaximumConnectionAttempts": "0", "RetryDelaySeconds": "60"}
    errors = {"InvalidCallbackNumber": "Hang up", "CallbackNumberNotDialable": "Hang up"}
    return [
        action("Number", "UpdateContactCallbackNumber", {"CallbackNumber": number}, "Plan", **errors),
        action("Plan", "CreateCallbackContact", place | plan, following, NoMatchingError="Hang up"),
    ]


def queue(queue_id: str, *, capacity: int | None = None) -> Fill:
    """A queue that no agent serves."""

    async def fill(database: Database, var: Path) -> None:
        await Administration(database).save_queue(Queue(QueueId(queue_id), queue_id, capacity=capacity))

    return fill
