"""The dialog of a bot of the instance: what it has understood so far and what the caller said in, its reply out. Pure."""

import datetime
import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.integrations.bots.definition import Bot, Intent
from app.integrations.bots.slots import ENDS, NO, YES, most_keys, plain, read_slot

FALLBACK = "FallbackIntent"
"""What is reported when the bot gives up."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """Everything that the bot remembers between two turns. `slot` is the one asked for, `confirming` that it asked to confirm."""

    intent: str = ""
    slots: dict[str, str | None] = field(default_factory=dict)
    slot: str = ""
    confirming: bool = False
    missed: int = 0
    """Turns in a row in which it understood nothing."""

    def as_json(self) -> dict[str, Any]:
        made: dict[str, Any] = msgspec.to_builtins(self)
        return made


@dataclass(frozen=True, slots=True)
class Turn:
    """What the bot makes of one turn; the names are `BotReplied`'s."""

    state: str
    dialog: Dialog
    message: str = ""
    keys: int = 0


def read_dialog(written: dict[str, Any]) -> Dialog:
    """What `as_json` wrote; a new one when there is nothing."""
    return msgspec.convert(written, Dialog)


def take_turn(bot: Bot, dialog: Dialog, text: str, today: datetime.date) -> Turn:
    """The bot's reply to `text`. Empty text with a new dialog opens the talk."""
    if not text.strip():
        return _ask(bot, dialog, "") if dialog.intent else Turn("ElicitIntent", dialog, bot.greeting, _intent_keys(bot))
    if not dialog.intent:
        return _hear_intent(bot, dialog, text, today)
    if dialog.confirming:
        return _hear_confirmation(bot, dialog, text)
    return _hear_slot(bot, dialog, text, today)


def _hear_intent(bot: Bot, dialog: Dialog, text: str, today: datetime.date) -> Turn:
    for name, intent in bot.intents.items():
        for utterance in intent.utterances:
            slots = match_utterance(intent, utterance, text, today)
            if slots is not None:
                known = {slot: slots.get(slot) for slot in intent.slots}
                return _ask(bot, Dialog(name, known), "")
    return _missed(bot, dialog, bot.greeting, _intent_keys(bot))


def _hear_slot(bot: Bot, dialog: Dialog, text: str, today: datetime.date) -> Turn:
    slot = bot.intents[dialog.intent].slots[dialog.slot]
    value = read_slot(slot, text, today)
    if value is None:
        return _missed(bot, dialog, slot.prompt, most_keys(slot), slot.retry)
    return _ask(bot, _changed(dialog, slots={**dialog.slots, dialog.slot: value}, missed=0), "")


def _hear_confirmation(bot: Bot, dialog: Dialog, text: str) -> Turn:
    said, intent = plain(text), bot.intents[dialog.intent]
    if said in YES:
        return _done(intent, dialog)
    if said in NO:
        return Turn("Failed", _changed(dialog, confirming=False), intent.declined)
    return _missed(bot, dialog, filled(intent.confirm, dialog.slots), 1)


def _ask(bot: Bot, dialog: Dialog, before: str) -> Turn:
    """What is to be known next of the intent."""
    intent = bot.intents[dialog.intent]
    for name, slot in intent.slots.items():
        if slot.required and dialog.slots.get(name) is None:
            words = filled(slot.prompt, dialog.slots)
            return Turn("ElicitSlot", _changed(dialog, slot=name, confirming=False), words, most_keys(slot))
    if intent.confirm:
        following = _changed(dialog, slot="", confirming=True)
        return Turn("ConfirmIntent", following, filled(intent.confirm, dialog.slots), 1)
    return _done(intent, dialog)


def _done(intent: Intent, dialog: Dialog) -> Turn:
    following = _changed(dialog, slot="", confirming=False)
    return Turn("ReadyForFulfillment", following, filled(intent.closing, dialog.slots))


def _missed(bot: Bot, dialog: Dialog, prompt: str, keys: int, retry: str = "") -> Turn:
    """Not understood: asks again, or gives up."""
    missed = dialog.missed + 1
    if missed > bot.retries:
        return Turn("Failed", Dialog(FALLBACK, dialog.slots))
    state = "ConfirmIntent" if dialog.confirming else "ElicitSlot" if dialog.intent else "ElicitIntent"
    again = retry or f"{bot.sorry} {prompt}".strip()
    return Turn(state, _changed(dialog, missed=missed), filled(again, dialog.slots), keys)


def match_utterance(intent: Intent, utterance: str, text: str, today: datetime.date) -> dict[str, str] | None:
    """The slots that `text` fills when it is this utterance; None when it is not. `{slot}` stands for any words."""
    pieces = re.split(r"\{(\w+)\}", utterance.strip(ENDS))
    pattern = "".join(
        rf"(?P<{piece}>.+?)" if index % 2 else re.escape(_piece(piece)) for index, piece in enumerate(pieces)
    )
    match = re.fullmatch(pattern, plain(text))
    if match is None:
        return None
    values = {name: read_slot(intent.slots[name], said, today) for name, said in match.groupdict().items()}
    return {name: value for name, value in values.items() if value is not None}


def _piece(piece: str) -> str:
    """A piece of an utterance as `plain` would leave it inside a sentence."""
    return re.sub(r"\s+", " ", piece.lower().replace(",", " "))


def filled(words: str, slots: dict[str, str | None]) -> str:
    """Words with the slots' values in them."""
    return re.sub(r"\{(\w+)\}", lambda match: slots.get(match[1]) or "", words)


def _intent_keys(bot: Bot) -> int:
    """The most keys of an utterance that is keyed in."""
    keyed = [len(words) for intent in bot.intents.values() for words in intent.utterances if words.isdecimal()]
    return max(keyed, default=0)


def _changed(dialog: Dialog, **fields: Any) -> Dialog:
    known = {name: getattr(dialog, name) for name in Dialog.__slots__}
    return Dialog(**{**known, **fields})
