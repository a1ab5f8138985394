"""kill -9 in each state of a call that is more than a caller and an agent, on a real Asterisk: nobody is dropped, everybody hears
what they should, the agents see what they saw, and there is one record each. `tests/sim/test_kill_talk.py` has every state."""

import time
from collections.abc import Collection, Iterator
from typing import Any

import pytest

from app.telephony.install import TestTools
from tests.e2e.talking import (
    CALL_BACK,
    FAR_NUMBER,
    answer,
    ask,
    far_phone,
    talk,
    talking_centre,
    until_hears,
)
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, dial
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

AWAY_S = 0.3
Ears = dict[str, tuple[Baresip, set[str]]]


@pytest.fixture(scope="module")
def far(tools: TestTools) -> Iterator[Baresip]:
    with far_phone(tools) as phone:
        yield phone


@pytest.fixture(scope="module")
def centre(far: Baresip) -> Iterator[ApplicationRig]:
    with talking_centre(far) as rig:
        yield rig


def kill(centre: ApplicationRig, *stages: str) -> None:
    """Dead and there again: the same calls in Asterisk, and both agents see what they saw. `stages` are the contacts' states."""
    assert tuple(contact["state"] for contact in centre.contacts()) == stages
    calls, views = phones(centre), seen(centre)
    centre.kill9()
    time.sleep(AWAY_S)
    assert phones(centre) == calls
    centre.start()
    until(lambda: seen(centre) == views, "the agents see what they saw", tell=lambda: f"{views}\n{seen(centre)}")
    assert phones(centre) == calls


def phones(centre: ApplicationRig) -> set[str]:
    """The calls of all phones, as Asterisk names them."""
    return {channel["id"] for channel in centre.channels() if channel["name"].startswith("PJSIP/")}


def seen(centre: ApplicationRig) -> list[Any]:
    """What both panels show, and what a supervisor's page shows of the contacts; all but how often it changed."""
    panels = [centre.api("GET", "/api/panel", agent=agent) for agent in ("alice", "bob")]
    shown = [{name: panel[name] for name in ("agent", "actions", "contacts", "supervising")} for panel in panels]
    return [*shown, centre.api("GET", "/api/contacts")]


def recorded(centre: ApplicationRig, known: Collection[str] = ()) -> list[str]:
    """The contacts of all records but the known ones; one that had two records would be there twice."""
    return sorted(record["contact_id"] for record in centre.records() if record["contact_id"] not in known)


def test_killed_at_each_step_of_a_call_of_three(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip
) -> None:
    """Alice holds, consults Bob, swaps, makes it a conference, leaves, and listens to Bob and the caller."""
    known = recorded(centre)
    first = talk(centre, caller, alice)
    ask(centre, "hold")
    on_hold: Ears = {"caller": (caller, {"hold"}), "alice": (alice, set())}
    until_hears(**on_hold)
    kill(centre, "on hold")
    until_hears(**on_hold)

    ask(centre, "transfer", {"agent": "bob"})
    answer(bob, 1)
    consulting = {"caller": (caller, {"hold"}), "alice": (alice, {"bob"}), "bob": (bob, {"alice"})}
    until_hears(**consulting)
    kill(centre, "consulting")
    until_hears(**consulting)

    ask(centre, "swap")
    swapped = {"caller": (caller, {"alice"}), "alice": (alice, {"caller"})}
    until_hears(**swapped)
    kill(centre, "consulting")
    until_hears(**swapped)

    ask(centre, "join")
    conference = {
        "caller": (caller, {"alice", "bob"}),
        "alice": (alice, {"caller", "bob"}),
        "bob": (bob, {"caller", "alice"}),
    }
    until_hears(**conference)
    kill(centre, "conference")
    until_hears(**conference)

    ask(centre, "leave")
    alice.wait_ended()
    second = str(centre.wait_contact("connected")["contact_id"])
    centre.wait_agent("alice", "idle")
    centre.api("POST", f"/api/contacts/{second}/supervision", {"mode": "listen"}, agent="alice")
    answer(alice, 2)
    listening = {"caller": (caller, {"bob"}), "alice": (alice, {"caller", "bob"}), "bob": (bob, {"caller"})}
    until_hears(**listening)
    kill(centre, "connected")
    until_hears(**listening)

    caller.hang_up()
    bob.wait_ended()
    alice.wait_ended(times=2)
    before, after = centre.wait_record(first), centre.wait_record(second)
    assert (before["NextContactId"], after["PreviousContactId"], after["NextContactId"]) == (second, first, None)
    assert (before["Agent"]["Username"], after["Agent"]["Username"]) == ("alice", "bob")
    assert (before["Recording"]["Status"], after["Recording"]["Status"]) == ("AVAILABLE", "AVAILABLE")
    assert before["Agent"]["NumberOfHolds"] >= 1
    assert recorded(centre, known) == sorted((first, second))


def test_killed_while_a_callback_dials(centre: ApplicationRig, caller: Baresip, alice: Baresip, far: Baresip) -> None:
    """The agent waits, the customer's phone rings on, and whoever answers it talks with the agent."""
    known, rung = recorded(centre), len(far.times("CALL_INCOMING"))
    dial(caller, CALL_BACK, centre.sip_port)
    caller.wait_ended(10)
    answer(alice, 1)
    far.wait_ringing(15, rung + 1)
    callback = str(centre.wait_contact("dialling")["contact_id"])
    kill(centre, "dialling")
    far.answer()
    until_hears(far=(far, {"alice"}), alice=(alice, {"far"}))
    assert len(far.times("CALL_INCOMING")) == rung + 1, "the customer's phone rang twice"
    alice.hang_up()
    until(lambda: not far.in_call, "the customer is hung up")
    after = centre.wait_record(callback)
    before = centre.wait_record(after["PreviousContactId"])
    assert (before["NextContactId"], after["InitiationMethod"]) == (callback, "CALLBACK")
    assert after["CustomerEndpoint"]["Address"] == FAR_NUMBER
    assert recorded(centre, known) == sorted((callback, after["PreviousContactId"]))
