"""The contacts of one visit: each transfer begins a new one, and each agent's part is written in the contact that they handle."""

from dataclasses import replace

from app.conversation import recording
from app.conversation.state import Phase
from app.conversation.step import Turn
from app.domain.contact import Contact, DisconnectReason, Handling, InitiationMethod
from app.domain.ids import AgentId, ContactId, ProfileId, QueueId
from app.domain.requests import ContactOver, WaitInQueue


def following(turn: Turn, initiation: InitiationMethod, queue_id: QueueId | None) -> Contact:
    """The contact that the visit goes on with after a transfer: the same customer, attributes and settings; a clean record."""
    before = turn.contact
    contact = Contact(
        turn.next_contact(),
        before.node,
        before.channel_id,
        initiation,
        before.customer_number,
        before.system_number,
        turn.now_ms,
        initial_contact_id=before.initial_contact_id or before.contact_id,
        previous_contact_id=before.contact_id,
        attributes=dict(before.attributes),
        name=before.name,
        description=before.description,
        references=dict(before.references),
        customer_id=before.customer_id,
        tags=dict(before.tags),
        stored_input=before.stored_input,
        voice=before.voice,
        language=before.language,
        hooks=dict(before.hooks),
        recorded=before.recorded,
        queue_id=queue_id,
        callback_number=before.callback_number,
        priority=before.priority,
        age_offset_s=before.age_offset_s,
    )
    turn.record(next_contact_id=contact.contact_id)
    turn.others[contact.contact_id] = contact
    return contact


def handled_by(turn: Turn, agent_id: AgentId, contact_id: ContactId) -> None:
    """An agent answered: they handle this contact. One who was deleted while their phone rang is known by their id."""
    agent = turn.instance.agents.get(agent_id)
    profile_id = agent.profile_id if agent else ""
    profile = turn.instance.profiles.get(ProfileId(profile_id))
    username = agent.username if agent else agent_id
    handling = Handling(agent_id, username, profile_id, profile.name if profile else "", connected_ms=turn.now_ms)
    turn.record_of(contact_id, handling=handling)
    turn.note("agent answered", username)


def heard_by_agent(turn: Turn, contact_id: ContactId) -> None:
    """The whispers are over: the agent talks."""
    contact = turn.contact_named(contact_id)
    if contact is not None and contact.handling is not None and contact.handling.joined_ms is None:
        turn.record_of(contact_id, handling=replace(contact.handling, joined_ms=turn.now_ms))


def waiting(contact: Contact, queue_id: QueueId, since_ms: int, not_before_ms: int = 0) -> WaitInQueue:
    """The contact's place in a queue."""
    return WaitInQueue(
        contact.contact_id, queue_id, since_ms, contact.priority, contact.age_offset_s, not_before_ms=not_before_ms
    )


def close(turn: Turn, contact_id: ContactId, reason: DisconnectReason) -> None:
    """The customer is in this contact no more."""
    contact = turn.contact_named(contact_id)
    if contact is not None and contact.disconnected_ms is None:
        reason = contact.disconnect_reason or reason
        turn.record_of(contact_id, disconnected_ms=turn.happened_ms, disconnect_reason=reason)


def finish_if_over(turn: Turn) -> None:
    """A contact is over when the customer has left it, its recording is settled and its agents' work is done."""
    talk = turn.conversation
    for contact_id in (turn.contact_id, *turn.others):
        contact = turn.contact_named(contact_id)
        if contact is None or contact.finished_ms is not None or contact.disconnected_ms is None:
            continue
        if contact_id == turn.contact_id and talk.phase is not Phase.GONE:
            continue
        if recording.is_open(talk, contact_id) or contact_id in talk.after_work.values():
            continue
        turn.record_of(contact_id, finished_ms=turn.now_ms)
        turn.ask(ContactOver(contact_id))
