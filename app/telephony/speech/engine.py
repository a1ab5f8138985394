"""The port that every speech engine implements, and the table of the engines that are known by name."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from app.domain.voices import Voice
from app.errors import BadInput
from app.telephony.speech.espeak import EspeakEngine
from app.telephony.speech.flite import FliteEngine
from app.telephony.speech.segment import Segment


class SpeechEngine(Protocol):
    """Turns plain text into a WAV file. Markup never reaches an engine: it is cut into segments before."""

    @property
    def name(self) -> str: ...

    def voices(self) -> list[Voice]:
        """The voices that flows may name."""
        ...

    def speaker(self, voice: Voice, segment: Segment) -> str:
        """The engine's own name for what would speak: part of a cached prompt's identity, so that another mapping speaks anew."""
        ...

    async def render(self, segment: Segment, voice: Voice, out: Path) -> None:
        """Writes `out`, a WAV of any rate; no file when the text holds nothing that can be said.

        Raises Unavailable when the engine's program is missing, fails or takes too long. Never blocks the event loop.
        """
        ...


EngineFactory = Callable[[Path | None], SpeechEngine]

ENGINES: dict[str, EngineFactory] = {
    "espeak-ng": EspeakEngine.find,
    "flite": FliteEngine.find,
}
"""An engine joins by one line here: a function of the configured program (None: search the PATH)."""


def open_engine(name: str = "espeak-ng", program: Path | None = None) -> SpeechEngine:
    """The engine of that name. BadInput for an unknown name, Unavailable when its program is not installed."""
    factory = ENGINES.get(name)
    if factory is None:
        raise BadInput(what=f"speech engine {name}", why=f"known engines are {', '.join(sorted(ENGINES))}")
    return factory(program)
