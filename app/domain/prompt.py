"""What can be said or played to a party."""

from dataclasses import dataclass
from enum import StrEnum

TEXT_LIMIT = 1_024
"""Characters that may be spoken in one prompt, attributes filled in, markup not counted (guide, the table of blocks)."""
SSML_LIMIT = 8_192
"""Characters of SSML in one prompt, markup counted."""


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
