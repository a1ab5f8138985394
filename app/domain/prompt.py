"""What can be said or played to a party."""

from dataclasses import dataclass
from enum import StrEnum


class PromptKind(StrEnum):
    TEXT = "text"
    SSML = "ssml"
    AUDIO = "audio"
    """`value` is the id or the name of a prompt in the library."""
    SILENCE = "silence"
    """`value` is a whole number of milliseconds."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to play. References to attributes are resolved already."""

    kind: PromptKind
    value: str
    voice: str = "Joanna"
    language: str = "en-US"
