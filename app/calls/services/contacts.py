"""What agents do with their live contacts: one row for each, with what keeps it from being possible now. The same rows tell a panel
which of its buttons to enable."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.calls.ports.asks import contacts as asks
from app.calls.ports.asks.agents import EndAfterContactWork
from app.calls.services import transfers
from app.calls.services.desk import Desk
from app.calls.services.scene import Scene
from app.conversation.state import Place, Role
from app.domain import call_control as control
from app.domain.agent import Activity
from app.domain.events import AgentStatusRequested, Event
from app.errors import BadInput

DIGITS = re.compile(r"[0-9*#A-D,]{1,32}")


@dataclass(frozen=True, slots=True)
class Control:
    """`event` is what the cores are told; `why_not` a sentence that says why not now, empty when it is possible. `buttons` are the names
    a panel has for it, each with the fields that it is tried with. `shows` is False where nothing of the contact changes."""

    event: Callable[[Desk, Scene, Any], Event]
    why_not: Callable[[Scene, Any], str]
    buttons: Mapping[str, Mapping[str, Any]]
    shows: bool = True


def possible(scene: Scene) -> tuple[str, ...]:
    """The names of what the agent can do with the contact now."""
    contact_id = scene.contact.contact_id
    return tuple(
        name
        for ask, row in CONTROLS.items()
        for name, fields in row.buttons.items()
        if not row.why_not(scene, ask(contact_id=contact_id, **fields))
    )


# -- what keeps an action from being possible ------------------------------------------------------------------------------

NOT_CONNECTED = "You are not connected with the customer."


def _ringing(scene: Scene, _: object) -> str:
    rings = scene.party is not None and scene.party.place is Place.DIALLED
    return "" if rings else "Your phone does not ring for this contact."


def _answered(scene: Scene, _: object) -> str:
    if scene.party is None or scene.party.place is Place.DIALLED:
        return "You are not in a call with this contact."
    if scene.leads and scene.consult is not None:
        return "A transfer is under way: leave the call, or drop the other party first."
    return ""


def _can_hold(scene: Scene, ask: asks.Hold) -> str:
    customer = scene.customer
    if not scene.talks or customer is None:
        return NOT_CONNECTED
    if ask.everybody:
        return "" if scene.others(Place.JOINED) else "Everybody is on hold already."
    return "" if customer.place is Place.JOINED else "The customer is already on hold."


def _can_resume(scene: Scene, ask: asks.Resume) -> str:
    customer = scene.customer
    if not scene.talks or customer is None:
        return NOT_CONNECTED
    if customer.place is not Place.HELD:
        return "The customer is not on hold."
    if scene.consult is not None and not (ask.everybody and scene.all_held):
        return "A transfer is under way: swap, join or drop."
    return ""


def _can_mute(scene: Scene, ask: asks.Mute) -> str:
    if not scene.talks or scene.party is None:
        return NOT_CONNECTED
    if bool(scene.party.muted) is ask.muted:
        return "You are muted already." if ask.muted else "You are not muted."
    return ""


def _can_send_digits(scene: Scene, ask: asks.SendDigits) -> str:
    if not scene.talks:
        return NOT_CONNECTED
    far_ends = [party for party in scene.talk.parties if party.role in (Role.CUSTOMER, Role.OUTSIDE)]
    hears = any(party.place is Place.JOINED for party in far_ends)
    return "" if hears else "Nobody is there to hear keys: resume the customer first."


def _can_transfer(scene: Scene, _: object) -> str:
    if not scene.talks:
        return NOT_CONNECTED
    return "A transfer is under way already: drop it first." if scene.consult is not None else ""


def _can_swap(scene: Scene, _: object) -> str:
    if not scene.talks or not scene.consulted:
        return "Nobody has been consulted who could be swapped with the customer."
    return "Customer and consulted party are in the same call: hold one of them." if scene.conference else ""


def _can_join(scene: Scene, _: object) -> str:
    if not scene.talks or not scene.consulted:
        return "Nobody has been consulted who could be joined with the customer."
    return "They are joined already." if scene.conference else ""


def _has_consult(scene: Scene, _: object) -> str:
    return "" if scene.talks and scene.consult is not None else "No transfer is under way."


def _can_leave(scene: Scene, ask: object) -> str:
    leaving = scene.consult is not None and scene.consult.blind
    return "You are leaving already: as soon as the transfer flow is done." if leaving else _has_consult(scene, ask)


def _can_pause(scene: Scene, ask: asks.PauseRecording) -> str:
    running = scene.talk.recording
    if not scene.talks or running is None:
        return "Nothing is being recorded."
    if (running.paused_ms is not None) is ask.paused:
        return "The recording is paused already." if ask.paused else "The recording is not paused."
    return ""


def _can_end_work(scene: Scene, _: object) -> str:
    working = scene.agent.activity is Activity.AFTER_CONTACT_WORK
    return "" if working else "You are not in after contact work for this contact."


# -- what the cores are told -----------------------------------------------------------------------------------------------


def _plain(event: Callable[..., Event]) -> Callable[[Desk, Scene, Any], Event]:
    """An event of nothing but who and on what."""
    return lambda desk, scene, ask: event(scene.agent.agent_id, scene.live.contact.contact_id)


def _digits(desk: Desk, scene: Scene, ask: asks.SendDigits) -> Event:
    if not DIGITS.fullmatch(ask.digits):
        raise BadInput(what="The digits", why="give 1 to 32 of 0 to 9, *, #, A to D and comma")
    return control.DigitsRequested(scene.agent.agent_id, scene.live.contact.contact_id, ask.digits)


def _hold(desk: Desk, scene: Scene, ask: asks.Hold) -> Event:
    return control.HoldRequested(scene.agent.agent_id, scene.live.contact.contact_id, ask.everybody)


def _resume(desk: Desk, scene: Scene, ask: asks.Resume) -> Event:
    return control.ResumeRequested(scene.agent.agent_id, scene.live.contact.contact_id, ask.everybody)


def _mute(desk: Desk, scene: Scene, ask: asks.Mute) -> Event:
    return control.MuteRequested(scene.agent.agent_id, scene.live.contact.contact_id, ask.muted)


def _pause(desk: Desk, scene: Scene, ask: asks.PauseRecording) -> Event:
    return control.RecordingPauseRequested(scene.agent.agent_id, scene.live.contact.contact_id, ask.paused)


def _end_work(desk: Desk, scene: Scene, ask: EndAfterContactWork) -> Event:
    agent = desk.instance.agents[scene.agent.agent_id]
    return AgentStatusRequested(agent.agent_id, scene.agent.next_status or scene.agent.status, agent.username)


CONTROLS: dict[type, Control] = {
    asks.Decline: Control(_plain(control.LeaveRequested), _ringing, {"decline": {}}),
    asks.HangUp: Control(_plain(control.LeaveRequested), _answered, {"hang-up": {}}),
    asks.Hold: Control(_hold, _can_hold, {"hold": {}, "hold-all": {"everybody": True}}),
    asks.Resume: Control(_resume, _can_resume, {"resume": {}, "resume-all": {"everybody": True}}),
    asks.Mute: Control(_mute, _can_mute, {"mute": {}, "unmute": {"muted": False}}),
    asks.SendDigits: Control(_digits, _can_send_digits, {"digits": {"digits": "0"}}, shows=False),
    asks.Transfer: Control(transfers.event, _can_transfer, {"transfer": {}}),
    asks.Swap: Control(_plain(control.SwapRequested), _can_swap, {"swap": {}}),
    asks.Join: Control(_plain(control.JoinRequested), _can_join, {"join": {}}),
    asks.Drop: Control(_plain(control.DropRequested), _has_consult, {"drop": {}}),
    asks.Leave: Control(_plain(control.LeaveRequested), _can_leave, {"leave": {}}),
    asks.PauseRecording: Control(_pause, _can_pause, {"pause-recording": {}, "continue-recording": {"paused": False}}),
    EndAfterContactWork: Control(_end_work, _can_end_work, {"end-work": {}}),
}
