"""The runs of contact flows: which flow a party hears, which run an event is for, and what a step of it leaves behind."""

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from app.calls.memory import Live
from app.conversation.state import Silenced
from app.domain import events, requests
from app.domain.contact import Contact
from app.domain.events import Event
from app.domain.ids import ChannelId, ContactId, ExecutionId
from app.domain.instance import FlowContent, FlowType
from app.domain.requests import Request
from app.domain.trace import WriteFlowLog
from app.flow.secrecy import Secrecy
from app.flow.state import FlowState, FlowView
from app.flow.state import Step as FlowStep

if TYPE_CHECKING:
    from app.calls.brain import Brain

Happening = Event | Request


def start_flow(brain: "Brain", event: Happening) -> None:
    assert isinstance(event, requests.StartFlow)
    live = brain.live(event.contact_id)
    if live is None:
        return
    contact = live.contact_named(event.contact_id)
    flow = flow_for(brain, event, contact)
    if flow is None:
        brain.pending.append(
            requests.FlowEnded(event.contact_id, event.execution_id, requests.FlowOutcome.ENDED, "no flow is set")
        )
        return
    step = brain.interpreter.start(event.execution_id, event.channel_id, flow, view(brain, contact), brain.now_ms)
    after_flow(brain, live, step)


def stop_flow(brain: "Brain", event: Happening) -> None:
    assert isinstance(event, requests.StopFlow)
    live = brain.live(event.contact_id)
    run = live.runs.pop(event.execution_id, None) if live else None
    if live is not None and run is not None:
        keep_unrecorded(brain, live)
        step = brain.interpreter.cancel(run, view(brain, live.contact_named(run.contact_id)), brain.now_ms)
        live.trace.extend(step.trace)
        brain.follow(live, step.commands)
        _keep_log(brain, live, step)


def move_flow(brain: "Brain", event: Happening) -> None:
    """The run goes on for another contact of the visit, or on another channel."""
    assert isinstance(event, requests.MoveFlow)
    live = brain.live(event.contact_id)
    run = live.runs.get(event.execution_id) if live else None
    if live is not None and run is not None:
        live.runs[event.execution_id] = replace(run, contact_id=event.contact_id, channel_id=event.channel_id)


def digit(brain: "Brain", event: Happening) -> None:
    """A key is for the flow that the party hears; what a customer presses while talking with an outside number is for that number."""
    assert isinstance(event, events.DigitReceived)
    live = brain.live(brain.channels.get(event.channel_id))
    if live is not None and live.conversation.outside is None:
        for run in [run for run in live.runs.values() if run.channel_id == event.channel_id]:
            step_flow(brain, live, run, event)


def playback(brain: "Brain", event: Happening) -> None:
    assert isinstance(event, events.PlaybackFinished)
    live = brain.live(ContactId(event.playback_id.split(".", 1)[0]))
    if live is None:
        return
    live.playbacks.pop(event.playback_id, None)
    live.stopping.pop(event.playback_id, None)
    run = live.runs.get(ExecutionId(event.playback_id.rsplit(".", 1)[0]))
    if run is not None:
        step_flow(brain, live, run, event)


def answered(brain: "Brain", event: Happening) -> None:
    """What a run had asked is answered, by somebody outside or by another core."""
    assert isinstance(event, events.FunctionReturned | events.BotReplied | events.InputSealed | requests.Answered)
    live = brain.live(event.contact_id)
    if live is not None:
        live.asked.pop(event.invocation_id, None)
        run = live.runs.get(ExecutionId(event.invocation_id.rsplit(".", 1)[0]))
        if run is not None:
            step_flow(brain, live, run, event)


def secrecy(brain: "Brain", channel_id: ChannelId, key: str) -> Secrecy:
    """Who may know a key that is pressed now. A customer's key that no flow hears is nobody's."""
    live = brain.memory.contacts.get(brain.channels.get(channel_id, ContactId("")))
    found = [run for run in live.runs.values() if run.channel_id == channel_id] if live else []
    if live is not None and not found:
        return Secrecy.UNHEARD if channel_id == live.conversation.customer else Secrecy.OPEN
    return max((brain.interpreter.secrecy(run, key, brain.instance) for run in found), default=Secrecy.OPEN)


def keep_unrecorded(brain: "Brain", live: Live) -> None:
    """The recording of a visit is silent exactly while one of its flows asks for keys that nobody may know: a phone may send tones too.
    It falls silent before the flow says anything that asks for them."""
    recording = live.conversation.recording
    if recording is None:
        return
    secret = any(brain.interpreter.secrecy(run, "0", brain.instance) is Secrecy.KEPT for run in live.runs.values())
    if secret is not (Silenced.KEYS in recording.silenced):
        brain.to_conversation(requests.SilenceRecording(live.contact.contact_id, secret))


def flow_for(brain: "Brain", event: requests.StartFlow, contact: Contact) -> FlowContent | None:
    """The flow asked for, else the contact's own, else the number's, else the instance's default for the type."""
    flow_id = event.flow_id or (contact.hooks.get(event.hook) if event.hook else None)
    if flow_id is None and event.type is FlowType.CONTACT:
        number = brain.instance.numbers.get(contact.system_number)
        flow_id = number.flow_id if number else None
    flow_id = flow_id or brain.instance.default_flows.get(event.type)
    return brain.instance.flows.get(flow_id) if flow_id else None


def step_flow(brain: "Brain", live: Live, run: FlowState, event: Event | requests.Answered) -> None:
    seen = view(brain, live.contact_named(run.contact_id))
    after_flow(brain, live, brain.interpreter.step(run, event, seen, brain.now_ms))


def after_flow(brain: "Brain", live: Live, step: FlowStep) -> None:
    live.put(step.contact)
    live.trace.extend(step.trace)
    if step.state.ended:
        live.runs.pop(step.state.execution_id, None)
    else:
        live.runs[step.state.execution_id] = step.state
    keep_unrecorded(brain, live)
    brain.follow(live, step.commands)
    _keep_log(brain, live, step)


def _keep_log(brain: "Brain", live: Live, step: FlowStep) -> None:
    if step.log:
        brain.follow(live, [WriteFlowLog(live.contact.contact_id, step.log)])


def view(brain: "Brain", contact: Contact) -> FlowView:
    """What a run sees: its own contact and the agent who handles it."""
    handling = contact.handling
    agent = brain.instance.agents.get(handling.agent_id) if handling else None
    return FlowView(
        brain.instance,
        contact,
        lambda queue_id: brain.routing.figures(queue_id, brain.now_ms, contact),
        agent,
        lambda: draw(brain),
    )


def draw(brain: "Brain") -> float:
    """The next random number: from a counter that the memory keeps, so that a replay draws the same."""
    brain.memory.draws += 1
    digest = hashlib.blake2b(f"{brain.instance.instance_id}:{brain.memory.draws}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
