"""What always holds of a conversation, told from its plain state alone.

Each function returns sentences about what is broken; none when all is well. They are for simulations and tests.
"""

from collections.abc import Collection, Mapping

from app.conversation.state import Conversation, Party, Phase, Place, Role, Sound, Stage
from app.domain.contact import Contact
from app.domain.ids import ContactId, ExecutionId

WITH_CUSTOMER = frozenset(
    {Phase.FLOW, Phase.WHISPER, Phase.TALK, Phase.OUTSIDE, Phase.REMAINING, Phase.ENDING},
)
WITH_AGENT = {
    Phase.RINGING: (Place.DIALLED,),
    Phase.WHISPER: (Place.APART,),
    Phase.TALK: (Place.JOINED, Place.HELD, Place.APART),
}
"""The phases in which an agent takes part whose contact it is, and where they are then."""
CONSULTED = {
    Stage.FLOW: None,
    Stage.QUEUED: None,
    Stage.RINGING: (Place.DIALLED,),
    Stage.WHISPER: (Place.APART,),
    Stage.TALK: (Place.JOINED, Place.HELD),
}
"""Where the party consulted is at each stage; None: there is none yet."""


def broken(talk: Conversation, contacts: Mapping[ContactId, Contact], runs: Collection[ExecutionId]) -> list[str]:
    """Everything that is wrong with one conversation. `runs` are those that its flows have."""
    found = [*_phase(talk), *_consultation(talk), *_places(talk), *_ears(talk, runs), *_supervisors(talk)]
    found += [*_recordings(talk, contacts), *(each for contact in contacts.values() for each in _times(contact))]
    return [f"{talk.contact_id} ({talk.phase.value}): {each}" for each in found]


def _phase(talk: Conversation) -> list[str]:
    found = []
    customer, agent = talk.party(talk.customer), talk.agent
    if talk.phase in WITH_CUSTOMER and (customer is None or customer.place is Place.DIALLED):
        found.append("there is no customer")
    if talk.phase is Phase.QUEUED and customer is None and talk.callback is None:
        found.append("nobody waits, and nobody is to be called back")
    if talk.phase is Phase.GONE and talk.parties:
        found.append(f"{len(talk.parties)} parties are left")
    places = WITH_AGENT.get(talk.phase)
    if places is not None and (agent is None or agent.place not in places):
        found.append(f"the agent is {agent.place.value if agent else 'not there'}")
    if places is None and agent is not None and talk.phase is not Phase.DIALLING:
        found.append("an agent still takes part")
    if (talk.outside is not None) is not (talk.phase is Phase.OUTSIDE):
        found.append("there is an outside call, or none where there should be")
    if talk.outside is not None and talk.party(talk.outside.channel_id) is None:
        found.append("the outside number is no party")
    return found


def _consultation(talk: Conversation) -> list[str]:
    consult = talk.consult
    if consult is None:
        known = {talk.customer, talk.lead, talk.outside.channel_id if talk.outside else None}
        strangers = [p for p in talk.parties if p.role is not Role.SUPERVISOR and p.channel_id not in known]
        return [f"nobody knows why {each.channel_id} takes part" for each in strangers]
    if talk.phase is not Phase.TALK:
        return ["somebody is consulted"]
    other, places = talk.party(consult.other), CONSULTED[consult.stage]
    if (other is None) is not (places is None) or (
        other is not None and places is not None and other.place not in places
    ):
        return [f"the one consulted ({consult.stage.value}) is {other.place.value if other else 'not there'}"]
    return []


def _places(talk: Conversation) -> list[str]:
    found = []
    channels = [party.channel_id for party in (*talk.parties, *talk.resting)]
    if len(set(channels)) != len(channels):
        found.append("somebody takes part twice")
    joined = [party for party in talk.parties if party.place is Place.JOINED]
    if joined and talk.bridge_id is None:
        found.append("parties are joined without a bridge")
    if len([party for party in joined if party.role is not Role.SUPERVISOR]) == 1:
        found.append(f"the {joined[0].role.value} is joined with nobody")
    return found


def _ears(talk: Conversation, runs: Collection[ExecutionId]) -> list[str]:
    """Nobody is left in silence but who waits for the whisper of another, or for the customer's."""
    found = [
        f"the {p.role.value} hears a flow that is over" for p in talk.parties if p.run is not None and p.run not in runs
    ]
    if talk.phase in (Phase.WHISPER, Phase.DIALLING, Phase.ENDING, Phase.OUTSIDE):
        return found
    for party in talk.parties:
        alone = party.place in (Place.APART, Place.HELD) and party.role is not Role.SUPERVISOR
        if alone and party.run is None and party.sound is Sound.NONE and not _waits_silently(talk, party):
            found.append(f"the {party.role.value} ({party.place.value}) hears nothing")
    return found


def _waits_silently(talk: Conversation, party: Party) -> bool:
    """The agent who consults, while the one consulted hears the whisper."""
    consult = talk.consult
    return consult is not None and consult.stage is Stage.WHISPER and party.channel_id == talk.lead


def _supervisors(talk: Conversation) -> list[str]:
    present = {party.channel_id for party in talk.parties if party.role is Role.SUPERVISOR}
    if present != {watch.channel_id for watch in talk.watches}:
        return ["who supervises is not who takes part as a supervisor"]
    if talk.watches and talk.phase not in (Phase.TALK, Phase.WHISPER):
        return ["somebody supervises nobody"]
    return [f"{each.by} listens to nobody" for each in talk.watches if each.of is not None and each.of != talk.lead]


def _recordings(talk: Conversation, contacts: Mapping[ContactId, Contact]) -> list[str]:
    found = [
        f"the recording of {r.contact_id} is of no contact" for r in talk.recordings if r.contact_id not in contacts
    ]
    running = [each for each in talk.recordings if not each.stopping]
    if len(running) > 1:
        found.append("two recordings run")
    if running and talk.phase not in (Phase.TALK, Phase.ENDING):
        found.append("something is recorded")
    found += [
        "a recording is silent for no reason" for each in running if (each.paused_ms is None) is bool(each.silenced)
    ]
    return found


def _times(contact: Contact) -> list[str]:
    """What happened one after the other is written so."""
    handling = contact.handling
    spans = [
        ("connected to the system", contact.initiated_ms, contact.connected_to_system_ms),
        ("enqueued", contact.initiated_ms, contact.enqueued_ms),
        ("dequeued", contact.enqueued_ms, contact.dequeued_ms),
        ("disconnected", contact.initiated_ms, contact.disconnected_ms),
        ("finished", contact.disconnected_ms, contact.finished_ms),
    ]
    if handling is not None:
        spans += [
            ("connected to the agent", contact.initiated_ms, handling.connected_ms),
            ("joined", handling.connected_ms, handling.joined_ms),
            ("interaction ended", handling.joined_ms or handling.connected_ms, handling.interaction_ended_ms),
            ("after contact work began", handling.interaction_ended_ms, handling.after_work_started_ms),
            ("after contact work ended", handling.after_work_started_ms, handling.after_work_ended_ms),
        ]
    return [
        f"{contact.contact_id} was {what} {before_ms - at_ms} ms too early"
        for what, before_ms, at_ms in spans
        if before_ms is not None and at_ms is not None and at_ms < before_ms
    ]
