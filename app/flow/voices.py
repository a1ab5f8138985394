"""The voices that flows name, and the language each speaks. The speech engine maps a voice to one it has."""

from typing import Any

from app.domain.voices import VOICES, voice_named
from app.flow.attributes import Template
from app.flow.context import Context
from app.flow.formats.language import Action, find
from app.flow.params import Field, Param


class SpokenVoice:
    """A voice in a compiled flow."""

    def __init__(self, template: Template, language: str) -> None:
        self._template, self._language = template, language

    def __call__(self, context: Context) -> tuple[str, str]:
        """Voice and language. A voice that nobody knows keeps the contact's language, and the trace says so."""
        voice = self._template(context).strip() or context.contact.voice
        known = voice_named(voice)
        if known is None:
            context.note("unknown voice", voice)
        return voice, self._language or (known.language if known else context.contact.language)


class Voice(Param[SpokenVoice]):
    """A voice by name. The metadata may say which language it is to speak."""

    widget = "voice"

    def compile(self, action: Action) -> SpokenVoice:
        language = find(action.metadata, f"parameters.{self.path}.languageCode")
        return SpokenVoice(Template(self.written(action)), language if isinstance(language, str) else "")

    def schema(self) -> dict[str, dict[str, Any]]:
        return {self.path: {"type": "string", "title": self.label, "examples": [voice.name for voice in VOICES[:3]]}}

    def field(self) -> Field:
        choices = tuple((voice.name, f"{voice.name} ({voice.language})") for voice in VOICES)
        return Field(self.name, self.label, self.widget, self.path, self.help, True, self.default, choices=choices)

    def words(self) -> str:
        return "the name of a voice such as `Joanna`, or a reference such as `$.Attributes.name`"
