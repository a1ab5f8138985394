"""Which voice speaks: the one that a flow names, in the language that is asked for. The engine maps it to one it has."""

from dataclasses import replace
from functools import lru_cache

from app.domain.voices import DEFAULT_VOICE, VOICES, Voice, voice_named
from app.errors import BadInput


@lru_cache(maxsize=1024)
def find_voice(name: str, language: str = "") -> Voice:
    """The voice of that name; speaking `language` where that is given and differs from the voice's own.

    An empty name is the default voice. BadInput for an unknown name.
    """
    voice = voice_named(name or DEFAULT_VOICE)
    if voice is None:
        raise BadInput(what=f"voice {name}", why="no such voice is known; `Joanna` and `Matthew` are the usual ones")
    wanted, own = language.split("-")[0].casefold(), voice.language.split("-")[0].casefold()
    return replace(voice, language=language) if wanted and wanted != own else voice


def rank(voice: Voice) -> int:
    """Which of the voices of one language and gender this is, from 0, so that an engine can make them sound different."""
    alike = [other.name for other in VOICES if (other.language, other.gender) == (voice.language, voice.gender)]
    return alike.index(voice.name) if voice.name in alike else 0
