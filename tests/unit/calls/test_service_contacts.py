"""What agents do with live calls through the service layer: it happens, the panel shows it, and what is not possible is told in words."""

import asyncio

import pytest

from app.calls.ports.asks import agents, contacts
from app.domain.ids import AgentId
from app.errors import BadInput, ContactGone, Denied, LimitReached, NotFound, NotNow, NotYours
from tests.sim.centre import ANN, BOB, CUSTOMER, OUTSIDE
from tests.unit.calls.panels import ANNS, BOBS, ROOT, Panels, staffed

pytestmark = pytest.mark.sim

TALKING = {"hang-up", "hold", "hold-all", "mute", "digits", "transfer", "pause-recording"}


async def test_a_panel_shows_the_contact_from_ringing_to_after_contact_work() -> None:
    world = Panels()
    await world.start()
    await world.available(ANN)
    assert world.panel().contacts == ()
    assert set(world.panel().actions) == {"status", "dial", "phone"}
    caller = world.telephony.call("+12025550100", calling=CUSTOMER)
    world.agenda.after(2_000, lambda: caller.press("1"))
    await world.advance(2_500)
    ringing = world.contact_of()
    assert (ringing.state, ringing.actions, ringing.queue) == ("ringing", ("decline",), "Sales")
    await world.advance(4_000)
    talking = world.contact_of()
    assert (talking.state, talking.recording, talking.customer_number) == ("connected", "on", CUSTOMER)
    assert [(party.who, party.name, party.place) for party in talking.parties] == [
        ("customer", CUSTOMER, "joined"),
        ("agent", "ann", "joined"),
    ]
    assert world.can() == TALKING
    assert world.panel().actions == ("status",)
    await world.do(ANNS, contacts.HangUp(talking.contact_id), 100)
    assert (world.contact_of().state, world.can()) == ("after contact work", {"end-work"})
    await world.do(ANNS, agents.ChooseStatus(ANN, "Offline"))
    assert (world.panel().contacts, world.panel().agent.status) == ((), "Offline")


async def test_hold_resume_mute_digits_and_recording() -> None:
    world = Panels()
    contact_id = await world.with_customer()
    answer = await world.do(ANNS, contacts.Hold(contact_id))
    assert answer.contact.state == "on hold"
    assert world.hears("customer") == {"say:You are on hold."}
    assert world.can() == {"hang-up", "resume", "resume-all", "mute", "transfer", "pause-recording"}
    with pytest.raises(NotNow, match=r"^The customer is already on hold\.$"):
        await world.do(ANNS, contacts.Hold(contact_id))
    with pytest.raises(NotNow, match="Nobody is there to hear keys"):
        await world.do(ANNS, contacts.SendDigits(contact_id, "1"))
    await world.do(ANNS, contacts.Resume(contact_id))
    assert world.can() == TALKING
    await world.do(ANNS, contacts.Mute(contact_id))
    assert (world.contact_of().muted, world.hears("customer")) == (True, set())
    assert "unmute" in world.can()
    await world.do(ANNS, contacts.Mute(contact_id, muted=False))
    await world.do(ANNS, contacts.SendDigits(contact_id, "12#"))
    assert world.telephony.exchange.channels[world.channel("customer")].keys_heard == "12#"
    with pytest.raises(BadInput, match="give 1 to 32"):
        await world.do(ANNS, contacts.SendDigits(contact_id, "twelve"))
    await world.do(ANNS, contacts.PauseRecording(contact_id))
    assert (world.contact_of().recording, "continue-recording" in world.can()) == ("paused", True)
    await world.do(ANNS, contacts.PauseRecording(contact_id, paused=False))
    assert world.contact_of().recording == "on"


async def test_transfer_swap_join_hold_all_and_leave() -> None:
    world = Panels()
    contact_id = await world.with_customer()
    assert [each.name for each in await world.do(ANNS, agents.ListQuickConnects())] == ["Bob", "Pager", "Support"]
    await world.do(ANNS, contacts.Transfer(contact_id, quick_connect="Support"))
    transfer = world.contact_of().transfer
    assert transfer is not None
    assert (transfer.stage, transfer.to) == ("transfer flow", "Support")
    assert world.can() == {"drop", "leave", "mute", "hold-all", "pause-recording"} - {"hold-all"}
    await world.advance(6_000)
    assert (world.contact_of().state, world.hears(ANN)) == ("consulting", {BOB})
    assert world.can() == {"swap", "join", "drop", "leave", "mute", "hold-all", "digits", "pause-recording"} - {
        "digits"
    }
    assert world.can(BOB) == {"hang-up"}
    with pytest.raises(NotNow, match="swap, join or drop"):
        await world.do(ANNS, contacts.Resume(contact_id))
    await world.do(ANNS, contacts.Swap(contact_id))
    assert world.hears(ANN) == {"customer"}
    await world.do(ANNS, contacts.Join(contact_id))
    assert (world.contact_of().state, world.hears("customer")) == ("conference", {ANN, BOB})
    assert {"swap", "join"} & world.can() == set()
    await world.do(ANNS, contacts.Hold(contact_id, everybody=True))
    assert {"resume-all", "swap", "join"} <= world.can()
    await world.do(ANNS, contacts.Resume(contact_id, everybody=True))
    answer = await world.do(ANNS, contacts.Leave(contact_id))
    assert answer.contact.state == "after contact work"
    (of_bob,) = world.panel(BOB).contacts
    assert (of_bob.state, of_bob.initiation) == ("connected", "TRANSFER")
    await world.do(ANNS, agents.EndAfterContactWork(contact_id))
    assert world.panel().agent.activity == "idle"
    await world.do(BOBS, contacts.Hold(of_bob.contact_id))
    assert world.hears("customer") == {"say:You are on hold."}


async def test_a_transfer_can_be_dropped_and_leads_only_where_it_may() -> None:
    world = Panels(staffed(calls_out_at_once=1))
    contact_id = await world.with_customer()
    for ask, error, words in (
        (contacts.Transfer(contact_id), BadInput, "one of quick_connect, number, agent and queue"),
        (contacts.Transfer(contact_id, quick_connect="Moon"), NotFound, "named Moon"),
        (contacts.Transfer(contact_id, number="12"), BadInput, "cannot be read"),
        (contacts.Transfer(contact_id, number="+4930901820"), BadInput, "calls to DE are not allowed"),
        (contacts.Transfer(contact_id, number="+19005550199"), BadInput, "premium rate"),
        (contacts.Transfer(contact_id, agent=ANN), BadInput, "leads to yourself"),
        (contacts.Drop(contact_id), NotNow, "No transfer is under way"),
        (contacts.Swap(contact_id), NotNow, "Nobody has been consulted"),
    ):
        with pytest.raises(error, match=words):
            await world.do(ANNS, ask)
    await world.do(ANNS, contacts.Transfer(contact_id, quick_connect="qc-pager"), 3_000)
    assert world.contact_of().transfer.to == OUTSIDE  # type: ignore[union-attr]
    with pytest.raises(LimitReached, match="1 calls out at once are allowed, and go on"):
        await world.do(BOBS, contacts.Dial(number=OUTSIDE))
    with pytest.raises(NotNow, match="under way already"):
        await world.do(ANNS, contacts.Transfer(contact_id, agent=BOB))
    await world.do(ANNS, contacts.Drop(contact_id))
    assert (world.hears("customer"), world.can()) == ({ANN}, TALKING)
    await world.do(ANNS, contacts.Transfer(contact_id, agent=BOB, blind=True), 6_000)
    assert world.hears("customer") == {BOB}


async def test_whose_contact_it_is_and_whether_it_goes_on() -> None:
    world = Panels()
    contact_id = await world.with_customer()
    with pytest.raises(NotYours, match=f"The contact {contact_id} is not yours"):
        await world.do(BOBS, contacts.Hold(contact_id))
    with pytest.raises(ContactGone, match="There is no live contact named c-4711"):
        await world.do(ANNS, contacts.Hold("c-4711"))
    with pytest.raises(Denied, match="your user is no agent"):
        await world.do(ROOT, contacts.Hold(contact_id))
    world.caller.hang_up()
    await world.advance(60_000)
    with pytest.raises(ContactGone):
        await world.do(ANNS, contacts.Hold(contact_id))
    assert [entry.outcome for entry in world.audit.entries][
        1
    ] == "There is no live contact named c-4711: it is over, or there never was one."


async def test_an_agent_dials_and_is_kept_to_the_limits() -> None:
    world = Panels(staffed(calls_out_a_day=2))
    await world.start()
    with pytest.raises(NotNow, match="You are offline"):
        await world.do(ANNS, contacts.Dial(number=OUTSIDE))
    await world.available(ANN)
    with pytest.raises(BadInput, match="only external ones can be dialled"):
        await world.do(ANNS, contacts.Dial(quick_connect="Bob"))
    for _ in range(2):
        answer = await world.do(ANNS, contacts.Dial(quick_connect="Pager"))
        assert (answer.contact.state, answer.contact.actions) == ("ringing", ("decline",))
        await world.advance(10_000)
        assert (world.contact_of().state, world.contact_of().customer_number) == ("connected", OUTSIDE)
        with pytest.raises(NotNow, match="You are with a contact"):
            await world.do(ANNS, contacts.Dial(number=OUTSIDE))
        await world.do(ANNS, contacts.HangUp(world.contact_of().contact_id), 20_000)
    with pytest.raises(LimitReached, match="2 calls out a day are allowed, and were made"):
        await world.do(ANNS, contacts.Dial(number=OUTSIDE))
    await world.advance(24 * 3_600_000)
    await world.do(ANNS, contacts.Dial(number="(206) 555-0111"), 10_000)
    assert world.contact_of().customer_number == OUTSIDE


async def test_a_declined_contact_is_missed_and_cleared() -> None:
    world = Panels()
    await world.start()
    await world.available(ANN)
    caller = world.telephony.call("+12025550100", calling=CUSTOMER)
    world.agenda.after(2_000, lambda: caller.press("1"))
    await world.advance(2_500)
    await world.do(ANNS, contacts.Decline(world.contact_of().contact_id), 200)
    panel = world.panel()
    assert (panel.agent.activity, panel.contacts) == ("missed", ())
    assert "clear" in panel.actions
    assert panel.agent.reason
    view = await world.do(ANNS, agents.ClearContact())
    assert view.activity in ("idle", "ringing")
    with pytest.raises(NotNow, match="no missed contact to clear"):
        await world.do(ANNS, agents.ClearContact())


async def test_a_hang_up_answers_once_the_phone_has_told_that_it_hung_up() -> None:
    world = Panels(patience_s=2)
    contact_id = await world.with_customer()
    asking = asyncio.ensure_future(world.service.perform(ANNS, contacts.HangUp(contact_id)))
    await world.advance(100)
    outcome = await asking
    assert (outcome.complete, outcome.value.contact.state) == (True, "after contact work")


async def test_an_agent_chooses_another_phone() -> None:
    world = Panels()
    await world.with_customer()
    with pytest.raises(NotNow, match="You are with a contact"):
        await world.do(ANNS, agents.ChoosePhone(number=OUTSIDE))
    with pytest.raises(BadInput, match="it is bob's"):
        await world.do(ANNS, agents.ChoosePhone(phone="phone-bob"))
    world.caller.hang_up()
    await world.advance(30_000)
    await world.do(ANNS, agents.ChoosePhone(number=OUTSIDE))
    assert (world.panel().agent.phone, world.panel().agent.phone_reachable) == (OUTSIDE, True)
    await world.available(AgentId("ann"))
    await world.do(BOBS, agents.ChooseStatus(BOB, "Offline"))
    caller = world.telephony.call("+12025550100", calling=CUSTOMER)
    world.agenda.after(2_000, lambda: caller.press("1"))
    await world.advance(8_000)
    assert world.contact_of().state == "connected"
    assert world.hears("customer") == {ANN}
