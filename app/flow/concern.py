"""Which events concern a run, and as what its block is told of them."""

from app.domain.events import (
    BotReplied,
    DigitReceived,
    Event,
    FunctionReturned,
    InputSealed,
    PlaybackFinished,
    RequestFailed,
    TimerFired,
)
from app.domain.requests import Answered
from app.flow.block import Answer
from app.flow.state import FlowState

Concerning = PlaybackFinished | DigitReceived | TimerFired | Answer
"""What a block can be told."""


def concerning(state: FlowState, event: Event | Answered) -> Concerning | None:
    """The event as the run's block sees it; None when it is not this run's. A Play that was refused is a failed playback."""
    if isinstance(event, PlaybackFinished):
        return event if event.playback_id == state.playback_id else None
    if isinstance(event, DigitReceived):
        return event if event.channel_id == state.channel_id else None
    if isinstance(event, FunctionReturned | BotReplied | InputSealed | Answered):
        return event if event.invocation_id == state.invocation_id else None
    if isinstance(event, TimerFired):
        return event if event.timer_id in state.timers.values() else None
    if isinstance(event, RequestFailed) and event.command == "Play" and state.playback_id is not None:
        ours = event.target in (state.playback_id, state.channel_id)
        return PlaybackFinished(state.playback_id, failed=True, reason=event.reason) if ours else None
    return None
