"""Calls become requests: the places where a generated client goes wrong."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.errors import BadInput
from app.telephony.ari.generated import applications, bridges, channels, endpoints
from app.telephony.ari.operation import Operation, Request

pytestmark = pytest.mark.unit


def request(operation: Operation, *ids: str, **parameters: Any) -> Request:
    return operation.request(ids, parameters)


def test_falsy_values_are_sent_and_none_is_not() -> None:
    made = request(channels.PLAY, "c1", media="sound:a", offsetms=0, lang="", skipms=None)
    assert made.query == [("media", "sound:a"), ("offsetms", "0"), ("lang", "")]


def test_booleans_lists_and_the_name_from() -> None:
    assert request(bridges.ADD_CHANNEL, "b1", channel=["c1", "c2"], mute=False, absorbDTMF=True).query == [
        ("channel", "c1,c2"),
        ("mute", "false"),
        ("absorbDTMF", "true"),
    ]
    assert request(endpoints.SEND_MESSAGE, to="pjsip:a", from_="pjsip:b").query == [
        ("to", "pjsip:a"),
        ("from", "pjsip:b"),
    ]


def test_a_body_is_wrapped_under_its_name_or_is_whole() -> None:
    made = request(channels.ORIGINATE, endpoint="PJSIP/1", variables={"A": "ü"})
    assert (made.body, made.query) == ('{"variables":{"A":"ü"}}'.encode(), [("endpoint", "PJSIP/1")])
    body: Mapping[str, object] = {"allowed": [], "disallowed": [{"type": "Dial"}]}
    assert request(applications.FILTER, "app", filter=body).body == b'{"allowed":[],"disallowed":[{"type":"Dial"}]}'


@pytest.mark.parametrize(
    ("channel_id", "path"),
    [
        ("node1-1.2", "channels/node1-1.2"),
        ("a/b", "channels/a%2Fb"),
        ("a?b#c%41", "channels/a%3Fb%23c%2541"),
        ("../x", "channels/..%2Fx"),
        ("a\r\nHost: b", "channels/a%0D%0AHost%3A%20b"),
        ("é", "channels/%C3%A9"),
        (".hidden", "channels/.hidden"),
    ],
)
def test_ids_are_escaped(channel_id: str, path: str) -> None:
    assert request(channels.GET, channel_id).uri == path


@pytest.mark.parametrize("channel_id", ["", ".", ".."])
def test_ids_that_would_change_the_path_are_refused(channel_id: str) -> None:
    with pytest.raises(BadInput, match=r"channels\.hangup"):
        request(channels.HANGUP, channel_id)


def test_an_unknown_parameter_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match=r"channels\.play takes no parameter volume"):
        request(channels.PLAY, "c1", media="sound:a", volume=3)
