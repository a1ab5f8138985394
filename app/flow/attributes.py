"""References to attributes in the text of a flow: `$.Attributes.name`, `$.StoredCustomerInput`, `$.Queue.Name` and their like.

A text is taken apart once, when its flow is compiled. Nothing is evaluated: a path is looked up, and what is not there is the
empty string. The roots are those of the flow language; results of blocks live in the run's memory under their root's name.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from app.flow.context import Context

_QUOTED = r"""\[(?:'[^']+'|"[^"]+")\]"""
_WORD = r"\w(?:[\w-]*\w)?"
_PATH = re.compile(rf"\$\.(?:[A-Za-z_]\w*|{_QUOTED})(?:\.?{_QUOTED}|\[\d+\]|\.{_WORD})*")
_KEY = re.compile(rf"{_QUOTED}|\[\d+\]|{_WORD}")

Reader = Callable[[Context], str]


def as_text(value: Any) -> str:
    """A JSON value as a flow's text shows it: absent is empty, true is `true`, lists and objects are JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _queue_name(context: Context) -> str:
    queue = context.instance.queues.get(context.contact.queue_id) if context.contact.queue_id else None
    return queue.name if queue else ""


def _queue_arn(context: Context) -> str:
    return context.instance.arn("queue", context.contact.queue_id) if context.contact.queue_id else ""


def _agent(field: str) -> Reader:
    return lambda context: as_text(getattr(context.view.agent, field, None))


def _contact(field: str) -> Reader:
    return lambda context: as_text(getattr(context.contact, field))


def _agent_arn(context: Context) -> str:
    return context.instance.arn("agent", context.view.agent.agent_id) if context.view.agent else ""


SYSTEM: dict[str, Reader] = {
    "StoredCustomerInput": _contact("stored_input"),
    "CustomerEndpoint.Address": _contact("customer_number"),
    "CustomerEndpoint.Type": lambda context: "TELEPHONE_NUMBER",
    "SystemEndpoint.Address": _contact("system_number"),
    "SystemEndpoint.Type": lambda context: "TELEPHONE_NUMBER",
    "ContactId": _contact("contact_id"),
    "InitialContactId": lambda context: context.contact.initial_contact_id or context.contact.contact_id,
    "PreviousContactId": _contact("previous_contact_id"),
    "InitiationMethod": _contact("initiation"),
    "Channel": lambda context: "VOICE",
    "InstanceARN": lambda context: context.instance.arn("", "").removesuffix("//"),
    "LanguageCode": _contact("language"),
    "TextToSpeechVoiceId": _contact("voice"),
    "Queue.Name": _queue_name,
    "Queue.ARN": _queue_arn,
    "Agent.UserName": _agent("username"),
    "Agent.FirstName": _agent("first_name"),
    "Agent.LastName": _agent("last_name"),
    "Agent.ARN": _agent_arn,
}
"""What is known of every contact, by path."""


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
    root, rest = keys[0], tuple(keys[1:])
    if root == "Attributes":
        name = ".".join(rest)
        return lambda context: context.contact.attributes.get(name, ""), match.end()
    return lambda context: as_text(_find(context.memory.get(root), rest)), match.end()


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
        """The text with every reference filled in; `written` makes of a value what may stand in such a text."""
        if self.literal:
            return self.text
        return "".join(part if isinstance(part, str) else written(part(context)) for part in self.parts)

    @property
    def reference(self) -> bool:
        """True when the text is one reference and nothing else: its value is then the whole."""
        return len(self.parts) == 1 and not self.literal
