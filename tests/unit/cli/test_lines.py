"""Phones, trunks, numbers, agents and users from the command line."""

import json

import pytest

from tests.unit.cli.conftest import Type

pytestmark = pytest.mark.unit


def test_a_phone_is_added_shown_and_removed(trunkline: Type) -> None:
    added = trunkline("phone", "add", "bob", "--codecs", "alaw, ulaw")
    assert added.code == 0
    assert "takes effect at the next start" in added.out
    secret = added.out.rpartition("password ")[2].strip()
    assert len(secret) >= 16
    (phone,) = json.loads(trunkline("phone", "list", "--json", "--secrets").out)
    assert phone["secret"] == secret
    assert phone["codecs"] == ["alaw", "ulaw"]
    assert secret not in trunkline("phone", "list").out
    assert trunkline("phone", "remove", "bob").code == 0
    assert "no phones" in trunkline("phone", "list").out


def test_a_phone_gets_a_new_secret(trunkline: Type) -> None:
    trunkline("phone", "add", "bob")
    said = trunkline("phone", "secret", "bob", "--secret", "another-secret-1")
    assert said.code == 0
    assert "another-secret-1" in trunkline("phone", "list", "--secrets").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("phone", "add", "Bob"), "small letters"),
        (("phone", "secret", "nobody"), "no phone named nobody"),
        (("phone", "add", "bob", "--secret", "short"), "at least 8 characters"),
        (("trunk", "add", "acme", "--host", "not a host"), "host name such as"),
        (("trunk", "add", "acme", "--host", "sip.example.com", "--transport", "tls"), "SIP over TLS is off"),
        (("trunk", "show", "acme"), "no trunk named acme"),
        (("number", "add", "hello", "--flow", "x"), "cannot be read as a number"),
        (("number", "add", "+12025550100", "--flow", "x"), "no flow named x"),
        (("agent", "add", "ann"), "no phone named ann"),
        (("user", "password", "nobody", "--random"), "no user named nobody"),
        (("user", "add", "ann", "--role", "king", "--random"), "none of admin, supervisor, agent"),
        (("user", "add", "ann", "--agent", "ann", "--random"), "no agent named ann"),
        (("phone", "add"), "Missing argument"),
        (("nonsense",), "No such command"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(trunkline: Type, arguments: tuple[str, ...], words: str) -> None:
    said = trunkline(*arguments)
    assert said.code == 2
    assert words in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert said.out == ""


def test_a_trunk_keeps_every_field(trunkline: Type) -> None:
    options = {
        "--host": "sip.example.com",
        "--port": "5080",
        "--transport": "tcp",
        "--username": "alice",
        "--secret": "s3cret",
        "--codecs": "g722,alaw",
        "--match": "198.51.100.0/24",
        "--order": "3",
        "--from-user": "me",
        "--from-domain": "example.org",
        "--outbound-caller-id": "+12025550100",
        "--media-timeout": "30",
    }
    flat = [word for pair in options.items() for word in pair]
    assert trunkline("trunk", "add", "acme", *flat, "--no-tls-verify", "--disabled").code == 0
    shown = json.loads(trunkline("trunk", "show", "acme", "--json", "--secrets").out)
    assert shown == {
        "name": "acme",
        "host": "sip.example.com",
        "mode": "register",
        "port": 5080,
        "transport": "tcp",
        "srtp": "none",
        "username": "alice",
        "secret": "s3cret",
        "codecs": ["g722", "alaw"],
        "match": ["198.51.100.0/24"],
        "order": 3,
        "enabled": False,
        "from_user": "me",
        "from_domain": "example.org",
        "outbound_caller_id": "+12025550100",
        "tls_verify": False,
        "media_timeout_s": 30,
    }
    assert "s3cret" not in trunkline("trunk", "list", "--json").out
    assert trunkline("trunk", "enable", "acme").code == 0
    assert json.loads(trunkline("trunk", "show", "acme", "--json").out)["enabled"] is True


def test_a_wrong_setting_is_named(trunkline: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_SIP_PORT", "many")
    said = trunkline("phone", "list")
    assert said.code == 2
    assert "TRUNKLINE_SIP_PORT" in said.err


def test_a_database_that_is_not_there_is_one_sentence(trunkline: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_DATABASE_URL", "postgresql://nobody:hush@127.0.0.1:1/none")
    said = trunkline("phone", "list")
    assert said.code == 3
    assert "Start Postgres" in said.err
    assert "hush" not in said.err


def test_a_mistake_of_ours_leaves_its_trace_in_a_file(
    trunkline: Type, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr("app.cli.phones.print_table", lambda *_: 1 / 0)
    said = trunkline("phone", "list")
    assert said.code == 70
    (line,) = said.err.strip().splitlines()
    path = line.rpartition("the trace is in ")[2].partition(". Please")[0]
    with open(path) as log:
        assert "ZeroDivisionError" in log.read()
