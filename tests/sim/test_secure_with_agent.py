"""The sample flow with which a customer enters a card number in the middle of a talk: the agent is on hold and hears nothing of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.call_control import (
    DropRequested,
    HoldRequested,
    RecordingPauseRequested,
    ResumeRequested,
    TransferRequested,
)
from app.domain.commands import ContinueRecording, PauseRecording
from app.domain.ids import FlowId
from app.domain.instance import FlowContent, FlowType
from tests.sim.centre import ANN, BOB, STOP, SUPPORT, Centre, centre
from tests.sim.test_encrypted_input import AtOnce
from tests.sim.test_kill_talk import situation
from tests.unit.calls.driving import content
from tests.unit.flow.driving import action

pytestmark = pytest.mark.sim

SAMPLE = Path(__file__).parents[2] / "flows" / "sample_secure_input_with_agent.json"
SECURE = FlowId("secure")
CARD = "4929130264718305"
PLEASE = {"say:Please enter the number of your card, then press the pound key. Your agent does not hear it."}
THANKS = {"say:Thank you. You are back with your agent now."}
AGENT_WAITS, CUSTOMER_WAITS = {"say:The customer is on hold."}, {"say:You are on hold."}


def hold(state: str, to: str) -> dict[str, object]:
    parameters = {"PreviousContactParticipantState": state}
    kind = "UpdatePreviousContactParticipantState"
    return action(state, kind, parameters, to=to, errors={"NoMatchingError": "stop"})


def tells(name: str, text: str, to: str) -> dict[str, object]:
    return action(name, "MessageParticipant", {"Text": text}, to=to, errors={"NoMatchingError": to})


def transfers(*actions: dict[str, object]) -> FlowContent:
    return content("secure", FlowType.QUEUE_TRANSFER, *actions, STOP)


INSTANCES = {
    "the sample": FlowContent(SECURE, 1, "secure", FlowType.QUEUE_TRANSFER, SAMPLE.read_text()),
    "there and back": transfers(
        hold("AgentOnHold", "to customer"),
        tells("to customer", "Dear customer, wait.", "CustomerOnHold"),
        hold("CustomerOnHold", "to agent"),
        tells("to agent", "Dear agent, this is it.", "OffHold"),
        hold("OffHold", "to both"),
        tells("to both", "And now you talk.", "on"),
        action("on", "TransferContactToQueue", {}, to="stop", errors={"NoMatchingError": "stop"}),
    ),
}


async def in_flow(flow: str = "the sample", after_ms: int = 500) -> Centre:
    """Ann talks with a recorded customer and has begun the flow; Bob would be next."""
    world = Centre(centre(INSTANCES[flow]))
    world.helpers = replace(world.helpers, keys=AtOnce())
    await world.talking()
    await world.available(BOB)
    await world.ask(TransferRequested(ANN, world.contact.contact_id, to_queue=SUPPORT, flow_id=SECURE))
    await world.advance(after_ms)
    return world


def recorded(world: Centre) -> list[str]:
    kinds = (PauseRecording, ContinueRecording)
    return [type(command).__name__ for _, command in world.telephony.executed if isinstance(command, kinds)]


async def test_the_customer_enters_a_number_while_the_agent_is_on_hold_and_both_talk_again() -> None:
    world = await in_flow()
    contact_id = world.contact.contact_id
    (asking,) = world.live.others
    assert (world.hears("customer"), world.hears(ANN)) == (PLEASE, AGENT_WAITS)
    assert recorded(world) == ["PauseRecording"]
    await world.advance(8_000)
    world.caller.press(CARD + "#")
    await world.advance(4_500)
    assert (world.hears("customer"), world.hears(ANN)) == (THANKS, AGENT_WAITS)
    assert recorded(world) == ["PauseRecording", "ContinueRecording"]
    await world.advance(8_000)
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    world.caller.hang_up()
    await world.advance(30_000)
    record = world.records.contacts[contact_id]
    ((from_ms, until_ms),) = record.recording_gaps_ms
    assert 10_000 < until_ms - from_ms < 13_000
    assert record.handling is not None
    assert [held < 1_000 for held in record.handling.holds_ms] == [True]
    assert len(world.records.contacts[asking].attributes["card"]) > 300
    assert not any(CARD[:5].encode() in fact.payload for fact in world.journal.facts)
    assert world.empty


async def test_each_state_says_who_hears_the_flow_and_a_transfer_begins_from_any() -> None:
    world = await in_flow("there and back")
    assert (world.hears("customer"), world.hears(ANN)) == ({"say:Dear customer, wait."}, AGENT_WAITS)
    await world.advance(1_500)
    assert (world.hears("customer"), world.hears(ANN)) == (CUSTOMER_WAITS, {"say:Dear agent, this is it."})
    await world.advance(1_200)
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer", "say:And now you talk."})
    await world.advance(6_000)
    assert (world.hears("customer"), world.hears(ANN), world.hears(BOB)) == (CUSTOMER_WAITS, {BOB}, {ANN})
    world.caller.hang_up()
    await world.advance(60_000)
    assert world.empty


async def test_the_hold_key_does_not_break_in_but_cancelling_does() -> None:
    world = await in_flow()
    contact_id = world.contact.contact_id
    for wish in (HoldRequested, ResumeRequested):
        await world.ask(wish(ANN, contact_id))
        assert (world.hears("customer"), world.hears(ANN)) == (PLEASE, AGENT_WAITS)
    await world.ask(DropRequested(ANN, contact_id))
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    assert recorded(world) == ["PauseRecording", "ContinueRecording"]


async def test_a_recording_that_the_agent_paused_stays_paused() -> None:
    world = await in_flow()
    contact_id = world.contact.contact_id
    await world.ask(RecordingPauseRequested(ANN, contact_id, True))
    await world.ask(DropRequested(ANN, contact_id))
    assert recorded(world) == ["PauseRecording"]
    await world.ask(RecordingPauseRequested(ANN, contact_id, False))
    assert recorded(world) == ["PauseRecording", "ContinueRecording"]


@pytest.mark.parametrize("events_lost", [False, True], ids=["events kept", "events lost"])
@pytest.mark.parametrize(
    ("flow", "after_ms"),
    [("the sample", 500), ("there and back", 500), ("there and back", 1_800), ("there and back", 3_000)],
    ids=["secret entry", "agent on hold", "customer on hold", "off hold"],
)
async def test_a_kill_changes_nothing(flow: str, after_ms: int, events_lost: bool) -> None:
    undisturbed, world = await in_flow(flow, after_ms), await in_flow(flow, after_ms)
    await world.kill(events_lost=events_lost)
    await world.advance(300)
    await world.start()
    await world.advance(200)
    await undisturbed.advance(500)
    for _ in range(2):
        assert (situation(world), recorded(world)[-1:]) == (situation(undisturbed), recorded(undisturbed)[-1:])
        for each in (undisturbed, world):
            await each.advance(16_000)
            await each.reconcile()
    assert world.live_engine.unhandled + world.unhandled == 0


async def test_what_the_flow_asked_before_the_kill_is_done_after_it() -> None:
    """No command of the hold left; the flow itself did ask."""
    world, undisturbed = await in_flow("there and back", 0), await in_flow("there and back", 6_000)
    await world.dies_unheard(for_ms=1_000)
    for _ in range(5):
        await world.advance(6_000)
        await world.reconcile()
    await undisturbed.advance(25_000)
    assert situation(world) == situation(undisturbed)


async def test_the_recording_goes_on_after_a_kill_that_the_request_to_go_on_died_with() -> None:
    world = await in_flow()
    (running,) = world.telephony.exchange.recordings.values()
    assert running.paused
    await world.dies_unheard(DropRequested(ANN, world.contact.contact_id))
    assert not running.paused


async def test_whoever_hangs_up_during_the_entry_ends_it() -> None:
    """The agent: the customer goes on where the transfer led. The customer: nothing is left."""
    world = await in_flow()
    world.telephony.hang_up(world.channel(ANN))
    await world.advance(6_000)
    assert (world.phase, world.hears("customer"), world.hears(BOB)) == ("connected", {BOB}, {"customer"})
    world.caller.hang_up()
    left = await in_flow()
    left.caller.hang_up()
    for each in (world, left):
        await each.advance(60_000)
        assert each.empty
