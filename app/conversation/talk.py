"""Whispers, joining, talking."""

from dataclasses import replace

from app.conversation import ending
from app.conversation.state import AgentLeg, Conversation, Phase
from app.conversation.step import Happening, Turn
from app.domain.agent import AgentTrigger
from app.domain.commands import AddToBridge, Command, CreateBridge, StartRecording, StopMusic
from app.domain.contact import Contact, DisconnectReason, Handling, Hook, Recorded
from app.domain.events import ChannelEnded, RequestFailed
from app.domain.ids import BridgeId, RecordingId
from app.domain.instance import FlowType
from app.domain.requests import FlowEnded, LeaveQueue, MoveAgent, StartFlow, StopFlow, WaitInQueue


def begin_whispers(turn: Turn, leg: AgentLeg) -> None:
    """The queue's flow stops; agent and customer each hear their whisper, both at once."""
    talk = turn.conversation
    music = talk.run is None
    turn.stop_run()
    agent_run, customer_run = turn.next_run(), turn.next_run()
    agent = turn.instance.agents[leg.agent_id]
    profile = turn.instance.profiles.get(agent.profile_id)
    turn.record(
        dequeued_ms=turn.now_ms,
        handling=Handling(
            agent.agent_id, agent.username, agent.profile_id, profile.name if profile else "", connected_ms=turn.now_ms
        ),
    )
    turn.note("agent answered", agent.username)
    turn.become(Phase.WHISPER, leg=replace(leg, run=agent_run), run=customer_run)
    turn.ask(
        LeaveQueue(talk.contact_id),
        MoveAgent(leg.agent_id, talk.contact_id, AgentTrigger.ANSWERED),
        *([StopMusic(talk.contact_id, talk.customer)] if music else []),
        StartFlow(talk.contact_id, agent_run, leg.channel_id, FlowType.AGENT_WHISPER, Hook.AGENT_WHISPER),
        StartFlow(talk.contact_id, customer_run, talk.customer, FlowType.CUSTOMER_WHISPER, Hook.CUSTOMER_WHISPER),
    )


def whisper_ended(turn: Turn, event: Happening) -> None:
    """One whisper is over; when both are, the two are joined."""
    assert isinstance(event, FlowEnded)
    leg = turn.conversation.leg
    if event.execution_id == turn.conversation.run:
        turn.change(run=None)
    elif leg is not None and event.execution_id == leg.run:
        turn.change(leg=replace(leg, run=None))
    leg = turn.conversation.leg
    if leg is not None and leg.run is None and turn.conversation.run is None:
        join(turn)


def join(turn: Turn) -> None:
    talk = turn.conversation
    bridge = BridgeId(f"{talk.node}-tl-{talk.contact_id}.b{turn.next_serial()}")
    records = turn.contact.recorded is not Recorded.NONE
    turn.become(Phase.TALK, bridge_id=bridge, recording_open=records)
    if records:
        turn.change(recording_id=RecordingId(f"{talk.contact_id}.r{turn.next_serial()}"))
    if turn.contact.handling is not None:
        turn.record(handling=replace(turn.contact.handling, joined_ms=turn.now_ms))
    turn.note("connected", recorded=turn.contact.recorded.value)
    turn.ask(*joining(turn.conversation, turn.contact))


def joining(talk: Conversation, contact: Contact) -> tuple[Command, ...]:
    """The commands that make a talking conversation what it should be. Sending them again is harmless."""
    if talk.bridge_id is None or talk.leg is None:
        return ()
    commands: list[Command] = [CreateBridge(talk.contact_id, talk.node, talk.bridge_id)]
    if talk.recording_open and talk.recording_id is not None:
        customer, agent = ending.kept_voices(contact.recorded)
        commands.append(StartRecording(talk.contact_id, talk.customer, talk.recording_id, customer, agent))
    commands.append(AddToBridge(talk.contact_id, talk.bridge_id, talk.customer))
    commands.append(AddToBridge(talk.contact_id, talk.bridge_id, talk.leg.channel_id))
    return tuple(commands)


def join_refused(turn: Turn, event: Happening) -> None:
    """A join that Asterisk refuses leaves nobody in silence: the customer is let go with the reason kept."""
    assert isinstance(event, RequestFailed)
    if event.command in (CreateBridge.__name__, AddToBridge.__name__):
        turn.note("join refused", event.reason)
        ending.hang_up_customer(turn, DisconnectReason.SYSTEM, event.reason)


def ended_while_whispering(turn: Turn, event: Happening) -> None:
    """An agent who hangs up before the join: the customer waits on, as old as before."""
    assert isinstance(event, ChannelEnded)
    talk, leg = turn.conversation, turn.conversation.leg
    if event.channel_id == talk.customer:
        ending.customer_gone(turn, event)
    elif leg is not None and event.channel_id == leg.channel_id and talk.queue_id is not None:
        turn.stop_run()
        if leg.run is not None:
            turn.ask(StopFlow(talk.contact_id, leg.run))
        ending.enter_after_work(turn)
        run = turn.next_run()
        turn.note("agent gone before the join")
        turn.become(Phase.QUEUED, leg=None, run=run)
        turn.record(dequeued_ms=None)
        turn.ask(
            StartFlow(talk.contact_id, run, talk.customer, FlowType.CUSTOMER_QUEUE, Hook.CUSTOMER_QUEUE),
            WaitInQueue(talk.contact_id, talk.queue_id, talk.waiting_since_ms),
        )


def ended_while_talking(turn: Turn, event: Happening) -> None:
    """Either side hung up. A customer whose agent left hears the disconnect flow when the contact has one."""
    assert isinstance(event, ChannelEnded)
    talk, leg = turn.conversation, turn.conversation.leg
    if event.channel_id == talk.customer:
        ending.customer_gone(turn, event)
    elif leg is not None and event.channel_id == leg.channel_id:
        turn.note("agent hung up", event.reason)
        ending.enter_after_work(turn)
        turn.change(leg=None)
        ending.stop_recording(turn)
        ending.drop_bridge(turn)
        flow_id = turn.contact.hooks.get(Hook.CUSTOMER_REMAINING)
        if flow_id is None:
            fell = event.cause == 0
            ending.hang_up_customer(turn, DisconnectReason.SYSTEM if fell else DisconnectReason.AGENT)
        else:
            run = turn.next_run()
            turn.become(Phase.REMAINING, run=run)
            turn.ask(StartFlow(talk.contact_id, run, talk.customer, FlowType.CONTACT, Hook.CUSTOMER_REMAINING, flow_id))
