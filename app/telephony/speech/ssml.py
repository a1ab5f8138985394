"""SSML becomes plain segments and pauses here: no engine ever sees markup, and no markup can name a file or an entity.

Tags: speak, p, s, break, prosody, sub, say-as, lang, phoneme, emphasis, amazon:effect; mark and w are known and change nothing;
of all others the text is spoken and the tag ignored (guide, p. 17). Sources: W3C SSML 1.1; Amazon Polly's reference
for the values of attributes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from xml.parsers import expat

from app.domain.prompt import SSML_LIMIT, TEXT_LIMIT
from app.errors import BadInput
from app.telephony.speech.pronunciation import to_ipa
from app.telephony.speech.say_as import expand
from app.telephony.speech.segment import Manner, Part, Pause, Segment
from app.telephony.speech.ssml_values import break_ms, emphasised, gain_db, pitch_factor, rate_factor

PARTS_LIMIT = 128
BREAK_LIMIT_MS = 10_000

_OPENING = "<speak>"
_PARAGRAPH_MS = 500
_SENTENCE_MS = 300
_EXPLETIVE_MS = 400
_WHISPER_DB = -8.0

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")
_SPEAK = re.compile(r"\s*(<\?xml[^>]*\?>\s*)?<speak[\s/>]", re.IGNORECASE)


def is_ssml(text: str) -> bool:
    """True when the text is SSML by itself, whatever its type says: exported flows often leave `<speak>` in a plain text."""
    return _SPEAK.match(text) is not None


def cleaned(text: str) -> str:
    """The text without control characters, invisible marks and lone surrogates."""
    return _CONTROL.sub("", text)


def parts_of_text(text: str) -> tuple[Part, ...]:
    """Plain text as one segment. BadInput when it is empty or longer than TEXT_LIMIT."""
    spoken = _SPACES.sub(" ", cleaned(text)).strip()
    if not spoken:
        raise BadInput(what="the prompt", why="its text is empty")
    if len(spoken) > TEXT_LIMIT:
        raise BadInput(
            what="the prompt",
            why=f"its text has {len(spoken)} characters and {TEXT_LIMIT} can be spoken; split it in two",
        )
    return (Segment(spoken),)


def parts_of_ssml(source: str) -> tuple[Part, ...]:
    """SSML as segments and pauses. BadInput, naming line and column, for malformed markup, a value that means nothing, or a limit."""
    if len(source) > SSML_LIMIT:
        raise BadInput(
            what="the SSML", why=f"it has {len(source)} characters and {SSML_LIMIT} are allowed; split it in two"
        )
    text = cleaned(source).strip()
    return (_Reader(text) if is_ssml(text) else _Reader(f"{_OPENING}{text}</speak>", len(_OPENING))).read()


@dataclass(frozen=True, slots=True)
class _Open:
    """An element that is open: the manner inside it, how its text is expanded, the pause that its end brings."""

    manner: Manner
    interpret_as: str = ""
    format: str = ""
    muted: bool = False
    pause_after_ms: int = 0


class _Reader:
    """One pass of expat over one prompt; elements are a stack of our own, so depth costs nothing."""

    def __init__(self, source: str, added: int = 0) -> None:
        self._source = source
        self._added = added
        self._parts: list[Part] = []
        self._open = [_Open(Manner())]
        self._characters = 0
        self._parser = expat.ParserCreate("UTF-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype

    def read(self) -> tuple[Part, ...]:
        try:
            self._parser.Parse(self._source.encode("utf-8"), True)
        except expat.ExpatError as error:
            raise self._wrong(expat.ErrorString(error.code) or "malformed", error.lineno, error.offset) from None
        if not self._parts:
            raise BadInput(what="the SSML", why="there is nothing in it to speak")
        return tuple(self._parts)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        opened = replace(self._open[-1], pause_after_ms=0)
        action = _TAGS.get(tag.casefold())
        if action is not None:
            try:
                opened = action(self, opened, attributes)
            except ValueError as error:
                raise self._here(str(error)) from None
        self._open.append(opened)

    def _end(self, _tag: str) -> None:
        self._pause(self._open.pop().pause_after_ms)

    def _text(self, data: str) -> None:
        current = self._open[-1]
        self._characters += len(data)
        if self._characters > TEXT_LIMIT:
            raise self._here(f"more than {TEXT_LIMIT} characters of text; split the prompt in two")
        if not current.muted:
            self._say(
                expand(current.interpret_as, data, current.manner.language, current.format)
                if current.interpret_as
                else data
            )

    def _say(self, text: str) -> None:
        words = _SPACES.sub(" ", text)
        manner = self._open[-1].manner
        last = self._parts[-1] if self._parts else None
        if isinstance(last, Segment) and last.manner == manner:
            self._parts[-1] = replace(last, text=_SPACES.sub(" ", last.text + words))
        elif words.strip():
            self._append(Segment(words.lstrip(), manner))

    def _pause(self, duration_ms: int) -> None:
        """Pauses side by side become one: the longer of them, as when a paragraph ends with a break."""
        last = self._parts[-1] if self._parts else None
        if duration_ms <= 0:
            return
        if isinstance(last, Pause):
            self._parts[-1] = Pause(max(last.duration_ms, duration_ms))
        else:
            self._append(Pause(duration_ms))

    def _append(self, part: Part) -> None:
        if len(self._parts) >= PARTS_LIMIT:
            raise self._here(f"more than {PARTS_LIMIT} changes of manner and pauses; split the prompt")
        self._parts.append(part)

    def _refuse_doctype(self, *_declaration: object) -> None:
        raise self._here("a document type and entities are not allowed")

    def _here(self, problem: str) -> BadInput:
        return self._wrong(problem, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber)

    def _wrong(self, problem: str, line: int, column: int) -> BadInput:
        lines = self._source.split("\n")
        near = lines[line - 1][max(column - 10, 0) : column + 20] if line <= len(lines) else ""
        shown = column + 1 - (self._added if line == 1 else 0)
        return BadInput(what="the SSML", why=f"line {line}, column {shown}, near `{near}`: {problem}")

    def _on_break(self, current: _Open, attributes: dict[str, str]) -> _Open:
        duration_ms = break_ms(attributes.get("time", ""), attributes.get("strength", ""))
        last = self._parts[-1] if self._parts else None
        before_ms = last.duration_ms if isinstance(last, Pause) else 0
        self._pause(min(before_ms + duration_ms, BREAK_LIMIT_MS))
        return current

    def _on_paragraph(self, current: _Open, attributes: dict[str, str]) -> _Open:
        self._pause(_PARAGRAPH_MS if self._parts else 0)
        return replace(self._on_lang(current, attributes), pause_after_ms=_PARAGRAPH_MS)

    def _on_sentence(self, current: _Open, attributes: dict[str, str]) -> _Open:
        self._pause(_SENTENCE_MS if self._parts else 0)
        return replace(self._on_lang(current, attributes), pause_after_ms=_SENTENCE_MS)

    def _on_lang(self, current: _Open, attributes: dict[str, str]) -> _Open:
        language = attributes.get("xml:lang", "").strip()
        return replace(current, manner=replace(current.manner, language=language)) if language else current

    def _on_prosody(self, current: _Open, attributes: dict[str, str]) -> _Open:
        manner = current.manner
        changed = replace(
            manner,
            rate=rate_factor(attributes["rate"], manner.rate) if "rate" in attributes else manner.rate,
            pitch=pitch_factor(attributes["pitch"], manner.pitch) if "pitch" in attributes else manner.pitch,
            gain_db=gain_db(attributes["volume"], manner.gain_db) if "volume" in attributes else manner.gain_db,
        )
        return replace(current, manner=changed)

    def _on_emphasis(self, current: _Open, attributes: dict[str, str]) -> _Open:
        return replace(current, manner=emphasised(current.manner, attributes.get("level", "moderate")))

    def _on_effect(self, current: _Open, attributes: dict[str, str]) -> _Open:
        whispered = attributes.get("name", "").casefold() == "whispered"
        if not whispered:
            return current
        return replace(
            current, manner=replace(current.manner, whispered=True, gain_db=current.manner.gain_db + _WHISPER_DB)
        )

    def _on_phoneme(self, current: _Open, attributes: dict[str, str]) -> _Open:
        ipa = to_ipa(attributes.get("alphabet", "ipa"), attributes.get("ph", ""))
        return replace(current, manner=replace(current.manner, pronunciation=ipa)) if ipa else current

    def _on_say_as(self, current: _Open, attributes: dict[str, str]) -> _Open:
        kind = attributes.get("interpret-as", "").casefold()
        if kind == "expletive":
            self._pause(_EXPLETIVE_MS)
            return replace(current, muted=True)
        return replace(current, interpret_as=kind, format=attributes.get("format", "").casefold())

    def _on_sub(self, current: _Open, attributes: dict[str, str]) -> _Open:
        alias = attributes.get("alias", "")
        if not alias:
            return current
        self._text(alias)
        return replace(current, muted=True)


_TAGS: dict[str, Callable[[_Reader, _Open, dict[str, str]], _Open]] = {
    "speak": _Reader._on_lang,
    "p": _Reader._on_paragraph,
    "s": _Reader._on_sentence,
    "break": _Reader._on_break,
    "prosody": _Reader._on_prosody,
    "emphasis": _Reader._on_emphasis,
    "lang": _Reader._on_lang,
    "sub": _Reader._on_sub,
    "say-as": _Reader._on_say_as,
    "phoneme": _Reader._on_phoneme,
    "amazon:effect": _Reader._on_effect,
}
