"""The stages of a call around its flows: queue, whispers, talk, disconnect flow, as the conversation core joins them."""

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from app.domain.contact import NO_FLOW, Handling, Hook
from app.domain.ids import QueueId
from app.domain.instance import FlowContent, FlowType
from app.domain.requests import ChangeQueue, EnterQueue, FlowEnded, FlowOutcome
from app.flow.state import FlowState
from app.sim.flow.path import End, Ending

if TYPE_CHECKING:
    from app.sim.flow.walk import Walk

AGENTS_EAR = frozenset({FlowType.AGENT_WHISPER, FlowType.AGENT_HOLD, FlowType.AGENT_TRANSFER})
"""Flows that an agent hears. A queue transfer flow is heard by the customer here: only they press keys."""
HOLDS = frozenset({FlowType.CUSTOMER_HOLD, FlowType.AGENT_HOLD})
WHISPERS = (
    (FlowType.AGENT_WHISPER, Hook.AGENT_WHISPER),
    (FlowType.CUSTOMER_WHISPER, Hook.CUSTOMER_WHISPER),
)


class Stage(Enum):
    FLOW = auto()
    QUEUE = auto()
    HOLD = auto()
    WHISPERS = auto()
    TALK = auto()


def begin(walk: "Walk", flow: FlowContent) -> None:
    """Where a flow of this type begins: a queue flow in a queue, a hold flow on hold, a whisper with the agent there."""
    kind = flow.type
    if kind in HOLDS:
        walk.stage = Stage.HOLD
        walk.agenda.after(walk.scenario.waits_s * 1000, lambda: walk.end(End.HOLD))
    if kind not in (FlowType.CONTACT, FlowType.CUSTOMER_QUEUE):
        walk.agent = next(iter(walk.setting.instance.agents.values()), None)
    if kind is FlowType.CUSTOMER_QUEUE:
        queues = walk.setting.instance.queues
        queue_id = walk.contact.queue_id or next(iter(queues), QueueId("simulated"))
        walk.change(queue_id=queue_id)
        _wait_in(walk, queue_id)
    walk.begin(flow, kind)


def enter_queue(walk: "Walk", request: EnterQueue, state: FlowState) -> None:
    """The contact waits: it hears its own queue flow or the default one."""
    queue = walk.setting.instance.queue(request.queue_id)
    walk.happens("Waits in queue", queue.name if queue else request.queue_id)
    _wait_in(walk, request.queue_id)
    _run(walk, FlowType.CUSTOMER_QUEUE, Hook.CUSTOMER_QUEUE)


def change_queue(walk: "Walk", request: ChangeQueue, state: FlowState) -> None:
    """The contact waits in another queue; the flow that it hears goes on."""
    queue = walk.setting.instance.queue(request.queue_id)
    walk.happens("Waits in queue", queue.name if queue else request.queue_id)
    _wait_in(walk, request.queue_id)


def _wait_in(walk: "Walk", queue_id: QueueId) -> None:
    now_ms = walk.agenda.now_ms
    walk.stage = Stage.QUEUE
    walk.change(queued_in=queue_id, enqueued_ms=now_ms, dequeued_ms=None)
    name = _queue_name(walk)
    ready = [
        (said.answers_after_s, agent)
        for agent, said in walk.scenario.agents.items()
        if said.answers_after_s is not None and (not said.queues or name in said.queues)
    ]
    if ready:
        after_s, agent = min(ready)
        walk.agenda.after(after_s * 1000, lambda: _answers(walk, agent, now_ms))
    else:
        walk.agenda.after(walk.scenario.waits_s * 1000, lambda: _still_there(walk, now_ms))


def _still_there(walk: "Walk", since_ms: int) -> None:
    if walk.stage is Stage.QUEUE and walk.contact.enqueued_ms == since_ms:
        walk.end(End.QUEUE, _queue_name(walk))


def _answers(walk: "Walk", name: str, since_ms: int) -> None:
    """The agent answers, unless the contact is no longer there."""
    if walk.stage is not Stage.QUEUE or walk.contact.enqueued_ms != since_ms:
        return
    walk.happens("Agent answered", name)
    walk.agent = next(agent for agent in walk.setting.instance.agents.values() if agent.username == name)
    profile = walk.setting.instance.profiles[walk.agent.profile_id]
    now_ms = walk.agenda.now_ms
    handling = Handling(walk.agent.agent_id, name, profile.profile_id, profile.name, now_ms)
    walk.change(dequeued_ms=now_ms, handling=handling)
    walk.stage = Stage.WHISPERS
    walk.cancel_run()
    _whisper(walk, 0 if walk.scenario.whispers else len(WHISPERS))


def _whisper(walk: "Walk", number: int) -> None:
    """Agent and customer hear theirs one after the other here; in a call they do so at once."""
    for kind, hook in WHISPERS[number:]:
        if _run(walk, kind, hook):
            return
    _talk(walk)


def _talk(walk: "Walk") -> None:
    walk.stage = Stage.TALK
    assert walk.agent is not None
    assert walk.contact.handling is not None
    walk.happens("Connected", walk.agent.username)
    walk.change(handling=replace(walk.contact.handling, joined_ms=walk.agenda.now_ms))
    talks_s = walk.scenario.agents[walk.agent.username].talks_s
    walk.agenda.after(talks_s * 1000, lambda: _agent_leaves(walk))


def _agent_leaves(walk: "Walk") -> None:
    """After the talk the customer hears the disconnect flow when there is one."""
    assert walk.agent is not None
    flow_id = walk.contact.hooks.get(Hook.CUSTOMER_REMAINING)
    flow = walk.setting.instance.flows.get(flow_id) if flow_id else None
    if flow is None:
        return walk.end(End.AGENT, walk.agent.username)
    walk.happens("Agent hung up", walk.agent.username)
    walk.stage = Stage.FLOW
    return walk.begin(flow, FlowType.CONTACT)


def _run(walk: "Walk", kind: FlowType, hook: Hook) -> bool:
    """Starts the contact's own flow for the hook, or else the default; False when there is none."""
    instance = walk.setting.instance
    flow_id = walk.contact.hooks.get(hook) or instance.default_flows.get(kind)
    flow = instance.flows.get(flow_id) if flow_id and flow_id != NO_FLOW else None
    if flow is None:
        return False
    walk.begin(flow, kind)
    return True


def flow_ended(walk: "Walk", request: FlowEnded, state: FlowState) -> None:
    """What the end of a run means in this stage."""
    if walk.stage is Stage.WHISPERS:
        return _whisper(walk, 1 if state.type is FlowType.AGENT_WHISPER else len(WHISPERS))
    if walk.stage is Stage.QUEUE and request.outcome is not FlowOutcome.DISCONNECT:
        return walk.happens("Music", request.reason)
    if request.outcome is FlowOutcome.FAILED:
        return walk.end(End.FAILED, reason=request.reason)
    if request.outcome is FlowOutcome.DISCONNECT:
        return walk.end(End.DISCONNECT)
    if state.flow_id in walk.setting.stand_ins:
        return walk.end(End.FLOW, walk.setting.instance.flows[state.flow_id].name)
    return walk.end(End.ENDED, reason=request.reason)


def waiting(walk: "Walk") -> Ending | None:
    """How a walk ends whose contact is with nobody of the flow now."""
    if walk.stage is Stage.QUEUE:
        return Ending(End.QUEUE, _queue_name(walk))
    if walk.stage is Stage.HOLD:
        return Ending(End.HOLD)
    if walk.stage in (Stage.TALK, Stage.WHISPERS) and walk.agent is not None:
        return Ending(End.AGENT, walk.agent.username)
    return None


def _queue_name(walk: "Walk") -> str:
    queue = walk.setting.instance.queue(walk.contact.queued_in) if walk.contact.queued_in else None
    return queue.name if queue else walk.contact.queued_in or ""
