"""What goes on, for people: the brain's memory as the values a page shows."""

from app.calls.brain import Brain
from app.calls.memory import Live
from app.calls.ports import AgentView, ContactView, QueueView, WaitingView
from app.conversation.state import Conversation, Phase, Place, Role
from app.domain.agent import AgentState


def agents(brain: Brain) -> tuple[AgentView, ...]:
    """Every configured agent, by name."""
    states = brain.memory.routing.agents
    views = [_agent(state, brain) for agent_id in brain.instance.agents if (state := states.get(agent_id)) is not None]
    return tuple(sorted(views, key=lambda view: view.username))


def contacts(brain: Brain) -> tuple[ContactView, ...]:
    """Every contact that is not finished, oldest first."""
    views = [_contact(live, brain) for live in brain.memory.contacts.values() if live.contact.finished_ms is None]
    return tuple(sorted(views, key=lambda view: view.initiated_ms))


def queues(brain: Brain, now_ms: int) -> tuple[QueueView, ...]:
    """Every queue with its live figures, by name."""
    views = []
    for queue in brain.instance.queues.values():
        figures = brain.routing.figures(queue.queue_id, now_ms)
        oldest = now_ms - figures.oldest_contact_age_ms if figures.contacts_in_queue else None
        views.append(
            QueueView(
                queue.queue_id,
                queue.name,
                figures.contacts_in_queue,
                oldest,
                figures.agents_online,
                figures.agents_available,
                figures,
            )
        )
    return tuple(sorted(views, key=lambda view: view.name))


def waiting(brain: Brain, live: Live, now_ms: int) -> WaitingView:
    """Why the contact still waits."""
    contact = live.contact
    told = brain.routing.explain(contact.contact_id, now_ms)
    queue = brain.instance.queue(told.queue_id) if told.queue_id else None
    figures = brain.routing.figures(told.queue_id, now_ms, contact) if told.queue_id and told.position else None
    return WaitingView(
        contact.contact_id,
        queue.name if queue else told.queue_id or "",
        told.position,
        told.waited_ms,
        figures.estimated_wait_ms if figures else None,
        tuple(reason.because.value for reason in told.reasons),
        told.words,
    )


def _agent(state: AgentState, brain: Brain) -> AgentView:
    agent = brain.instance.agents[state.agent_id]
    return AgentView(
        agent.agent_id,
        agent.username,
        state.status,
        state.activity.value,
        state.since_ms,
        agent.phone,
        state.phone_reachable,
        state.contact_id,
        state.reason,
        state.next_status,
    )


def _contact(live: Live, brain: Brain) -> ContactView:
    contact, talk = live.contact, live.conversation
    run = live.runs.get(talk.run) if talk.run else None
    flow = brain.instance.flows.get(run.flow_id) if run else None
    queue = brain.instance.queue(contact.queued_in) if contact.queued_in else None
    agent_id = talk.agent.agent_id if talk.agent else next(iter(talk.after_work), None)
    agent = brain.instance.agents.get(agent_id) if agent_id else None
    after_work = talk.phase is Phase.GONE and bool(talk.after_work)
    return ContactView(
        contact.contact_id,
        "after contact work" if after_work else _state(talk),
        talk.since_ms,
        contact.initiated_ms,
        contact.customer_number,
        contact.system_number,
        flow.name if flow else "",
        (run.block or "") if run else "",
        queue.name if queue else "",
        agent.username if agent else "",
        talk.recording is not None,
    )


def _state(talk: Conversation) -> str:
    """What goes on, in a word or two: the phase, or within a talk what the agent does with it."""
    customer = talk.party(talk.customer)
    if talk.callback is not None and talk.phase is Phase.QUEUED:
        return "callback"
    if talk.phase is not Phase.TALK:
        return talk.phase.value
    if talk.consult is not None:
        joined = sum(party.place is Place.JOINED and party.role is not Role.SUPERVISOR for party in talk.parties)
        return "conference" if joined > 2 else "consulting"
    return "on hold" if customer is not None and customer.place is Place.HELD else talk.phase.value
