"""Whether everybody means the same: routing and the conversations at every step, the memory and Asterisk whenever all is told.

Told from plain state; each function returns sentences about what does not fit.
"""

from collections.abc import Iterator

from app.calls.brain import Brain
from app.calls.memory import Live
from app.conversation import invariants as of_conversation
from app.conversation.state import Conversation, Party, Phase, Place, Role, Sound, Stage
from app.conversation.step import OF_CONVERSATION
from app.domain.agent import Activity
from app.domain.ids import AgentId, BridgeId, ChannelId, ContactId, ExecutionId
from app.telephony.fake.exchange import Exchange


def within(brain: Brain) -> list[str]:
    """What the cores remember, between two events."""
    lives = brain.memory.contacts.values()
    found = [
        each for live in lives for each in of_conversation.broken(live.conversation, live.contacts, live.runs.keys())
    ]
    return [*found, *_agents(brain), *_queues(brain), *_timers(brain), *_indexes(brain)]


def _agents(brain: Brain) -> Iterator[str]:
    """An agent rings or talks for the one contact that a conversation has them in, and works for the one that it waits for."""
    wanted: dict[AgentId, set[tuple[Activity, ContactId]]] = {}
    for live in brain.memory.contacts.values():
        talk = live.conversation
        for party in talk.parties:
            if party.role is Role.AGENT and party.agent_id is not None:
                activity = Activity.RINGING if party.place is Place.DIALLED else Activity.ON_CONTACT
                wanted.setdefault(party.agent_id, set()).add((activity, party.contact_id))
        for agent_id, contact_id in talk.after_work.items():
            wanted.setdefault(agent_id, set()).add((Activity.AFTER_CONTACT_WORK, contact_id))
    watching = {watch.by for live in brain.memory.contacts.values() for watch in live.conversation.watches}
    for agent_id, state in brain.memory.routing.agents.items():
        if state.activity is Activity.SUPERVISING and agent_id not in watching:
            yield f"{agent_id} supervises nobody"
        thought = {(state.activity, state.contact_id)} if state.contact_id is not None else set()
        if thought != wanted.pop(agent_id, set()):
            yield f"{agent_id} is {state.activity.value} for {state.contact_id}, and no conversation says so, or others do too"
    for agent_id in wanted:
        yield f"{agent_id} takes part in a call and is no agent"


def _queues(brain: Brain) -> Iterator[str]:
    """Who waits in a conversation waits in routing, and the other way round."""
    waiting, offered = set(), set()
    for live in brain.memory.contacts.values():
        talk = live.conversation
        if talk.phase is Phase.QUEUED:
            waiting.add((live.contact.contact_id, talk.queue_id))
        elif talk.phase is Phase.RINGING and talk.queue_id is not None:
            offered.add((live.contact.contact_id, talk.agent.agent_id if talk.agent else None))
        consult = talk.consult
        if consult is not None and consult.contact_id is not None and consult.stage is Stage.QUEUED:
            waiting.add((consult.contact_id, consult.queue_id))
        elif consult is not None and consult.contact_id is not None and consult.stage is Stage.RINGING:
            other = talk.party(consult.other)
            offered.add((consult.contact_id, other.agent_id if other else None))
    routing = brain.memory.routing
    thought = {(each.contact_id, each.queue_id) for each in routing.waiting.values()}
    yield from (
        f"{contact_id} waits in {queue_id}, and routing does not know" for contact_id, queue_id in waiting - thought
    )
    yield from (f"{contact_id} waits in {queue_id} for no conversation" for contact_id, queue_id in thought - waiting)
    for contact_id, agent_id in offered ^ {(key, each.agent_id) for key, each in routing.offered.items()}:
        yield f"{contact_id} rings {agent_id} in one place only"


def _timers(brain: Brain) -> Iterator[str]:
    """Whoever is called has a time to answer, and every timer is somebody's."""
    wanted = {
        f"{live.conversation.contact_id}{OF_CONVERSATION}{party.channel_id.rsplit('.', 1)[-1]}"
        for live in brain.memory.contacts.values()
        for party in live.conversation.parties
        if party.place is Place.DIALLED and party.call is not None
    }
    runs = {run for live in brain.memory.contacts.values() for run in live.runs}
    timers = brain.memory.timers
    yield from (f"the timer {each} is missing" for each in wanted - timers.keys())
    for timer_id in timers.keys() - wanted:
        if not timer_id.startswith(("agent:", "queue:")) and ExecutionId(timer_id.rsplit(".", 1)[0]) not in runs:
            yield f"the timer {timer_id} is nobody's"


def _indexes(brain: Brain) -> Iterator[str]:
    lives = brain.memory.contacts
    channels = {channel: key for key, live in lives.items() for channel in live.conversation.channels}
    if brain.channels != channels:
        yield f"the channels {sorted(brain.channels.keys() ^ channels.keys())} are not where they are looked for"
    visits = {contact_id: key for key, live in lives.items() for contact_id in (key, *live.contacts)}
    if brain.visits != visits:
        yield f"the contacts {sorted(brain.visits.items() ^ visits.items())} are not where they are looked for"
    for live in lives.values():
        heard = {party.run for party in live.conversation.parties}
        if strangers := live.runs.keys() - heard:
            yield f"{live.conversation.contact_id}: nobody hears the flows {sorted(strangers)}"


def with_asterisk(brain: Brain, exchange: Exchange) -> list[str]:
    """What is and what is thought, once nothing is on its way any more."""
    lives = brain.memory.contacts.values()
    known = {channel for live in lives for channel in live.conversation.channels}
    bridges = {bridge for live in lives for bridge in live.conversation.bridges}
    found = [f"the channel {each} is nobody's" for each in exchange.channels.keys() - known]
    found += [f"the bridge {each} is nobody's" for each in exchange.bridges.keys() - bridges]
    for live in lives:
        found += [f"{live.conversation.contact_id}: {each}" for each in _call(live, exchange)]
    return found


def _call(live: Live, exchange: Exchange) -> Iterator[str]:
    talk = live.conversation
    for bridge_id, wanted in _bridges(talk).items():
        bridge = exchange.bridges.get(bridge_id)
        members = set(bridge.members) if bridge else set()
        if members != wanted:
            yield f"in the bridge {bridge_id} are {sorted(members)} and should be {sorted(wanted)}"
    for party in (*talk.parties, *talk.resting):
        yield from _party(live, party, exchange)
    for running in talk.recordings:
        made = exchange.recordings.get(running.recording_id)
        if made is None:
            yield f"the recording {running.recording_id} was never begun"
        elif not running.stopping and (made.ended_ms is not None or made.paused is not (running.paused_ms is not None)):
            yield f"the recording {running.recording_id} is not as it should be"


def _bridges(talk: Conversation) -> dict[BridgeId, set[ChannelId]]:
    wanted: dict[BridgeId, set[ChannelId]] = {}
    if talk.bridge_id is not None:
        inside = (party for party in talk.parties if party.early or party.place is Place.JOINED)
        wanted[talk.bridge_id] = {party.channel_id for party in inside}
    for watch in talk.watches:
        if watch.bridge_id is not None and watch.ear is not None:
            wanted[watch.bridge_id] = {watch.ear, watch.channel_id}
    return wanted


def _party(live: Live, party: Party, exchange: Exchange) -> Iterator[str]:
    channel = exchange.channels.get(party.channel_id)
    words = f"the {party.role.value} {party.channel_id}"
    if party.place is Place.DIALLED and party.call is None:
        return
    if channel is None:
        yield f"{words} is gone"
        return
    if not party.early and channel.in_application is (party.place is Place.DIALLED):
        yield f"{words} is {channel.state} and {party.place.value}"
    if (channel.music is not None) is not (party.sound is Sound.MUSIC):
        yield f"{words} should hear {party.sound.value} and hears {channel.music or 'no music'}"
    if channel.muted is not bool(party.muted):
        yield f"{words} is muted, or is not, against what is thought"
    plays = [each for each, playing in live.playbacks.items() if playing.command.channel_id == party.channel_id]
    if any(each not in exchange.playbacks for each in plays) or (channel.playback_id is not None and not plays):
        yield f"{words} hears {channel.playback_id} and should hear {plays}"
