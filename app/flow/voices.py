"""The voices that flows name, and the language each speaks. The speech engine maps a voice to one it has."""

from typing import Any

from app.flow.attributes import Template
from app.flow.context import Context
from app.flow.formats.language import Action, find
from app.flow.params import Field, Param

LANGUAGES: dict[str, tuple[str, ...]] = {
    "arb": ("Zeina",),
    "cmn-CN": ("Zhiyu",),
    "cy-GB": ("Gwyneth",),
    "da-DK": ("Mads", "Naja"),
    "de-DE": ("Hans", "Marlene", "Vicki", "Daniel"),
    "en-AU": ("Nicole", "Russell", "Olivia"),
    "en-GB": ("Amy", "Brian", "Emma", "Arthur"),
    "en-GB-WLS": ("Geraint",),
    "en-IN": ("Aditi", "Raveena", "Kajal"),
    "en-US": (
        "Joanna", "Ivy", "Joey", "Justin", "Kendra", "Kimberly", "Matthew", "Salli", "Kevin", "Danielle", "Ruth", "Gregory",
        "Stephen",
    ),
    "es-ES": ("Conchita", "Enrique", "Lucia"),
    "es-MX": ("Mia",),
    "es-US": ("Miguel", "Penelope", "Lupe", "Pedro"),
    "fr-CA": ("Chantal", "Gabrielle"),
    "fr-FR": ("Celine", "Mathieu", "Lea"),
    "hi-IN": (),
    "is-IS": ("Dora", "Karl"),
    "it-IT": ("Carla", "Giorgio", "Bianca"),
    "ja-JP": ("Mizuki", "Takumi", "Kazuha", "Tomoko"),
    "ko-KR": ("Seoyeon",),
    "nb-NO": ("Liv",),
    "nl-NL": ("Lotte", "Ruben", "Laura"),
    "pl-PL": ("Ewa", "Jacek", "Jan", "Maja"),
    "pt-BR": ("Ricardo", "Vitoria", "Camila"),
    "pt-PT": ("Cristiano", "Ines"),
    "ro-RO": ("Carmen",),
    "ru-RU": ("Maxim", "Tatyana"),
    "sv-SE": ("Astrid",),
    "tr-TR": ("Filiz",),
}  # fmt: skip
VOICES = {voice: language for language, voices in LANGUAGES.items() for voice in voices}


class SpokenVoice:
    """A voice in a compiled flow."""

    def __init__(self, template: Template, language: str) -> None:
        self._template, self._language = template, language

    def __call__(self, context: Context) -> tuple[str, str]:
        """Voice and language; an unknown voice keeps the contact's language."""
        voice = self._template(context) or context.contact.voice
        return voice, self._language or VOICES.get(voice, context.contact.language)


class Voice(Param[SpokenVoice]):
    """A voice by name. The metadata may say which language it is to speak."""

    widget = "voice"

    def compile(self, action: Action) -> SpokenVoice:
        language = find(action.metadata, f"parameters.{self.path}.languageCode")
        return SpokenVoice(Template(self.written(action)), language if isinstance(language, str) else "")

    def schema(self) -> dict[str, dict[str, Any]]:
        return {self.path: {"type": "string", "title": self.label, "examples": list(VOICES)[:3]}}

    def field(self) -> Field:
        choices = tuple((voice, f"{voice} ({language})") for voice, language in VOICES.items())
        return Field(self.name, self.label, self.widget, self.path, self.help, True, self.default, choices=choices)

    def words(self) -> str:
        return "the name of a voice such as `Joanna`, or a reference such as `$.Attributes.name`"
