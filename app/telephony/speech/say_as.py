"""SSML's say-as, as words that any engine reads the right way. What is not known here is read as it stands."""

import re

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


def expand(interpret_as: str, text: str, language: str) -> str:
    """The text as it is to be read aloud. `language` is empty for the voice's own (taken for English here)."""
    english = not language or language.casefold().startswith("en")
    if interpret_as in ("characters", "spell-out"):
        return _padded(_characters(text, english))
    if interpret_as == "digits":
        return _padded(", ".join(re.findall(r"\d", text)) or text)
    if interpret_as == "telephone":
        return _padded(_telephone(text, english))
    return text


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
