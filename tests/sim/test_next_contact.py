"""What comes after an agent hung up: their next contact, before anything else is done, and the customer's next agent."""

from dataclasses import replace

import pytest

from app.domain.commands import FinishRecording, RingPhone, TelephonyCommand
from app.domain.contact import Hook, InitiationMethod, RecordingStatus
from app.domain.ids import FlowId
from app.domain.instance import FlowType
from tests.sim.centre import ANN, BOB, NUMBER, SALES, STOP, Centre, centre
from tests.unit.calls.driving import content
from tests.unit.flow.driving import action

pytestmark = pytest.mark.sim


async def test_the_next_contact_rings_before_the_last_one_is_cleared_away() -> None:
    given = centre()
    agents = {key: replace(agent, after_contact_work_s=0) for key, agent in given.agents.items()}
    world = Centre(replace(given, agents=agents))
    await world.talking()
    phone = world.channel(ANN)
    second = world.telephony.call(NUMBER, calling="+12025550178")
    world.agenda.after(2_000, lambda: second.press("1"))
    await world.advance(10_000)
    sent: list[TelephonyCommand] = []
    carry_out = world.telephony.execute

    async def noted(command: TelephonyCommand) -> None:
        sent.append(command)
        await carry_out(command)

    world.telephony.execute = noted  # type: ignore[method-assign]
    world.telephony.hang_up(phone)
    await world.settle()
    kinds = [type(command) for command in sent]
    assert kinds[:2] == [RingPhone, FinishRecording]
    assert isinstance(sent[0], RingPhone)
    assert sent[0].phone == "phone-ann"
    await world.advance(5_000)
    second.hang_up()
    await world.advance(5_000)
    assert world.empty
    assert len(world.records.records) == 2


async def test_a_customer_who_is_queued_again_by_the_disconnect_flow_is_in_a_contact_of_its_own() -> None:
    """Each contact of the chain keeps its agent, its after contact work and its recording."""
    again = content(
        "again",
        FlowType.CONTACT,
        action("queue", "UpdateContactTargetQueue", {"QueueId": SALES}, to="transfer"),
        action("transfer", "TransferContactToQueue", {}, to="stop", errors={"NoMatchingError": "stop"}),
        STOP,
    )
    world = Centre(centre(again))
    first = (await world.talking()).contact.contact_id
    world.live.contact.hooks[Hook.CUSTOMER_REMAINING] = FlowId("again")
    await world.available(BOB)
    world.telephony.hang_up(world.channel(ANN))
    await world.advance(10_000)
    assert world.hears("customer") == {BOB}
    second = world.contact.contact_id
    world.caller.hang_up()
    await world.advance(40_000)
    assert world.empty
    before, after = world.records.contacts[first], world.records.contacts[second]
    assert (before.next_contact_id, after.previous_contact_id, after.initial_contact_id) == (second, first, first)
    assert after.initiation is InitiationMethod.QUEUE_TRANSFER
    for contact, agent in ((before, ANN), (after, BOB)):
        assert contact.handling is not None
        assert (contact.handling.agent_id, contact.handling.after_work_ended_ms is None) == (agent, False)
        assert contact.recording is not None
        assert contact.recording.status is RecordingStatus.AVAILABLE
