"""Functions in virtual time: answers, time-outs and restarts; a slow one is nobody else's matter."""

import pytest

from app.sim.outside import Answer
from app.sim.world import World
from app.telephony.fake.telephony import Caller
from tests.sim.outside_flows import invoke, say, world_of
from tests.unit.instances import NUMBER

pytestmark = pytest.mark.sim


def world() -> World:
    made = world_of(
        invoke("ask", "lookup", to="found", broken="broken"),
        say("found", "Hello $.External.name.", to="end"),
        say("broken", "Broken [$.External.name].", to="end"),
    )
    made.functions.answers["lookup"] = Answer({"name": "Ann"})
    return made


def heard(world: World, caller: Caller) -> list[str]:
    return [each.what for each in world.telephony.heard(caller.channel_id)]


def said(world: World, words: str) -> bool:
    return any(words in str(command) for _, command in world.telephony.executed)


async def test_a_call_hears_what_its_function_answered() -> None:
    made = world()
    await made.start()
    caller = made.telephony.call(NUMBER)
    await made.advance(20_000)
    assert said(made, "Hello Ann.")
    assert str(caller.contact_id) in made.records.records
    assert made.functions.events[0][1]["Details"]["ContactData"]["ContactId"] == caller.contact_id


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer({"name": "Ann"}, takes_ms=3_000), "did not return within 3 s"),
        (Answer(fails="it is on fire"), "on fire"),
        (Answer(["no", "object"]), "not a JSON object"),
        (Answer({"name": {"first": "Ann"}}), "'name' in its answer"),
        (Answer({"name": "a" * 40_000}), "more than 32 KB"),
    ],
)
async def test_a_function_that_fails_takes_the_error_branch(answer: Answer, why: str) -> None:
    made = world()
    made.functions.answers["lookup"] = answer
    await made.start()
    caller = made.telephony.call(NUMBER)
    await made.advance(20_000)
    assert said(made, "Broken [].")
    entries = made.records.traces[str(caller.contact_id)]
    assert [why in entry.details.get("reason", "") for entry in entries if entry.what == "Invoke function"] == [True]


async def test_a_slow_function_delays_its_own_caller_only() -> None:
    made = world()
    turns = iter([Answer({"name": "Slow"}, takes_ms=2_500), Answer({"name": "Quick"})])
    made.functions.answers["lookup"] = lambda event: next(turns)
    await made.start()
    made.telephony.call(NUMBER)
    await made.advance(100)
    made.telephony.call(NUMBER)
    await made.advance(500)
    assert said(made, "Hello Quick.")
    assert not said(made, "Hello Slow.")
    await made.advance(2_500)
    assert said(made, "Hello Slow.")


@pytest.mark.parametrize("down_ms", [0, 5_000])
async def test_after_a_kill_the_function_is_asked_again(down_ms: int) -> None:
    made = world()
    made.functions.answers["lookup"] = Answer({"name": "Ann"}, takes_ms=2_000)
    await made.start()
    made.telephony.call(NUMBER)
    await made.advance(1_000)
    await made.kill()
    await made.advance(down_ms)
    await made.start()
    await made.advance(2_500)
    assert said(made, "Hello Ann.")
    assert len(made.functions.events) == 2
    await made.advance(20_000)
    assert len(made.records.records) == 1


async def test_a_caller_who_hangs_up_meanwhile_leaves_nothing_behind() -> None:
    made = world()
    made.functions.answers["lookup"] = Answer({"name": "Ann"}, takes_ms=2_000)
    await made.start()
    caller = made.telephony.call(NUMBER)
    await made.advance(1_000)
    caller.hang_up()
    await made.advance(5_000)
    assert made.engine is not None
    assert not made.engine.brain.memory.contacts
    assert made.engine.unhandled == 0
    assert made.engine.outside.active == 0


async def test_nobody_set_up_is_an_error_at_once() -> None:
    made = world()
    made.helpers = type(made.helpers)()
    await made.start()
    made.telephony.call(NUMBER)
    await made.advance(100)
    assert said(made, "Broken [].")
