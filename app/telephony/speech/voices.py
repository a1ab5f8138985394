"""The voices that flows of Amazon Connect name (Amazon Polly's), with the language each speaks.

An engine that has none of these voices speaks their language with its own voice of the same gender.
"""

import unicodedata
from dataclasses import replace
from functools import lru_cache

from app.errors import BadInput
from app.telephony.speech.segment import Voice

DEFAULT_VOICE = "Joanna"

_NAMES = {
    "en-US": (
        "Joanna Salli Kendra Kimberly Ivy Ruth Danielle",
        "Matthew Joey Justin Kevin Stephen Gregory",
    ),
    "en-GB": ("Amy Emma", "Brian Arthur"),
    "en-GB-WLS": ("", "Geraint"),
    "en-AU": ("Nicole Olivia", "Russell"),
    "en-IN": ("Aditi Raveena Kajal", ""),
    "en-IE": ("Niamh", ""),
    "en-NZ": ("Aria", ""),
    "en-ZA": ("Ayanda", ""),
    "de-DE": ("Vicki Marlene", "Hans Daniel"),
    "de-AT": ("Hannah", ""),
    "fr-FR": ("Céline Léa", "Mathieu Rémi"),
    "fr-CA": ("Chantal Gabrielle", "Liam"),
    "fr-BE": ("Isabelle", ""),
    "es-ES": ("Conchita Lucia", "Enrique Sergio"),
    "es-MX": ("Mia", "Andrés"),
    "es-US": ("Penélope Lupe", "Miguel Pedro"),
    "it-IT": ("Carla Bianca", "Giorgio Adriano"),
    "pt-BR": ("Vitória Camila", "Ricardo Thiago"),
    "pt-PT": ("Inês", "Cristiano"),
    "nl-NL": ("Lotte Laura", "Ruben"),
    "nl-BE": ("Lisa", ""),
    "ca-ES": ("Arlet", ""),
    "cs-CZ": ("Jitka", ""),
    "cy-GB": ("Gwyneth", ""),
    "da-DK": ("Naja Sofie", "Mads"),
    "fi-FI": ("Suvi", ""),
    "is-IS": ("Dóra", "Karl"),
    "nb-NO": ("Liv Ida", ""),
    "pl-PL": ("Ewa Maja Ola", "Jacek Jan"),
    "ro-RO": ("Carmen", ""),
    "ru-RU": ("Tatyana", "Maxim"),
    "sv-SE": ("Astrid Elin", ""),
    "tr-TR": ("Filiz Burcu", ""),
    "arb": ("Zeina", ""),
    "ar-AE": ("Hala", "Zayd"),
    "hi-IN": ("", ""),
    "ja-JP": ("Mizuki Kazuha Tomoko", "Takumi"),
    "ko-KR": ("Seoyeon", ""),
    "cmn-CN": ("Zhiyu", ""),
    "yue-CN": ("Hiujin", ""),
}
"""Language -> (female names, male names)."""

VOICES: tuple[Voice, ...] = tuple(
    Voice(name, language, gender)
    for language, names_by_gender in _NAMES.items()
    for gender, names in zip(("female", "male"), names_by_gender, strict=True)
    for name in names.split()
)


def plain(name: str) -> str:
    """A name as it is compared: without accents and case, as people type Celine for Céline."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold().strip()


_BY_NAME = {plain(voice.name): voice for voice in VOICES}
LANGUAGES = frozenset(plain(language) for language in _NAMES)


@lru_cache(maxsize=1024)
def find_voice(name: str, language: str = "") -> Voice:
    """The voice of that name; speaking `language` where that is given and differs from the voice's own.

    An empty name is the default voice. BadInput for an unknown name.
    """
    voice = _BY_NAME.get(plain(name or DEFAULT_VOICE))
    if voice is None:
        raise BadInput(what=f"voice {name}", why="no such voice is known; `Joanna` and `Matthew` are the usual ones")
    wanted, own = language.split("-")[0].casefold(), voice.language.split("-")[0].casefold()
    return replace(voice, language=language) if wanted and wanted != own else voice


def rank(voice: Voice) -> int:
    """Which of the voices of one language and gender this is, from 0, so that an engine can make them sound different."""
    alike = [other.name for other in VOICES if (other.language, other.gender) == (voice.language, voice.gender)]
    return alike.index(voice.name) if voice.name in alike else 0
