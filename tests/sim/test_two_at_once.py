"""Two things that rarely come together: a transfer cancelled while its flow lets the two talk, an agent deleted while rung, an agent
still at work for a contact that another one has."""

import json
from dataclasses import replace

import pytest

from app.calls.codec import encode_memory
from app.domain.call_control import (
    DropRequested,
    HoldRequested,
    LeaveRequested,
    MuteRequested,
    PhoneHeld,
    RecordingPauseRequested,
    TransferRequested,
)
from app.domain.commands import MuteParty, PauseRecording, RemoveFromBridge
from app.domain.contact import Contact, Hook
from app.domain.events import AgentStatusRequested, CallArrived, ChannelEnded
from app.domain.ids import FlowId
from app.domain.instance import FlowContent, FlowType, Instance
from app.telephony.fake.faults import EventFault, RequestFault
from tests.sim.centre import ANN, BOB, CUSTOMER, NUMBER, OUTSIDE, SALES, STOP, Centre, centre
from tests.sim.test_outside import asks_for_callback, calling
from tests.unit.calls.driving import content
from tests.unit.flow.driving import action

pytestmark = pytest.mark.sim

TOGETHER = content(
    "to-agent",
    FlowType.AGENT_TRANSFER,
    action("waits", "UpdatePreviousContactParticipantState", {"PreviousContactParticipantState": "AgentOnHold"}, to="say",
           errors={"NoMatchingError": "stop"}),
    action("say", "MessageParticipant", {"Text": "One moment."}, to="both", errors={"NoMatchingError": "stop"}),
    action("both", "UpdatePreviousContactParticipantState", {"PreviousContactParticipantState": "OffHold"}, to="talk",
           errors={"NoMatchingError": "stop"}),
    action("talk", "MessageParticipant", {"Text": "You are together for a while."}, to="ring", errors={"NoMatchingError": "stop"}),
    action("ring", "TransferContactToAgent", {}),
    STOP,
)  # fmt: skip
"""A transfer flow that the customer hears, first alone and then with the agent."""
GOODBYE = content(
    "goodbye", FlowType.CONTACT, action("again", "TransferContactToQueue", {"QueueId": str(SALES)}, to="stop"), STOP
)


def waiting(world: Centre) -> list[str]:
    """The callbacks that there are."""
    return [live.contact.contact_id for live in world.lives if live.conversation.callback is not None]


def records(world: Centre) -> dict[str, Contact]:
    return world.records.contacts


async def test_a_transfer_that_is_cancelled_takes_its_flow_away_from_both() -> None:
    world = Centre(centre(TOGETHER))
    await world.talking()
    await world.ask(TransferRequested(ANN, world.contact.contact_id, to_agent=BOB))
    await world.advance(1_000)
    assert {party.place for party in world.live.conversation.parties} == {"joined"}
    await world.ask(DropRequested(ANN, world.contact.contact_id))
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    assert world.live.runs == {}


async def test_a_transfer_flow_is_over_once_the_agent_is_rung() -> None:
    world = Centre(centre(TOGETHER))
    await world.talking()
    await world.available(BOB)
    await world.ask(TransferRequested(ANN, world.contact.contact_id, to_agent=BOB))
    await world.advance(2_500)
    assert world.activity(BOB) == "ringing"
    assert {run.flow_id for run in world.live.runs.values()} == {"customer-hold", "queue-flow"}


async def test_a_phone_that_holds_the_customer_still_does_when_the_transfer_flow_ends() -> None:
    """The flow had brought customer and second line together; the first line is on hold at the phone."""
    flow = TOGETHER.content.replace('"TransferContactToAgent"', '"EndFlowExecution"')
    world = Centre(centre(replace(TOGETHER, content=flow)))
    await world.talking()
    await world.ask(PhoneHeld(world.channel(ANN), held=True))
    world.telephony.call("phone-bob", calling="phone-ann", origin="phone", origin_name="phone-ann")
    await world.advance(5_000)
    assert world.live.conversation.consult is None
    assert world.hears("customer") == {"say:You are on hold."}


async def test_an_agent_who_is_deleted_while_rung_may_answer() -> None:
    world = Centre()
    await world.start()
    await world.available(ANN)
    caller = world.telephony.call("+12025550100")
    world.agenda.after(2_000, lambda: caller.press("1"))
    await world.advance(2_400)
    assert world.activity(ANN) == "ringing"
    now = world.configurations.now
    world.configurations.now = replace(now, version="v2", agents={BOB: now.agents[BOB]})
    await world.live_engine.configure()
    await world.advance(4_000)
    assert (world.phase, world.hears("customer")) == ("connected", {ANN})
    caller.hang_up()
    await world.advance(2_000)
    assert world.empty
    (contact,) = records(world).values()
    assert contact.handling is not None
    assert contact.handling.username == ANN


async def test_who_waits_again_after_a_talk_is_in_a_contact_of_its_own() -> None:
    """The disconnect flow leads back to the queue: the first agent's talk, work and recording stay in the first contact."""
    world = Centre(_with_disconnect_flow())
    await world.talking()
    first = world.contact.contact_id
    await world.ask(LeaveRequested(ANN, first))
    await world.available(BOB)
    await world.advance(6_000)
    assert (world.phase, world.contact.handling and world.contact.handling.agent_id) == ("connected", BOB)
    await world.advance(20_000)
    world.caller.hang_up()
    await world.advance(20_000)
    before, after = records(world)[first], records(world)[records(world)[first].next_contact_id or ""]
    assert (before.handling and before.handling.agent_id, after.handling and after.handling.agent_id) == (ANN, BOB)
    assert before.handling
    assert before.handling.after_work_started_ms
    assert before.handling.after_work_ended_ms == before.handling.after_work_started_ms + 10_000
    assert (after.previous_contact_id, after.initiation.value) == (first, "QUEUE_TRANSFER")
    assert before.recording
    assert after.recording
    assert before.recording.location != after.recording.location
    assert world.empty


async def test_after_contact_work_is_of_the_agent_who_did_it() -> None:
    """Ann hangs up in the whisper and goes to after contact work; Bob has the same contact when hers ends."""
    world = Centre()
    await world.start()
    await world.available(ANN)
    caller = world.telephony.call("+12025550100")
    world.agenda.after(2_000, lambda: caller.press("1"))
    await world.advance(3_200)
    assert world.phase == "whisper"
    world.telephony.hang_up(world.channel(ANN))
    await world.available(BOB)
    await world.advance(14_000)
    assert (world.phase, world.activity(ANN)) == ("connected", "idle")
    assert world.contact.handling
    assert (world.contact.handling.agent_id, world.contact.handling.after_work_ended_ms) == (BOB, None)


async def test_a_hold_ends_when_the_agent_leaves() -> None:
    """That the customer's channel is gone is told late; the hold was over with the agent's talk."""
    world = Centre()
    first = (await world.talking()).contact.contact_id
    await world.ask(HoldRequested(ANN, first))
    await world.advance(3_000)
    world.telephony.faults.events = [EventFault((ChannelEnded,), delay_ms=(9_000, 9_000), times=2)]
    world.telephony.hang_up(world.channel(ANN))
    await world.advance(40_000)
    handling = records(world)[first].handling
    assert handling
    assert handling.interaction_ended_ms
    assert handling.joined_ms
    assert sum(handling.holds_ms) <= handling.interaction_ended_ms - handling.joined_ms


async def test_who_is_in_the_bridge_and_should_not_be_is_taken_out() -> None:
    """Asterisk fails to take the customer out, twice; the next looks mend it, one does not yet."""
    world = Centre()
    contact_id = (await world.talking()).contact.contact_id
    world.telephony.faults.requests = [RequestFault((RemoveFromBridge,), http_status=500, times=4)]
    await world.ask(HoldRequested(ANN, contact_id))
    (bridge,) = world.telephony.exchange.bridges.values()
    assert len(bridge.members) == 2
    await world.reconcile()
    assert len(bridge.members) == 2
    await world.advance(5_000)
    await world.reconcile()
    assert bridge.members == []


@pytest.mark.parametrize("command", [MuteParty, PauseRecording])
async def test_what_keeps_somebody_from_being_heard_is_sent_again(command: type) -> None:
    world = Centre()
    contact_id = (await world.talking()).contact.contact_id
    world.telephony.faults.requests = [RequestFault((command,), http_status=500, times=1)]
    await world.ask(MuteRequested(ANN, contact_id, True), RecordingPauseRequested(ANN, contact_id, True))
    assert world.telephony.exchange.channels[world.channel(ANN)].muted
    (recording,) = world.telephony.exchange.recordings.values()
    assert recording.paused


async def test_a_callback_is_none_any_more_once_the_customer_is_there() -> None:
    """The agent hangs up in the whisper: the customer waits in the queue, on the line, and nobody can cancel that as a callback."""
    world = await calling(asks_for_callback())
    await world.available(ANN)
    await world.advance(13_100)
    assert world.hears("customer") == {"say:This call is recorded."}
    called = world.channel("customer")
    world.telephony.hang_up(world.channel(ANN))
    await world.advance(10)
    assert (world.phase, waiting(world)) == ("in queue", [])
    world.telephony.call(NUMBER, calling=CUSTOMER)
    await world.advance(3_000)
    assert called in world.telephony.exchange.channels


async def test_a_call_from_a_phone_that_is_told_again_after_its_end_begins_nothing() -> None:
    world = Centre()
    await world.start()
    await world.available(ANN)
    line = world.telephony.call(OUTSIDE, calling="phone-ann", origin="phone", origin_name="phone-ann")
    (arrival,) = [f for f in world.journal.facts if f.kind == CallArrived.__name__]
    assert arrival.contact_id == line.contact_id
    line.hang_up()
    await world.advance(1_000)
    world.live_engine.post(AgentStatusRequested(ANN, "Available"))
    await world.advance(1_000)
    assert len(records(world)) == 1
    again = CallArrived(line.contact_id, "node1", line.channel_id, "phone", "phone-ann", OUTSIDE, "phone-ann")  # type: ignore[arg-type]
    world.live_engine.post(again)
    await world.advance(1_000)
    assert (world.empty, world.records.doubled) == (True, 0)


async def test_a_restart_begins_under_the_configuration_that_the_journal_began_under() -> None:
    """What is remembered is the same to the letter, in its order too."""
    world = Centre()
    await world.start()
    now = world.configurations.now
    world.configurations.now = replace(now, version="v2", agents={BOB: now.agents[BOB]})
    await world.live_engine.configure()
    before = encode_memory(world.live_engine.brain.memory)
    await world.kill()
    after: list[bytes] = []
    world.on_remembered = lambda engine: after.append(encode_memory(engine.brain.memory))
    await world.start()
    assert after == [before]


def _with_disconnect_flow() -> Instance:
    hook = action(
        "hook", "UpdateContactEventHooks", {"EventHooks": {Hook.CUSTOMER_REMAINING.value: "goodbye"}}, to="record"
    )
    given = centre(GOODBYE)
    inbound = given.flows[FlowId("inbound")]
    written = json.loads(inbound.content)
    text = json.dumps({**written, "StartAction": "hook", "Actions": [hook, *written["Actions"]]})
    flows: dict[FlowId, FlowContent] = {**given.flows, inbound.flow_id: replace(inbound, content=text)}
    return replace(given, flows=flows)
