"""Bots from the command line."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Type
from tests.unit.integrations.bank import BANK

pytestmark = pytest.mark.unit

ARN = "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/TSTALIASID"


def test_bots_are_mapped_shown_and_talked_to(trunkline: Type, var: Path) -> None:
    assert "no bots" in trunkline("bot", "list").out
    (var / "bots").mkdir()
    (var / "bots/Bank.yaml").write_text(BANK)
    assert trunkline("bot", "map", ARN, "Bank").code == 0
    shown = json.loads(trunkline("bot", "list", "--json").out)
    assert shown == {"map": [{"called": ARN, "where": "file", "target": "Bank", "signed": False}], "files": ["Bank"]}
    said = trunkline("bot", "talk", ARN, "1", "1234", "1").out.splitlines()
    assert said[0] == "bot: Press 1 for your balance, 2 to speak to somebody."
    assert said[-1] == "ReadyForFulfillment Balance account=1234"
    assert trunkline("bot", "map", ARN, "--remove").code == 0
    assert trunkline("bot", "talk", ARN, "1").code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("map", "Bank"), "give the place"), (("map", "Bank", "arn:aws:lex:x"), "bot-alias/BOT/ALIAS")],
)
def test_what_cannot_be_is_said(trunkline: Type, arguments: tuple[str, ...], words: str) -> None:
    said = trunkline("bot", *arguments)
    assert (said.code, words in said.err) == (2, True)
