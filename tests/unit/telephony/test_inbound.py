"""Sequences of ARI events as Asterisk 22.10 sends them, and what each means."""

import uuid
from typing import Any

import pytest

from app.domain.call_control import PhoneHeld, PhoneLinesJoined, PhoneTransferred
from app.domain.events import CallArrived, ChannelAnswered, ChannelEnded, DigitReceived, PlaybackFinished
from app.domain.ids import ChannelId, NodeName, PlaybackId
from app.telephony.inbound import INBOUND, Inbound, LeftAlive, Outcome, Recent, contact_id_of
from app.telephony.inventory import snapshot

pytestmark = pytest.mark.unit

NODE = NodeName("node1")
CALLER = "node1-1763659536.7"
PHONE = "node1-tl-contact.2"
NAMESPACE = uuid.UUID(int=5)


def channel(channel_id: str, state: str = "Up", app_data: str = "trunkline,trunk,carrier,+15550123") -> dict[str, Any]:
    dialplan = {
        "context": "from-trunk",
        "exten": "+15550123",
        "priority": 2,
        "app_name": "Stasis",
        "app_data": app_data,
    }
    return {"id": channel_id, "state": state, "caller": {"name": "", "number": "+15550100"}, "dialplan": dialplan}


def event(kind: str, channel_id: str, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "channel": channel(channel_id), **fields}


def entered(channel_id: str, *arguments: str) -> dict[str, Any]:
    return event("StasisStart", channel_id, args=list(arguments))


def played(playback_id: str, channel_id: str, state: str) -> dict[str, Any]:
    playback = {"id": playback_id, "state": state, "media_uri": "sound:/x", "target_uri": f"channel:{channel_id}"}
    return {"type": "PlaybackFinished", "playback": playback}


ARRIVES = entered(CALLER, "trunk", "carrier", "+15550123")
HANGS_UP = event("ChannelHangupRequest", CALLER, cause=16)
ASKED_HANGUP = event("ChannelHangupRequest", CALLER, cause=32, soft=True)
LEAVES = event("StasisEnd", CALLER)


def translate(*events: dict[str, Any], inbound: Inbound | None = None) -> list[Outcome]:
    translator = inbound or Inbound(NODE, NAMESPACE)
    return [outcome for each in events for outcome in translator.translate(each)]


def ended(cause: int, channel_id: str = CALLER, reason: str = "") -> ChannelEnded:
    return ChannelEnded(ChannelId(channel_id), cause, reason)


def test_a_call_from_the_dialplan_is_an_arrival() -> None:
    contact_id = contact_id_of(NAMESPACE, CALLER)
    expected = CallArrived(contact_id, NODE, ChannelId(CALLER), "trunk", "carrier", "+15550123", "+15550100")
    assert translate(ARRIVES) == [expected]


def dialled(status: str, app_data: str = "trunkline,number", app_name: str = "Stasis") -> dict[str, Any]:
    peer = channel(PHONE, "Up" if status == "ANSWER" else "Ringing", app_data)
    peer["dialplan"]["app_name"] = app_name
    return {"type": "Dial", "dialstatus": status, "peer": peer}


CREATED = {"type": "StasisStart", "channel": channel(PHONE, "Down"), "args": ["number"]}


def test_a_created_channel_is_answered_when_its_call_is() -> None:
    before = [CREATED, *(dialled(status) for status in ("", "RINGING", "PROGRESS"))]
    assert translate(*before) == []
    assert translate(*before, dialled("ANSWER"), dialled("ANSWER")) == [ChannelAnswered(ChannelId(PHONE))]


def test_an_originated_channel_is_answered_when_it_enters() -> None:
    early = dialled("ANSWER", app_name="AppDial2")
    assert translate(early) == []
    assert translate(early, entered(PHONE)) == [ChannelAnswered(ChannelId(PHONE))]


def test_why_a_created_channel_was_not_answered_is_told_when_it_is_destroyed() -> None:
    given_up = {"type": "ChannelHangupRequest", "channel": channel(PHONE, "Ringing"), "cause": 32, "soft": True}
    left = {"type": "StasisEnd", "channel": channel(PHONE, "Ringing")}
    destroyed = event("ChannelDestroyed", PHONE, cause=19, cause_txt="User alerting, no answer")
    assert translate(CREATED, given_up, left) == []
    assert translate(CREATED, given_up, left, destroyed) == [ended(19, PHONE, "User alerting, no answer")]


def test_a_call_that_fails_at_once_keeps_the_cause_that_was_announced() -> None:
    announced = {"type": "ChannelHangupRequest", "channel": channel(PHONE, "Down"), "cause": 1}
    destroyed = event("ChannelDestroyed", PHONE, cause=16, cause_txt="Normal Clearing")
    assert [each.cause for each in translate(CREATED, announced, destroyed) if isinstance(each, ChannelEnded)] == [1]


def test_a_dialplan_that_says_less_leaves_the_extension() -> None:
    (arrived,) = translate(entered(CALLER))
    assert isinstance(arrived, CallArrived)
    assert (arrived.origin, arrived.called) == ("trunk", "+15550123")


def test_the_contact_of_a_channel_is_the_same_for_every_process_and_in_the_inventory() -> None:
    (arrived,) = translate(ARRIVES)
    found = snapshot(NODE, "trunkline", NAMESPACE, channel(CALLER))
    assert isinstance(arrived, CallArrived)
    assert found is not None
    assert found.contact_id == arrived.contact_id
    assert (found.origin, found.origin_name, found.called) == (arrived.origin, arrived.origin_name, arrived.called)
    assert contact_id_of(uuid.UUID(int=6), CALLER) != arrived.contact_id


def test_what_is_not_ours_is_not_in_the_inventory() -> None:
    assert snapshot(NODE, "trunkline", NAMESPACE, channel(CALLER, app_data="other,trunk")) is None
    assert snapshot(NODE, "trunkline", NAMESPACE, channel(f"{PHONE};2", app_data="")) is None
    ringing = snapshot(NODE, "trunkline", NAMESPACE, channel(PHONE, "Ringing", app_data="(Outgoing Line)"))
    assert ringing is not None
    assert (ringing.state, ringing.in_application, ringing.contact_id) == ("Ringing", False, None)


def test_a_phone_is_answered_when_it_enters_the_application_and_only_then() -> None:
    states = event("ChannelStateChange", PHONE)
    assert translate(states, entered(PHONE, "phone", "desk1"), entered(PHONE, "phone", "desk1")) == [
        ChannelAnswered(ChannelId(PHONE))
    ]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param((HANGS_UP, LEAVES), [ended(16)], id="the caller hangs up"),
        pytest.param((event("ChannelHangupRequest", CALLER, cause=38), LEAVES), [ended(38)], id="the network fails"),
        pytest.param((ASKED_HANGUP, LEAVES), [ended(16)], id="somebody else hangs the channel up"),
        pytest.param(
            (HANGS_UP, LEAVES, entered(CALLER, "trunk", "carrier", "h"), LEAVES), [ended(16)], id="an h extension"
        ),
        pytest.param((LEAVES,), [ended(16), LeftAlive(ChannelId(CALLER))], id="the channel leaves and lives"),
        pytest.param((HANGS_UP, LEAVES, event("ChannelDestroyed", CALLER, cause=31)), [ended(16)], id="told twice"),
    ],
)
def test_a_callers_end_is_told_once(events: tuple[dict[str, Any], ...], expected: list[Outcome]) -> None:
    assert translate(ARRIVES, *events)[1:] == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param(
            (event("ChannelDestroyed", PHONE, cause=17, cause_txt="User busy"),),
            [ended(17, PHONE, "User busy")],
            id="busy",
        ),
        pytest.param(
            (event("ChannelHangupRequest", PHONE, cause=17), event("ChannelDestroyed", PHONE, cause=0)),
            [ended(17, PHONE)],
            id="what was announced when the end itself says nothing",
        ),
        pytest.param((event("ChannelDestroyed", PHONE, cause=0),), [ended(0, PHONE)], id="unknown"),
        pytest.param(
            (
                entered(PHONE),
                event("ChannelHangupRequest", PHONE, cause=16),
                event("StasisEnd", PHONE),
                event("ChannelDestroyed", PHONE, cause=16),
            ),
            [ChannelAnswered(ChannelId(PHONE)), ended(16, PHONE)],
            id="the agent hangs up",
        ),
        pytest.param(
            (
                event("ChannelHangupRequest", f"{PHONE};2", cause=16),
                event("ChannelDestroyed", f"{PHONE};2", cause=16),
                entered(f"{PHONE};2"),
            ),
            [],
            id="the far half of a Local channel",
        ),
    ],
)
def test_a_phones_end_is_told_once(events: tuple[dict[str, Any], ...], expected: list[Outcome]) -> None:
    assert translate(*events) == expected


def test_a_party_who_hangs_up_is_gone_at_once() -> None:
    assert translate(ARRIVES, HANGS_UP)[1:] == [ended(16)]
    assert translate(ARRIVES, ASKED_HANGUP)[1:] == []


def test_a_hangup_that_we_asked_for_has_our_cause() -> None:
    inbound = Inbound(NODE, NAMESPACE)
    inbound.hangup_asked(CALLER, 17)
    assert translate(ARRIVES, ASKED_HANGUP, LEAVES, inbound=inbound)[1:] == [ended(17)]


def test_a_hangup_that_came_too_late_does_not_change_the_cause() -> None:
    inbound = Inbound(NODE, NAMESPACE)
    inbound.hangup_asked(CALLER, 17)
    inbound.hangup_needless(CALLER)
    assert translate(ARRIVES, HANGS_UP, LEAVES, inbound=inbound)[1:] == [ended(16)]


def test_what_a_dead_node_announced_is_forgotten() -> None:
    inbound = Inbound(NODE, NAMESPACE)
    translate(ASKED_HANGUP, inbound=inbound)
    inbound.keep_only(set())
    assert translate(LEAVES, inbound=inbound) == [ended(16), LeftAlive(ChannelId(CALLER))]


def test_a_digit() -> None:
    pressed = event("ChannelDtmfReceived", CALLER, digit="#", duration_ms=100)
    assert translate(pressed) == [DigitReceived(ChannelId(CALLER), "#")]


def test_a_phones_own_hold_key() -> None:
    assert translate(event("ChannelHold", CALLER)) == [PhoneHeld(ChannelId(CALLER), held=True)]
    assert translate(event("ChannelUnhold", CALLER)) == [PhoneHeld(ChannelId(CALLER), held=False)]


def test_a_phones_own_transfer_key() -> None:
    blind = {
        "type": "ChannelTransfer",
        "refer_to": {"requested_destination": {"protocol_id": "SIP", "destination": "bob"}},
        "referred_by": {"source_channel": {"id": CALLER}},
    }
    assert translate(blind) == [PhoneTransferred(ChannelId(CALLER), "bob")]
    attended = blind | {"refer_to": {"requested_destination": {}, "destination_channel": {"id": "other"}}}
    assert translate(attended) == [PhoneLinesJoined(ChannelId(CALLER), ChannelId("other"))]


@pytest.mark.parametrize(
    ("before", "state", "expected"),
    [
        ((), "done", [PlaybackFinished(PlaybackId("p"))]),
        ((), "failed", [PlaybackFinished(PlaybackId("p"), True, "Asterisk could not play sound:/x")]),
        ((HANGS_UP,), "failed", []),
        ((HANGS_UP, LEAVES), "failed", []),
    ],
)
def test_a_playback_fails_only_while_the_caller_is_there(
    before: tuple[dict[str, Any], ...], state: str, expected: list[Outcome]
) -> None:
    inbound = Inbound(NODE, NAMESPACE)
    translate(ARRIVES, *before, inbound=inbound)
    assert translate(played("p", CALLER, state), inbound=inbound) == expected


def test_events_that_are_not_in_the_table_mean_nothing() -> None:
    assert translate(event("ChannelVarset", CALLER), {"type": "ApplicationReplaced"}) == []
    assert "ChannelVarset" not in INBOUND


def test_memory_is_bounded() -> None:
    recent = Recent(limit=2)
    assert [recent.add(name) for name in ("a", "b", "a", "c")] == [True, True, False, True]
    assert ["a" in recent, "b" in recent, "c" in recent] == [False, True, True]
