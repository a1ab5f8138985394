"""An encrypted card number: opened by the private key, and found nowhere else, whatever is killed on the way."""

import dataclasses

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.calls.codec import encode_memory
from app.integrations.keys import decrypt, encrypt
from app.sim.world import World
from app.telephony.fake.telephony import Caller
from tests.rig.certificates import certificate_of, private_pem
from tests.sim.outside_flows import enter_card, invoke, say, world_of
from tests.unit.flow.driving import action
from tests.unit.instances import NUMBER

pytestmark = pytest.mark.sim

KEY = rsa.generate_private_key(65537, 2048)
CARD = "4929130264718305"
PIECE = 5
"""So many keys of the number in a row are too many."""


def world() -> World:
    made = world_of(
        action("log", "UpdateFlowLoggingBehavior", {"FlowLoggingBehavior": "Enabled"}, to="hello"),
        say("hello", "Welcome to the shop, this takes a moment.", to="card"),
        enter_card(certificate_of(KEY), to="keep", broken="broken"),
        action(
            "keep",
            "UpdateContactAttributes",
            {"Attributes": {"card": "$.StoredCustomerInput"}},
            to="thanks",
            errors={"NoMatchingError": "broken"},
        ),
        say("thanks", "Thank you.", to="pay"),
        invoke("pay", "pay", to="end", broken="end"),
        say("broken", "Broken.", to="end"),
    )
    made.helpers = dataclasses.replace(made.helpers, keys=AtOnce())
    return made


def everything_kept(world: World) -> bytes:
    """All that the application wrote and remembers: journal, snapshot, records, traces, what it told others and Asterisk."""
    assert world.engine is not None
    journal = b"\n".join(fact.payload for fact in world.journal.facts)
    pressed = b"".join(
        msgspec.json.decode(fact.payload)["digit"].encode()
        for fact in world.journal.facts
        if fact.kind == "DigitReceived"
    )
    outside = [
        list(world.flow_logs.blocks.values()),
        world.records.records,
        world.records.traces,
        world.records.contacts,
        world.functions.events,
    ]
    snapshot = world.journal.snapshot[1] if world.journal.snapshot else b""
    return b"\n".join(
        [
            journal,
            pressed,
            snapshot,
            encode_memory(world.engine.brain.memory),
            msgspec.json.encode(outside),
            str(world.telephony.executed).encode(),
        ]
    )


def nowhere_but_sealed(world: World) -> None:
    kept = everything_kept(world)
    for start in range(len(CARD) - PIECE + 1):
        assert CARD[start : start + PIECE].encode() not in kept


def stored(world: World, caller: Caller) -> str:
    return world.records.contacts[str(caller.contact_id)].attributes["card"]


def opened(world: World, caller: Caller) -> str:
    return decrypt(stored(world, caller), "card-key", private_pem(KEY))


class AtOnce:
    """The real encryption without its thread: in virtual time nothing takes a moment of the real one."""

    async def seal(self, entered: str, key_id: str, certificate: str) -> str:
        return encrypt(entered, key_id, certificate)


async def test_only_the_private_key_opens_it() -> None:
    made = world()
    await made.start()
    caller = made.telephony.call(NUMBER)
    made.agenda.after(8_000, lambda: caller.press(CARD + "#"))
    await made.advance(40_000)
    assert made.engine is not None
    await made.engine.snapshot()
    assert opened(made, caller) == CARD
    nowhere_but_sealed(made)
    assert b"StoreUserInput" in everything_kept(made)
    trace = [(entry.what, entry.result) for entry in made.records.traces[str(caller.contact_id)]]
    assert ("Store customer input", "Success") in trace


async def test_keys_pressed_too_early_or_too_late_are_kept_nowhere() -> None:
    made = world()
    await made.start()
    caller = made.telephony.call(NUMBER)
    made.agenda.after(200, lambda: caller.press(CARD, 50))
    made.agenda.after(8_000, lambda: caller.press("12*" + CARD + "#" + CARD, 50))
    await made.advance(40_000)
    assert opened(made, caller) == CARD
    nowhere_but_sealed(made)


@pytest.mark.parametrize("kill_at_ms", range(8_500, 12_500, 500))
async def test_after_a_kill_the_caller_is_asked_again(kill_at_ms: int) -> None:
    """The caller types from 8.1 to 11.3 seconds; who is asked again types again."""
    made = world()
    await made.start()
    caller = made.telephony.call(NUMBER)
    made.agenda.after(8_100, lambda: caller.press(CARD + "#"))
    await made.advance(kill_at_ms)
    await made.kill()
    await made.start()
    await made.advance(12_000)
    if str(caller.contact_id) not in made.records.records:
        caller.press(CARD + "#")
    await made.advance(40_000)
    assert opened(made, caller) == CARD
    nowhere_but_sealed(made)
    assert made.unhandled == 0
