"""How contacts begin: a call arrives, an agent or a program dials, a flow plans a callback. Each gets its Live in the memory."""

from typing import TYPE_CHECKING

from app.calls.memory import Live
from app.conversation import begin
from app.conversation.state import Phase
from app.conversation.step import Step
from app.domain import call_control, events, requests
from app.domain.agent import Activity
from app.domain.commands import Hangup
from app.domain.contact import Contact, InitiationMethod
from app.domain.events import Event
from app.domain.ids import AgentId, ContactId, NodeName, QueueId
from app.domain.phone import to_e164, why_not_called
from app.domain.requests import Request
from app.domain.trace import TraceEntry

if TYPE_CHECKING:
    from app.calls.brain import Brain

Happening = Event | Request
UNALLOCATED = 1
BUSY = (Activity.RINGING, Activity.ON_CONTACT)


def arrived(brain: "Brain", event: Happening) -> None:
    """A call for one of the instance's numbers. A callback that waits for this caller is not needed any more."""
    assert isinstance(event, events.CallArrived)
    ended = brain.memory.ended
    known = event.channel_id in brain.channels or event.channel_id in ended or event.contact_id in ended
    if known or brain.live(event.contact_id) is not None:
        return
    called = to_e164(event.called, brain.instance.country) or event.called
    agent = _agent_at(brain, event) if called not in brain.instance.numbers else None
    consulting = contact_of_second_line(brain, event)
    if agent is not None and consulting is not None:
        wish = call_control.ConsultOnPhone(consulting, event.node, agent, event.channel_id, event.called)
        brain.pending.append(wish)
        return
    if agent is not None and _may_begin(brain, event.contact_id, called):
        queue_id = _first_queue(brain, agent)
        contact = _outbound(brain, event.contact_id, event.node, InitiationMethod.OUTBOUND, called, queue_id)
        _begin(brain, begin.dialled_on_phone(event, agent, contact, brain.instance, brain.now_ms, brain.full))
        return
    if called not in brain.instance.numbers:
        brain.follow(None, [Hangup(event.contact_id, event.channel_id, UNALLOCATED)])
        return
    calling = to_e164(event.calling, brain.instance.country) or event.calling
    contact = Contact(
        event.contact_id, event.node, event.channel_id, InitiationMethod.INBOUND, calling, called, brain.now_ms
    )
    for live in brain.memory.contacts.values():
        if live.conversation.callback is not None and live.contact.customer_number == calling:
            brain.pending.append(requests.CancelCallback(live.contact.contact_id, "the customer called again"))
    entry = TraceEntry(brain.now_ms, "call", "arrived", called, {"from": calling, "by": event.origin_name})
    _begin(brain, begin.arrived(event, contact, brain.instance, brain.now_ms), entry)


def contact_of_second_line(brain: "Brain", call: events.CallArrived) -> ContactId | None:
    """The contact of an agent who dials on another line of the phone on which they have it; None for every other call."""
    called = to_e164(call.called, brain.instance.country) or call.called
    agent = _agent_at(brain, call) if called not in brain.instance.numbers else None
    state = brain.memory.routing.agents[agent] if agent is not None else None
    return state.contact_id if state is not None and state.activity in BUSY else None


def dialled_by_agent(brain: "Brain", event: Happening) -> None:
    """An agent dials, unless the number is not allowed or they are with a contact: then nothing happens."""
    assert isinstance(event, call_control.CallRequested)
    number = to_e164(event.number, brain.instance.country) or event.number
    state = brain.memory.routing.agents.get(event.agent_id)
    queue_id = event.queue_id or _first_queue(brain, event.agent_id)
    if state is None or state.activity in BUSY or not _may_begin(brain, event.contact_id, number):
        return
    contact = _outbound(brain, event.contact_id, event.node, InitiationMethod.OUTBOUND, number, queue_id)
    _begin(brain, begin.dialled_by_agent(event, contact, brain.instance, brain.now_ms))


def called_by_program(brain: "Brain", event: Happening) -> None:
    """A program wants somebody called and led through a flow."""
    assert isinstance(event, call_control.OutboundCallRequested)
    number = to_e164(event.number, brain.instance.country) or event.number
    if not _may_begin(brain, event.contact_id, number):
        return
    contact = _outbound(
        brain, event.contact_id, event.node, InitiationMethod.API, number, event.queue_id, event.attributes
    )
    _begin(brain, begin.called_by_program(event, contact, brain.instance, brain.now_ms, brain.full))


def callback_planned(brain: "Brain", event: Happening) -> None:
    """Transfer to callback queue: one callback for a customer and queue; who waits already keeps the place they have."""
    assert isinstance(event, requests.QueueCallback)
    live = brain.live(event.contact_id)
    if live is None:
        return
    instance, before, talk = brain.instance, live.contact_named(event.contact_id), live.conversation
    number = to_e164(event.number, instance.country) or event.number
    refused = why_not_called(number, instance.country, instance.destinations)
    if refused:
        brain.pending.append(requests.Answered(event.contact_id, event.invocation_id, "error", refused))
        return
    brain.pending.append(requests.Answered(event.contact_id, event.invocation_id, "success"))
    if any(_waits_for(other, number, event.queue_id) for other in brain.memory.contacts.values()):
        return
    contact_id = ContactId(begin.callback_id(event.invocation_id))
    contact = begin.callback_contact(contact_id, before, number, event.queue_id, brain.now_ms)
    live.put(begin.followed_by(before, contact_id))
    waits = talk.phase in (Phase.QUEUED, Phase.RINGING) and talk.queue_id == event.queue_id
    since_ms = talk.waiting_since_ms if waits else brain.now_ms
    _begin(brain, begin.called_back(event, contact, since_ms, instance, brain.now_ms))


def callback_cancelled(brain: "Brain", event: Happening) -> None:
    """Somebody gives a callback up."""
    assert isinstance(event, call_control.CallbackCancelRequested)
    brain.pending.append(requests.CancelCallback(event.contact_id, f"cancelled by {event.by}"))


def _begin(brain: "Brain", step: Step, entry: TraceEntry | None = None) -> None:
    live = Live(step.contact, step.conversation)
    brain.memory.contacts[step.conversation.contact_id] = live
    if entry is not None:
        live.trace.append(entry)
    brain.after_conversation(live, step)


def _outbound(
    brain: "Brain",
    contact_id: ContactId,
    node: NodeName,
    initiation: InitiationMethod,
    number: str,
    queue_id: QueueId | None,
    attributes: dict[str, str] | None = None,
) -> Contact:
    """A contact whose customer is going to be called."""
    return Contact(
        contact_id,
        node,
        begin.NO_CHANNEL,
        initiation,
        number,
        "",
        brain.now_ms,
        queue_id=queue_id,
        attributes=dict(attributes or {}),
    )


def _may_begin(brain: "Brain", contact_id: ContactId, number: str) -> bool:
    new = brain.live(contact_id) is None
    return new and not why_not_called(number, brain.instance.country, brain.instance.destinations)


def _first_queue(brain: "Brain", agent_id: AgentId) -> QueueId | None:
    """The queue whose outbound settings hold for an agent who names none: the first of their routing profile with a number."""
    agent = brain.instance.agents.get(agent_id)
    profile = brain.instance.profiles.get(agent.profile_id) if agent else None
    served = [entry.queue_id for entry in profile.queues] if profile else []
    with_number = [each for each in served if (queue := brain.instance.queue(each)) and queue.outbound_number]
    return next(iter(with_number or served), None)


def _agent_at(brain: "Brain", call: events.CallArrived) -> AgentId | None:
    """The agent who dials on their own phone."""
    if call.origin != "phone":
        return None
    agents = (each.agent_id for each in brain.instance.agents.values() if each.phone == call.origin_name)
    states = brain.memory.routing.agents
    return next((each for each in agents if each in states), None)


def _waits_for(live: Live, number: str, queue_id: QueueId) -> bool:
    talk = live.conversation
    return talk.callback is not None and talk.queue_id == queue_id and live.contact.customer_number == number
