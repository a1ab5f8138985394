"""An agent with two lines on a real desk phone, and nothing but its keys: hold, dial, swap, transfer. Judged by the others' ears: the two
lines of one phone share its earpiece."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from app.telephony.install import TestTools
from tests.e2e.talking import far_phone, handed_over, talk, talking_centre, until_hears
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, dial
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def centre(tools: TestTools) -> Iterator[ApplicationRig]:
    with far_phone(tools) as far, talking_centre(far) as rig:
        yield rig


def second_line(centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip) -> tuple[str, str]:
    """Alice talks with the customer, holds, and dials Bob, whose phone rings: the contact and the customer's line."""
    contact_id = talk(centre, caller, alice)
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    (customers_line,) = own_lines(centre, "alice")
    alice.command("hold")
    until_hears(caller=(caller, {"hold"}))
    dial(alice, "bob", centre.sip_port)
    bob.wait_ringing()
    assert len(own_lines(centre, "alice")) == 2
    return contact_id, customers_line


def bob_goes_on(centre: ApplicationRig, caller: Baresip, bob: Baresip, first: str) -> None:
    """Bob has the customer, and Alice nothing; the records say so."""
    until_hears(caller=(caller, {"bob"}), bob=(bob, {"caller"}))
    until(lambda: not own_lines(centre, "alice"), "both lines are over", 3)
    caller.hang_up()
    bob.wait_ended()
    before, _ = handed_over(centre, first, "alice", "bob")
    assert before["Agent"]["NumberOfHolds"] == 1


def test_both_lines_are_joined(centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip) -> None:
    """Alice talks with Bob, then makes one call of her two (a REFER with Replaces)."""
    first, line = second_line(centre, caller, alice, bob)
    bob.answer()
    until_hears(caller=(caller, {"hold"}), bob=(bob, {"alice"}))
    alice.command("transfer", joined_with(centre, line))
    bob_goes_on(centre, caller, bob, first)


@pytest.mark.parametrize("with_replaces", [True, False])
def test_the_customer_is_sent_to_a_phone_that_still_rings(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip, with_replaces: bool
) -> None:
    """Nobody has answered on the second line: phones join the two calls all the same, or send the customer's line to the same number."""
    first, line = second_line(centre, caller, alice, bob)
    if not with_replaces:
        alice.command("line", "1")
    alice.command("transfer", joined_with(centre, line) if with_replaces else f"sip:bob@127.0.0.1:{centre.sip_port}")
    until(lambda: not own_lines(centre, "alice"), "both lines are over", 3)
    assert len(bob.times("CALL_INCOMING")) == 1
    bob.answer()
    bob_goes_on(centre, caller, bob, first)


def test_the_hold_keys_swap_and_the_second_line_is_hung_up(
    centre: ApplicationRig, caller: Baresip, alice: Baresip, bob: Baresip
) -> None:
    first, _ = second_line(centre, caller, alice, bob)
    bob.answer()
    until_hears(caller=(caller, {"hold"}), bob=(bob, {"alice"}))
    alice.command("hold")
    alice.command("line", "1")
    alice.command("resume")
    until_hears(caller=(caller, {"alice"}), bob=(bob, set()))
    alice.command("hold")
    alice.command("line", "2")
    alice.command("resume")
    until_hears(caller=(caller, {"hold"}), bob=(bob, {"alice"}))
    alice.hang_up()
    bob.wait_ended()
    until_hears(caller=(caller, {"hold"}))
    alice.command("line", "1")
    alice.command("resume")
    until_hears(caller=(caller, {"alice"}))
    alice.hang_up()
    caller.wait_ended()
    record = centre.wait_record(first)
    assert (record["Agent"]["Username"], record["Agent"]["NumberOfHolds"]) == ("alice", 2)


def own_lines(centre: ApplicationRig, phone: str) -> set[str]:
    """The channels of a phone's calls in Asterisk."""
    return {channel["id"] for channel in centre.channels() if channel["name"].startswith(f"PJSIP/{phone}-")}


def replaces(centre: ApplicationRig, channel_id: str) -> str:
    """What a phone says of one of its own calls in Replaces, ready to stand in an address."""

    def told(what: str) -> str:
        asked = quote(f"CHANNEL(pjsip,{what})")
        return str(centre.ari(f"channels/{channel_id}/variable?variable={asked}")["value"])

    return quote(f"{told('call-id')};to-tag={told('local_tag')};from-tag={told('remote_tag')}", safe="")


def joined_with(centre: ApplicationRig, line: str) -> str:
    """Where a transfer leads that makes one call of this line and the one in use."""
    return f"<sip:bob@127.0.0.1:{centre.sip_port}?Replaces={replaces(centre, line)}>"
