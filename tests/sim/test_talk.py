"""What an agent does with a live call, in virtual time: who hears whom after each step, and what the records say in the end."""

import pytest

from app.calls.ports import RequestRefused
from app.domain.call_control import (
    DigitsRequested,
    DropRequested,
    HoldRequested,
    JoinRequested,
    LeaveRequested,
    MuteRequested,
    PhoneHeld,
    PhoneTransferred,
    RecordingPauseRequested,
    ResumeRequested,
    SwapRequested,
    TransferRequested,
)
from app.domain.commands import AddToBridge, CreateBridge, StartRecording, TelephonyCommand
from app.domain.contact import DisconnectReason, InitiationMethod, RecordingStatus
from app.telephony.fake.faults import RequestFault
from tests.sim.centre import ANN, BOB, CUSTOMER, OUTSIDE, SALES, SUPPORT, Centre

pytestmark = pytest.mark.sim


async def test_hold_and_resume_with_their_flows_and_in_the_record() -> None:
    world = Centre()
    contact_id = (await world.talking()).contact.contact_id
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    await world.ask(HoldRequested(ANN, contact_id))
    assert (world.hears("customer"), world.hears(ANN)) == ({"say:You are on hold."}, {"say:The customer is on hold."})
    await world.advance(7_000)
    assert world.hears("customer") == {"say:You are on hold."}
    await world.ask(ResumeRequested(ANN, contact_id))
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    world.caller.hang_up()
    await world.advance(30_000)
    handling = world.records.contacts[contact_id].handling
    assert handling is not None
    assert [hold // 1_000 for hold in handling.holds_ms] == [7]
    assert world.empty


@pytest.mark.parametrize("lost", [CreateBridge, AddToBridge])
async def test_a_join_whose_answer_is_late_once_is_tried_again(lost: type[TelephonyCommand]) -> None:
    world = Centre()
    world.telephony.faults.requests.append(RequestFault((lost,), times=1, http_status=504))
    await world.talking()
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})


async def test_mute_and_keys() -> None:
    world = Centre()
    contact_id = (await world.talking()).contact.contact_id
    await world.ask(MuteRequested(ANN, contact_id, True))
    assert (world.hears("customer"), world.hears(ANN)) == (set(), {"customer"})
    await world.ask(MuteRequested(ANN, contact_id, False), DigitsRequested(ANN, contact_id, "12#"))
    assert world.hears("customer") == {ANN}
    assert world.telephony.exchange.channels[world.channel("customer")].keys_heard == "12#"


async def test_consult_swap_conference_and_leave() -> None:
    world = Centre()
    first = (await world.talking()).contact.contact_id
    await world.available(BOB)
    await world.ask(TransferRequested(ANN, first, to_queue=SUPPORT))
    assert world.hears("customer") == {"say:You are on hold."}
    assert world.hears(ANN) == {"say:Transferring."}
    await world.advance(6_000)
    assert (world.hears(ANN), world.hears(BOB)) == ({BOB}, {ANN})
    await world.ask(SwapRequested(ANN, first))
    assert (world.hears("customer"), world.hears(ANN), world.hears(BOB)) == ({ANN}, {"customer"}, {"music:default"})
    await world.ask(SwapRequested(ANN, first))
    assert (world.hears("customer"), world.hears(ANN)) == ({"say:You are on hold."}, {BOB})
    await world.ask(JoinRequested(ANN, first))
    assert (world.hears("customer"), world.hears(ANN), world.hears(BOB)) == (
        {ANN, BOB},
        {"customer", BOB},
        {"customer", ANN},
    )
    await world.ask(HoldRequested(ANN, first, everybody=True))
    assert (world.hears("customer"), world.hears(ANN)) == ({"say:You are on hold."}, {"say:The customer is on hold."})
    await world.ask(ResumeRequested(ANN, first, everybody=True))
    assert world.hears(ANN) == {"customer", BOB}
    await world.ask(LeaveRequested(ANN, first))
    assert (world.hears("customer"), world.hears(BOB)) == ({BOB}, {"customer"})
    assert (world.activity(ANN), world.activity(BOB)) == ("after contact work", "on contact")
    second = world.contact.contact_id
    world.caller.hang_up()
    await world.advance(30_000)
    assert world.empty
    before, after = world.records.contacts[first], world.records.contacts[second]
    assert before.disconnect_reason is DisconnectReason.TRANSFERRED
    assert (before.next_contact_id, after.previous_contact_id, after.initial_contact_id) == (second, first, first)
    assert after.initiation is InitiationMethod.TRANSFER
    assert (before.handling.username, after.handling.username) == (ANN, BOB)  # type: ignore[union-attr]
    assert (before.recording is None, after.recording is None) == (False, False)
    assert len(world.records.records) == 2


@pytest.mark.parametrize("after_ms", [0, 500, 1_500, 2_500, 3_000, 6_000])
async def test_a_consultation_can_be_cancelled_at_any_time(after_ms: int) -> None:
    """Transfer flow, queue, ringing, whisper, talk: the customer is back in one step, and the other agent is free or at work."""
    world = Centre()
    first = (await world.talking()).contact.contact_id
    await world.available(BOB)
    await world.ask(TransferRequested(ANN, first, to_queue=SUPPORT))
    await world.advance(after_ms)
    await world.ask(DropRequested(ANN, first))
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    world.caller.hang_up()
    await world.advance(40_000)
    assert world.empty
    assert world.activity(BOB) == "idle"
    assert len(world.records.records) == 2


@pytest.mark.parametrize("after_ms", [0, 500, 1_500, 2_500, 3_000, 6_000])
@pytest.mark.parametrize("hangs_up", [False, True])
async def test_an_agent_can_leave_a_consultation_at_any_time(after_ms: int, hangs_up: bool) -> None:
    """The customer goes on where the transfer has come to, and ends up with Bob; a desk phone's hang-up means the same."""
    world = Centre()
    first = (await world.talking()).contact.contact_id
    await world.available(BOB)
    await world.ask(TransferRequested(ANN, first, to_queue=SUPPORT))
    await world.advance(after_ms)
    if hangs_up:
        world.telephony.hang_up(world.channel(ANN))
    else:
        await world.ask(LeaveRequested(ANN, first))
    await world.advance(8_000)
    assert (world.hears("customer"), world.hears(BOB)) == ({BOB}, {"customer"})
    assert world.activity(ANN) == "after contact work"
    world.caller.hang_up()
    await world.advance(40_000)
    assert world.empty
    assert sorted(each.handling.username for each in world.records.contacts.values()) == [ANN, BOB]  # type: ignore[union-attr]


async def test_a_blind_transfer_lets_the_customer_wait_for_the_next_agent() -> None:
    world = Centre()
    first = (await world.talking()).contact.contact_id
    await world.ask(TransferRequested(ANN, first, to_agent=BOB, blind=True))
    await world.advance(1_000)
    assert (world.phase, world.activity(ANN)) == ("in queue", "after contact work")
    await world.available(BOB)
    await world.advance(5_000)
    assert world.hears("customer") == {BOB}
    world.caller.hang_up()
    await world.advance(40_000)
    assert world.empty


async def test_an_agent_who_does_not_answer_a_consultation_is_followed_by_the_next() -> None:
    world = Centre()
    first = (await world.talking()).contact.contact_id
    world.telephony.exchange.phones["phone-bob"].rejects = True
    await world.available(BOB)
    await world.ask(TransferRequested(ANN, first, to_queue=SUPPORT))
    await world.advance(5_000)
    assert world.activity(BOB) == "missed"
    consult = world.live.conversation.consult
    assert consult is not None
    assert (consult.stage, consult.not_answered) == ("in queue", "the call was declined or the phone is busy")
    await world.ask(DropRequested(ANN, first))
    assert world.hears("customer") == {ANN}


async def test_consulting_an_outside_number_and_leaving_the_customer_with_it() -> None:
    world = Centre()
    first = (await world.talking()).contact.contact_id
    await world.ask(TransferRequested(ANN, first, to_number=OUTSIDE))
    assert world.hears(ANN) == {"ringing"}
    await world.advance(3_000)
    assert (world.hears(ANN), world.hears("customer")) == ({"outside"}, {"say:You are on hold."})
    await world.ask(LeaveRequested(ANN, first))
    assert (world.hears("customer"), world.hears(OUTSIDE)) == ({"outside"}, {"customer"})
    assert world.phase == "outside call"
    await world.advance(10_000)
    world.telephony.hang_up(world.channel(OUTSIDE))
    await world.advance(20_000)
    assert world.empty
    contact = world.records.contacts[first]
    assert contact.transferred_to == OUTSIDE
    assert contact.transfer_completed_ms is not None


async def test_a_number_that_is_busy_brings_the_customer_back() -> None:
    world = Centre()
    first = (await world.talking()).contact.contact_id
    world.telephony.exchange.numbers[OUTSIDE].busy = True
    await world.ask(TransferRequested(ANN, first, to_number=OUTSIDE))
    await world.advance(100)
    assert world.hears("customer") == {ANN}
    assert world.live.conversation.transfer_failed == "the line is busy"
    await world.ask(TransferRequested(ANN, first, to_number="+19005550199"))
    assert world.hears("customer") == {ANN}
    assert "premium" in world.live.conversation.transfer_failed
    await world.ask(TransferRequested(ANN, first, to_queue=SUPPORT))
    assert world.live.conversation.transfer_failed == ""


async def test_the_customer_may_hang_up_in_a_consultation() -> None:
    world = Centre()
    first = (await world.talking()).contact.contact_id
    await world.available(BOB)
    await world.ask(TransferRequested(ANN, first, to_queue=SALES))
    await world.advance(6_000)
    world.caller.hang_up()
    await world.advance(40_000)
    assert world.empty
    assert (world.activity(ANN), world.activity(BOB)) == ("idle", "idle")
    assert len(world.records.records) == 2


async def test_a_paused_recording_has_a_gap_in_the_record() -> None:
    world = Centre()
    first = (await world.talking()).contact.contact_id
    await world.advance(5_000)
    await world.ask(RecordingPauseRequested(ANN, first, True))
    (running,) = world.telephony.exchange.recordings.values()
    assert running.paused
    await world.advance(4_000)
    await world.ask(RecordingPauseRequested(ANN, first, False))
    assert not running.paused
    world.caller.hang_up()
    await world.advance(20_000)
    ((start_ms, end_ms),) = world.records.contacts[first].recording_gaps_ms
    assert (start_ms >= 5_000, (end_ms - start_ms) // 1_000) == (True, 4)
    assert world.records.contacts[first].customer_number == CUSTOMER


async def test_the_hold_key_of_the_agents_phone_is_the_panels_hold() -> None:
    world = Centre()
    await world.talking()
    await world.ask(PhoneHeld(world.channel(ANN), held=True))
    assert world.hears("customer") == {"say:You are on hold."}
    await world.ask(PhoneHeld(world.channel(ANN), held=False))
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    await world.ask(PhoneHeld(world.channel("customer"), held=True))
    assert world.hears("customer") == {ANN}


@pytest.mark.parametrize("dialled", ["phone-bob", OUTSIDE, "2065550111"])
async def test_the_transfer_key_of_the_agents_phone_is_a_blind_transfer(dialled: str) -> None:
    world = Centre()
    await world.talking()
    await world.available(BOB)
    await world.ask(PhoneTransferred(world.channel(ANN), dialled))
    await world.advance(6_000)
    assert world.hears("customer") == {BOB if dialled == "phone-bob" else "outside"}
    assert world.activity(ANN) == "after contact work"
    world.caller.hang_up()
    await world.advance(40_000)
    assert world.empty


async def test_an_agent_dials_on_the_phone_itself() -> None:
    world = Centre()
    await world.start()
    await world.available(ANN)
    phone = world.telephony.call("2025550177", calling="phone-ann", origin="phone", origin_name="phone-ann")
    await world.advance(500)
    assert (world.activity(ANN), world.hears(ANN)) == ("on contact", {"ringing"})
    await world.advance(6_000)
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    phone.hang_up()
    await world.advance(20_000)
    assert world.empty
    (contact,) = world.records.contacts.values()
    assert (contact.initiation, contact.customer_number) == (InitiationMethod.OUTBOUND, CUSTOMER)


async def test_the_hold_key_makes_no_conference_of_a_consultation() -> None:
    world = Centre()
    first = (await world.talking()).contact.contact_id
    await world.available(BOB)
    await world.ask(TransferRequested(ANN, first, to_queue=SUPPORT))
    await world.advance(6_000)
    await world.ask(PhoneHeld(world.channel(ANN), held=True), PhoneHeld(world.channel(ANN), held=False))
    assert (world.hears("customer"), world.hears(ANN)) == ({"say:You are on hold."}, {BOB})


async def test_a_recording_that_cannot_begin_harms_nobody_and_is_told() -> None:
    """The talk, a hold and a transfer go on; each contact's record says why there is no recording."""
    world = Centre()
    await world.start()
    carried_out = world.telephony.execute

    async def full_disk(command: TelephonyCommand) -> None:
        if isinstance(command, StartRecording):
            raise RequestRefused(
                command="StartRecording", target=command.channel_id, http_status=507, reason="disk full"
            )
        await carried_out(command)

    world.telephony.execute = full_disk  # type: ignore[method-assign]
    first = (await world.talking()).contact.contact_id
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    await world.ask(HoldRequested(ANN, first), ResumeRequested(ANN, first))
    await world.ask(RecordingPauseRequested(ANN, first, True))
    assert world.hears("customer") == {ANN}
    await world.available(BOB)
    await world.ask(TransferRequested(ANN, first, to_agent=BOB, blind=True))
    await world.advance(10_000)
    assert world.hears("customer") == {BOB}
    world.caller.hang_up()
    await world.advance(40_000)
    assert world.empty
    kept = [contact.recording for contact in world.records.contacts.values()]
    assert [(each.status, each.reason) for each in kept if each] == [(RecordingStatus.FAILED, "disk full")] * 2
    told = [entry for entry in world.records.traces[first] if entry.what.startswith("recording")]
    assert (told[0].what, told[0].details) == ("recording failed", {"reason": "disk full"})
