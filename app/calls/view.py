"""What goes on, for people: the brain's memory as the values a page shows."""

from app.calls.brain import Brain
from app.calls.memory import Live
from app.calls.ports import AgentView, ContactView, PartyView, QueueView, WaitingView
from app.conversation.state import Party, Phase, Place, Role
from app.domain.agent import AgentState
from app.domain.instance import PhoneKind
from app.turns import in_slices


def agents(brain: Brain) -> tuple[AgentView, ...]:
    """Every configured agent, by name."""
    states = brain.memory.routing.agents
    views = [agent(state, brain) for agent_id in brain.instance.agents if (state := states.get(agent_id)) is not None]
    return tuple(sorted(views, key=lambda view: view.username))


async def contacts(brain: Brain) -> tuple[ContactView, ...]:
    """Every contact that is not finished, oldest first. Calls go on while a thousand of them are put together."""
    lives = list(brain.memory.contacts.values())
    views = [contact(live, brain) async for live in in_slices(lives, 25) if live.contact.finished_ms is None]
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
    about = live.contact
    told = brain.routing.explain(about.contact_id, now_ms)
    queue = brain.instance.queue(told.queue_id) if told.queue_id else None
    figures = brain.routing.figures(told.queue_id, now_ms, about) if told.queue_id and told.position else None
    return WaitingView(
        about.contact_id,
        queue.name if queue else told.queue_id or "",
        told.position,
        told.waited_ms,
        figures.estimated_wait_ms if figures else None,
        tuple(reason.because.value for reason in told.reasons),
        told.words,
    )


def agent(state: AgentState, brain: Brain) -> AgentView:
    """An agent that is configured."""
    who = brain.instance.agents[state.agent_id]
    profile = brain.instance.profiles.get(who.profile_id)
    return AgentView(
        who.agent_id,
        who.username,
        state.status,
        state.activity.value,
        state.since_ms,
        who.outside_number or who.phone,
        state.phone_reachable,
        state.contact_id,
        state.reason,
        state.next_status,
        profile.name if profile else "",
        who.phone_kind.value,
        who.desk_phone,
        out_of_reach(state, who.phone_kind),
    )


NOT_REACHED = {
    PhoneKind.SOFTPHONE: "The phone in the browser is not connected: open its page.",
    PhoneKind.DESK_PHONE: "The desk phone is not registered: check its power and network, or choose another phone.",
    PhoneKind.NONE: "No phone is chosen.",
}
PANEL_LOST = "The panel is not open any more: its browser was closed, or it sleeps, or it lost the network."


def out_of_reach(state: AgentState, kind: PhoneKind) -> str:
    """Why no contact can reach the agent now, whatever their status; empty when one can."""
    if state.reachable:
        return ""
    return PANEL_LOST if state.phone_reachable else NOT_REACHED.get(kind, "The phone cannot be reached.")


def contact(live: Live, brain: Brain) -> ContactView:
    """A customer's visit, as the contact it is in now."""
    about, talk = live.contact, live.conversation
    run = live.runs.get(talk.run) if talk.run else None
    flow = brain.instance.flows.get(run.flow_id) if run else None
    queue = brain.instance.queue(about.queued_in) if about.queued_in else None
    agent_id = talk.agent.agent_id if talk.agent else next(iter(talk.after_work), None)
    who = brain.instance.agents.get(agent_id) if agent_id else None
    return ContactView(
        about.contact_id,
        state(live),
        talk.since_ms,
        about.initiated_ms,
        about.customer_number,
        about.system_number,
        flow.name if flow else "",
        (run.block or "") if run else "",
        queue.name if queue else "",
        who.username if who else "",
        talk.recording is not None,
        about.initiation.value,
        parties(live, brain),
    )


def parties(live: Live, brain: Brain) -> tuple[PartyView, ...]:
    """Everybody who takes part, the customer first."""
    modes = {watch.channel_id: watch.mode.value for watch in live.conversation.watches}
    found = [
        PartyView(
            each.role.value,
            _name(each, live, brain),
            each.place.value,
            each.since_ms,
            bool(each.muted),
            each.contact_id if each.agent_id is not None else "",
            modes.get(each.channel_id, ""),
        )
        for each in live.conversation.parties
    ]
    return tuple(sorted(found, key=lambda party: party.who != Role.CUSTOMER))


def _name(party: Party, live: Live, brain: Brain) -> str:
    """What people know a party by: the agent's name, or the number."""
    if party.agent_id is not None:
        who = brain.instance.agents.get(party.agent_id)
        return who.username if who else party.agent_id
    if party.role is Role.CUSTOMER:
        return live.contact.customer_number
    return party.call.address if party.call else ""


def state(live: Live) -> str:
    """What goes on, in a word or two: the phase, or within a talk what the agent does with it."""
    talk = live.conversation
    if talk.phase is Phase.GONE and talk.after_work:
        return "after contact work"
    customer = talk.party(talk.customer)
    if talk.callback is not None and talk.phase is Phase.QUEUED:
        return "callback"
    if talk.phase is not Phase.TALK:
        return talk.phase.value
    if talk.consult is not None:
        joined = sum(party.place is Place.JOINED and party.role is not Role.SUPERVISOR for party in talk.parties)
        return "conference" if joined > 2 else "consulting"
    return "on hold" if customer is not None and customer.place is Place.HELD else talk.phase.value
