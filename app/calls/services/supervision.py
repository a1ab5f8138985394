"""Supervisors in live contacts: listening, whispering to the agent, barging in."""

from app.calls.memory import Live
from app.calls.ports import Actor, ContactAnswer, Outcome
from app.calls.ports.asks.supervision import StopSupervising, Supervise
from app.calls.services.desk import Desk
from app.conversation.state import Phase
from app.domain.call_control import Supervision, SupervisionRequested
from app.domain.contact import Recorded
from app.domain.ids import AgentId, ContactId
from app.errors import BadInput, ContactGone, NotNow


async def supervise(desk: Desk, actor: Actor, ask: Supervise) -> Outcome:
    """BadInput without a phone to ring, NotNow while nobody can be listened to."""
    live = _live(desk, ask.contact_id)
    who = supervisor(actor)
    if any(party.agent_id == who and party.contact_id for party in live.conversation.parties if party.role == "agent"):
        raise NotNow(why="You take part in this contact yourself.")
    if live.conversation.phase is not Phase.TALK:
        raise NotNow(why="No agent is connected with the customer now: try again once they talk.")
    if live.contact.recorded is Recorded.NONE and not desk.instance.listen_without_recording:
        raise NotNow(
            why="The contact is not recorded, and only recorded contacts may be listened to: set the recording in its flow, "
            "or the setting listen_without_recording."
        )
    return await _ask(desk, live, who, ask.mode, _phone(desk, who, ask.phone))


async def stop(desk: Desk, actor: Actor, ask: StopSupervising) -> Outcome:
    return await _ask(desk, _live(desk, ask.contact_id), supervisor(actor), None, "")


def supervisor(actor: Actor) -> AgentId:
    """Who supervises: the agent that the user is, or the user."""
    return AgentId(actor.agent_id or f"user:{actor.name}")


async def _ask(desk: Desk, live: Live, who: AgentId, mode: Supervision | None, phone: str) -> Outcome:
    contact_id = live.contact.contact_id
    done = await desk.post(SupervisionRequested(who, contact_id, mode, phone), lambda: live.conversation)
    if not done:
        raise NotNow(
            why="Nothing changed: you do not supervise this contact."
            if mode is None
            else "The supervisor could not be brought into the call."
        )
    return Outcome(ContactAnswer(desk.revision, contact_id, None))


def _live(desk: Desk, contact_id: str) -> Live:
    live = desk.brain.live(ContactId(contact_id))
    if live is None or live.contact.finished_ms is not None:
        raise ContactGone(contact_id=contact_id)
    return live


def _phone(desk: Desk, who: AgentId, phone: str) -> str:
    agent = desk.instance.agents.get(who)
    chosen = phone or (agent.phone if agent is not None else "")
    if not chosen:
        raise BadInput(
            what="The phone", why="your user is no agent with a phone of their own: name the SIP phone to ring"
        )
    taken = [each.username for each in desk.instance.agents.values() if each.phone == chosen and each.agent_id != who]
    if taken:
        raise BadInput(what=f"The phone {chosen}", why=f"it is {taken[0]}'s")
    if chosen not in desk.brain.memory.routing.reachable_phones:
        raise NotNow(why=f"The phone {chosen} is not reachable: register it first.")
    return chosen
