"""espeak-ng: the speech engine that is always there. Small, fast (15 ms a sentence), 100 languages, plainly a machine."""

from pathlib import Path
from typing import Self

from app.domain.voices import VOICES, Voice
from app.errors import BadInput
from app.telephony.speech.program import find_program, run_program
from app.telephony.speech.pronunciation import to_espeak
from app.telephony.speech.segment import Segment
from app.telephony.speech.voices import rank

_REMEDY = "Install it with `apt-get install espeak-ng`, or set the path of its program in the configuration."

_WORDS_A_MINUTE = 160
_SLOWEST, _FASTEST = 80, 450
_PITCH = {"female": 50, "male": 45}

_FEMALE = ("f3", "f2", "f4", "f5", "f1")
_MALE = ("", "m3", "m7", "m1", "m2")

_LANGUAGES = {
    "en": "en-us",
    "en-us": "en-us",
    "en-gb": "en-gb-x-rp",
    "en-gb-wls": "en-gb-x-gbcwmd",
    "en-au": "en-gb",
    "en-in": "en-gb",
    "en-ie": "en-gb-scotland",
    "en-nz": "en-gb",
    "en-za": "en-gb",
    "fr": "fr-fr",
    "fr-fr": "fr-fr",
    "fr-be": "fr-be",
    "fr-ch": "fr-ch",
    "es": "es",
    "es-mx": "es-419",
    "es-us": "es-419",
    "pt": "pt",
    "pt-br": "pt-br",
    "no": "nb",
    "arb": "ar",
    "zh": "cmn",
    "cmn": "cmn",
    "yue": "yue",
}
_SAME_NAME = """
    af am ar az be bg bn bs ca cs cy da de el eo et eu fa fi ga gd gu he hi hr ht hu hy id is it ja ka kk kn ko ku ky la lb lt lv
    mk ml mr ms mt my nb ne nl pa pl ro ru sd si sk sl sq sr sv sw ta te th tk tr tt uk ur uz vi
"""
_LANGUAGES |= {name: name for name in _SAME_NAME.split()}


def espeak_language(language: str) -> str:
    """espeak-ng's name of a BCP 47 language, by the whole tag, else by its first part. BadInput when it speaks no such language."""
    tag = language.casefold().replace("_", "-")
    first = tag.split("-")[0]
    name = _LANGUAGES.get(tag) or _LANGUAGES.get(first)
    if name is None:
        raise BadInput(
            what=f"language {language}", why="espeak-ng does not speak it; use a tag such as en-US, de-DE or es-MX"
        )
    return name


class EspeakEngine:
    """espeak-ng as a child process, one for each segment."""

    name = "espeak-ng"

    def __init__(self, program: Path) -> None:
        self._program = program

    @classmethod
    def find(cls, program: Path | None = None) -> Self:
        """The configured program or the one on the PATH; Unavailable when there is none."""
        return cls(find_program(cls.name, program, _REMEDY))

    def voices(self) -> list[Voice]:
        return list(VOICES)

    def speaker(self, voice: Voice, segment: Segment) -> str:
        """`language+variant`, as espeak-ng's -v wants it."""
        language = espeak_language(segment.manner.language or voice.language)
        if segment.manner.whispered:
            return f"{language}+{'whisperf' if voice.gender == 'female' else 'whisper'}"
        variants = _FEMALE if voice.gender == "female" else _MALE
        variant = variants[rank(voice) % len(variants)]
        return f"{language}+{variant}" if variant else language

    async def render(self, segment: Segment, voice: Voice, out: Path) -> None:
        """See SpeechEngine. `[[` in a text would start phonemes in espeak-ng's own notation and is therefore taken apart."""
        words_a_minute = min(max(round(_WORDS_A_MINUTE * segment.manner.rate), _SLOWEST), _FASTEST)
        pitch = min(max(round(_PITCH[voice.gender] * segment.manner.pitch), 0), 99)
        command = (
            *(str(self._program), "--stdin", "-b", "1", "-z"),
            *("-v", self.speaker(voice, segment)),
            *("-s", str(words_a_minute)),
            *("-p", str(pitch)),
            *("-w", str(out)),
        )
        phonemes = to_espeak(segment.manner.pronunciation)
        spoken = f"[[{phonemes}]]" if phonemes else segment.text.replace("[[", "[ [")
        await run_program(self.name, command, spoken)
