"""Each command as the requests it becomes, and Asterisk's answers as what they mean."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.calls.ports import NodeAway, RequestRefused
from app.domain.commands import (
    AddToBridge,
    Answer,
    AnswerTransfer,
    CreateBridge,
    DestroyBridge,
    DialNumber,
    Hangup,
    MuteParty,
    Play,
    RemoveFromBridge,
    RingPhone,
    SendDigits,
    Snoop,
    StartMusic,
    StartRinging,
    StopMusic,
    StopPlayback,
    StopRinging,
    TelephonyCommand,
    UnmuteParty,
)
from app.domain.events import PlaybackFinished
from app.domain.ids import BridgeId, ChannelId, ContactId, PlaybackId
from app.domain.prompt import Prompt, PromptKind
from app.telephony.ari.errors import AriDisconnected, AriError, AriOverloaded, AriTimeout
from app.telephony.dialling import caller_id
from app.telephony.ears import LISTENERS_GONE_S
from app.telephony.outbound import OUTBOUND
from tests.unit.telephony.scripted import NODE, OutboundRig

pytestmark = pytest.mark.unit

CONTACT = ContactId("c")
CALLER, BRIDGE, PLAY = ChannelId("node1-7.1"), BridgeId("node1-tl-b"), PlaybackId("c.1")
RING = RingPhone(CONTACT, NODE, ChannelId("node1-tl-p"), "desk1", "+15550100", "Ann", 20)
DIAL = DialNumber(CONTACT, NODE, ChannelId("node1-tl-n"), "+12065550123", "+15550100", "Centre", 30)
WAITED_FOR = replace(DIAL, bridge_id=BRIDGE)
CREATED = ["POST channels/create"]
DIALLED = [
    "POST bridges/node1-tl-b/addChannel",
    "POST channels/node1-tl-n/variable",
    "POST channels/node1-tl-n/dial",
]
MARK = "GET channels/node1-tl-n/variable"
HELLO = Prompt(PromptKind.TEXT, "hello")


@pytest.fixture
def rig(tmp_path: Path) -> OutboundRig:
    return OutboundRig(tmp_path)


@pytest.mark.parametrize(
    ("command", "requests"),
    [
        (Answer(CONTACT, CALLER), ["POST channels/node1-7.1/answer"]),
        (Hangup(CONTACT, CALLER, 17), ["DELETE channels/node1-7.1"]),
        (Play(CONTACT, CALLER, PLAY, (HELLO,)), ["POST channels/node1-7.1/play/c.1"]),
        (StopPlayback(CONTACT, PLAY), ["DELETE playbacks/c.1"]),
        (StartMusic(CONTACT, CALLER), ["POST channels/node1-7.1/moh"]),
        (StopMusic(CONTACT, CALLER), ["DELETE channels/node1-7.1/moh"]),
        (RING, ["POST channels/node1-tl-p"]),
        (CreateBridge(CONTACT, NODE, BRIDGE), ["POST bridges/node1-tl-b"]),
        (
            AddToBridge(CONTACT, BRIDGE, CALLER),
            ["DELETE channels/node1-7.1/moh", "POST bridges/node1-tl-b/addChannel"],
        ),
        (RemoveFromBridge(CONTACT, BRIDGE, CALLER), ["POST bridges/node1-tl-b/removeChannel"]),
        (DestroyBridge(CONTACT, BRIDGE), ["DELETE bridges/node1-tl-b"]),
        (StartRinging(CONTACT, CALLER), ["POST channels/node1-7.1/ring"]),
        (StopRinging(CONTACT, CALLER), ["DELETE channels/node1-7.1/ring"]),
        (SendDigits(CONTACT, CALLER, "1,2"), ["POST channels/node1-7.1/dtmf"]),
        (AnswerTransfer(CONTACT, CALLER), ["POST channels/node1-7.1/transfer_progress"]),
        (AnswerTransfer(CONTACT, CALLER, accepted=False), ["POST channels/node1-7.1/transfer_progress"]),
        (MuteParty(CONTACT, CALLER), ["POST channels/node1-7.1/mute"]),
        (UnmuteParty(CONTACT, CALLER), ["DELETE channels/node1-7.1/mute"]),
        (DIAL, ["POST channels/node1-tl-n"]),
        (WAITED_FOR, [*CREATED, *DIALLED]),
        (Snoop(CONTACT, NODE, ChannelId("node1-tl-s"), CALLER), ["POST channels/node1-7.1/snoop/node1-tl-s"]),
    ],
)
async def test_a_command_is_these_requests(rig: OutboundRig, command: TelephonyCommand, requests: list[str]) -> None:
    assert await rig.send(command) == requests


async def test_a_second_ear_waits_until_the_first_is_forgotten(rig: OutboundRig) -> None:
    first, second = (Snoop(CONTACT, NODE, ChannelId(f"node1-tl-s{number}"), CALLER) for number in (1, 2))
    began_s = time.monotonic()
    await rig.send(first)
    at_once_s = time.monotonic() - began_s
    assert await rig.send(second) == ["POST channels/node1-7.1/snoop/node1-tl-s2"]
    assert at_once_s < LISTENERS_GONE_S * 0.9 <= time.monotonic() - began_s


async def test_talks_are_mixed_where_a_browser_may_join_them(rig: OutboundRig) -> None:
    for rig.browsers in (False, True):
        await rig.send(CreateBridge(CONTACT, NODE, BRIDGE))
    assert [query["type"] for query in rig.client.queries] == ["mixing,proxy_media", "mixing,video_sfu"]


async def test_a_call_that_is_waited_for_shows_its_caller_and_not_who_waits(rig: OutboundRig) -> None:
    await rig.send(WAITED_FOR)
    variables, query = rig.client.bodies[0]["variables"], rig.client.queries[1]
    assert variables["CONNECTEDLINE(all,i)"] == variables["CALLERID(all)"] == '"Centre" <+15550100>'
    assert query == {"channel": "node1-tl-n", "inhibitConnectedLineUpdates": "true"}


@pytest.mark.parametrize(("marked", "then"), [("1", []), ("", DIALLED)])
async def test_a_call_that_was_begun_is_dialled_once(rig: OutboundRig, marked: str, then: list[str]) -> None:
    rig.client.refuse("POST channels/create", 500)
    rig.client.answers[MARK] = {"value": marked}
    assert await rig.send(WAITED_FOR) == [*CREATED, "GET channels/node1-tl-n", MARK, *then]


async def test_a_channel_that_cannot_be_put_into_the_bridge_is_given_up(rig: OutboundRig) -> None:
    rig.client.refuse(DIALLED[0], 409)
    with pytest.raises(RequestRefused) as refused:
        await rig.send(WAITED_FOR)
    assert (refused.value.http_status, rig.client.sent[-1]) == (503, "DELETE channels/node1-tl-n")


def test_every_command_is_in_the_table() -> None:
    assert set(OUTBOUND) == set(TelephonyCommand.__args__)


async def test_prompts_go_as_one_playback_in_order(rig: OutboundRig, tmp_path: Path) -> None:
    prompts = (HELLO, Prompt(PromptKind.SILENCE, "250"), Prompt(PromptKind.TEXT, "bye"))
    await rig.send(Play(CONTACT, CALLER, PLAY, prompts))
    assert rig.client.queries[-1]["media"] == f"sound:/hello,sound:{tmp_path}/silence/silence-250,sound:/bye"
    assert (tmp_path / "silence/silence-250.wav").stat().st_size == 44 + 250 * 16


async def test_a_phone_rings_with_the_callers_number_and_name(rig: OutboundRig) -> None:
    await rig.send(RING)
    query = rig.client.queries[-1]
    assert (query["endpoint"], query["callerId"], query["timeout"]) == ("PJSIP/desk1", '"Ann" <+15550100>', "20")


@pytest.mark.parametrize(
    ("phone", "endpoint"),
    [("robot", "Local/echo@trunkline-robot/n"), ("robot-tone-440", "Local/tone-440@trunkline-robot/n")],
)
async def test_a_robot_is_an_extension_of_the_dialplan(rig: OutboundRig, phone: str, endpoint: str) -> None:
    await rig.send(RingPhone(CONTACT, NODE, ChannelId("node1-tl-p"), phone, "", "", 20))
    assert rig.client.queries[-1]["endpoint"] == endpoint


async def test_a_phone_learns_the_contact_and_whether_to_answer_by_itself(rig: OutboundRig) -> None:
    header = "PJSIP_HEADER(add,Call-Info)"
    await rig.send(RING)
    assert rig.client.bodies[-1]["variables"]["PJSIP_HEADER(add,X-Trunkline-Contact)"] == CONTACT
    assert header not in rig.client.bodies[-1]["variables"]
    await rig.send(replace(RING, channel_id=ChannelId("node1-tl-q"), auto_answer=True))
    assert rig.client.bodies[-1]["variables"][header].endswith("answer-after=0")
    await rig.send(replace(RING, channel_id=ChannelId("node1-tl-r"), phone="robot", auto_answer=True))
    assert header not in rig.client.bodies[-1]["variables"]


@pytest.mark.parametrize("phone", ["desk1&PJSIP/desk2", "x@y", "", "../x", "a b", "a,b"])
async def test_a_name_that_is_no_phones_is_never_dialled(rig: OutboundRig, phone: str) -> None:
    with pytest.raises(RequestRefused):
        await rig.send(RingPhone(CONTACT, NODE, ChannelId("node1-tl-p"), phone, "", "", 20))
    assert rig.client.sent == []


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        ("Ann", "+1555", '"Ann" <+1555>'),
        ("", "+1555", "<+1555>"),
        ('A"><sip:x@y>\r\nX: 1', "+1\r\n5;z", '"Asipx@yX 1" <+15z>'),
    ],
)
def test_a_caller_id_cannot_say_more_than_name_and_number(name: str, number: str, expected: str) -> None:
    assert caller_id(name, number) == expected


@pytest.mark.parametrize(
    ("command", "line", "status"),
    [
        (Hangup(CONTACT, CALLER), "DELETE channels/node1-7.1", 404),
        (StopPlayback(CONTACT, PLAY), "DELETE playbacks/c.1", 404),
        (StopMusic(CONTACT, CALLER), "DELETE channels/node1-7.1/moh", 404),
        (CreateBridge(CONTACT, NODE, BRIDGE), "POST bridges/node1-tl-b", 409),
        (DestroyBridge(CONTACT, BRIDGE), "DELETE bridges/node1-tl-b", 404),
    ],
)
async def test_what_is_so_already_is_no_error(
    rig: OutboundRig, command: TelephonyCommand, line: str, status: int
) -> None:
    rig.client.refuse(line, status)
    await rig.send(command)
    rig.client.refuse(line, 500)
    with pytest.raises(RequestRefused) as refused:
        await rig.send(command)
    assert refused.value.http_status == 500


async def test_a_channel_that_a_bridge_misses_is_a_404(rig: OutboundRig) -> None:
    rig.client.refuse("POST bridges/node1-tl-b/addChannel", 400, "Channel not found.")
    with pytest.raises(RequestRefused) as refused:
        await rig.send(AddToBridge(CONTACT, BRIDGE, CALLER))
    assert (refused.value.command, refused.value.http_status) == ("AddToBridge", 404)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (AriTimeout(operation="x", node="node1", timeout_s=5), 504),
        (AriOverloaded(operation="x", node="node1", waiting=9), 503),
    ],
)
async def test_no_answer_is_a_refusal_in_words(rig: OutboundRig, error: AriError, status: int) -> None:
    rig.client.answers["POST channels/node1-7.1/answer"] = error
    with pytest.raises(RequestRefused) as refused:
        await rig.send(Answer(CONTACT, CALLER))
    assert refused.value.http_status == status
    assert "node1" in refused.value.reason


async def test_a_connection_that_ended_is_a_node_away(rig: OutboundRig) -> None:
    rig.client.answers["POST channels/node1-7.1/answer"] = AriDisconnected(operation="x", node="node1", reason="gone")
    with pytest.raises(NodeAway):
        await rig.send(Answer(CONTACT, CALLER))


async def test_the_same_playback_is_sent_once_but_again_after_a_refusal(rig: OutboundRig) -> None:
    play = Play(CONTACT, CALLER, PLAY, (HELLO,))
    rig.client.refuse("POST channels/node1-7.1/play/c.1", 500)
    with pytest.raises(RequestRefused):
        await rig.send(play)
    rig.client.answers.clear()
    assert await rig.send(play) == ["POST channels/node1-7.1/play/c.1"]
    assert await rig.send(play) == []


async def test_what_is_played_stops_before_the_next_prompt_and_before_a_bridge(rig: OutboundRig) -> None:
    await rig.send(Play(CONTACT, CALLER, PLAY, (HELLO,)))
    assert (await rig.send(Play(CONTACT, CALLER, PlaybackId("c.2"), (HELLO,))))[0] == "DELETE playbacks/c.1"
    assert (await rig.send(AddToBridge(CONTACT, BRIDGE, CALLER)))[0] == "DELETE playbacks/c.2"
    rig.outbound.playback_ended(PlaybackId("c.2"))
    assert "DELETE playbacks/c.2" not in await rig.send(AddToBridge(CONTACT, BRIDGE, CALLER))


async def test_a_playback_of_a_former_process_stops_too_once_it_is_known(rig: OutboundRig) -> None:
    rig.outbound.learn_playback(CALLER, PlaybackId("c.9"))
    assert (await rig.send(AddToBridge(CONTACT, BRIDGE, CALLER)))[0] == "DELETE playbacks/c.9"


async def test_a_prompt_that_cannot_be_made_is_a_failed_playback(rig: OutboundRig) -> None:
    assert await rig.send(Play(CONTACT, CALLER, PLAY, (HELLO, Prompt(PromptKind.AUDIO, "gone")))) == []
    (told,) = rig.told
    assert isinstance(told, PlaybackFinished)
    assert (told.playback_id, told.failed) == (PLAY, True)
    assert "gone" in told.reason


async def test_nothing_to_play_has_ended(rig: OutboundRig) -> None:
    assert await rig.send(Play(CONTACT, CALLER, PLAY, ())) == []
    assert rig.told == [PlaybackFinished(PLAY)]


@pytest.mark.parametrize("status", [409, 500])
async def test_a_phone_that_rings_already_is_no_error(rig: OutboundRig, status: int) -> None:
    rig.client.refuse("POST channels/node1-tl-p", status)
    assert (await rig.send(RING))[-1].startswith("GET channels/node1-tl-p")


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [
        (None, "there is no such phone"),
        ({"technology": "PJSIP", "resource": "desk1", "state": "offline"}, "it is not registered"),
        ({"technology": "PJSIP", "resource": "desk1", "state": "online"}, "Asterisk could not ring it: no"),
    ],
)
async def test_a_phone_that_cannot_be_rung_is_refused_in_words(rig: OutboundRig, endpoint: Any, reason: str) -> None:
    rig.client.refuse("POST channels/node1-tl-p", 409)
    rig.client.refuse("GET channels/node1-tl-p", 404)
    rig.client.answers["GET endpoints/PJSIP/desk1"] = endpoint
    if endpoint is None:
        rig.client.refuse("GET endpoints/PJSIP/desk1", 404)
    with pytest.raises(RequestRefused) as refused:
        await rig.send(RING)
    assert (refused.value.target, refused.value.reason) == ("desk1", reason)


async def test_numbers_go_over_the_trunk_of_their_attempt(rig: OutboundRig) -> None:
    await rig.send(DIAL)
    await rig.send(replace(DIAL, attempt=1))
    assert [query["endpoint"] for query in rig.client.queries] == ["PJSIP/+12065550123@a", "PJSIP/+12065550123@b"]


@pytest.mark.parametrize(("number", "attempt", "status"), [("+12065550123", 2, 404), ("1@evil", 0, 400), ("", 0, 400)])
async def test_what_cannot_be_called_is_refused_before_asterisk_is_asked(
    rig: OutboundRig, number: str, attempt: int, status: int
) -> None:
    with pytest.raises(RequestRefused) as refused:
        await rig.send(replace(DIAL, number=number, attempt=attempt))
    assert refused.value.http_status == status
    assert rig.client.sent == []
