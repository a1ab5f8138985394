"""Callbacks: the place that is kept, the time before, between and after attempts, and an agent who is there first."""

import pytest

from app.domain.commands import DialNumber, RingPhone
from app.domain.instance import FlowType
from app.telephony.fake.state import Phone
from tests.sim.centre import ANN, CUSTOMER, NUMBER, SALES, Centre, centre
from tests.sim.test_outside import asks_for_callback, calling, content, inbound, record
from tests.unit.flow.driving import action

pytestmark = pytest.mark.sim

SECOND, THIRD = "+12025550178", "+12025550179"


def attempts(world: Centre) -> list[int]:
    """When the customer was called, in seconds after the first call."""
    times_ms = [at_ms for at_ms, command in world.telephony.executed if isinstance(command, DialNumber)]
    return [round((at_ms - times_ms[0]) / 1_000) for at_ms in times_ms]


async def until_idle(world: Centre, seconds: int) -> None:
    for _ in range(seconds):
        await world.advance(1_000)


async def test_who_leaves_a_callback_from_the_queue_keeps_their_place() -> None:
    """The first of three who wait asks to be called back; an agent who comes then is there for them first."""
    plan = {
        "QueueId": SALES,
        "InitialCallDelaySeconds": "0",
        "MaximumConnectionAttempts": "0",
        "RetryDelaySeconds": "9",
    }
    waits = content(
        "queue-flow",
        FlowType.CUSTOMER_QUEUE,
        action(
            "menu",
            "GetParticipantInput",
            {"Text": "Press one to be called back.", "StoreInput": "False", "InputTimeLimitSeconds": "60"},
            to="menu",
            errors={"NoMatchingCondition": "menu", "InputTimeLimitExceeded": "menu", "NoMatchingError": "menu"},
            equals={"1": "plan"},
        ),
        action("plan", "CreateCallbackContact", plan, to="over", errors={"NoMatchingError": "over"}),
        action("over", "DisconnectParticipant"),
    )
    to_sales = inbound(
        action("queue", "UpdateContactTargetQueue", {"QueueId": SALES}, to="transfer"),
        action("transfer", "TransferContactToQueue", {}, to="end"),
    )
    world = Centre(centre(to_sales, waits))
    await world.start()
    callers = []
    for number in (CUSTOMER, SECOND, THIRD):
        callers.append(world.telephony.call(NUMBER, calling=number))
        await world.advance(2_000)
    callers[0].press("1")
    await world.advance(3_000)
    assert len(world.lives) == 3
    await world.available(ANN)
    await world.advance(1_500)
    assert [each.number for _, each in world.telephony.executed if isinstance(each, DialNumber)] == [CUSTOMER]
    shown = [each.caller_number for _, each in world.telephony.executed if isinstance(each, RingPhone)]
    assert shown == [CUSTOMER]


async def test_attempts_are_as_many_and_as_far_apart_as_the_block_says() -> None:
    world = await calling(asks_for_callback(attempts=3))
    world.telephony.exchange.numbers[CUSTOMER].busy = True
    await world.available(ANN)
    await until_idle(world, 240)
    first, second, third = attempts(world)
    assert first == 0
    assert second == pytest.approx(61, abs=1.5)
    assert third == pytest.approx(122, abs=3)
    assert world.empty
    (callback,) = [each for each in world.records.contacts.values() if each.not_reached]
    assert callback.not_reached == "the line is busy"


async def test_an_attempt_that_reaches_the_customer_forgets_why_the_one_before_did_not() -> None:
    world = await calling(asks_for_callback(attempts=2))
    world.telephony.add_number(CUSTOMER, Phone(CUSTOMER, busy=True))
    await world.available(ANN)
    await world.advance(20_000)
    callback = world.contact
    assert callback.not_reached == "the line is busy"
    world.telephony.add_number(CUSTOMER, Phone(CUSTOMER, answers_after_ms=1_000, hangs_up_after_ms=9_000))
    await until_idle(world, 120)
    assert world.empty
    assert record(world, callback.contact_id).not_reached == ""


async def test_a_callback_waits_for_an_agent_and_calls_nobody_before_one_is_there() -> None:
    world = await calling(asks_for_callback())
    await world.advance(60_000)
    assert attempts(world) == []
    world.telephony.exchange.phones["phone-ann"].answers_after_ms = None
    await world.available(ANN)
    await world.advance(60_000)
    assert attempts(world) == []
    assert world.phase == "in queue"
