"""What an agent or a program may do with calls, in words: each wish becomes one event, or is refused in one sentence."""

from collections.abc import Callable, Container, Mapping
from uuid import uuid4

from app.calls.brain import Brain
from app.conversation.state import Phase
from app.domain import call_control
from app.domain.agent import Activity
from app.domain.call_control import CallControl
from app.domain.contact import Recorded
from app.domain.ids import AgentId, ContactId, FlowId, NodeName, QueueId
from app.domain.phone import require_e164, why_not_called
from app.errors import BadInput, NotFound, Unavailable

Details = Mapping[str, str]
KEYS = frozenset("0123456789*#ABCD,")
BUSY = (Activity.RINGING, Activity.ON_CONTACT)


def by_agent(brain: Brain, agent_id: str, action: str, details: Details) -> CallControl:
    """The event of what an agent wants with the call that they have. BadInput and NotFound say what is wrong."""
    make = ACTIONS.get(action)
    if make is None:
        raise BadInput(what=f"The action {action!r}", why=f"choose one of {', '.join(sorted(ACTIONS))}")
    state = brain.memory.routing.agents.get(AgentId(agent_id))
    if state is None:
        raise NotFound(what="agent", name=agent_id)
    if state.contact_id is None or state.activity not in BUSY:
        raise Unavailable(what="The call", why=f"{agent_id} has none", remedy="")
    return make(brain, state.agent_id, state.contact_id, details)


def dialled(brain: Brain, nodes: tuple[NodeName, ...], agent_id: str, number: str, queue: str = "") -> CallControl:
    """An agent dials. Refused when they are busy, the number may not be called, or there is no number to show."""
    state, agent = brain.memory.routing.agents.get(AgentId(agent_id)), brain.instance.agents.get(AgentId(agent_id))
    if state is None or agent is None:
        raise NotFound(what="agent", name=agent_id)
    if state.activity in BUSY:
        raise Unavailable(what="A second call", why=f"{agent_id} has one already", remedy="")
    if queue:
        _known(queue, brain.instance.queues, "queue")
    return call_control.CallRequested(
        ContactId(str(uuid4())),
        agent.agent_id,
        _callable(brain, number),
        _node(nodes),
        QueueId(queue) if queue else None,
    )


def called(
    brain: Brain, nodes: tuple[NodeName, ...], number: str, flow: str, details: Details, attributes: Details
) -> CallControl:
    """A program wants somebody called and led through a flow."""
    _known(flow, brain.instance.flows, "flow")
    return call_control.OutboundCallRequested(
        ContactId(str(uuid4())),
        _node(nodes),
        _callable(brain, number),
        FlowId(flow),
        details.get("caller_number", ""),
        QueueId(details["queue"]) if details.get("queue") else None,
        dict(attributes),
    )


def supervised(brain: Brain, contact_id: str, agent_id: str, mode: str) -> CallControl:
    """Somebody with an agent's phone listens to, whispers into or joins a talk; the mode `leave` ends it."""
    live, agent = brain.live(ContactId(contact_id)), brain.instance.agents.get(AgentId(agent_id))
    if live is None:
        raise NotFound(what="live contact", name=contact_id)
    if agent is None:
        raise NotFound(what="agent", name=agent_id)
    modes = [each.value for each in call_control.Supervision]
    if mode not in (*modes, "leave"):
        raise BadInput(what=f"The mode {mode!r}", why=f"choose one of {', '.join(modes)}, leave")
    if live.conversation.phase is not Phase.TALK:
        raise Unavailable(what="The talk", why=f"the contact is {live.conversation.phase.value}", remedy="")
    if live.contact.recorded is Recorded.NONE and not brain.instance.listen_without_recording:
        raise Unavailable(
            what="Supervision",
            why="the contact is not recorded",
            remedy="The setting listen_without_recording lifts that.",
        )
    wanted = None if mode == "leave" else call_control.Supervision(mode)
    return call_control.SupervisionRequested(agent.agent_id, live.contact.contact_id, wanted, agent.phone)


def _transfer(brain: Brain, agent_id: AgentId, contact_id: ContactId, details: Details) -> CallControl:
    to = {kind: details[kind] for kind in ("agent", "queue", "number") if details.get(kind)}
    if len(to) != 1:
        raise BadInput(what="The transfer", why="it names one agent, one queue or one number")
    flow = details.get("flow", "")
    for kind, known in (("agent", brain.instance.agents), ("queue", brain.instance.queues)):
        if kind in to:
            _known(to[kind], known, kind)
    if flow:
        _known(flow, brain.instance.flows, "flow")
    return call_control.TransferRequested(
        agent_id,
        contact_id,
        AgentId(to["agent"]) if "agent" in to else None,
        QueueId(to["queue"]) if "queue" in to else None,
        _callable(brain, to["number"]) if "number" in to else "",
        FlowId(flow) if flow else None,
        _yes(details, "blind"),
    )


def _digits(brain: Brain, agent_id: AgentId, contact_id: ContactId, details: Details) -> CallControl:
    digits = details.get("digits", "").upper()
    if not digits or set(digits) - KEYS or len(digits) > 50:
        raise BadInput(
            what=f"The keys {digits[:80]!r}", why="up to 50 of 0 to 9, *, #, A to D and the comma may be sent"
        )
    return call_control.DigitsRequested(agent_id, contact_id, digits)


Make = Callable[[Brain, AgentId, ContactId, Details], CallControl]
ACTIONS: dict[str, Make] = {
    "hold": lambda _, who, what, d: call_control.HoldRequested(who, what, _yes(d, "everybody")),
    "resume": lambda _, who, what, d: call_control.ResumeRequested(who, what, _yes(d, "everybody")),
    "mute": lambda _, who, what, d: call_control.MuteRequested(who, what, True),
    "unmute": lambda _, who, what, d: call_control.MuteRequested(who, what, False),
    "digits": _digits,
    "transfer": _transfer,
    "swap": lambda _, who, what, d: call_control.SwapRequested(who, what),
    "join": lambda _, who, what, d: call_control.JoinRequested(who, what),
    "drop": lambda _, who, what, d: call_control.DropRequested(who, what),
    "leave": lambda _, who, what, d: call_control.LeaveRequested(who, what),
    "pause-recording": lambda _, who, what, d: call_control.RecordingPauseRequested(who, what, True),
    "resume-recording": lambda _, who, what, d: call_control.RecordingPauseRequested(who, what, False),
}
"""What an agent can do, by the name that the API has for it."""


def _yes(details: Details, name: str) -> bool:
    return details.get(name, "").lower() in ("1", "true", "yes")


def _known(name: str, known: Container[str], what: str) -> None:
    if name not in known:
        raise NotFound(what=what, name=name)


def _node(nodes: tuple[NodeName, ...]) -> NodeName:
    if not nodes:
        raise Unavailable(what="A call", why="no Asterisk is connected", remedy="")
    return nodes[0]


def _callable(brain: Brain, number: str) -> str:
    e164 = require_e164(number, brain.instance.country)
    refused = why_not_called(e164, brain.instance.country, brain.instance.destinations)
    if refused:
        raise BadInput(what=f"The number {number}", why=refused)
    return e164
