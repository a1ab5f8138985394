"""What the manager's headers mean, which commands may be asked, and that a value stays one line."""

import pytest

from app.telephony.ami.commands import allowed
from app.telephony.ami.connection import IDEMPOTENT_ACTIONS, one_line
from app.telephony.ami.values import EVENTS, Module, RegistrationChanged, SecurityEvent, modules, phone_contact

pytestmark = pytest.mark.unit


def test_a_value_cannot_end_its_line() -> None:
    assert one_line("x\r\nAction: Command\0") == "xAction: Command"
    assert one_line(1) == "1"


@pytest.mark.parametrize(
    "command",
    [
        "core show version",
        "core show channels concise",
        "pjsip show endpoint agent-7",
        "module show like ari",
        "bridge show all",
    ],
)
def test_what_shows_states_may_be_asked(command: str) -> None:
    assert allowed(command)


@pytest.mark.parametrize(
    "command",
    [
        "core stop now",
        "pjsip show auths",
        "pjsip show auth agent-7",
        "manager show user trunkline",
        "ari show user trunkline",
        "database show",
        "core show version\ncore stop now",
        "core show version ",
        "CORE SHOW VERSION",
        "!ls",
        "module unload res_ari.so",
        "pjsip show endpoint a b",
        "",
    ],
)
def test_what_changes_or_betrays_may_not(command: str) -> None:
    assert not allowed(command)


def test_a_contact_that_does_not_answer_has_no_round_trip() -> None:
    there = phone_contact(
        {"EndpointName": "a", "AOR": "a", "URI": "sip:a", "Status": "Reachable", "RoundtripUsec": "576"}
    )
    gone = phone_contact({"EndpointName": "a", "URI": "sip:a", "ContactStatus": "Unreachable", "RoundtripUsec": "0"})
    odd = phone_contact({"EndpointName": "a", "Status": "Reachable", "RoundtripUsec": "N/A", "RegExpire": "1795196337"})
    assert (there.round_trip_us, gone.round_trip_us, odd.round_trip_us) == (576, None, None)
    assert (there.expires_at_s, odd.expires_at_s) == (None, 1795196337)


def test_modules_are_read_from_the_console() -> None:
    lines = [
        "Module                         Description                              Use Count  Status      Support Level",
        "res_ari.so                     Asterisk RESTful Interface               11         Running              core",
        "app_x.so                       Something that 2 people use              0          Not Running       extended",
        "2 modules loaded",
    ]
    assert modules(lines) == (Module("res_ari.so", 11, True), Module("app_x.so", 0, False))


def test_events_become_values() -> None:
    refused = {"Event": "Registry", "Username": "sip:me@c", "Domain": "sip:c", "Status": "Rejected", "Cause": "403"}
    assert EVENTS["Registry"](refused) == RegistrationChanged("sip:me@c", "sip:c", "Rejected", "403")
    address = "IPV4/UDP/203.0.113.9/5060"
    wrong = {"Event": "InvalidPassword", "Service": "PJSIP", "AccountID": "100", "RemoteAddress": address}
    event = EVENTS["InvalidPassword"](wrong)
    assert event == SecurityEvent("InvalidPassword", "PJSIP", "100", address, failed=True)
    assert event.remote_ip == "203.0.113.9"
    harmless = EVENTS["SuccessfulAuth"]({**wrong, "Event": "SuccessfulAuth"})
    assert isinstance(harmless, SecurityEvent)
    assert not harmless.failed


def test_starting_a_recording_may_not_be_repeated() -> None:
    assert "MixMonitor" not in IDEMPOTENT_ACTIONS
    assert "MixMonitorMute" in IDEMPOTENT_ACTIONS
