"""A live contact as one agent stands to it: what decides which actions are theirs, and which of them are possible now."""

from dataclasses import dataclass

from app.calls.memory import Live
from app.calls.services.desk import Desk
from app.conversation.state import Consult, Conversation, Party, Phase, Place, Role, Stage
from app.domain.agent import AgentState
from app.domain.contact import Contact
from app.domain.ids import AgentId, ContactId
from app.errors import ContactGone, NotYours


@dataclass(frozen=True, slots=True)
class Scene:
    """`contact` is the one that the agent handles, `party` the agent's own part; None in after contact work."""

    live: Live
    contact: Contact
    agent: AgentState
    party: Party | None

    @property
    def talk(self) -> Conversation:
        return self.live.conversation

    @property
    def consult(self) -> Consult | None:
        return self.talk.consult

    @property
    def customer(self) -> Party | None:
        return self.talk.party(self.talk.customer)

    @property
    def leads(self) -> bool:
        """True for the agent whose contact it is, False for one who is consulted about it."""
        return self.party is not None and self.party.channel_id == self.talk.lead

    @property
    def talks(self) -> bool:
        """True once the agent and the customer can hear each other, hold and consultation included."""
        return self.leads and self.talk.phase is Phase.TALK

    @property
    def consulted(self) -> bool:
        """True while somebody is consulted who has answered."""
        return self.consult is not None and self.consult.stage is Stage.TALK

    @property
    def conference(self) -> bool:
        """True while the agent talks with customer and consulted party at once."""
        return self._both(Place.JOINED)

    @property
    def all_held(self) -> bool:
        """True while customer and consulted party are on hold both."""
        return self._both(Place.HELD)

    def _both(self, place: Place) -> bool:
        customer, other = self.customer, self.talk.party(self.consult.other) if self.consult else None
        both = customer is not None and other is not None and customer.place is place and other.place is place
        return self.consulted and both

    def others(self, place: Place) -> bool:
        """True when another party than the agent is in this place; a supervisor is none."""
        others = (each for each in self.talk.parties if each is not self.party and each.role is not Role.SUPERVISOR)
        return any(party.place is place for party in others)


def look(desk: Desk, agent_id: AgentId, contact_id: str) -> Scene:
    """The contact as the agent stands to it. ContactGone when it does not go on any more, NotYours when it is somebody else's."""
    live = desk.brain.live(ContactId(contact_id))
    if live is None or ContactId(contact_id) not in live.contacts or live.contact.finished_ms is not None:
        raise ContactGone(contact_id=contact_id)
    talk, state = live.conversation, desk.state(agent_id)
    party = next((each for each in talk.parties if each.agent_id == agent_id and each.role is Role.AGENT), None)
    own_id = party.contact_id if party is not None else talk.after_work.get(agent_id)
    if own_id is None or ContactId(contact_id) not in (own_id, live.contact.contact_id):
        raise NotYours(contact_id=contact_id)
    return Scene(live, live.contact_named(own_id), state, party)


def own_scene(desk: Desk, agent_id: AgentId) -> Scene | None:
    """The scene of the contact that the agent has now; None without one."""
    contact_id = desk.state(agent_id).contact_id
    if contact_id is None:
        return None
    try:
        return look(desk, agent_id, contact_id)
    except (ContactGone, NotYours):
        return None
