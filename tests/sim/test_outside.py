"""Flows that call: an outside number with and without coming back, the customer of an agent, a callback, a program's call."""

from dataclasses import replace

import pytest

from app.domain.call_control import CallRequested, OutboundCallRequested, TransferRequested
from app.domain.commands import DialNumber
from app.domain.contact import Contact, DisconnectReason, InitiationMethod
from app.domain.ids import ContactId, FlowId, NodeName
from app.domain.instance import FlowContent, FlowType
from app.telephony.fake.faults import RequestFault
from app.telephony.fake.state import Phone
from tests.sim.centre import ANN, BOB, CUSTOMER, NUMBER, OUTSIDE, SALES, STOP, SUPPORT, Centre, centre
from tests.unit.calls.driving import END, content
from tests.unit.flow.driving import action

pytestmark = pytest.mark.sim

NODE, NEW = NodeName("node1"), ContactId("22222222-2222-4222-8222-222222222222")


def inbound(*actions: dict[str, object]) -> FlowContent:
    return content("inbound", FlowType.CONTACT, *actions, END)


def say(name: str, to: str) -> dict[str, object]:
    return action(name, "MessageParticipant", {"Text": words(name)}, to=to, errors={"NoMatchingError": to})


def words(name: str) -> str:
    return f"What is said now is: {name}."


def calls(number: str, *, resume: bool, limit_s: int = 20) -> FlowContent:
    """Calls the number; what follows says by its name which branch was taken."""
    failures = {"CallFailed": "failed", "ConnectionTimeLimitExceeded": "timeout", "NoMatchingError": "error"}
    parameters = {
        "ThirdPartyPhoneNumber": number,
        "ThirdPartyConnectionTimeLimitSeconds": str(limit_s),
        "ContinueFlowExecution": str(resume),
        "ThirdPartyDTMFDigits": "1,2",
    }
    return inbound(
        action("call", "TransferParticipantToThirdParty", parameters, to="back", errors=failures),
        *(say(name, "end") for name in ("back", "failed", "timeout", "error")),
    )


async def calling(flow: FlowContent) -> Centre:
    world = Centre(centre(flow))
    await world.start()
    world.caller = world.telephony.call(NUMBER, calling=CUSTOMER)
    await world.settle()
    return world


def record(world: Centre, contact_id: str | None) -> Contact:
    return world.records.contacts[str(contact_id)]


async def test_the_customer_talks_with_a_number_and_comes_back_to_the_flow() -> None:
    world = await calling(calls(OUTSIDE, resume=True))
    await world.advance(10)
    assert (world.phase, world.hears("customer")) == ("outside call", {"ringing"})
    await world.advance(2_500)
    assert (world.hears("customer"), world.hears(OUTSIDE)) == ({"outside"}, {"customer"})
    far = world.telephony.exchange.channels[world.channel(OUTSIDE)]
    assert (far.calling, far.keys_heard) == (NUMBER, "1,2")
    await world.advance(5_000)
    world.telephony.hang_up(world.channel(OUTSIDE))
    await world.advance(100)
    assert world.hears("customer") == {"say:" + words("back")}
    await world.advance(5_000)
    assert world.empty
    contact = record(world, world.caller.contact_id)
    assert (contact.transferred_to, contact.disconnect_reason) == (OUTSIDE, DisconnectReason.FLOW)


@pytest.mark.parametrize("far_end_first", [False, True])
async def test_without_resume_the_call_is_over_when_either_hangs_up(far_end_first: bool) -> None:
    world = await calling(calls(OUTSIDE, resume=False))
    await world.advance(4_000)
    assert world.live.runs == {}
    world.telephony.hang_up(world.channel(OUTSIDE) if far_end_first else world.channel("customer"))
    await world.advance(1_000)
    assert world.empty
    assert len(world.records.records) == 1


@pytest.mark.parametrize(
    ("far", "limit_s", "branch"),
    [
        (Phone(OUTSIDE, busy=True), 20, "failed"),
        (Phone(OUTSIDE, rejects=True), 20, "failed"),
        (Phone(OUTSIDE, refuses_with=1), 20, "failed"),
        (Phone(OUTSIDE, answers_after_ms=None), 3, "timeout"),
    ],
)
@pytest.mark.parametrize("resume", [True, False])
async def test_a_call_that_fails_goes_on_in_the_flow(far: Phone, limit_s: int, branch: str, resume: bool) -> None:
    world = Centre(centre(calls(OUTSIDE, resume=resume, limit_s=limit_s)))
    world.telephony.add_number(OUTSIDE, far)
    await world.start()
    world.caller = world.telephony.call(NUMBER, calling=CUSTOMER)
    await world.advance(limit_s * 1_000 + 100 if far.answers_after_ms is None else 1_100 if far.rejects else 100)
    assert world.hears("customer") == {"say:" + words(branch if resume else "error")}
    await world.advance(5_000)
    assert world.empty


@pytest.mark.parametrize("number", ["+881612345678", "+19005550199", "+442079460123"])
async def test_numbers_that_may_not_be_called_take_the_error_branch(number: str) -> None:
    world = await calling(calls(number, resume=True))
    await world.advance(10)
    assert world.hears("customer") == {"say:" + words("error")}
    assert not [each for _, each in world.telephony.executed if type(each).__name__ == "DialNumber"]


async def test_another_trunk_is_tried_when_one_does_not_carry_the_call() -> None:
    world = Centre(centre(calls(OUTSIDE, resume=True)))
    world.telephony.exchange.trunks = 2
    far = world.telephony.add_number(OUTSIDE, Phone(OUTSIDE, refuses_with=34))
    await world.start()
    world.caller = world.telephony.call(NUMBER, calling=CUSTOMER)
    await world.settle()
    far.refuses_with = None
    await world.advance(4_000)
    assert world.hears("customer") == {"outside"}


async def test_a_contact_that_changes_its_queue_goes_on_as_a_new_contact_in_the_same_flow() -> None:
    queue_flow = content(
        "queue-flow",
        FlowType.CUSTOMER_QUEUE,
        say("first", "move"),
        action("move", "DequeueContactAndTransferToQueue", {"QueueId": SUPPORT}, to="second"),
        action("second", "MessageParticipantIteratively", {"Messages": [{"Text": words("second")}]}),
    )
    to_sales = inbound(
        action("queue", "UpdateContactTargetQueue", {"QueueId": SALES}, to="transfer"),
        action("transfer", "TransferContactToQueue", {}, to="end"),
    )
    world = Centre(centre(to_sales, queue_flow))
    await world.start()
    world.caller = world.telephony.call(NUMBER, calling=CUSTOMER)
    await world.advance(3_000)
    first = world.caller.contact_id
    second = world.contact.contact_id
    assert (second != first, world.contact.initiation) == (True, InitiationMethod.QUEUE_TRANSFER)
    assert world.hears("customer") == {"say:" + words("second")}
    assert list(world.records.records) == [first]
    await world.available(BOB)
    await world.advance(6_000)
    assert world.hears("customer") == {BOB}
    world.caller.hang_up()
    await world.advance(30_000)
    assert world.empty
    before, after = record(world, first), record(world, second)
    assert (before.queued_in, after.queued_in) == (SALES, SUPPORT)
    assert (before.next_contact_id, after.previous_contact_id, after.initial_contact_id) == (second, first, first)
    assert before.disconnect_reason is DisconnectReason.TRANSFERRED


def asks_for_callback(attempts: int = 2) -> FlowContent:
    parameters = {
        "QueueId": SALES,
        "InitialCallDelaySeconds": "10",
        "MaximumConnectionAttempts": str(attempts - 1),
        "RetryDelaySeconds": "60",
    }
    return inbound(
        action("callback", "CreateCallbackContact", parameters, to="planned", errors={"NoMatchingError": "error"}),
        say("planned", "end"),
        say("error", "end"),
    )


async def test_a_callback_rings_the_agent_first_and_then_the_customer() -> None:
    world = await calling(asks_for_callback())
    await world.available(ANN)
    await world.advance(6_000)
    first = record(world, world.caller.contact_id)
    assert (world.phase, world.activity(ANN)) == ("in queue", "idle")
    await world.advance(5_500)
    assert (world.phase, world.hears(ANN)) == ("dialling", {"ringing"})
    await world.advance(1_600)
    assert (world.hears("customer"), world.hears(ANN)) == ({"say:This call is recorded."}, set())
    await world.advance(3_000)
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    callback = world.contact.contact_id
    world.telephony.hang_up(world.channel("customer"))
    await world.advance(20_000)
    assert world.empty
    after = record(world, callback)
    assert (after.initiation, after.customer_number) == (InitiationMethod.CALLBACK, CUSTOMER)
    assert (first.next_contact_id, after.previous_contact_id) == (callback, first.contact_id)


async def test_a_customer_who_does_not_answer_is_called_again_and_then_given_up() -> None:
    world = await calling(asks_for_callback(attempts=2))
    world.telephony.exchange.numbers[CUSTOMER].busy = True
    await world.available(ANN)
    await world.advance(15_000)
    assert (world.phase, world.activity(ANN)) == ("in queue", "after contact work")
    await world.advance(90_000)
    assert world.empty
    dialled = [each for _, each in world.telephony.executed if type(each).__name__ == "DialNumber"]
    assert len(dialled) == 2
    assert len(world.records.records) == 2
    assert record(world, dialled[0].contact_id).disconnect_reason is DisconnectReason.NOT_REACHED


async def test_one_callback_for_a_customer_and_queue_and_none_when_they_call_again() -> None:
    world = await calling(asks_for_callback())
    await world.advance(6_000)
    assert len(world.lives) == 1
    world.telephony.call(NUMBER, calling=CUSTOMER)
    await world.advance(6_000)
    reasons = sorted(str(each.disconnect_reason) for each in world.records.contacts.values())
    assert len(world.lives) == 1
    assert reasons == ["customer", "flow", "flow"]


async def test_an_agent_dials_and_is_joined_after_the_outbound_whisper() -> None:
    world = Centre()
    await world.start()
    await world.available(ANN)
    await world.ask(CallRequested(NEW, ANN, CUSTOMER, NODE, SALES))
    assert world.activity(ANN) == "ringing"
    await world.advance(1_100)
    assert world.hears(ANN) == {"ringing"}
    await world.advance(2_000)
    assert world.hears("customer") == {"say:This call is recorded."}
    await world.advance(3_000)
    assert world.hears("customer") == {ANN}
    world.telephony.hang_up(world.channel(ANN))
    await world.advance(20_000)
    assert world.empty
    contact = record(world, NEW)
    assert (contact.initiation, contact.system_number) == (InitiationMethod.OUTBOUND, NUMBER)
    assert contact.disconnect_reason is DisconnectReason.AGENT


async def test_a_flow_that_places_the_call_itself_shows_its_own_number_and_speaks_to_the_customer() -> None:
    other = "+12025550199"
    whisper = content(
        "outbound",
        FlowType.OUTBOUND_WHISPER,
        action("call", "CompleteOutboundCall", {"CallerId": {"Number": other}}, to="say"),
        say("say", "stop"),
        STOP,
    )
    given = centre(whisper)
    given.numbers[other] = given.numbers[NUMBER]
    world = Centre(given)
    await world.start()
    await world.available(ANN)
    await world.ask(CallRequested(NEW, ANN, CUSTOMER, NODE, SALES))
    await world.advance(1_500)
    assert world.telephony.exchange.channels[world.channel("customer")].calling == other
    await world.advance(1_700)
    assert world.hears("customer") == {"say:" + words("say")}
    await world.advance(3_000)
    assert world.hears("customer") == {ANN}


@pytest.mark.parametrize("change", [{"busy": True}, {"refuses_with": 1}, {"answers_after_ms": None}])
async def test_an_outbound_call_that_fails_leaves_the_agent_in_after_contact_work(change: dict[str, object]) -> None:
    world = Centre()
    world.telephony.add_number(CUSTOMER, Phone(CUSTOMER, **change))  # type: ignore[arg-type]
    await world.start()
    await world.available(ANN)
    await world.ask(CallRequested(NEW, ANN, CUSTOMER, NODE, SALES))
    await world.advance(3_000 if change != {"answers_after_ms": None} else 62_000)
    assert world.activity(ANN) == "after contact work"
    await world.advance(15_000)
    assert world.empty
    assert record(world, NEW).disconnect_reason is DisconnectReason.NOT_REACHED


async def test_a_program_calls_and_the_flow_begins_when_the_customer_answers() -> None:
    world = Centre(centre(content("survey", FlowType.CONTACT, say("survey", "end"), END)))
    await world.start()
    await world.ask(OutboundCallRequested(NEW, NODE, CUSTOMER, FlowId("survey"), NUMBER, attributes={"a": "b"}))
    assert world.phase == "dialling"
    await world.advance(2_100)
    assert world.hears("customer") == {"say:" + words("survey")}
    await world.advance(5_000)
    assert world.empty
    contact = record(world, NEW)
    assert (contact.initiation, contact.attributes) == (InitiationMethod.API, {"a": "b"})


@pytest.mark.parametrize(("limits", "branches"), [({"calls_out_at_once": 1}, 1), ({"calls_out_a_day": 2}, 2), ({}, 3)])
async def test_no_more_calls_go_out_than_are_allowed(limits: dict[str, int], branches: int) -> None:
    """Three customers want to be connected; who is one too many takes the error branch."""
    world = Centre(centre(calls(OUTSIDE, resume=True), **limits))
    await world.start()
    for _ in range(3):
        world.telephony.call(NUMBER, calling=CUSTOMER)
        await world.settle()
    assert [live.conversation.phase for live in world.lives].count("outside call") == branches  # type: ignore[arg-type]


async def test_an_agent_may_take_calls_at_an_outside_number() -> None:
    given = centre()
    given.agents[ANN] = replace(given.agents[ANN], outside_number=OUTSIDE)
    world = Centre(given)
    await world.start()
    world.telephony.register("phone-ann", registered=False)
    await world.available(ANN)
    world.caller = world.telephony.call(NUMBER, calling=CUSTOMER)
    world.agenda.after(2_000, lambda: world.caller.press("1"))
    await world.advance(3_000)
    assert world.telephony.exchange.channels[world.channel(ANN)].calling == NUMBER
    await world.advance(4_000)
    assert (world.hears("customer"), world.hears(ANN)) == ({ANN}, {"customer"})
    world.telephony.hang_up(world.channel(ANN))
    await world.advance(20_000)
    assert world.empty


@pytest.mark.parametrize("consulted", [False, True])
@pytest.mark.parametrize("trunks", [1, 2])
async def test_an_agents_outside_number_is_called_over_the_next_trunk(consulted: bool, trunks: int) -> None:
    """Also when the agent is the one consulted. When no trunk takes the call they are unreachable, and the customer waits on."""
    given, who = centre(), BOB if consulted else ANN
    given.agents[who] = replace(given.agents[who], outside_number=OUTSIDE)
    world = Centre(given)
    world.telephony.exchange.trunks = trunks
    world.telephony.faults.requests.append(RequestFault((DialNumber,), times=1, http_status=503))
    if consulted:
        first = (await world.talking()).contact.contact_id
        await world.available(BOB)
        await world.ask(TransferRequested(ANN, first, to_agent=BOB))
    else:
        await world.start()
        await world.available(ANN)
        world.caller = world.telephony.call(NUMBER, calling=CUSTOMER)
        world.agenda.after(2_000, lambda: world.caller.press("1"))
    await world.advance(7_000)
    if trunks == 2:
        assert world.hears(who) == {ANN if consulted else "customer"}
    else:
        assert world.activity(who) == "error"
        assert world.phase == ("connected" if consulted else "in queue")
    world.caller.hang_up()
    await world.advance(40_000)
    assert world.empty


async def test_keys_for_the_outside_number_are_not_the_flows() -> None:
    """A menu behind the call would otherwise take what was pressed for the other end."""
    parameters = {"ThirdPartyPhoneNumber": OUTSIDE, "ContinueFlowExecution": "True"}
    asks = {"Text": words("menu"), "StoreInput": "False", "InputTimeLimitSeconds": "5"}
    failures = {"NoMatchingCondition": "end", "InputTimeLimitExceeded": "end", "NoMatchingError": "end"}
    world = await calling(
        inbound(
            action("call", "TransferParticipantToThirdParty", parameters, to="menu", errors={"NoMatchingError": "end"}),
            action("menu", "GetParticipantInput", asks, to="end", errors=failures, equals={"1": "one"}),
            say("one", "end"),
        )
    )
    await world.advance(3_000)
    world.caller.press("1")
    await world.advance(1_000)
    world.telephony.hang_up(world.channel(OUTSIDE))
    await world.advance(100)
    assert world.hears("customer") == {"say:" + words("menu")}
