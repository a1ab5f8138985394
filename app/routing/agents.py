"""An agent's working life: every way a status, a contact, a phone or a timer changes it."""

from dataclasses import dataclass, replace

from app.domain.agent import AVAILABLE, OFFLINE, Activity, AgentState, AgentTrigger, next_activity
from app.domain.commands import CancelTimer, Command, StartTimer
from app.domain.ids import ContactId, TimerId
from app.domain.instance import Agent
from app.domain.requests import AfterWorkDone, MoveAgent, Request


@dataclass(slots=True)
class AgentTurn:
    """One change to one agent in the making."""

    state: AgentState
    agent: Agent
    now_ms: int
    outcome: list[Command | Request]


def offered(turn: AgentTurn, contact_id: ContactId) -> None:
    """Their phone is about to ring."""
    _to(turn, AgentTrigger.OFFERED, contact_id=contact_id)


def moved(turn: AgentTurn, event: MoveAgent) -> None:
    """The conversation reports how it went. A report about another contact than the agent's is late, and no news."""
    if turn.state.contact_id != event.contact_id:
        return
    _to(turn, event.trigger, reason=event.reason)
    state, agent = turn.state, turn.agent
    if state.activity is Activity.AFTER_CONTACT_WORK and agent.after_contact_work_s is not None:
        turn.outcome.append(StartTimer(after_work_timer(agent), turn.now_ms + agent.after_contact_work_s * 1000))
    elif state.activity in (Activity.MISSED, Activity.ERROR) and agent.missed_return_s is not None:
        turn.outcome.append(StartTimer(missed_timer(agent), turn.now_ms + agent.missed_return_s * 1000))
    if state.activity is Activity.IDLE and state.next_status is not None:
        _choose(turn, state.next_status)


def status_requested(turn: AgentTurn, status: str) -> None:
    """While a contact is with the agent the status is kept for afterwards; in after contact work it ends that."""
    activity = turn.state.activity
    if activity in (Activity.RINGING, Activity.ON_CONTACT):
        turn.state = replace(turn.state, next_status=status)
        return
    if activity is not Activity.IDLE:
        _leave(turn)
    _choose(turn, status)


def phone_changed(turn: AgentTurn, reachable: bool) -> None:
    """A phone that is lost takes its agent out of routing at once; for a desk phone agent, registering is signing in."""
    state = turn.state
    if state.phone_reachable == reachable:
        return
    turn.state = replace(state, phone_reachable=reachable, idle_since_ms=turn.now_ms)
    if not turn.agent.available_when_registered:
        return
    if reachable and state.status == OFFLINE:
        _choose(turn, AVAILABLE)
    elif not reachable and state.activity is Activity.IDLE:
        _choose(turn, OFFLINE, "the phone is no longer registered")


def timer_fired(turn: AgentTurn, timer_id: TimerId) -> None:
    """After contact work or the pause after a missed contact is over."""
    activity = turn.state.activity
    over = (timer_id == after_work_timer(turn.agent) and activity is Activity.AFTER_CONTACT_WORK) or (
        timer_id == missed_timer(turn.agent) and activity in (Activity.MISSED, Activity.ERROR)
    )
    if over:
        status = turn.state.next_status or turn.state.status
        _leave(turn)
        _choose(turn, status)


def after_work_timer(agent: Agent) -> TimerId:
    return TimerId(f"agent:{agent.agent_id}:after-contact-work")


def missed_timer(agent: Agent) -> TimerId:
    return TimerId(f"agent:{agent.agent_id}:missed")


def _leave(turn: AgentTurn) -> None:
    """Ends after contact work or a missed state."""
    before = turn.state
    turn.outcome += [CancelTimer(after_work_timer(turn.agent)), CancelTimer(missed_timer(turn.agent))]
    if before.activity is Activity.AFTER_CONTACT_WORK and before.contact_id is not None:
        turn.outcome.append(AfterWorkDone(before.contact_id, before.agent_id))
    _to(turn, AgentTrigger.RESET)


def _to(turn: AgentTurn, trigger: AgentTrigger, *, contact_id: ContactId | None = None, reason: str = "") -> None:
    before = turn.state
    activity = next_activity(before.activity, trigger)
    contact = contact_id or before.contact_id
    if activity not in (Activity.RINGING, Activity.ON_CONTACT, Activity.AFTER_CONTACT_WORK):
        contact = None
    keeps_turn = activity is not Activity.IDLE or trigger is AgentTrigger.CALLER_GONE
    idle_since_ms = before.idle_since_ms if keeps_turn else turn.now_ms
    turn.state = replace(
        before, activity=activity, since_ms=turn.now_ms, idle_since_ms=idle_since_ms, contact_id=contact, reason=reason
    )


def _choose(turn: AgentTurn, status: str, reason: str = "") -> None:
    changed = status != turn.state.status
    turn.state = replace(
        turn.state,
        status=status,
        next_status=None,
        reason=reason,
        since_ms=turn.now_ms if changed else turn.state.since_ms,
        idle_since_ms=turn.now_ms if changed else turn.state.idle_since_ms,
    )
