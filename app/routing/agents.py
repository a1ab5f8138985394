"""An agent's working life: every way a status, a contact, a phone or a timer changes it."""

from dataclasses import dataclass

from app.domain.agent import (
    AVAILABLE,
    OFFLINE,
    REASONS,
    TRANSITIONS,
    Activity,
    AgentState,
    AgentTrigger,
    Panel,
    next_activity,
)
from app.domain.commands import CancelTimer, Command, StartTimer
from app.domain.events import PanelClosed, PanelOpened
from app.domain.ids import AgentId, ContactId, TimerId
from app.domain.instance import Agent
from app.domain.requests import AfterWorkDone, MoveAgent, Request

_BUSY = (Activity.RINGING, Activity.ON_CONTACT)
_NOT_REACHED = (Activity.MISSED, Activity.ERROR)
_WITH_CONTACT = (Activity.RINGING, Activity.ON_CONTACT, Activity.AFTER_CONTACT_WORK)
_TAKES = (AgentTrigger.OFFERED, AgentTrigger.DIALLED)
_LISTENS = (AgentTrigger.SUPERVISES, AgentTrigger.SUPERVISED)
BRIEFLY_MS = 10_000
"""Who is out of reach no longer than this keeps their place among the longest available: a page was loaded again, a cable moved."""


@dataclass(slots=True)
class AgentTurn:
    """One change to one agent in the making: `state` is changed in place, what follows goes to `outcome`."""

    state: AgentState
    agent: Agent
    now_ms: int
    outcome: list[Command | Request]


def offered(turn: AgentTurn, contact_id: ContactId) -> None:
    """Their phone is about to ring."""
    _to(turn, AgentTrigger.OFFERED, contact_id)


def moved(turn: AgentTurn, event: MoveAgent) -> None:
    """The conversation reports how it went. A report about another contact than the agent's is late, and no news."""
    state = turn.state
    if event.trigger in _TAKES:
        if state.activity not in _BUSY:
            _leave(turn)
            _to(turn, event.trigger, event.contact_id)
        return
    if event.trigger in _LISTENS:
        if (state.activity, event.trigger) in TRANSITIONS:
            _to(turn, event.trigger)
        return
    if state.contact_id != event.contact_id:
        return
    _to(turn, event.trigger, None, event.reason or REASONS.get(event.trigger, ""))
    if state.activity is Activity.ON_CONTACT:
        state.missed_in_row = 0
    elif state.activity is Activity.AFTER_CONTACT_WORK:
        if turn.agent.after_contact_work_s == 0:
            _work_on(turn)
        elif turn.agent.after_contact_work_s is not None:
            _start(turn, after_work_timer(turn.agent), turn.agent.after_contact_work_s)
    elif state.activity in _NOT_REACHED:
        _not_reached(turn)
    elif state.activity is Activity.IDLE and state.next_status is not None:
        _choose(turn, state.next_status)


def status_requested(turn: AgentTurn, status: str) -> None:
    """While a contact is with the agent the status is kept for afterwards; in after contact work it ends that. Who chooses one
    without a panel works without one."""
    if turn.state.status == OFFLINE:
        turn.state.missed_in_row = 0
    if turn.state.panel in (Panel.CLOSED, Panel.LOST):
        turn.state.panel = Panel.NONE
    if turn.state.activity in _BUSY:
        turn.state.next_status = status
        return
    _leave(turn)
    _choose(turn, status)


def phone_changed(turn: AgentTurn, reachable: bool) -> None:
    """A phone that is lost takes its agent out of routing at once; for a desk phone agent, registering is signing in."""
    state, agent = turn.state, turn.agent
    if state.phone_reachable == reachable:
        return
    was_reachable = state.reachable
    state.phone_reachable = reachable
    _reach_changed(turn, was_reachable)
    if not agent.available_when_registered:
        return
    if reachable and state.status == OFFLINE:
        _choose(turn, AVAILABLE)
    elif not reachable and state.activity is Activity.IDLE:
        _choose(turn, OFFLINE, "the phone is no longer registered")


def panel_changed(turn: AgentTurn, event: PanelOpened | PanelClosed) -> None:
    """A panel that was open and does not come back takes its agent out of routing: nobody would be there to answer. Who signs in by
    registering a desk phone is there as long as the phone is."""
    state, agent = turn.state, turn.agent
    was_reachable, timer_id = state.reachable, panel_timer(agent)
    if isinstance(event, PanelOpened):
        if state.panel is Panel.LOST:
            state.reason = "the panel was away: contacts went to others meanwhile"
        elif state.panel is Panel.CLOSED:
            turn.outcome.append(CancelTimer(timer_id))
        state.panel = Panel.OPEN
        _reach_changed(turn, was_reachable)
    elif state.panel in (Panel.OPEN, Panel.CLOSED):
        state.panel = Panel.NONE if agent.available_when_registered else Panel.CLOSED
        if state.panel is Panel.CLOSED:
            _start(turn, timer_id, event.patience_s)


def timer_fired(turn: AgentTurn, timer_id: TimerId) -> None:
    """After contact work or the pause after a missed contact is over, or the phone or the panel has been away for too long."""
    state, agent = turn.state, turn.agent
    activity = state.activity
    if timer_id == lost_timer(agent):
        if not state.reachable and state.status != OFFLINE:
            _sign_off(turn, "the panel was lost" if state.phone_reachable else "the phone was lost")
        return
    if timer_id == panel_timer(agent):
        if state.panel is Panel.CLOSED:
            was_reachable, state.panel = state.reachable, Panel.LOST
            _reach_changed(turn, was_reachable)
        return
    over = (timer_id == after_work_timer(agent) and activity is Activity.AFTER_CONTACT_WORK) or (
        timer_id == missed_timer(agent) and activity in _NOT_REACHED
    )
    if over:
        _work_on(turn)


def departed(turn: AgentTurn) -> bool:
    """The agent was deleted. True when nothing holds them any more: who is with a contact stays until it is over."""
    if turn.state.activity in _BUSY:
        return False
    _leave(turn)
    return True


def after_work_timer(agent: Agent) -> TimerId:
    return TimerId(f"agent:{agent.agent_id}:after-contact-work")


def missed_timer(agent: Agent) -> TimerId:
    return TimerId(f"agent:{agent.agent_id}:missed")


def lost_timer(agent: Agent) -> TimerId:
    return TimerId(f"agent:{agent.agent_id}:phone-lost")


def panel_timer(agent: Agent) -> TimerId:
    return TimerId(f"agent:{agent.agent_id}:panel-closed")


def agent_of_timer(timer_id: TimerId) -> AgentId | None:
    """Whose timer it is; None for a timer that is no agent's."""
    return AgentId(timer_id[6:].rpartition(":")[0]) if timer_id.startswith("agent:") else None


def _reach_changed(turn: AgentTurn, was_reachable: bool) -> None:
    """Phone and panel together: the agent can be reached now, or not any more."""
    state, agent = turn.state, turn.agent
    if state.reachable == was_reachable:
        return
    if was_reachable:
        state.lost_ms = turn.now_ms
    elif turn.now_ms - state.lost_ms > BRIEFLY_MS:
        state.idle_since_ms = turn.now_ms
    if agent.offline_when_lost_s is not None:
        if state.reachable:
            turn.outcome.append(CancelTimer(lost_timer(agent)))
        else:
            _start(turn, lost_timer(agent), agent.offline_when_lost_s)


def _not_reached(turn: AgentTurn) -> None:
    """A contact did not reach the agent: too many in a row, a status chosen before, or the pause decide what comes next."""
    state, agent = turn.state, turn.agent
    state.missed_in_row += 1
    if agent.missed_limit is not None and state.missed_in_row >= agent.missed_limit:
        words = f"{state.missed_in_row} contacts in a row did not reach the agent, the last because {state.reason}"
        state.missed_in_row = 0
        _leave(turn)
        _choose(turn, agent.missed_limit_status, words)
    elif state.next_status is not None:
        words = state.reason
        _leave(turn)
        _choose(turn, state.next_status, words)
    elif agent.missed_return_s is not None:
        _start(turn, missed_timer(agent), agent.missed_return_s)


def _work_on(turn: AgentTurn) -> None:
    """After contact work or a missed state is over: the status that was chosen meanwhile holds, else the one before."""
    status = turn.state.next_status or turn.state.status
    _leave(turn)
    _choose(turn, status)


def _sign_off(turn: AgentTurn, reason: str) -> None:
    if turn.state.activity in _BUSY:
        turn.state.next_status = OFFLINE
        return
    _leave(turn)
    _choose(turn, OFFLINE, reason)


def _leave(turn: AgentTurn) -> None:
    """Ends after contact work or a missed state; an idle agent stays as they are."""
    state, agent = turn.state, turn.agent
    activity = state.activity
    if activity is Activity.AFTER_CONTACT_WORK:
        turn.outcome.append(CancelTimer(after_work_timer(agent)))
        if state.contact_id is not None:
            turn.outcome.append(AfterWorkDone(state.contact_id, state.agent_id))
    elif activity in _NOT_REACHED:
        turn.outcome.append(CancelTimer(missed_timer(agent)))
    else:
        return
    _to(turn, AgentTrigger.RESET)


def _to(turn: AgentTurn, trigger: AgentTrigger, contact_id: ContactId | None = None, reason: str = "") -> None:
    state = turn.state
    activity = state.activity = next_activity(state.activity, trigger)
    if contact_id is not None:
        state.contact_id = contact_id
    if activity not in _WITH_CONTACT:
        state.contact_id = None
    if activity is Activity.IDLE and trigger is not AgentTrigger.CALLER_GONE:
        state.idle_since_ms = turn.now_ms
    state.since_ms = turn.now_ms
    state.reason = reason


def _choose(turn: AgentTurn, status: str, reason: str = "") -> None:
    state = turn.state
    if status != state.status:
        state.status = status
        state.since_ms = state.idle_since_ms = turn.now_ms
    state.next_status = None
    state.reason = reason


def _start(turn: AgentTurn, timer_id: TimerId, after_s: int) -> None:
    turn.outcome.append(StartTimer(timer_id, turn.now_ms + after_s * 1000))
