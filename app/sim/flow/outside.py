"""Everything a flow asks for, answered by the scenario: telephony, functions, bots, other cores."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from app.domain.commands import CancelTimer, Play, StartTimer, StopPlayback
from app.domain.events import (
    BotReplied,
    Event,
    FunctionReturned,
    InputSealed,
    PlaybackFinished,
    RequestFailed,
    TimerFired,
)
from app.domain.questions import AskBot, InvokeFunction, SealInput
from app.domain.requests import (
    Answered,
    CallNumber,
    ChangeQueue,
    ChangeRouting,
    DialCustomer,
    EnterQueue,
    FlowEnded,
    HoldParty,
    QueueCallback,
    SetAgentStatus,
    TransferToAgent,
)
from app.flow.state import FlowState
from app.sim.flow import stages
from app.sim.flow.path import End, FunctionCall
from app.sim.flow.scenario import ANY, FunctionAnswer, Transfer
from app.sim.flow.sound import duration_s

if TYPE_CHECKING:
    from app.sim.flow.walk import Walk

T = TypeVar("T")
SOON_MS = 50
LATE_MS = 1_000


def asks_again(event: Event | Answered | None) -> bool:
    """True of events after which the same block may wait for keys anew."""
    return isinstance(event, BotReplied)


def _play(walk: "Walk", command: Play, state: FlowState) -> None:
    lasts = [duration_s(prompt, walk.scenario.prompts) for prompt in command.prompts]
    failed = None in lasts or walk.likely(walk.scenario.chaos.prompt_failures)
    if failed and walk.likely(walk.scenario.chaos.prompt_failures):
        refused = RequestFailed(command.contact_id, "Play", command.channel_id, 500, "the simulated telephony refused")
        return walk.later(SOON_MS, refused)
    if failed:
        return walk.later(SOON_MS, PlaybackFinished(command.playback_id, True, "the scenario lets it fail"))
    duration_ms = round(sum(seconds or 0.0 for seconds in lasts) * 1000)
    walk.recorder.plays(command.prompts)
    words = " ".join(prompt.value for prompt in command.prompts)
    walk.caller.hears(words, walk.agenda.now_ms + duration_ms)
    return walk.later(duration_ms, PlaybackFinished(command.playback_id))


def _stop(walk: "Walk", command: StopPlayback, state: FlowState) -> None:
    walk.caller.silence_ms = walk.agenda.now_ms
    walk.later(SOON_MS, PlaybackFinished(command.playback_id))


def _start_timer(walk: "Walk", command: StartTimer, state: FlowState) -> None:
    late_ms = walk.chance.random() * LATE_MS if walk.likely(walk.scenario.chaos.late) else 0
    due_ms = command.due_ms + late_ms
    walk.timers[command.timer_id] = command.due_ms

    def fire() -> None:
        if walk.timers.get(command.timer_id) == command.due_ms:
            del walk.timers[command.timer_id]
            walk.tell(TimerFired(command.timer_id))

    walk.agenda.at(due_ms, fire)


def _cancel_timer(walk: "Walk", command: CancelTimer, state: FlowState) -> None:
    """By chance one that was cancelled fires all the same: it was on its way already."""
    walk.timers.pop(command.timer_id, None)
    if walk.likely(walk.scenario.chaos.late):
        walk.later(SOON_MS, TimerFired(command.timer_id))


def _function(walk: "Walk", command: InvokeFunction, state: FlowState) -> None:
    details: Any = command.event.get("Details") or {}
    parameters = {name: str(value) for name, value in (details.get("Parameters") or {}).items()}
    name = command.function.rpartition(":")[2] or command.function
    walk.calls.append(FunctionCall(name, parameters))
    answer = _said(walk, walk.scenario.functions, (command.function, name), "function") or FunctionAnswer()
    walk.happens("Function", name)
    if answer.after_s > command.timeout_s or answer.error:
        reason = answer.error or f"no answer within {command.timeout_s:g} seconds"
        delay_s = min(answer.after_s, command.timeout_s)
        walk.later(delay_s * 1000, FunctionReturned(command.contact_id, command.invocation_id, None, reason))
    else:
        returned = FunctionReturned(command.contact_id, command.invocation_id, dict(answer.value))
        walk.later(answer.after_s * 1000, returned)


def _bot(walk: "Walk", command: AskBot, state: FlowState) -> None:
    walk.happens("Bot", f"{command.name or command.bot}: {command.text}".rstrip(": "))
    answer = _said(walk, walk.scenario.bots, (command.bot, command.name, command.bot.rpartition("/")[2]), "bot")
    if answer is None or answer.error or answer.after_s > command.timeout_s:
        reason = answer.error if answer else f"the scenario has no reply of the bot {command.bot}"
        replied = BotReplied(command.contact_id, command.invocation_id, "", reason=reason or "no reply in time")
    else:
        replied = BotReplied(
            command.contact_id,
            command.invocation_id,
            answer.state,
            answer.message,
            answer.intent,
            dict(answer.slots),
            {**command.session_attributes, **answer.session_attributes},
        )
    walk.later(min(answer.after_s if answer else 0.1, command.timeout_s) * 1000, replied)


def _seal(walk: "Walk", command: SealInput, state: FlowState) -> None:
    refused = _refuses(walk, command)
    value, reason = ("", "the scenario refuses it") if refused else (f"sealed {len(command.keys)} keys", "")
    walk.later(SOON_MS, InputSealed(command.contact_id, command.invocation_id, value, reason))


def _call_number(walk: "Walk", command: CallNumber, state: FlowState) -> None:
    outcome = walk.scenario.transfers.get(command.number) or walk.scenario.transfers.get(ANY) or Transfer()
    walk.happens("Call to", f"{command.number}: {outcome.result}")
    reached = outcome.result == "success"
    if not command.resume and outcome.result != "error":
        return walk.end(End.NUMBER, command.number)
    ring_s = min(command.time_limit_s, 10)
    after_s = ring_s + (outcome.talks_s if reached else 0.0)
    answered = Answered(command.contact_id, command.invocation_id, outcome.result)
    return walk.later(after_s * 1000, answered)


def _transfer_to_agent(walk: "Walk", command: TransferToAgent, state: FlowState) -> None:
    if _refuses(walk, command):
        walk.later(SOON_MS, Answered(command.contact_id, command.invocation_id, "error", "the scenario refuses it"))
    else:
        walk.end(End.TO_AGENT, walk.agent.username if walk.agent else "")


def _answer(walk: "Walk", command: HoldParty | QueueCallback | DialCustomer, state: FlowState) -> None:
    refused = _refuses(walk, command)
    walk.happens(type(command).__name__, "error" if refused else "success")
    result, reason = ("error", "the scenario refuses it") if refused else ("success", "")
    walk.later(SOON_MS, Answered(command.contact_id, command.invocation_id, result, reason))


def _routing(walk: "Walk", command: ChangeRouting, state: FlowState) -> None:
    """The contact itself holds the values; there is no queue to order here."""


def _agent_status(walk: "Walk", command: SetAgentStatus, state: FlowState) -> None:
    walk.happens("Agent status", command.status)


def _refuses(walk: "Walk", command: object) -> bool:
    return type(command).__name__ in walk.scenario.refuses


def _said(walk: "Walk", said: dict[str, list[T]], names: Sequence[str], kind: str) -> T | None:
    """The scenario's next answer of the first of these names that it knows; the last one is repeated."""
    for name in (*names, ANY):
        if answers := said.get(name):
            key = f"{kind} {name}"
            count = walk.counts.get(key, 0)
            walk.counts[key] = count + 1
            return answers[min(count, len(answers) - 1)]
    return None


HANDLERS: dict[type, Callable[["Walk", Any, FlowState], None]] = {
    Play: _play,
    StopPlayback: _stop,
    StartTimer: _start_timer,
    CancelTimer: _cancel_timer,
    InvokeFunction: _function,
    AskBot: _bot,
    SealInput: _seal,
    CallNumber: _call_number,
    TransferToAgent: _transfer_to_agent,
    HoldParty: _answer,
    QueueCallback: _answer,
    ChangeRouting: _routing,
    DialCustomer: _answer,
    SetAgentStatus: _agent_status,
    ChangeQueue: stages.change_queue,
    EnterQueue: stages.enter_queue,
    FlowEnded: stages.flow_ended,
}
"""What follows from each command and request of the flow core; everything else concerns telephony only."""
