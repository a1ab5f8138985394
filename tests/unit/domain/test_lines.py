"""What a trunk, a phone and the network settings accept, and in which words they refuse."""

from typing import Any

import pytest

from app.domain.lines import NetworkSettings, Phone, Trunk, softphone_of
from app.errors import BadInput

pytestmark = pytest.mark.unit

HOSTILE = (
    "a\nexten => x,1,System(id)",
    "a\r\nAction: Originate",
    "a;b",
    "a[b]",
    "${SHELL(id)}",
    "a&PJSIP/x",
    "a\x00b",
    "a b",
    "\u202ea",
    "-a",
    "A",
    "",
    "a" * 300,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_names_and_hosts_refuse_what_could_leave_their_line(text: str) -> None:
    with pytest.raises(BadInput):
        Trunk(text, "sip.example.com")
    with pytest.raises(BadInput):
        Phone(text, "long-enough")
    if text != "A":
        with pytest.raises(BadInput):
            Trunk("carrier", text)
        with pytest.raises(BadInput):
            Trunk("carrier", "sip.example.com", match=(text,))


@pytest.mark.parametrize("field", ["username", "secret", "from_user", "from_domain", "outbound_caller_id"])
@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\x00b", "a\u2028b", " a", "a "])
def test_no_field_of_a_trunk_takes_a_control_character_or_outer_space(field: str, text: str) -> None:
    fields: dict[str, Any] = {field: text}
    with pytest.raises(BadInput) as refused:
        Trunk("carrier", "sip.example.com", **fields)
    assert "trunk carrier" in str(refused.value)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"mode": "register"}, "username and the secret"),
        ({"mode": "magic"}, "ip, register"),
        ({"port": 0}, "1 to 65535"),
        ({"srtp": "sdes"}, "transport tls"),
        ({"codecs": ()}, "opus, g722"),
        ({"codecs": ("mp3",)}, "'mp3'"),
        ({"match": ("300.1.1.1",)}, "198.51.100.0/24"),
        ({"outbound_caller_id": "me"}, "+15551234567"),
        ({"transport": "sctp"}, "udp, tcp, tls"),
        ({"media_timeout_s": -1}, "3600 seconds"),
    ],
)
def test_a_refusal_names_the_trunk_and_the_remedy(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput) as refused:
        Trunk("carrier", "sip.example.com", **fields)
    assert words in str(refused.value)
    assert "trunk carrier" in str(refused.value)


def test_a_trunk_takes_what_carriers_use() -> None:
    Trunk("carrier-2", "2001:db8::5", match=("203.0.113.0/24", "2001:db8::/32"), from_domain="voip.example.org")
    Trunk("itsp", "sip.example.com", mode="register", username="user@example.com", secret='a;b"c\\d e$')
    Trunk("secure", "sip.example.com", transport="tls", srtp="sdes", port=5061, codecs=("opus", "g722"))


def test_a_phone_is_never_named_like_a_caller_s_number_or_a_trunk() -> None:
    for name in ("1001", "+15551234567", "trunk-a", "anonymous"):
        with pytest.raises(BadInput):
            Phone(name, "long-enough")


def test_a_phone_needs_a_secret_that_is_not_guessed_at_once() -> None:
    with pytest.raises(BadInput, match="at least 8 characters"):
        Phone("alice", "short")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sip_port": 70000}, "SIP port"),
        ({"http_port": 5038}, "a port of its own"),
        ({"sip_tls_port": 5061}, "full path of a PEM file"),
        ({"rtp_start": 20000, "rtp_end": 20001}, "10000-20000"),
        ({"bind_address": "localhost"}, "IP address"),
        ({"external_address": "my host"}, "sip.example.com"),
        ({"local_networks": ("10.0.0.0/40",)}, "local network"),
        ({"country": "usa"}, "two letters"),
        ({"overflow_number": "0&PJSIP/x"}, "+15551234567"),
        ({"fallback_wait_s": 1}, "5 to 3600"),
    ],
)
def test_network_settings_refuse_in_words(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput) as refused:
        NetworkSettings(**fields)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "agent_id", ["ann", "7b1c2f9e-8a51-4c3e-9f0a-0d9e4b6a1c22", "Ann Example@example.com", "a" * 200, "-"]
)
def test_every_agent_can_have_a_phone_in_the_browser(agent_id: str) -> None:
    name = softphone_of(agent_id)
    assert Phone(name, "long enough", "webrtc").name == name
    assert name.startswith("web-")
    assert name != softphone_of(agent_id + "x")
