"""The keys of an agent's own phone mean what the panel's buttons mean: hold, the transfers, and a second line to consult on."""

from app.conversation import consult, handover, hold, lines, parties, talk
from app.conversation.state import Consult, Lines, Party, Place, Role, Stage
from app.conversation.step import Happening, Turn
from app.domain.call_control import (
    ConsultOnPhone,
    HoldRequested,
    PhoneHeld,
    PhoneLinesJoined,
    PhoneTransferred,
    ResumeRequested,
    TransferRequested,
)
from app.domain.commands import Answer, AnswerTransfer, Hangup
from app.domain.events import ChannelEnded
from app.domain.ids import AgentId, ChannelId
from app.domain.phone import to_e164

BUSY, REJECTED = 17, 21


def held(turn: Turn, event: Happening) -> None:
    """The agent's phone was put on hold: the customer hears the hold flow, not what the phone plays. While the agent consults, the
    customer is on hold already and stays so; with two lines the keys say which one the agent talks on."""
    assert isinstance(event, PhoneHeld)
    agent, consulting = turn.agent, turn.conversation.consult
    if consulting is not None and consulting.lines is not None:
        if event.channel_id in _own_channels(turn):
            _line_held(turn, event, consulting, consulting.lines)
        return
    if agent is None or agent.agent_id is None or agent.channel_id != event.channel_id or consulting is not None:
        return
    if event.held:
        hold.held(turn, HoldRequested(agent.agent_id, turn.contact_id))
    else:
        hold.resumed(turn, ResumeRequested(agent.agent_id, turn.contact_id))


def _line_held(turn: Turn, event: PhoneHeld, consulting: Consult, two: Lines) -> None:
    """The far end of a line that is put on hold is on hold; who takes a line back talks with its far end. Who goes back to the
    customer before anybody was reached has cancelled the consultation."""
    first, talks = event.channel_id != two.second, consulting.stage is Stage.TALK
    if first:
        lines.note_hold(turn, held=event.held)
    far = turn.conversation.customer if first else consulting.other
    if event.held:
        if talks and far is not None and event.channel_id == turn.conversation.lead:
            parties.hold(turn, far)
    elif talks:
        _talk_on(turn, event.channel_id, far)
    elif first:
        consult.over(turn, "the agent took the customer back")


def _talk_on(turn: Turn, line: ChannelId, far: ChannelId | None) -> None:
    """The agent talks on this line with its far end; the one they talked with is on hold."""
    customer, consulting = turn.conversation.customer, turn.conversation.consult
    for channel_id in (customer, consulting.other if consulting is not None else None):
        if channel_id is not None and channel_id != far:
            parties.hold(turn, channel_id)
    if line != turn.conversation.lead:
        lines.take_up(turn)
    parties.join(turn, *((far,) if far is not None else ()), line)
    turn.note("swap", "by phone")


def transferred(turn: Turn, event: Happening) -> None:
    """The agent's phone sends the customer to what was dialled: an agent by phone or name, else an outside number. To the one whom
    the agent consults it is the panel's leave; to anybody else it ends the consultation. What cannot be done the phone is told."""
    assert isinstance(event, PhoneTransferred)
    agent, consulting = turn.agent, turn.conversation.consult
    if agent is None or agent.agent_id is None or event.channel_id not in _own_channels(turn):
        return
    wish = _wish(turn, agent.agent_id, event.to, blind=True)
    if consulting is not None and _consulted(turn, consulting, wish):
        turn.ask(AnswerTransfer(turn.key, event.channel_id))
        handover.asked(turn)
        return
    refused = _why_not_sent(turn, event, wish)
    turn.ask(AnswerTransfer(turn.key, event.channel_id, accepted=not refused))
    if refused:
        turn.note("transfer", "refused", to=event.to, reason=refused)
        return
    if consulting is not None:
        consult.over(turn, "the agent transferred to somebody else")
    consult.requested(turn, wish)


def _consulted(turn: Turn, consulting: Consult, wish: TransferRequested) -> bool:
    """True when the transfer goes to the very agent or number that is consulted."""
    other = turn.party(consulting.other)
    if wish.to_agent is not None:
        return wish.to_agent in (consulting.to_agent, other.agent_id if other is not None else None)
    return other is not None and other.call is not None and other.call.address == wish.to_number


def _why_not_sent(turn: Turn, event: PhoneTransferred, wish: TransferRequested) -> str:
    """Why the customer cannot be sent there, in words; empty when they can."""
    consulting = turn.conversation.consult
    if consulting is not None and consulting.lines is not None and event.channel_id == consulting.lines.second:
        return "the line of the consultation was sent on, not the customer's"
    if wish.to_agent == wish.agent_id:
        return "it leads to the agent's own phone"
    return turn.refusal(wish.to_number) if wish.to_number else ""


def dialled(turn: Turn, event: Happening) -> None:
    """The agent dials on a second line of the phone on which they have the customer: they consult whom they dial, on that line."""
    assert isinstance(event, ConsultOnPhone)
    first = turn.agent
    theirs = first is not None and first.agent_id == event.agent_id and event.node == turn.conversation.node
    wish = _wish(turn, event.agent_id, event.to)
    if first is None or not theirs or turn.conversation.consult is not None or wish.to_agent == event.agent_id:
        refused(turn, event)
        return
    turn.ask(Answer(turn.key, event.channel_id))
    turn.add(Party(event.channel_id, Role.AGENT, Place.APART, turn.now_ms, first.contact_id, event.agent_id))
    turn.change(lead=event.channel_id)
    consult.requested(turn, wish)
    if turn.conversation.consult is None:
        turn.change(lead=first.channel_id)
        parties.drop(turn, event.channel_id, REJECTED)
    else:
        lines.begin(turn, first, event.channel_id)


def refused(turn: Turn, event: Happening) -> None:
    """There is nothing to consult about now, or somebody is consulted already."""
    assert isinstance(event, ConsultOnPhone)
    turn.note("transfer", "refused", to=event.to, reason="no second consultation can begin on the phone now")
    turn.ask(Hangup(turn.key, event.channel_id, BUSY))


def lines_joined(turn: Turn, event: Happening) -> None:
    """The transfer key while both lines are in use: the customer goes over to the one consulted."""
    assert isinstance(event, PhoneLinesJoined)
    if turn.conversation.resting and {event.channel_id, event.other_id} == _own_channels(turn):
        turn.ask(AnswerTransfer(turn.key, event.channel_id))
        handover.asked(turn)


def line_ended(turn: Turn, event: Happening) -> None:
    """Of two lines one is hung up: without the second the consultation is over, without the first it goes on as from the panel."""
    assert isinstance(event, ChannelEnded)
    consulting = turn.conversation.consult
    two = consulting.lines if consulting is not None else None
    if consulting is None or two is None or event.channel_id not in _own_channels(turn):
        talk.ended_while_talking(turn, event)
    elif consulting.blind:
        handover.hand_over(turn)
    elif event.channel_id == two.second:
        consult.over(turn, "the agent hung up the second line")
    else:
        if turn.conversation.lead != two.second:
            _talk_on(turn, two.second, consulting.other)
        lines.only_second(turn)


def _own_channels(turn: Turn) -> set[ChannelId]:
    """The lines of the agent's phone that are in this conversation."""
    own = (*((turn.agent,) if turn.agent is not None else ()), *turn.conversation.resting)
    return {party.channel_id for party in own}


def _wish(turn: Turn, agent_id: AgentId, dialled: str, *, blind: bool = False) -> TransferRequested:
    """The transfer that was dialled: to an agent by phone or name, else to an outside number."""
    agents = turn.instance.agents.values()
    to_agent = next((each.agent_id for each in agents if dialled in (each.phone, each.username)), None)
    number = "" if to_agent else to_e164(dialled, turn.instance.country) or dialled
    return TransferRequested(agent_id, turn.contact_id, to_agent=to_agent, to_number=number, blind=blind)
