"""A bot as its file writes it: intents, what is said to mean them, and the details to ask for. `docs/bots.md` explains the file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct, field

from app.errors import BadInput
from app.integrations.bots.slots import SLOT_TYPES

LARGEST = 1_048_576
"""Bytes of a bot's file."""


class Slot(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A detail of an intent. `least` and `most` are keys of `digits`, or bounds of a `number`; `values` are those of a `list` with
    what else is said for each."""

    type: str
    prompt: str
    retry: str = ""
    required: bool = True
    least: int | None = None
    most: int | None = None
    order: str = "MMDDYYYY"
    values: dict[str, list[str]] = field(default_factory=dict)


class Intent(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Something that a caller may want."""

    utterances: list[str] = field(default_factory=list)
    slots: dict[str, Slot] = field(default_factory=dict)
    confirm: str = ""
    declined: str = ""
    closing: str = ""


class Bot(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A bot. `retries` is how often it asks again before it gives up."""

    intents: dict[str, Intent]
    greeting: str = ""
    sorry: str = "I did not understand that."
    retries: int = 2


def read_bot(path: Path) -> Bot:
    """The bot of a file in YAML or JSON. BadInput names what is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(what=f"The bot {path}", why="the file is larger than 1 MB")
        written = yaml.load(path.read_text(), yaml.BaseLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(what=f"The bot {path}", why=" ".join(str(error).split())) from None
    return make_bot(written, str(path))


def make_bot(written: Any, source: str) -> Bot:
    """The bot of what a file holds; every scalar may be text, as YAML has it."""
    try:
        bot = msgspec.convert(written, Bot, strict=False)
    except msgspec.ValidationError as error:
        raise BadInput(what=f"The bot {source}", why=str(error)) from None
    for place, problem in _problems(bot):
        raise BadInput(what=f"The bot {source}", why=f"{place}: {problem}")
    return bot


def _problems(bot: Bot) -> Iterator[tuple[str, str]]:
    """Places and what is wrong there."""
    if not bot.intents:
        yield "intents", "there are none"
    for name, intent in bot.intents.items():
        for slot_name, slot in intent.slots.items():
            for problem in _slot_problems(slot_name, slot):
                yield f"intents.{name}.slots.{slot_name}", problem
        for utterance in intent.utterances:
            for problem in _utterance_problems(intent, utterance):
                yield f"intents.{name}.utterances", problem


def _slot_problems(name: str, slot: Slot) -> Iterator[str]:
    if not name.isidentifier():
        yield "a slot's name is letters, digits and _"
    if slot.type not in SLOT_TYPES:
        yield f"the type {slot.type!r} is none of {', '.join(SLOT_TYPES)}"
    if slot.type == "list" and not slot.values:
        yield "a list needs its values"
    if sorted(slot.order) != sorted("DDMMYYYY"):
        yield "write the order as DDMMYYYY, MMDDYYYY or YYYYMMDD"
    if not slot.prompt:
        yield "there is nothing to ask with"


def _utterance_problems(intent: Intent, utterance: str) -> Iterator[str]:
    named = _named(utterance)
    if len(set(named)) != len(named):
        yield f"{utterance!r} has a slot twice"
    for name in named:
        if name not in intent.slots:
            yield f"{{{name}}} in {utterance!r} is none of its slots"


def _named(utterance: str) -> list[str]:
    """The slots that an utterance has in it."""
    return [part.partition("}")[0] for part in utterance.split("{")[1:]]
