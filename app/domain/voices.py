"""The voices that flows of Amazon Connect name (Amazon Polly's, of 2018 and later), with the language and gender of each.

A name says which language is spoken and whether a woman or a man speaks; the sound is the speech engine's own.
"""

import unicodedata
from dataclasses import dataclass

DEFAULT_VOICE = "Joanna"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice as flows name it (`Joanna`). `language` is a BCP 47 tag (`en-US`), `gender` is `female` or `male`."""

    name: str
    language: str
    gender: str


_NAMES = {
    "en-US": (
        "Joanna Salli Kendra Kimberly Ivy Ruth Danielle Tiffany",
        "Matthew Joey Justin Kevin Stephen Gregory Patrick",
    ),
    "en-GB": ("Amy Emma", "Brian Arthur"),
    "en-GB-WLS": ("", "Geraint"),
    "en-AU": ("Nicole Olivia", "Russell"),
    "en-IN": ("Aditi Raveena Kajal", ""),
    "en-IE": ("Niamh", ""),
    "en-NZ": ("Aria", ""),
    "en-SG": ("Jasmine", ""),
    "en-ZA": ("Ayanda", ""),
    "de-DE": ("Vicki Marlene", "Hans Daniel Lennart"),
    "de-AT": ("Hannah", ""),
    "de-CH": ("Sabrina", ""),
    "fr-FR": ("Céline Léa Ambre", "Mathieu Rémi Florian"),
    "fr-CA": ("Chantal Gabrielle", "Liam"),
    "fr-BE": ("Isabelle", ""),
    "es-ES": ("Conchita Lucia Alba", "Enrique Sergio Raúl"),
    "es-MX": ("Mia", "Andrés"),
    "es-US": ("Penélope Lupe", "Miguel Pedro"),
    "it-IT": ("Carla Bianca Beatrice", "Giorgio Adriano Lorenzo"),
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
    "ko-KR": ("Seoyeon Jihye", ""),
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


def voice_named(name: str) -> Voice | None:
    """The voice of that name, however its accents and capitals are written; None when nobody is called so."""
    return _BY_NAME.get(plain(name))
