"""Speech that was rendered once is a file: the cache of prompts, by content."""

import asyncio
import hashlib
import os
import shutil
import tempfile
import time
from collections import OrderedDict
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import structlog

from app.domain.voices import DEFAULT_VOICE, Voice
from app.errors import BadInput, Unavailable
from app.telephony.speech.engine import SpeechEngine
from app.telephony.speech.prompt_file import (
    PromptFile,
    duration_of_size,
    playable_folder,
    prompt_file,
    size_of_duration,
)
from app.telephony.speech.segment import Part, Segment
from app.telephony.speech.sound import assembled, write_prompt
from app.telephony.speech.ssml import is_ssml, parts_of_ssml, parts_of_text
from app.telephony.speech.voices import find_voice

FORMAT_VERSION = "2"
"""Part of every prompt's identity: raise it whenever the same request has to sound different."""
RENDER_LIMIT_S = 10.0
_KEPT_AFTER_PRUNING = 0.9
_RECENT_S = 60.0
_NOTHING_SAID_MS = 100
_WAITING_LIMIT = 256
_PRUNED_AT_ONCE = 64
_LEFTOVER_S = 3600.0

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Entry:
    file: PromptFile
    size_bytes: int
    used_at_s: float


class SpeechCache:
    """Prompts under `var_dir/speech`. What is there already is indexed when the cache is made: make it before serving."""

    def __init__(
        self, var_dir: Path, engine: SpeechEngine, *, limit_bytes: int = 512 * 1024 * 1024, concurrency: int = 2
    ) -> None:
        self._engine = engine
        self._folder = playable_folder(var_dir / "speech")
        self._limit_bytes = limit_bytes
        self._turns = asyncio.Semaphore(concurrency)
        self._rendering: dict[str, asyncio.Task[PromptFile]] = {}
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._voices: dict[tuple[str, str], Voice] = {}
        self._size_bytes = 0
        self._load()

    async def prompt(
        self, text: str, *, ssml: bool | None = None, voice: str = DEFAULT_VOICE, language: str = ""
    ) -> PromptFile:
        """The text as a playable file, rendered at most once however many ask. It is SSML when it begins so, unless `ssml` says.

        BadInput for text or SSML that cannot be spoken; Unavailable when the engine fails or the disk is full.
        An unknown voice is replaced by the default one: a caller is better served by another voice than by none.
        """
        speaker = self._voice(voice, language)
        markup = is_ssml(text) if ssml is None else ssml
        key = self._key(text, markup, speaker)
        entry = self._entries.get(key)
        if entry is not None:
            if os.path.exists(entry.file.path):
                entry.used_at_s = time.monotonic()
                self._entries.move_to_end(key)
                return entry.file
            self._forget(key)
        task = self._rendering.get(key)
        if task is None:
            parts = parts_of_ssml(text) if markup else parts_of_text(text)
            self._check_language(speaker, parts)
            if len(self._rendering) >= _WAITING_LIMIT:
                raise self._failed(
                    f"{_WAITING_LIMIT} prompts wait to be rendered", "Relieve the machine, or use recorded prompts."
                )
            task = asyncio.create_task(self._render(key, parts, speaker), name=f"speech {key[:12]}")
            self._rendering[key] = task
            task.add_done_callback(lambda done: self._rendered(key, done))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Ends every rendering that is going on."""
        tasks = list(self._rendering.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def size_bytes(self) -> int:
        """What the cached prompts take on disk."""
        return self._size_bytes

    def _key(self, text: str, markup: bool, voice: Voice) -> str:
        speaker = self._engine.speaker(voice, _SPOKEN_PLAINLY)
        identity = "\0".join(
            (FORMAT_VERSION, self._engine.name, speaker, voice.name, voice.language, str(markup), text)
        )
        return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()

    def _voice(self, name: str, language: str) -> Voice:
        voice = self._voices.get((name, language))
        if voice is None:
            try:
                voice = find_voice(name, language)
            except BadInput:
                _log.warning("voice_unknown", voice=name[:40], used=DEFAULT_VOICE)
                voice = find_voice(DEFAULT_VOICE, language)
            if len(self._voices) < 1024:
                self._voices[(name, language)] = voice
        return voice

    def _check_language(self, voice: Voice, parts: tuple[Part, ...]) -> None:
        for part in parts:
            if isinstance(part, Segment):
                self._engine.speaker(voice, part)

    async def _render(self, key: str, parts: tuple[Part, ...], voice: Voice) -> PromptFile:
        async with self._turns:
            scratch = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="speech-"))
            try:
                async with asyncio.timeout(RENDER_LIMIT_S):
                    spoken = await self._spoken(parts, voice, scratch)
                    return await asyncio.to_thread(self._finish, key, spoken)
            except TimeoutError:
                raise self._failed(
                    f"a prompt took longer than {RENDER_LIMIT_S:g} seconds",
                    "Shorten the prompt or relieve the machine.",
                ) from None
            except OSError as error:
                raise self._failed(
                    f"{error.strerror} ({self._folder})", "Free disk space and check the folder's owner."
                ) from error
            except RuntimeError as error:
                raise self._failed(
                    "what it wrote is not audio", "Free disk space and try the engine by hand."
                ) from error
            finally:
                await asyncio.to_thread(shutil.rmtree, scratch, True)

    async def _spoken(self, parts: tuple[Part, ...], voice: Voice, scratch: Path) -> list[tuple[Path, float] | int]:
        spoken: list[tuple[Path, float] | int] = []
        for number, part in enumerate(parts):
            if not isinstance(part, Segment):
                spoken.append(part.duration_ms)
                continue
            out = scratch / f"{number}.wav"
            await self._engine.render(part, voice, out)
            if out.exists():
                spoken.append((out, part.manner.gain_db))
            elif any(letter.isalnum() for letter in part.text):
                raise self._failed("it ended without a sound file", "Free disk space and try the engine by hand.")
            else:
                spoken.append(_NOTHING_SAID_MS)
        return spoken

    def _finish(self, key: str, spoken: list[tuple[Path, float] | int]) -> PromptFile:
        path = self._folder / f"{key}.wav"
        return prompt_file(path, write_prompt(assembled(spoken), path))

    def _rendered(self, key: str, task: asyncio.Task[PromptFile]) -> None:
        self._rendering.pop(key, None)
        if task.cancelled() or task.exception() is not None:
            return
        self._keep(key, task.result(), size_of_duration(task.result().duration_ms))
        if self._size_bytes > self._limit_bytes:
            self._prune()

    def _keep(self, key: str, file: PromptFile, size_bytes: int, used_at_s: float | None = None) -> None:
        self._forget(key)
        self._entries[key] = _Entry(file, size_bytes, time.monotonic() if used_at_s is None else used_at_s)
        self._size_bytes += size_bytes

    def _forget(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._size_bytes -= entry.size_bytes

    def _prune(self) -> None:
        """Removes the prompts unused for longest, a few at a time, but none handed out in the last minute: it may be about to play."""
        spared_since_s = time.monotonic() - _RECENT_S
        for key, entry in list(islice(self._entries.items(), _PRUNED_AT_ONCE)):
            if self._size_bytes <= self._limit_bytes * _KEPT_AFTER_PRUNING or entry.used_at_s > spared_since_s:
                return
            self._forget(key)
            entry.file.path.unlink(missing_ok=True)

    def _load(self) -> None:
        """Oldest first, about 5 us a file; a file without a single sample and the leftovers of a killed process are removed."""
        found = []
        with os.scandir(self._folder) as files:
            for file in files:
                status = file.stat()
                if file.name.endswith(".wav") and duration_of_size(status.st_size):
                    found.append((status.st_mtime, file.name, status.st_size))
                elif file.name.endswith((".wav", ".part")) and status.st_mtime < time.time() - _LEFTOVER_S:
                    os.unlink(file.path)
        for _, name, size_bytes in sorted(found):
            file_of_name = prompt_file(self._folder / name, duration_of_size(size_bytes))
            self._keep(name.removesuffix(".wav"), file_of_name, size_bytes, used_at_s=float("-inf"))

    def _failed(self, why: str, remedy: str) -> Unavailable:
        return Unavailable(what=f"Speech by {self._engine.name}", why=why, remedy=remedy)


_SPOKEN_PLAINLY = Segment("")
