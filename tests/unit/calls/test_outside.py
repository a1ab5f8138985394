"""What functions may answer, and keys that only the vault knows."""

import json
from typing import Any

import pytest

from app.calls.outside import read_answer
from app.calls.ports import ANSWER_LIMIT, NotAnswered
from app.calls.vault import KEPT, Vault
from app.domain.ids import ChannelId

pytestmark = pytest.mark.unit

CALLER, OTHER = ChannelId("node1-1"), ChannelId("node1-2")


@pytest.mark.parametrize(
    ("answer", "flat"),
    [
        ({}, {}),
        ({"name": "Ann"}, {"name": "Ann"}),
        (
            {"count": 3, "rate": 1.5, "open": True, "none": None},
            {"count": "3", "rate": "1.5", "open": "true", "none": ""},
        ),
        ({"é": "ü\u0000"}, {"é": "ü\u0000"}),
    ],
)
def test_a_flat_answer_becomes_texts(answer: Any, flat: dict[str, str]) -> None:
    assert read_answer(json.dumps(answer).encode(), nested=False) == flat


def test_a_nested_answer_stays_as_it_is() -> None:
    answer = {"customer": {"orders": [1, {"id": None}]}}
    assert read_answer(json.dumps(answer).encode(), nested=True) == answer


@pytest.mark.parametrize(
    ("answer", "nested", "why"),
    [
        (b'{"a": {"b": 1}}', False, "'a' in its answer"),
        (b'{"a": [1]}', False, "'a' in its answer"),
        (b"[1]", True, "not a JSON object"),
        (b"null", False, "not a JSON object"),
        (b'"text"', False, "not a JSON object"),
        (b"", False, "did not answer with JSON"),
        (b"<html>", True, "did not answer with JSON"),
        (b'{"a": "\\ud800"}', True, "did not answer with JSON"),
        (b'{"a": NaN}', True, "did not answer with JSON"),
        (b"\xff\xfe", True, "did not answer with JSON"),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", True, "deep"),
        (b'{"a":' + b"[" * 9_000 + b"]" * 9_000 + b"}", True, "did not answer with JSON"),
        (b'{"a": "' + b"b" * ANSWER_LIMIT + b'"}', True, "more than 32 KB"),
    ],
)
def test_anything_else_is_no_answer(answer: bytes, nested: bool, why: str) -> None:
    with pytest.raises(NotAnswered, match=why):
        read_answer(answer, nested=nested)


def pressed(vault: Vault, keys: str, channel: ChannelId = CALLER) -> None:
    for key in keys:
        vault.keep(channel, key)


def test_the_newest_keys_fill_the_places_of_the_concealed_ones() -> None:
    vault = Vault()
    pressed(vault, "99" + "4111")
    pressed(vault, "5555", OTHER)
    assert vault.take(CALLER, "xx#xx") == "41#11"
    assert vault.take(OTHER, "xxxx") == "5555"


def test_keys_are_given_out_once_and_only_whole() -> None:
    vault = Vault()
    pressed(vault, "12")
    assert vault.take(CALLER, "xxx") is None
    assert vault.take(CALLER, "xx") is None
    pressed(vault, "34")
    vault.forget(CALLER)
    assert vault.take(CALLER, "xx") is None
    assert vault.take(CALLER, "") == ""


def test_the_vault_has_an_end() -> None:
    vault = Vault()
    pressed(vault, "1" * KEPT + "2")
    assert vault.take(CALLER, "x" * KEPT) == "1" * (KEPT - 1) + "2"
