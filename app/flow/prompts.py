"""Parameters that say what is to be heard: text to speech, SSML or audio of the prompt library."""

from collections.abc import Mapping
from typing import Any

from app.domain.instance import Instance, ResourceKind
from app.domain.prompt import Prompt, PromptKind
from app.errors import BadInput, NotFound
from app.flow.attributes import Template
from app.flow.context import Context
from app.flow.directory import directory_of
from app.flow.formats.given import Given
from app.flow.formats.language import Action
from app.flow.formats.legacy import Parameter, entry
from app.flow.params import Param, plain
from app.flow.references import Wanted, display_names, identifiers
from app.flow.ssml import as_markup, is_ssml, ssml_problem, text_problem


def find_prompt(instance: Instance, text: str, names: tuple[str, ...]) -> str:
    """The library's key of a prompt named by id, ARN or name (with or without `.wav`); NotFound when it has none."""
    candidates = identifiers(text, names)
    found = directory_of(instance).find(ResourceKind.PROMPT, candidates)
    if found is None:
        raise NotFound(what="prompt", name=" or ".join(candidates))
    return found.resource_id


class Message:
    """One thing to play in a compiled flow."""

    def __init__(self, kind: PromptKind, template: Template, names: tuple[str, ...] = ()) -> None:
        self.kind, self.template = kind, template
        self.names = names if template.literal else ()
        self._found_well: tuple[str, PromptKind] | None = None
        """The words of a text without references, once they were found to be in order."""

    def __call__(self, context: Context) -> Prompt:
        """What to play now. BadInput when there is nothing to say, NotFound when the library has no such prompt."""
        if self.kind is PromptKind.AUDIO:
            return Prompt(self.kind, find_prompt(context.instance, self.template(context).strip(), self.names))
        text, kind = self._found_well or self._examined(context)
        return Prompt(kind, text, context.contact.voice, context.contact.language)

    def _examined(self, context: Context) -> tuple[str, PromptKind]:
        text, kind = self._spoken(context)
        if not text:
            raise BadInput(what="The prompt", why=f"its text {self.template.text!r} is empty for this contact")
        if problem := ssml_problem(text) if kind is PromptKind.SSML else text_problem(text):
            raise BadInput(what="The prompt", why=problem)
        if self.template.literal:
            self._found_well = text, kind
        return text, kind

    def _spoken(self, context: Context) -> tuple[str, PromptKind]:
        """What is to be spoken. In SSML a value is words and never markup, unless it is the whole of the prompt."""
        if self.template.reference:
            text = self.template(context).strip()
            if is_ssml(text):
                return text, PromptKind.SSML
            return (as_markup(text), self.kind) if self.kind is PromptKind.SSML else (text, self.kind)
        if self.kind is PromptKind.SSML or is_ssml(self.template.text):
            return self.template(context, as_markup).strip(), PromptKind.SSML
        return self.template(context).strip(), self.kind

    def problem(self, instance: Instance) -> str:
        """What is wrong with the words; empty when nothing is, or only a call can tell."""
        if self.kind is PromptKind.AUDIO or self.template.reference:
            return ""
        known = "".join(part if isinstance(part, str) else "x" for part in self.template.parts)
        return ssml_problem(known) if self.kind is PromptKind.SSML or is_ssml(known) else text_problem(known)

    @property
    def wanted(self) -> Wanted | None:
        """The prompt of the library that this plays; None for speech."""
        if self.kind is not PromptKind.AUDIO:
            return None
        return Wanted(ResourceKind.PROMPT, self.template.text, self.names, self.template.literal)


def read_message(written: Mapping[str, Any], names: tuple[str, ...]) -> Message | None:
    """A message of the flow language: `Text`, `SSML`, `PromptId` or `Media`; None when none of them is there."""
    if text := plain(written.get("Text")):
        return Message(PromptKind.TEXT, Template(text))
    if text := plain(written.get("SSML")):
        return Message(PromptKind.SSML, Template(text))
    if (text := plain(written.get("PromptId"))) or (names and "PromptId" in written):
        return Message(PromptKind.AUDIO, Template(text), names)
    media = written.get("Media")
    if isinstance(media, Mapping) and (uri := plain(media.get("Uri"))):
        return Message(PromptKind.AUDIO, Template(uri))
    return None


_SCHEMAS: dict[str, dict[str, Any]] = {
    "Text": {"type": "string", "title": "Text to speech"},
    "SSML": {"type": "string", "title": "Text to speech, SSML"},
    "PromptId": {"type": "string", "title": "Prompt of the library"},
    "Media": {
        "type": "object",
        "title": "Audio at an address, looked up in the library by its file name",
        "properties": {"Uri": {"type": "string"}, "SourceType": {"enum": ["S3"]}, "MediaType": {"enum": ["Audio"]}},
    },
}


def from_entries(given: Given, entries: list[Parameter], speech: Parameter | None, path: str) -> list[dict[str, Any]]:
    """Entries `Text` and `AudioPrompt` of the older export as messages of the flow language. Speech that is SSML says so."""
    messages: list[dict[str, Any]] = []
    for found in entries:
        text = found.text
        if found.name == "AudioPrompt":
            if found.resource_name:
                given.names[f"{path}{len(messages)}.PromptId" if path else "PromptId"] = found.resource_name
            messages.append({"PromptId": "" if text is None else text})
        elif text is not None:
            kind = speech.text if speech is not None else found.key
            ssml = kind == "ssml" or (isinstance(text, str) and is_ssml(text))
            messages.append({"SSML" if ssml else "Text": text})
    return messages


def to_entry(written: Mapping[str, Any], names: tuple[str, ...], always: bool) -> list[dict[str, Any]]:
    """A message of the flow language as an entry of the older export; none where that format cannot say it."""
    for key in ("Text", "SSML"):
        if (text := written.get(key)) is not None:
            return [entry("Text", text, always=always)]
    if (prompt := written.get("PromptId")) is not None:
        literal = not isinstance(prompt, str) or Template(prompt).literal
        return [entry("AudioPrompt", prompt, always=always, resource_name=next(iter(names), "") if literal else "")]
    return []


def speech_of(written: Mapping[str, Any]) -> str:
    """How the older export calls the text of a message: `text` or `ssml`."""
    return "ssml" if written.get("Text") is None and written.get("SSML") is not None else "text"


class PromptParameter(Param[Message | None]):
    """One prompt; None when the block has none and needs none."""

    widget = "prompt"

    def __init__(self, label: str = "Prompt", *, required: bool = True, help: str = "") -> None:
        super().__init__(label, "Text", required=required, legacy="Text|AudioPrompt", help=help)

    def compile(self, action: Action) -> Message | None:
        message = read_message(action.parameters, display_names(action, "PromptId", ("promptName",)))
        if message is None and self.required:
            raise BadInput(what=self.label, why="there is neither text nor a prompt of the library")
        return message

    def from_legacy(self, given: Given) -> dict[str, Any]:
        entries = given.take_all("Text", "AudioPrompt")
        messages = from_entries(given, entries[:1], given.take("TextToSpeechType"), "")
        return messages[0] if messages else {}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        written = to_entry(action.parameters, display_names(action, "PromptId", ("promptName",)), True)
        if written and written[0]["name"] == "Text":
            written.append({"name": "TextToSpeechType", "value": speech_of(action.parameters)})
        return written

    def schema(self) -> dict[str, dict[str, Any]]:
        return dict(_SCHEMAS)

    def words(self) -> str:
        return "`Text` (speech, or SSML when it begins with `<speak>`), `SSML`, or `PromptId` (id, ARN or name in the prompt library)"


class PromptList(Param[tuple[Message, ...]]):
    """Several prompts, played one after the other."""

    widget = "prompts"

    def __init__(self, label: str = "Prompts", path: str = "Messages", *, help: str = "") -> None:
        super().__init__(label, path, required=True, legacy="Text|AudioPrompt", help=help)

    def compile(self, action: Action) -> tuple[Message, ...]:
        written = action.at(self.path)
        messages = []
        for index, item in enumerate(written if isinstance(written, list) else ()):
            message = read_message(item, self._names(action, index)) if isinstance(item, Mapping) else None
            if message is not None:
                messages.append(message)
        if not messages:
            raise BadInput(what=self.label, why="there is nothing to play")
        return tuple(messages)

    def from_legacy(self, given: Given) -> dict[str, Any]:
        entries = given.take_all("Text", "AudioPrompt")
        messages = from_entries(given, entries, None, f"{self.path}.")
        return {self.path: messages} if messages else {}

    def to_legacy(self, action: Action) -> list[dict[str, Any]]:
        written = action.at(self.path)
        entries: list[dict[str, Any]] = []
        for index, item in enumerate(written if isinstance(written, list) else ()):
            if isinstance(item, Mapping):
                for made in to_entry(item, self._names(action, index), False):
                    entries.append({**made, "key": speech_of(item)} if made["name"] == "Text" else made)
        return entries

    def _names(self, action: Action, index: int) -> tuple[str, ...]:
        return display_names(action, f"{self.path}.{index}.PromptId") + _audio_name(action, index)

    def schema(self) -> dict[str, dict[str, Any]]:
        items = {"type": "object", "properties": dict(_SCHEMAS)}
        return {self.path: {"type": "array", "minItems": 1, "title": self.label, "items": items}}

    def words(self) -> str:
        return "a list of `Text`, `SSML` or `PromptId`"


def _audio_name(action: Action, index: int) -> tuple[str, ...]:
    """The name that metadata before 2021 keep in their list `audio`."""
    audio = action.metadata.get("audio")
    item = audio[index] if isinstance(audio, list) and index < len(audio) else None
    name = item.get("text") if isinstance(item, Mapping) else None
    return (name,) if isinstance(name, str) and name else ()
