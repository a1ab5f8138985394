"""Prompts as files that Asterisk can play."""

import os
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from app.domain.prompt import Prompt, PromptKind
from app.errors import BadInput, NotFound
from app.telephony.speech.prompt_file import PromptFile, prompt_file

LONGEST_SILENCE_MS = 600_000


class Speech(Protocol):
    """What speaks: `app.telephony.speech.cache.SpeechCache`."""

    async def prompt(
        self, text: str, *, ssml: bool | None = None, voice: str = ..., language: str = ...
    ) -> PromptFile: ...


class Media:
    """Resolves prompts: speech by the cache, the library's by name, silence by files of its own in `folder`.

    `library` gives the path of a prompt's 8 kHz WAV by its id or name, None when there is none.
    """

    def __init__(self, speech: Speech, library: Callable[[str], Path | None], folder: Path) -> None:
        self._speech = speech
        self._library = library
        self._folder = folder.absolute()
        self._library_files: dict[tuple[Path, int], PromptFile] = {}

    async def files(self, prompts: tuple[Prompt, ...]) -> list[PromptFile]:
        """The prompts' files, in order. BadInput, NotFound or Unavailable say why one cannot be made."""
        return [await self._file(prompt) for prompt in prompts]

    async def _file(self, prompt: Prompt) -> PromptFile:
        if prompt.kind is PromptKind.AUDIO:
            return self._recorded(prompt.value)
        if prompt.kind is PromptKind.SILENCE:
            return self._silence(prompt.value)
        ssml = prompt.kind is PromptKind.SSML
        return await self._speech.prompt(prompt.value, ssml=ssml, voice=prompt.voice, language=prompt.language)

    def _recorded(self, name: str) -> PromptFile:
        path = self._library(name)
        try:
            key = (path, os.stat(path).st_mtime_ns) if path is not None else None
        except OSError:
            key = None
        if path is None or key is None:
            raise NotFound(what="prompt", name=name)
        found = self._library_files.get(key)
        if found is None:
            found = self._library_files[key] = prompt_file(path.absolute(), _duration_ms(path))
        return found

    def _silence(self, value: str) -> PromptFile:
        if not value.isdecimal() or int(value) > LONGEST_SILENCE_MS:
            raise BadInput(what=f"A silence of {value!r} ms", why=f"give whole milliseconds up to {LONGEST_SILENCE_MS}")
        duration_ms = int(value)
        path = self._folder / f"silence-{duration_ms}.wav"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            with wave.open(str(part), "wb") as file:
                file.setparams((1, 2, 8_000, 0, "NONE", ""))
                file.writeframes(bytes(16 * duration_ms))
            part.replace(path)
        return prompt_file(path, duration_ms)


def _duration_ms(path: Path) -> int:
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() * 1_000 // file.getframerate()
    except (wave.Error, EOFError) as error:
        raise BadInput(
            what=f"The prompt file {path}", why=f"it is not a WAV file that can be played ({error})"
        ) from error
