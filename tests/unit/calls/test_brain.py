"""A contact through all cores: what is asked of telephony at each moment, and what the record says afterwards."""

from dataclasses import replace

import pytest

from app.calls.codec import decode_event, decode_memory, encode_event, encode_memory
from app.conversation.state import Phase
from app.domain.agent import Activity
from app.domain.commands import (
    AddToBridge,
    Answer,
    CreateBridge,
    DestroyBridge,
    FinishRecording,
    Hangup,
    StartRecording,
    StopPlayback,
    WriteRecord,
)
from app.domain.contact import DisconnectReason, Recording, RecordingStatus
from app.domain.events import (
    ChannelAnswered,
    ChannelEnded,
    ConfigurationChanged,
    DigitReceived,
    PlaybackFinished,
    RecordingFinished,
    RecordWritten,
    RequestFailed,
    TimerFired,
)
from app.domain.ids import TimerId
from app.domain.instance import FlowType
from app.metrics.ctr import contact_trace_record
from tests.unit.calls.driving import CALLER, CONTACT, END, Drive, content, rung, said
from tests.unit.instances import ANN

pytestmark = pytest.mark.unit


def to_queue(drive: Drive) -> None:
    drive.arrive()
    drive.finish_playbacks()
    drive.tell(DigitReceived(CALLER, "1"))


def to_talk(drive: Drive) -> None:
    drive.ready()
    to_queue(drive)
    leg = drive.live.conversation.agent
    assert leg is not None
    drive.tell(ChannelAnswered(leg.channel_id), after_ms=4_000)
    drive.finish_playbacks()
    assert drive.live.conversation.phase is Phase.TALK


def ring_timer(drive: Drive) -> TimerId:
    """The time that the agent's phone has to be answered."""
    return next(timer for timer in drive.brain.memory.timers if ".talk." in timer)


def kinds(commands: list[object]) -> list[type]:
    return [type(each) for each in commands]


def test_a_call_is_answered_and_greeted() -> None:
    drive = Drive()
    commands = drive.arrive()
    assert isinstance(commands[0], Answer)
    assert said(commands) == ["Welcome."]


def test_a_number_that_nobody_owns_is_rejected() -> None:
    drive = Drive()
    drive.instance.numbers.clear()
    assert drive.arrive() == [Hangup(CONTACT, CALLER, 1)]
    assert drive.brain.live(CONTACT) is None


def test_a_key_cuts_the_menu_and_queues_the_caller() -> None:
    drive = Drive()
    drive.arrive()
    drive.finish_playbacks()
    commands = drive.tell(DigitReceived(CALLER, "1"))
    assert StopPlayback in kinds(commands)
    assert said(commands) == ["Please wait."]
    assert drive.live.conversation.phase is Phase.QUEUED


def test_an_agent_is_rung_while_the_caller_goes_on_waiting() -> None:
    drive = Drive()
    to_queue(drive)
    before = len(drive.commands)
    drive.ready()
    ring = rung(drive.commands[before:])
    assert (ring.phone, ring.caller_number, ring.caller_name) == ("phone-ann", "+12025550177", "Sales")
    assert drive.live.playbacks, "the queue flow goes on"


def test_a_playback_that_is_to_stop_is_remembered_until_it_ends() -> None:
    """The request may die with the process: then the next one stops what still plays."""
    drive = Drive()
    drive.ready()
    to_queue(drive)
    music = next(iter(drive.live.playbacks))
    leg = drive.live.conversation.agent
    assert leg is not None
    drive.tell(ChannelAnswered(leg.channel_id))
    drive.restart()
    assert music in drive.live.stopping
    assert music not in drive.live.playbacks
    drive.tell(PlaybackFinished(music))
    assert music not in drive.live.stopping


def test_both_whispers_end_before_the_two_are_joined() -> None:
    drive = Drive()
    drive.ready()
    to_queue(drive)
    leg = drive.live.conversation.agent
    assert leg is not None
    commands = drive.tell(ChannelAnswered(leg.channel_id))
    assert sorted(said(commands)) == ["Connecting.", "Sales"]
    first, second = list(drive.live.playbacks)
    assert CreateBridge not in kinds(drive.tell(PlaybackFinished(first)))
    commands = drive.tell(PlaybackFinished(second))
    assert kinds(commands) == [CreateBridge, StartRecording, AddToBridge, AddToBridge]


def test_the_customer_hangs_up_and_the_agent_gets_after_contact_work() -> None:
    drive = Drive()
    to_talk(drive)
    commands = drive.tell(ChannelEnded(CALLER, 16, "Normal Clearing"), after_ms=30_000)
    assert {Hangup, FinishRecording, DestroyBridge} <= set(kinds(commands))
    assert drive.brain.memory.routing.agents[ANN].activity is Activity.AFTER_CONTACT_WORK
    drive.tell(RecordingFinished(CONTACT, Recording(RecordingStatus.AVAILABLE, "/r.wav", 30_000)))
    commands = drive.tell(TimerFired(TimerId("agent:ann:after-contact-work")), after_ms=9_000)
    assert WriteRecord(CONTACT) in commands
    record = contact_trace_record(drive.live.contact, drive.instance)
    agent, queue = record["Agent"], record["Queue"]
    assert isinstance(agent, dict)
    assert isinstance(queue, dict)
    assert (agent["Username"], agent["AgentInteractionDuration"], agent["AfterContactWorkDuration"]) == ("ann", 30, 10)
    assert (queue["Name"], queue["Duration"], record["AgentConnectionAttempts"]) == ("Sales", 4, 1)
    assert drive.live.contact.disconnect_reason is DisconnectReason.CUSTOMER
    drive.tell(RecordWritten(CONTACT))
    assert drive.brain.live(CONTACT) is None
    assert drive.brain.channels == {}
    assert drive.brain.memory.timers == {}


def test_the_agent_hangs_up_and_the_customer_is_let_go() -> None:
    drive = Drive()
    to_talk(drive)
    leg = drive.live.conversation.agent
    assert leg is not None
    commands = drive.tell(ChannelEnded(leg.channel_id, 16))
    assert Hangup(CONTACT, CALLER) in commands
    drive.tell(ChannelEnded(CALLER, 16))
    assert drive.live.contact.disconnect_reason is DisconnectReason.AGENT


def test_a_phone_that_rings_out_makes_the_agent_miss_and_the_contact_wait_on() -> None:
    drive = Drive()
    drive.ready()
    to_queue(drive)
    commands = drive.tell(TimerFired(ring_timer(drive)), after_ms=20_000)
    assert Hangup in kinds(commands)
    state = drive.brain.memory.routing.agents[ANN]
    assert (state.activity, state.reason) == (Activity.MISSED, "the phone rang and was not answered")
    assert CONTACT in drive.brain.memory.routing.waiting
    assert drive.live.contact.connection_attempts == 1


def test_a_phone_that_cannot_be_reached_is_an_error_with_its_reason() -> None:
    drive = Drive()
    drive.ready()
    to_queue(drive)
    leg = drive.live.conversation.agent
    assert leg is not None
    drive.tell(RequestFailed(CONTACT, "RingPhone", leg.channel_id, 400, "phone-ann is not registered"))
    state = drive.brain.memory.routing.agents[ANN]
    assert (state.activity, state.reason) == (Activity.ERROR, "phone-ann is not registered")


def test_the_caller_gives_up_while_the_phone_rings() -> None:
    drive = Drive()
    drive.ready()
    to_queue(drive)
    commands = drive.tell(ChannelEnded(CALLER, 16))
    assert Hangup in kinds(commands)
    assert drive.brain.memory.routing.agents[ANN].routable
    assert WriteRecord(CONTACT) in commands


def test_the_agent_leaves_before_the_join_and_the_customer_waits_on() -> None:
    drive = Drive()
    drive.ready()
    to_queue(drive)
    leg = drive.live.conversation.agent
    assert leg is not None
    since_ms = drive.live.conversation.waiting_since_ms
    drive.tell(ChannelAnswered(leg.channel_id))
    commands = drive.tell(ChannelEnded(leg.channel_id, 16))
    assert said(commands) == ["Please wait."]
    assert drive.brain.memory.routing.waiting[CONTACT].since_ms == since_ms


def test_the_same_events_give_the_same_commands_and_memory() -> None:
    drive = Drive()
    to_talk(drive)
    drive.tell(ChannelEnded(CALLER, 16))
    again = Drive()
    for event, at_ms in drive.journal:
        written = decode_event(1, type(event).__name__, encode_event(event))
        again.commands += again.brain.handle(written, at_ms)
    assert again.commands == drive.commands
    assert encode_memory(again.brain.memory) == encode_memory(drive.brain.memory)


def test_a_restart_at_every_moment_changes_nothing() -> None:
    whole = Drive()
    to_talk(whole)
    whole.tell(ChannelEnded(CALLER, 16))
    whole.tell(RecordingFinished(CONTACT, Recording(RecordingStatus.AVAILABLE)))
    restarted = Drive()
    for event, at_ms in whole.journal:
        restarted.restart()
        restarted.commands += restarted.brain.handle(event, at_ms)
    assert restarted.commands == whole.commands
    assert decode_memory(encode_memory(restarted.brain.memory)) == decode_memory(encode_memory(whole.brain.memory))


def test_a_run_goes_on_in_the_version_it_began_with_over_a_restart() -> None:
    drive = Drive()
    drive.arrive()
    newer = content("inbound", FlowType.CONTACT, END)
    drive.instance = replace(
        drive.instance, version="v2", flows=drive.instance.flows | {newer.flow_id: replace(newer, version=2)}
    )
    drive.tell(ConfigurationChanged("v2"))
    drive.restart()
    drive.finish_playbacks()
    assert drive.live.conversation.phase is Phase.FLOW
    drive.tell(DigitReceived(CALLER, "1"))
    assert drive.live.conversation.phase is Phase.QUEUED
    drive.tell(ConfigurationChanged("v2"))
    assert drive.brain.memory.pinned == []
