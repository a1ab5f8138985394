"""What supervisors, administrators and programs do through the service layer, and what the audit keeps of it."""

from dataclasses import replace

import pytest

from app.calls.ports import ACTIONS, Actor
from app.calls.ports.asks import agents, contacts, outbound, reading, supervision
from app.calls.services import supervision as supervising
from app.domain.call_control import Supervision
from app.domain.contact import InitiationMethod
from app.domain.ids import ContactId
from app.domain.requests import QueueCallback
from app.errors import BadInput, ContactGone, Denied, LimitReached, NotFound, NotNow
from tests.sim.centre import ANN, BOB, CUSTOMER, NUMBER, OUTSIDE, SALES
from tests.unit.calls.driving import INBOUND
from tests.unit.calls.panels import ANNS, ROOT, SUE, Panels, staffed

pytestmark = pytest.mark.sim


async def test_a_program_starts_a_contact_once_for_a_token() -> None:
    world = Panels()
    await world.start()
    ask = outbound.StartOutboundContact(CUSTOMER, "inbound", "order-17", NUMBER, attributes={"order": "17"})
    first = await world.do(ROOT, ask)
    assert (first.again, world.phase) == (False, "dialling")
    again = await world.do(ROOT, ask)
    assert (again.contact_id, again.again, len(world.lives)) == (first.contact_id, True, 1)
    await world.advance(60_000)
    assert world.lives == []
    assert (await world.do(ROOT, ask)).again
    assert world.records.contacts[first.contact_id].initiation is InitiationMethod.API
    assert world.records.contacts[first.contact_id].attributes == {"order": "17"}
    other = outbound.StartOutboundContact(OUTSIDE, "inbound", "order-17", NUMBER)
    with pytest.raises(NotNow, match="The client token was used before, for a call to"):
        await world.do(ROOT, other)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"flow": "moon"}, NotFound, "published flow named moon"),
        ({"flow": "queue-flow"}, BadInput, "customers begin in a contactFlow"),
        ({"number": "12"}, BadInput, "cannot be read"),
        ({"number": "+4930901820"}, BadInput, "add its prefix to `destinations`"),
        ({"caller_number": "+12025550999"}, BadInput, "it is no number of this instance"),
        ({"caller_number": ""}, BadInput, "name a caller_number of this instance"),
        ({"queue_id": "q-moon"}, NotFound, "queue named q-moon"),
        ({"timeout_s": 1}, BadInput, "from 5 to 120"),
        ({"attributes": {"a": "x" * 40_000}}, BadInput, "larger than 32 KB"),
    ],
)
async def test_what_a_program_cannot_start(changes: dict[str, object], error: type[Exception], words: str) -> None:
    world = Panels()
    await world.start()
    given: dict[str, object] = {"number": CUSTOMER, "flow": "inbound", "caller_number": NUMBER, **changes}
    with pytest.raises(error, match=words):
        await world.do(ROOT, outbound.StartOutboundContact(**given))  # type: ignore[arg-type]
    assert world.lives == []


async def test_calls_out_at_once_are_limited() -> None:
    world = Panels(staffed(calls_out_at_once=1))
    await world.start()
    await world.do(ROOT, outbound.StartOutboundContact(CUSTOMER, "inbound", caller_number=NUMBER))
    with pytest.raises(LimitReached, match="1 calls out at once are allowed"):
        await world.do(ROOT, outbound.StartOutboundContact(OUTSIDE, "inbound", caller_number=NUMBER))
    await world.advance(60_000)
    await world.do(ROOT, outbound.StartOutboundContact(OUTSIDE, "inbound", caller_number=NUMBER))


async def test_callbacks_are_listed_shown_to_their_agents_and_cancelled() -> None:
    world = Panels()
    contact_id = await world.with_customer()
    await world.do(ANNS, agents.ReadPanel())
    request = QueueCallback(contact_id, world.live.conversation.customer, "i1", SALES, CUSTOMER, 60, 2, 300)  # type: ignore[arg-type]
    world.live_engine.brain.pending.append(request)
    await world.do(ROOT, agents.ChooseStatus(BOB, "Offline"), 2_000)
    (callback,) = await world.do(SUE, outbound.ListCallbacks())
    assert (callback.number, callback.queue, callback.attempts_left) == (CUSTOMER, "Sales", 2)
    assert world.panel().callbacks == (callback,)
    with pytest.raises(ContactGone):
        await world.do(SUE, outbound.CancelCallback(contact_id))
    await world.do(SUE, outbound.CancelCallback(callback.contact_id), 2_000)
    assert await world.do(SUE, outbound.ListCallbacks()) == ()
    assert world.panel().callbacks == ()


async def test_why_a_contact_waits_and_why_it_went_where_it_went() -> None:
    world = Panels()
    await world.start()
    caller = world.telephony.call(NUMBER, calling=CUSTOMER)
    world.agenda.after(2_000, lambda: caller.press("1"))
    await world.advance(5_000)
    (waiting,) = await world.do(SUE, supervision.ListContacts())
    why = await world.do(SUE, supervision.ExplainContact(waiting.contact_id))
    assert (why.waiting.queue, why.waiting.position) == ("Sales", 1)
    assert why.waiting.because == ("no agent is online",)
    assert (await world.do(SUE, supervision.ReadWaiting(waiting.contact_id))).position == 1
    await world.do(SUE, agents.ChooseStatus(ANN, "Available"), 5_000)
    shown = await world.do(SUE, supervision.ReadContact(waiting.contact_id))
    assert (shown.state, shown.agent) == ("connected", "ann")
    why = await world.do(SUE, supervision.ExplainContact(waiting.contact_id))
    assert any("ring agent ann" in decision for decision in why.decisions)
    assert [queue.name for queue in await world.do(SUE, supervision.ListQueues())] == ["Sales", "Support"]


async def test_who_may_listen_in_and_to_what() -> None:
    world = Panels()
    contact_id = await world.with_customer()
    listen = supervision.Supervise(contact_id, Supervision.LISTEN)
    with pytest.raises(Denied, match="You may not listen in to contacts"):
        await world.do(ANNS, listen)
    with pytest.raises(BadInput, match="name the SIP phone to ring"):
        await world.do(ROOT, listen)
    with pytest.raises(BadInput, match="it is ann's"):
        await world.do(SUE, supervision.Supervise(contact_id, Supervision.LISTEN, "phone-ann"))
    with pytest.raises(NotNow, match="is not reachable"):
        await world.do(SUE, supervision.Supervise(contact_id, Supervision.LISTEN, "phone-sue"))
    with pytest.raises(NotNow, match="You take part in this contact yourself"):
        await world.do(Actor("ann", "supervisor", ANN), listen)
    with pytest.raises(ContactGone):
        await world.do(SUE, supervision.Supervise("c-1", Supervision.LISTEN))
    assert supervising.supervisor(ROOT) == "user:root"


async def test_only_recorded_contacts_are_supervised_unless_the_instance_says_otherwise() -> None:
    silent = replace(INBOUND, content=INBOUND.content.replace('["Agent", "Customer"]', "[]"))
    for allowed in (False, True):
        given = staffed(listen_without_recording=allowed)
        world = Panels(replace(given, flows={**given.flows, silent.flow_id: silent}))
        ask = supervision.Supervise(await world.with_customer(), Supervision.LISTEN)
        if allowed:
            await world.do(SUE, ask, 3_000)
            assert world.state(BOB).activity.value == "supervising"
        else:
            with pytest.raises(
                NotNow, match="only recorded contacts may be listened to: set the recording in its flow"
            ):
                await world.do(SUE, ask)
            assert world.state(BOB).activity.value == "idle"
        (entry,) = world.audit.entries
        assert (entry.by, entry.action, entry.details["mode"], entry.outcome == "done") == (
            "sue",
            "supervise",
            "listen",
            allowed,
        )


async def test_a_supervisor_listens_whispers_and_leaves_unseen_by_the_agent() -> None:
    world = Panels()
    contact_id = await world.with_customer()
    await world.do(SUE, supervision.Supervise(contact_id, Supervision.LISTEN), 3_000)
    watched = world.panel(BOB).supervising
    assert watched is not None
    assert (watched.contact_id, watched.mode, watched.there) == (contact_id, "listen", True)
    assert "supervisor" in [party.who for party in (await world.do(SUE, supervision.ReadContact(contact_id))).parties]
    assert [party.who for party in world.contact_of().parties] == ["customer", "agent"]
    await world.do(SUE, supervision.Supervise(contact_id, Supervision.WHISPER))
    assert world.panel(BOB).supervising.mode == "whisper"  # type: ignore[union-attr]
    await world.do(SUE, supervision.StopSupervising(contact_id))
    assert world.panel(BOB).supervising is None
    with pytest.raises(NotNow, match="you do not supervise this contact"):
        await world.do(SUE, supervision.StopSupervising(contact_id))


async def test_the_audit_says_who_did_what_to_what_and_keeps_no_keys() -> None:
    world = Panels()
    contact_id = await world.with_customer()
    await world.do(ANNS, contacts.SendDigits(contact_id, "4111"))
    with pytest.raises(Denied):
        await world.do(ANNS, outbound.CancelCallback("c-9"))
    await world.do(ANNS, supervision.ListQueues())
    await world.do(SUE, agents.ChooseStatus(ANN, "Offline"))
    found = await world.do(ROOT, supervision.ListAudit())
    assert [(each.by, each.action, each.target, each.details, each.outcome) for each in found] == [
        ("sue", "choose status", ANN, {"status": "Offline"}, "done"),
        ("ann", "cancel callback", "c-9", {}, "You may not cancel callbacks."),
        ("ann", "send digits", contact_id, {"digits": "concealed"}, "done"),
    ]
    assert await world.do(ROOT, supervision.ListAudit(by="sue")) == found[:1]
    with pytest.raises(BadInput, match="from 1 to 500"):
        await world.do(ROOT, supervision.ListAudit(limit=0))


async def test_the_audit_knows_of_an_action_before_it_is_done() -> None:
    """Whatever the action leads to, a kill in the middle of it leaves its entry."""
    world = Panels()
    contact_id = await world.with_customer()
    known: list[tuple[str, str]] = []
    world.live_engine.listeners.append(lambda: known.extend((e.action, e.outcome) for e in world.audit.entries))
    await world.do(ANNS, contacts.Hold(contact_id))
    assert known[0] == ("hold", "")
    assert world.audit.entries[-1].outcome == "done"


async def test_after_a_kill_the_panel_is_as_before_and_can_do_the_same() -> None:
    world = Panels()
    contact_id = await world.with_customer()
    await world.do(ANNS, contacts.Transfer(contact_id, agent=BOB), 6_000)
    before = world.panel()
    await world.kill()
    await world.start()
    await world.advance(1_000)
    after = world.panel()
    assert (after.agent, after.contacts, after.actions) == (before.agent, before.contacts, before.actions)
    await world.do(ANNS, contacts.Join(contact_id))
    assert world.hears("customer") == {ANN, BOB}


async def test_the_stamp_tells_when_a_panel_shows_something_else() -> None:
    world = Panels()
    contact_id = await world.with_customer()
    await world.advance(2_000)
    before = world.service.panel_stamp(ANN)
    assert world.service.panel_stamp(ANN) == before
    await world.do(ANNS, contacts.Mute(contact_id))
    muted = world.service.panel_stamp(ANN)
    assert muted != before
    await world.do(SUE, agents.ChooseStatus(ANN, "Offline"))
    assert world.service.panel_stamp(ANN) != muted
    assert world.panel().agent.next_status == "Offline"
    with pytest.raises(NotFound):
        world.service.panel(ContactId("nobody"))


async def test_every_action_has_somebody_who_does_it() -> None:
    world = Panels()
    await world.start()
    assert set(world.service._handlers) == set(ACTIONS)


async def test_recordings_and_records_are_found_by_their_contact() -> None:
    world = Panels()
    contact_id = await world.with_customer()
    world.caller.hang_up()
    await world.advance(60_000)
    (record,) = await world.do(SUE, reading.ListRecords())
    assert record.contact_id == contact_id
    assert (await world.do(SUE, reading.ReadRecord(contact_id)))["ContactId"] == contact_id
    with pytest.raises(NotFound, match="recording of the contact"):
        await world.do(SUE, reading.OpenRecording(contact_id))
    assert await world.do(SUE, reading.ReadTrace(contact_id))
