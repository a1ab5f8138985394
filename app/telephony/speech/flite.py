"""flite: English only, a little smoother than espeak-ng. It gets plain text: its own SSML mode can run for ever."""

from pathlib import Path
from typing import Self

from app.domain.voices import VOICES, Voice
from app.errors import BadInput
from app.telephony.speech.program import find_program, run_program
from app.telephony.speech.segment import Segment
from app.telephony.speech.voices import rank

_REMEDY = "Install it with `apt-get install flite`, or choose the engine espeak-ng."
_SPEAKERS = {"female": ("slt",), "male": ("rms", "awb", "kal16")}


class FliteEngine:
    """flite as a child process, one for each segment. A whisper is spoken plainly and the pitch stays the speaker's."""

    name = "flite"

    def __init__(self, program: Path) -> None:
        self._program = program

    @classmethod
    def find(cls, program: Path | None = None) -> Self:
        """The configured program or the one on the PATH; Unavailable when there is none."""
        return cls(find_program(cls.name, program, _REMEDY))

    def voices(self) -> list[Voice]:
        return [voice for voice in VOICES if voice.language.startswith("en")]

    def speaker(self, voice: Voice, segment: Segment) -> str:
        """flite's voice. BadInput for any language but English."""
        language = segment.manner.language or voice.language
        if language.split("-")[0].casefold() != "en":
            raise BadInput(
                what=f"language {language}", why="flite speaks English only; use the engine espeak-ng for others"
            )
        speakers = _SPEAKERS[voice.gender]
        return speakers[rank(voice) % len(speakers)]

    async def render(self, segment: Segment, voice: Voice, out: Path) -> None:
        """See SpeechEngine."""
        stretch = 1 / min(max(segment.manner.rate, 0.2), 3.0)
        command = (
            *(str(self._program), "-voice", self.speaker(voice, segment)),
            *("--setf", f"duration_stretch={stretch:.2f}"),
            *("-f", "-", "-o", str(out)),
        )
        await run_program(self.name, command, segment.text + "\n")
