"""What an agent's panel shows: made from the same memory that decides, so that it is right after every restart."""

from app.calls import view
from app.calls.memory import Live
from app.calls.ports import (
    CallbackView,
    ContactAnswer,
    PanelContact,
    PanelView,
    QueueView,
    SupervisionView,
    TransferView,
)
from app.calls.services import callbacks, contacts
from app.calls.services.desk import Desk
from app.calls.services.scene import Scene, own_scene
from app.conversation.state import Consult, Place, Role, RunningRecording, Watch
from app.domain.agent import OFFLINE, Activity, AgentState
from app.domain.contact import Contact, RecordingStatus
from app.domain.ids import AgentId, ContactId, QueueId
from app.domain.instance import Instance

FIGURES_FOR_MS = 1_000
"""Live figures of queues are counted at most this often, once for all panels."""


class Panels:
    """The panels of all agents."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._contacts: dict[AgentId, tuple[object, PanelContact]] = {}
        """The view of each agent's contact, with the values that it was made from."""
        self._watches: dict[AgentId, SupervisionView] = {}
        self._watches_of = -1
        self._waiting: tuple[CallbackView, ...] = ()
        self._figures: dict[QueueId, QueueView] = {}
        self._figures_ms = -FIGURES_FOR_MS
        self._figures_of = -1

    def show(self, agent_id: str) -> PanelView:
        desk = self._desk
        state = desk.state(agent_id)
        scene = own_scene(desk, state.agent_id)
        if scene is None:
            self._contacts.pop(state.agent_id, None)
        served = self._served(state)
        return PanelView(
            desk.revision,
            view.agent(state, desk.brain),
            actions(desk, state),
            (self._contact(scene),) if scene is not None else (),
            self._supervising(state.agent_id),
            choices(desk.instance),
            self._queues(served),
            self._callbacks(served),
        )

    def stamp(self, agent_id: str) -> object:
        """Differs when the panel may show something else: it holds the values that the view is made from, which are never changed."""
        desk = self._desk
        state = desk.state(agent_id)
        live = desk.brain.live(state.contact_id)
        talk = (live.conversation, live.contact) if live is not None else None
        served = self._served(state)
        own = (state.status, state.activity, state.since_ms, state.contact_id, state.next_status, state.reason)
        shared = (self._queues(served), self._waiting, self._supervising(state.agent_id), desk.instance.version)
        return own, state.phone_reachable, state.panel, talk, shared

    def _contact(self, scene: Scene) -> PanelContact:
        agent = scene.agent
        made_from = scene.talk, scene.contact, agent.activity, agent.contact_id, self._desk.instance.version
        known = self._contacts.get(agent.agent_id)
        if known is None or known[0] != made_from:
            known = made_from, contact(self._desk, scene)
            self._contacts[agent.agent_id] = known
        return known[1]

    def _served(self, state: AgentState) -> tuple[QueueId, ...]:
        instance = self._desk.instance
        profile = instance.profiles.get(instance.agents[state.agent_id].profile_id)
        return tuple(entry.queue_id for entry in profile.queues) if profile else ()

    def _supervising(self, agent_id: AgentId) -> SupervisionView | None:
        desk = self._desk
        if desk.revision != self._watches_of:
            lives = [live for live in desk.brain.memory.contacts.values() if live.conversation.watches]
            self._watches = {watch.by: _watched(live, watch) for live in lives for watch in live.conversation.watches}
            self._watches_of = desk.revision
        return self._watches.get(agent_id)

    def _queues(self, served: tuple[QueueId, ...]) -> tuple[QueueView, ...]:
        self._count()
        return tuple(self._figures[queue_id] for queue_id in served if queue_id in self._figures)

    def _callbacks(self, served: tuple[QueueId, ...]) -> tuple[CallbackView, ...]:
        self._count()
        return tuple(each for each in self._waiting if each.queue_id in served)

    def _count(self) -> None:
        """Counts again when something has changed; what is as before stays the same value."""
        desk = self._desk
        if desk.revision == self._figures_of or desk.now_ms - self._figures_ms < FIGURES_FOR_MS:
            return
        self._figures = {QueueId(each.queue_id): each for each in view.queues(desk.brain, desk.now_ms)}
        self._waiting = callbacks.waiting(desk)
        self._figures_ms, self._figures_of = desk.now_ms, desk.revision


def _watched(live: Live, watch: Watch) -> SupervisionView:
    supervisor = live.conversation.party(watch.channel_id)
    there = supervisor is not None and supervisor.place is not Place.DIALLED
    return SupervisionView(live.contact.contact_id, watch.mode.value, there)


def choices(instance: Instance) -> tuple[str, ...]:
    """The statuses that agents can choose."""
    return tuple(each.name for each in instance.statuses.values() if each.enabled)


def actions(desk: Desk, state: AgentState) -> tuple[str, ...]:
    """What the agent can do without a contact now."""
    found = ["status"]
    if not why_not_dial(state):
        found.append("dial")
    if not why_not_clear(state):
        found.append("clear")
    if state.activity not in BUSY:
        found.append("phone")
    return tuple(found)


BUSY = (Activity.RINGING, Activity.ON_CONTACT)


def why_not_dial(state: AgentState) -> str:
    """Why the agent cannot call anybody now; empty when they can."""
    if state.activity in BUSY:
        return "You are with a contact: end that one first."
    if state.status == OFFLINE:
        return "You are offline: choose another status first."
    return "" if state.phone_reachable else "Your phone cannot be reached: register it, or choose another one."


def why_not_clear(state: AgentState) -> str:
    """Why there is nothing to clear; empty when there is."""
    missed = state.activity in (Activity.MISSED, Activity.ERROR)
    return "" if missed else "There is no missed contact to clear."


def answer(desk: Desk, agent_id: AgentId, contact_id: ContactId) -> ContactAnswer:
    """The contact as it stands for the agent now."""
    scene = own_scene(desk, agent_id)
    there = scene is not None and scene.contact.contact_id == contact_id
    return ContactAnswer(desk.revision, contact_id, contact(desk, scene) if there and scene else None)


def contact(desk: Desk, scene: Scene) -> PanelContact:
    """The agent's contact, with everybody who takes part and what can be done now."""
    live, about = scene.live, scene.contact
    running = scene.talk.recording
    queue = desk.instance.queue(about.queued_in or about.queue_id or QueueId(""))
    return PanelContact(
        about.contact_id,
        view.state(live) if scene.party is not None else "after contact work",
        scene.party.since_ms if scene.party is not None else scene.agent.since_ms,
        about.initiated_ms,
        about.initiation.value,
        about.customer_number,
        about.system_number,
        queue.name if queue else "",
        tuple(each for each in view.parties(live, desk.brain) if each.who != Role.SUPERVISOR),
        bool(scene.party is not None and scene.party.muted),
        _recording(live.contact, running),
        _transfer(desk, scene.consult, live) if scene.consult is not None else None,
        contacts.possible(scene),
        about.attributes,
        about.name,
        about.description,
        about.references,
        live.conversation.transfer_failed,
    )


def _recording(about: Contact, running: RunningRecording | None) -> str:
    if running is not None:
        return "on" if running.paused_ms is None else "paused"
    return "failed" if about.recording is not None and about.recording.status is RecordingStatus.FAILED else "off"


def _transfer(desk: Desk, consult: Consult, live: Live) -> TransferView:
    instance, other = desk.instance, live.conversation.party(consult.other)
    to = other.call.address if other is not None and other.call is not None and other.agent_id is None else ""
    if consult.to_agent is not None:
        to = instance.agents[consult.to_agent].username if consult.to_agent in instance.agents else consult.to_agent
    elif consult.queue_id is not None:
        queue = instance.queue(consult.queue_id)
        to = queue.name if queue else consult.queue_id
    return TransferView(consult.stage.value, to, consult.contact_id, consult.not_answered)
