"""SSML's say-as, as words that any engine reads the right way. What is not known here is read as it stands."""

import re
from collections.abc import Callable

_SYMBOLS = {
    "@": "at",
    "#": "number sign",
    "$": "dollar",
    "%": "percent",
    "&": "and",
    "*": "star",
    "+": "plus",
    "-": "dash",
    ".": "dot",
    "/": "slash",
    ":": "colon",
    "_": "underscore",
    "=": "equals",
}
"""English names of the symbols of addresses and codes; in other languages a symbol is left out."""


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_FRACTIONS = {
    2: "half",
    3: "third",
    4: "quarter",
    5: "fifth",
    6: "sixth",
    7: "seventh",
    8: "eighth",
    9: "ninth",
    10: "tenth",
}


def expand(interpret_as: str, text: str, language: str, format: str = "") -> str:
    """The text as it is to be read aloud. `language` is empty for the voice's own (taken for English here); `format` is a date's."""
    english = not language or language.casefold().startswith("en")
    if interpret_as in ("characters", "spell-out"):
        return _padded(_characters(text, english))
    if interpret_as == "digits":
        return _padded(", ".join(re.findall(r"\d", text)) or text)
    if interpret_as == "telephone":
        return _padded(_telephone(text, english))
    expanded = _ENGLISH[interpret_as](text.strip(), format) if english and interpret_as in _ENGLISH else ""
    return _padded(expanded) if expanded else text


def _characters(text: str, english: bool) -> str:
    names = (letter.upper() if letter.isalnum() else _SYMBOLS.get(letter, "") if english else "" for letter in text)
    return ", ".join(name for name in names if name)


def _telephone(text: str, english: bool) -> str:
    """Digits one by one, with a pause at each group that the number was written in; groups of 3 and a last of 4 where it has none."""
    number, _, extension = text.casefold().partition("x")
    groups = [re.sub(r"\D", "", group) for group in re.split(r"[\s().,/-]+", number)]
    groups = [group for group in groups if group]
    if len(groups) == 1 and len(groups[0]) > 5:
        groups = _grouped(groups[0])
    spoken = ", ".join(" ".join(group) for group in groups)
    plus = "plus " if number.strip().startswith("+") and english else ""
    extended = " ".join(re.findall(r"\d", extension))
    return f"{plus}{spoken}{', extension ' if extended and english else ', ' if extended else ''}{extended}" or text


def _grouped(digits: str) -> list[str]:
    head, tail = digits[:-4], digits[-4:]
    first = len(head) % 3
    return [group for group in (head[:first], *(head[i : i + 3] for i in range(first, len(head), 3)), tail) if group]


def _padded(text: str) -> str:
    return f" {text} "


def _ordinal(text: str, _format: str) -> str:
    """`3` as `3rd`, which engines read as it should be."""
    if not re.fullmatch(r"\d{1,9}", text):
        return ""
    last = "th" if text[-2:-1] == "1" else {"1": "st", "2": "nd", "3": "rd"}.get(text[-1], "th")
    return f"{text}{last}"


def _fraction(text: str, _format: str) -> str:
    """`2/9` as `2 ninths`, `1+1/2` as `1 and 1 half`."""
    match = re.fullmatch(r"(?:(\d{1,6})\+)?(\d{1,6})/(\d{1,6})", text.replace(" ", ""))
    if match is None:
        return ""
    whole, over, under = match[1], match[2], int(match[3])
    name = _FRACTIONS.get(under, f"over {under}")
    plural = "" if over == "1" or under not in _FRACTIONS else "s"
    named = "halves" if name + plural == "halfs" else name + plural
    return f"{f'{whole} and ' if whole else ''}{over} {named}"


def _date(text: str, format: str) -> str:
    """Numbers in the order of `format` (`mdy`, `ymd`, `dm`, ... or none for `yyyymmdd`) as month, day and year."""
    order = format or "mdy"
    if not format and re.fullmatch(r"[\d?]{8}", text):
        order, text = "ymd", f"{text[:4]}-{text[4:6]}-{text[6:]}"
    numbers = text.strip("-/. ").replace("/", "-").replace(".", "-").split("-")
    if set(order) - set("mdy") or len(numbers) != len(order):
        return ""
    found = {letter: int(number) for letter, number in zip(order, numbers, strict=True) if number.isdecimal()}
    month = found.get("m", 0)
    if not found or not (0 <= month <= 12 and 0 <= found.get("d", 0) <= 31):
        return ""
    day = _ordinal(str(found["d"]), "") if found.get("d") else ""
    return " ".join(part for part in (_MONTHS[month - 1] if month else "", day, str(found.get("y", ""))) if part)


def _time(text: str, _format: str) -> str:
    """`1'21"` as minutes and seconds."""
    match = re.fullmatch(r"(?:(\d{1,4})')?\s*(?:(\d{1,4})\")?", text)
    if match is None or not text:
        return ""
    named = ((match[1], "minute"), (match[2], "second"))
    return " ".join(f"{number} {name}{'' if number == '1' else 's'}" for number, name in named if number)


_ENGLISH: dict[str, Callable[[str, str], str]] = {
    "ordinal": _ordinal,
    "fraction": _fraction,
    "date": _date,
    "time": _time,
}
"""Kinds that need words of a language; an empty answer leaves the text as it stands."""
