"""Functions and keys from the command line."""

import json
from pathlib import Path

import pytest

from app.integrations.keys import encrypt
from tests.unit.cli.conftest import Type

pytestmark = pytest.mark.unit

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:pay"


def test_functions_are_mapped_shown_and_forgotten(trunkline: Type, var: Path) -> None:
    assert "no functions" in trunkline("function", "list").out
    (var / "functions").mkdir()
    (var / "functions/lookup.py").write_text("def handler(event, context): return {}")
    assert trunkline("function", "map", ARN, "https://example.org/pay", "--secret", "hush").code == 0
    assert trunkline("function", "map", "score", "lambda:score:live").code == 0
    shown = json.loads(trunkline("function", "list", "--json").out)
    assert shown == {
        "map": [
            {"called": ARN, "where": "https", "target": "https://example.org/pay", "signed": True},
            {"called": "score", "where": "lambda", "target": "score:live", "signed": False},
        ],
        "files": ["lookup"],
    }
    listed = trunkline("function", "list").out
    assert "lookup" in listed
    assert "hush" not in listed
    assert trunkline("function", "map", "score", "--remove").code == 0
    assert "score" not in trunkline("function", "list").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("map", "pay"), "give the place"),
        (("map", "pay", "ftp:x"), "choose one of python, https, lambda"),
        (("map", "pay", "../pay"), "without folder and ending"),
        (("map", "pay", "pay", "--secret", "hush"), "only what is sent to an address"),
        (("map", "pay", "--remove"), "no function in the map named pay"),
        (("test", "pay", "--event", "/nonexistent"), "The event /nonexistent"),
    ],
)
def test_what_cannot_be_is_said(trunkline: Type, arguments: tuple[str, ...], words: str) -> None:
    said = trunkline("function", *arguments)
    assert said.code == 2
    assert words in said.err


def test_a_function_is_tried(trunkline: Type, var: Path) -> None:
    (var / "functions").mkdir()
    (var / "functions/lookup.py").write_text(
        "def handler(event, context):\n    return {'channel': event['Details']['ContactData']['Channel'], 'count': 2}\n"
    )
    tried = trunkline("function", "test", ARN.replace("pay", "lookup") + ":live")
    assert json.loads(tried.out) == {"channel": "VOICE", "count": "2"}
    assert trunkline("function", "test", "nothing").code == 1


def test_a_key_is_made_and_opens_what_was_entered(trunkline: Type, tmp_path: Path) -> None:
    assert trunkline("key", "make", "card", "--folder", str(tmp_path)).code == 0
    private = tmp_path / "card.private.pem"
    assert private.stat().st_mode & 0o777 == 0o600
    sealed = encrypt("4111", "card", (tmp_path / "card.certificate.pem").read_text())
    assert trunkline("key", "decrypt", str(private), sealed, "--key", "card").out == "4111\n"
    again = trunkline("key", "make", "card", "--folder", str(tmp_path))
    assert (again.code, "there already" in again.err) == (2, True)
    wrong = trunkline("key", "decrypt", str(private), sealed, "--key", "other")
    assert (wrong.code, "does not open it" in wrong.err) == (2, True)
