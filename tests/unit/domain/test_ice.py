"""Servers that help a browser's sound through, and log-ins for them that end."""

import pytest

from app.domain.ice import IceServer, IceServers, named
from app.errors import BadInput

pytestmark = pytest.mark.unit

TURN = "turn:turn.example.net:3478"


def test_each_page_has_a_log_in_that_ends() -> None:
    """The password is what `openssl dgst -sha1 -hmac north` makes of the user name."""
    (server,) = IceServers(turn=(TURN,), secret="north").of_page("carol", 1_700_000_000_123)
    assert server == IceServer((TURN,), "1700086400:carol", "r9TJlrTxaKwL2ufwcpCuxoloJxo=")


def test_a_lasting_log_in_is_everybodys_and_stun_needs_none() -> None:
    given = IceServers(named("stun:a.example.net, stun:b.example.net:19302"), (TURN,), username="u", password="p")
    found = given.of_page("carol", 0)
    assert found == (IceServer(("stun:a.example.net", "stun:b.example.net:19302")), IceServer((TURN,), "u", "p"))
    assert (given.lasts_s, IceServers().of_page("carol", 0)) == (0, ())


@pytest.mark.parametrize(
    ("stun", "asked"),
    [
        ("", ""),
        ("stun:a.example.net", "a.example.net:3478"),
        ("stuns:a.example.net,stun:b.example.net:19302", "b.example.net:19302"),
        ("stun:[2001:db8::1]", "[2001:db8::1]:3478"),
        ("stun:[2001:db8::1]:99", "[2001:db8::1]:99"),
    ],
)
def test_asterisk_asks_the_first_that_it_can(stun: str, asked: str) -> None:
    assert IceServers(named(stun)).asterisk_asks == asked


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"stun": ("a.example.net",)}, "stun:stun.example.net:3478"),
        ({"turn": ("turn:a b",), "secret": "s"}, "transport=tcp"),
        ({"turn": (TURN,)}, "TRUNKLINE_TURN_SECRET"),
        ({"turn": (TURN,), "username": "u"}, "TRUNKLINE_TURN_SECRET"),
    ],
)
def test_what_does_not_fit_is_said_with_the_remedy(given: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        IceServers(**given)  # type: ignore[arg-type]
