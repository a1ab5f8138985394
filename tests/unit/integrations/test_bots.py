"""Bots of the instance: files, slots, and talks turn by turn."""

import datetime
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.calls.ports import NotAnswered
from app.domain.ids import ContactId, InvocationId
from app.domain.place import BOT, Place
from app.domain.questions import AskBot
from app.errors import BadInput
from app.integrations.bots.bots import MapOfBots
from app.integrations.bots.definition import Slot, make_bot, read_bot
from app.integrations.bots.dialog import Dialog, Turn, read_dialog, take_turn
from app.integrations.bots.files import FileBots
from app.integrations.bots.lex import read_reply
from app.integrations.bots.slots import most_keys, read_slot
from tests.unit.integrations.bank import BANK, bank, written

pytestmark = pytest.mark.unit

TODAY = datetime.date(2026, 11, 2)


def talk(*said: str) -> Turn:
    """The last turn of a talk; what the bot remembers goes through JSON between turns."""
    turn = take_turn(bank(), Dialog(), "", TODAY)
    for text in said:
        dialog = read_dialog(json.loads(msgspec.json.encode(turn.dialog.as_json())))
        turn = take_turn(bank(), dialog, text, TODAY)
    return turn


def test_a_talk_from_greeting_to_closing() -> None:
    opened = talk()
    assert (opened.state, opened.message, opened.keys) == (
        "ElicitIntent", "Press 1 for your balance, 2 to speak to somebody.", 1,
    )  # fmt: skip
    asked = talk("1")
    assert (asked.state, asked.message, asked.dialog.slot, asked.keys) == ("ElicitSlot", "Your account?", "account", 4)
    confirming = talk("1", "1234")
    assert (confirming.state, confirming.message, confirming.keys) == ("ConfirmIntent", "Account 1234?", 1)
    done = talk("1", "1234", "1")
    assert (done.state, done.message) == ("ReadyForFulfillment", "One moment, 1234.")
    assert (done.dialog.intent, done.dialog.slots) == ("Balance", {"account": "1234"})


@pytest.mark.parametrize("text", ["1", "my balance", "MY  BALANCE.", "Balance of account, 12-34"])
def test_an_utterance_is_heard_however_it_is_said(text: str) -> None:
    assert talk(text).dialog.intent == "Balance"


def test_slots_that_were_said_are_not_asked_for() -> None:
    assert talk("balance of account 12 34").message == "Account 1234?"
    assert talk("balance of account twelve").message == "Your account?"
    assert talk("visit on tomorrow").dialog.slots == {"day": "2026-11-03", "branch": None, "note": None}


def test_an_intent_without_slots_is_done_at_once() -> None:
    assert talk("2") == Turn("ReadyForFulfillment", Dialog("Agent"), "")


def test_optional_slots_are_left_alone() -> None:
    assert talk("visit", "11032026", "2").state == "ReadyForFulfillment"


def test_a_declined_confirmation_fails_under_its_own_name() -> None:
    turn = talk("1", "1234", "2")
    assert (turn.state, turn.message, turn.dialog.intent) == ("Failed", "Then not.", "Balance")


def test_what_is_not_understood_is_asked_again_and_then_given_up() -> None:
    assert talk("9").message == "Sorry. Press 1 for your balance, 2 to speak to somebody."
    assert talk("1", "77").message == "Four digits please."
    assert talk("1", "1234", "7").message == "Sorry. Account 1234?"
    given_up = talk("1", "7", "7", "7")
    assert (given_up.state, given_up.dialog.intent) == ("Failed", "FallbackIntent")
    assert talk("1", "7", "7", "1234").dialog.missed == 0


@pytest.mark.parametrize(
    ("slot", "said", "value"),
    [
        (Slot("digits", "?", least=3, most=5), "12 34", "1234"),
        (Slot("digits", "?", least=3, most=5), "12", None),
        (Slot("digits", "?", least=3, most=5), "123456", None),
        (Slot("digits", "?"), "١٢٣", None),
        (Slot("number", "?", least=1, most=31), "007", "7"),
        (Slot("number", "?", least=1, most=31), "32", None),
        (Slot("number", "?", least=1), "0", None),
        (Slot("number", "?"), "many", None),
        (Slot("date", "?"), "02292028", "2028-02-29"),
        (Slot("date", "?"), "02292027", None),
        (Slot("date", "?", order="DDMMYYYY"), "31122026", "2026-12-31"),
        (Slot("date", "?", order="DDMMYYYY"), "2026-12-31", "2026-12-31"),
        (Slot("date", "?"), "Yesterday", "2026-11-01"),
        (Slot("date", "?"), "1102", None),
        (Slot("yes/no", "?"), "1", "yes"),
        (Slot("yes/no", "?"), "No!", "no"),
        (Slot("yes/no", "?"), "maybe", None),
        (Slot("list", "?", values={"Gold": ["1", "The best"], "Silver": []}), "the best", "Gold"),
        (Slot("list", "?", values={"Gold": ["1"], "Silver": []}), "silver", "Silver"),
        (Slot("list", "?", values={"Gold": ["1"]}), "2", None),
        (Slot("text", "?"), " as it is ", "as it is"),
    ],
)
def test_slots_are_read(slot: Slot, said: str, value: str | None) -> None:
    assert read_slot(slot, said, TODAY) == value


def test_how_many_keys_fill_a_slot() -> None:
    slots = (Slot("digits", "?", most=4), Slot("date", "?"), Slot("yes/no", "?"), Slot("number", "?"))
    assert [most_keys(slot) for slot in slots] == [4, 8, 1, 0]
    assert most_keys(Slot("list", "?", values={"a": ["1"], "b": ["12", "two"]})) == 2


def _damaged(**changes: Any) -> dict[str, Any]:
    made = written()
    made["intents"]["Balance"] |= changes
    return made


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ([], "Expected `object`"),
        ({"intents": {}}, "there are none"),
        ({"intents": {"A": {"utterance": ["1"]}}}, "unknown field `utterance`"),
        (_damaged(slots={"a": {"type": "colour", "prompt": "?"}}), "'colour' is none of digits"),
        (_damaged(slots={"a": {"type": "list", "prompt": "?"}}), "a list needs its values"),
        (_damaged(slots={"a": {"type": "date", "prompt": "?", "order": "YMD"}}), "as DDMMYYYY"),
        (_damaged(slots={"a": {"type": "text", "prompt": ""}}), "nothing to ask with"),
        (_damaged(slots={"a b": {"type": "text", "prompt": "?"}}), "letters, digits and _"),
        (_damaged(utterances=["pay {sum}"]), r"\{sum\} in 'pay \{sum\}' is none of its slots"),
        (_damaged(utterances=["{account} {account}"]), "has a slot twice"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(file: Any, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        make_bot(file, "bank")


@pytest.mark.parametrize("text", ["intents: [", "\x00", "a: b: c"])
def test_what_is_no_yaml_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "bank.yaml").write_text(text)
    with pytest.raises(BadInput, match=r"The bot .*bank\.yaml"):
        read_bot(tmp_path / "bank.yaml")


def question(text: str, dialog: dict[str, Any] | None = None, bot: str = "Bank", name: str = "") -> AskBot:
    return AskBot(ContactId("c"), InvocationId("c.1.i1"), bot, "", "", text, "s", {"a": "b"}, dialog or {}, name)


async def test_a_file_is_asked_and_read_again_when_it_changes(tmp_path: Path) -> None:
    bots = FileBots(tmp_path, lambda: TODAY)
    with pytest.raises(NotAnswered, match="no file"):
        bots.bot("Bank")
    (tmp_path / "Bank.yaml").write_text(BANK)
    opened = await bots.ask("Bank", question(""))
    assert (opened.state, opened.session_attributes, opened.keys) == ("ElicitIntent", {"a": "b"}, 1)
    asked = await bots.ask("Bank", question("1", opened.dialog))
    assert (asked.state, asked.slot) == ("ElicitSlot", "account")
    (tmp_path / "Bank.yaml").write_text("intents: {Other: {utterances: ['7']}}\n")
    assert (await bots.ask("Bank", question("7", asked.dialog))).intent == "Other"
    (tmp_path / "Bank.yaml").write_text("intents: 7")
    with pytest.raises(NotAnswered, match="Expected `object`"):
        await bots.ask("Bank", question("7"))


async def test_a_bot_is_found_by_map_then_by_name(tmp_path: Path) -> None:
    (tmp_path / "Bank.yaml").write_text(BANK)
    bots = MapOfBots(FileBots(tmp_path), {})
    arn = "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/TSTALIASID"
    assert bots.place(arn, "Bank").target == "Bank"
    with pytest.raises(NotAnswered, match=r"Desk \(arn"):
        bots.place(arn, "Desk")
    bots.know([Place(BOT, arn, "file", "Bank")])
    assert bots.place(arn, "Desk").target == "Bank"
    assert (await bots.ask(question("", bot=arn))).state == "ElicitIntent"


def test_a_reply_of_lex_is_read() -> None:
    answer = {
        "messages": [{"contentType": "PlainText", "content": "Which size?"}, {"contentType": "ImageResponseCard"}],
        "sessionState": {
            "dialogAction": {"type": "ElicitSlot", "slotToElicit": "size"},
            "intent": {
                "name": "Order",
                "state": "InProgress",
                "slots": {"kind": {"value": {"originalValue": "a pizza", "interpretedValue": "pizza"}}, "size": None},
            },
            "sessionAttributes": {"tier": "gold"},
        },
    }
    reply = read_reply(question("pizza"), answer)
    assert (reply.state, reply.message, reply.intent, reply.slot) == ("ElicitSlot", "Which size?", "Order", "size")
    assert (reply.slots, reply.session_attributes) == ({"kind": "pizza", "size": None}, {"tier": "gold"})


@pytest.mark.parametrize("state", ["ReadyForFulfillment", "Fulfilled", "Failed"])
def test_at_its_close_the_intents_state_counts(state: str) -> None:
    closed = {"sessionState": {"dialogAction": {"type": "Close"}, "intent": {"name": "Order", "state": state}}}
    assert read_reply(question("x"), closed).state == state
