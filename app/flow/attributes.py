"""References to attributes in the text of a flow: `$.Attributes.name`, `$.StoredCustomerInput`, `$.Queue.Name` and their like.

A text is taken apart once, when its flow is compiled. Nothing is evaluated: a path is looked up, and what is not there, or null, is
the empty string. The roots are those of the flow language; results of blocks live in the run's memory under their root's name.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from app.errors import BadInput
from app.flow.attribute_table import SYSTEM, Reader, contact_data
from app.flow.context import Context

_QUOTED = r"""\[(?:'[^']+'|"[^"]+")\]"""
_WORD = r"\w(?:[\w-]*\w)?"
_PATH = re.compile(rf"\$\.(?:[A-Za-z_]\w*|{_QUOTED})(?:\.?{_QUOTED}|\[\d+\]|\.{_WORD})*")
_KEY = re.compile(rf"{_QUOTED}|\[\d+\]|{_WORD}")

VALUE_LIMIT = 32 * 1024
"""Characters of one value with its references filled in."""
_SPELLINGS = {name.lower(): name for name in ("IntentName", "Slots", "SessionAttributes", "DialogState")}
"""The names under `$.Lex`, of which the guide writes some with a small letter."""


def as_text(value: Any) -> str:
    """A JSON value as a flow's text shows it: absent is empty, true is `true`, lists and objects are JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _find(tree: Any, keys: tuple[str, ...]) -> Any:
    """A value in nested JSON; a key may itself contain periods."""
    if isinstance(tree, Mapping) and ".".join(keys) in tree:
        return tree[".".join(keys)]
    for key in keys:
        if isinstance(tree, Mapping):
            tree = tree.get(key)
        elif isinstance(tree, list) and key.isdigit() and int(key) < len(tree):
            tree = tree[int(key)]
        else:
            return None
    return tree


def _reader(match: re.Match[str]) -> tuple[Reader, int]:
    """What reads the path that was found, and where in the text it ends.

    A system attribute ends where its name does: `$.Queue.Name.Thanks` is the queue's name and text.
    """
    keys: list[str] = []
    for key in _KEY.finditer(match.string, match.start() + 2, match.end()):
        keys.append(key.group().strip("[]\"'"))
        if (system := SYSTEM.get(".".join(keys))) is not None:
            return system, key.end()
    return _reader_of(keys[0], tuple(keys[1:])), match.end()


def _reader_of(root: str, rest: tuple[str, ...]) -> Reader:
    """What reads a path that has names of the author's own in it."""
    if root == "Attributes":
        name = ".".join(rest)
        return lambda context: context.contact.attributes.get(name, "")
    if root in ("References", "Tags"):
        rest = (*rest, "") if root == "References" and len(rest) == 1 else rest
        return lambda context: as_text(_find(contact_data(root, context), rest))
    if root == "Lex" and rest:
        rest = (_SPELLINGS.get(rest[0].lower(), rest[0]), *rest[1:])
    return lambda context: as_text(_find(context.memory.get(root), rest))


class Template:
    """A text with references in it, taken apart."""

    __slots__ = ("literal", "parts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        parts: list[str | Reader] = []
        end = 0
        for match in _PATH.finditer(text):
            read, after = _reader(match)
            parts += [text[end : match.start()], read]
            end = after
        parts.append(text[end:])
        self.parts = tuple(part for part in parts if part)
        self.literal = all(isinstance(part, str) for part in self.parts)

    def __call__(self, context: Context, written: Callable[[str], str] = str) -> str:
        """The text with every reference filled in; `written` makes of a value what may stand in such a text. BadInput when it grows
        beyond VALUE_LIMIT."""
        if self.literal:
            return self.text
        text = "".join(part if isinstance(part, str) else written(part(context)) for part in self.parts)
        if len(text) > VALUE_LIMIT:
            raise BadInput(
                what=f"The value of {self.text[:80]!r}", why=f"it has {len(text)} characters, more than {VALUE_LIMIT}"
            )
        return text

    @property
    def reference(self) -> bool:
        """True when the text is one reference and nothing else: its value is then the whole."""
        return len(self.parts) == 1 and not self.literal
