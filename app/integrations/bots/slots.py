"""What callers say or key in, read as values. Pure."""

import datetime
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.integrations.bots.definition import Slot

SLOT_TYPES = ("digits", "number", "date", "yes/no", "list", "text")
YES = frozenset(("1", "yes", "yeah", "yep", "sure", "ok", "okay", "correct", "right"))
NO = frozenset(("2", "no", "nope", "wrong", "cancel"))
DATE_KEYS = 8
ENDS = " .!?;:'\""
"""What does not count at the ends of what is said."""
_SEPARATORS = re.compile(r"[\s\-./()]+")


def plain(text: str) -> str:
    """Words as they are compared: small letters, single spaces, no punctuation at the ends."""
    return " ".join(text.lower().replace(",", " ").split()).strip(ENDS)


def read_slot(slot: "Slot", text: str, today: datetime.date) -> str | None:
    """The value in `text`; None when there is none of the slot's type."""
    said = plain(text)
    if slot.type == "digits":
        return _digits(slot, said)
    if slot.type == "number":
        return _number(slot, said)
    if slot.type == "date":
        return _date(slot, said, today)
    if slot.type == "yes/no":
        return "yes" if said in YES else "no" if said in NO else None
    if slot.type == "list":
        return _value(slot, said)
    return text.strip() or None


def most_keys(slot: "Slot") -> int:
    """How many keys make the slot full; 0 when that cannot be said."""
    if slot.type == "digits":
        return slot.most or 0
    if slot.type == "date":
        return DATE_KEYS
    if slot.type == "yes/no":
        return 1
    if slot.type == "list":
        keyed = [len(word) for words in slot.values.values() for word in words if word.isdecimal()]
        return max(keyed, default=0)
    return 0


def _digits(slot: "Slot", said: str) -> str | None:
    digits = _SEPARATORS.sub("", said)
    fits = digits.isdecimal() and digits.isascii() and (slot.least or 1) <= len(digits) <= (slot.most or 64)
    return digits if fits else None


def _number(slot: "Slot", said: str) -> str | None:
    if not re.fullmatch(r"-?\d{1,15}", said, re.ASCII):
        return None
    number = int(said)
    low = slot.least is not None and number < slot.least
    high = slot.most is not None and number > slot.most
    return None if low or high else str(number)


def _date(slot: "Slot", said: str, today: datetime.date) -> str | None:
    """As YYYY-MM-DD. Keys are in the slot's order; words are today, tomorrow and yesterday."""
    days = {"today": 0, "tomorrow": 1, "yesterday": -1}
    if said in days:
        return (today + datetime.timedelta(days=days[said])).isoformat()
    digits = _SEPARATORS.sub("", said)
    if len(digits) != DATE_KEYS or not digits.isdecimal() or not digits.isascii():
        return None
    order = "YYYYMMDD" if re.match(r"\d{4}[-/.]", said) else slot.order
    parts = {part: "".join(key for key, place in zip(digits, order, strict=True) if place == part) for part in "YMD"}
    try:
        return datetime.date(int(parts["Y"]), int(parts["M"]), int(parts["D"])).isoformat()
    except ValueError:
        return None


def _value(slot: "Slot", said: str) -> str | None:
    for value, words in slot.values.items():
        if said in (plain(value), *map(plain, words)):
            return value
    return None
