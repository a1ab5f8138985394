"""What a speech engine is asked to say: plain text with a manner of speaking, and the pauses in between."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manner:
    """How text is said. `rate` and `pitch` are factors of the voice's own (1.0 changes nothing); `gain_db` adds to its loudness.

    `language` is empty where the voice's own language is spoken, `pronunciation` (IPA) where the text is read as it is written.
    """

    language: str = ""
    rate: float = 1.0
    pitch: float = 1.0
    gain_db: float = 0.0
    whispered: bool = False
    pronunciation: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """Text without any markup, said in one manner."""

    text: str
    manner: Manner = Manner()


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence between segments."""

    duration_ms: int


Part = Segment | Pause
