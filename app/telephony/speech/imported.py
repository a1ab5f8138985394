"""Prompts that people record or buy: any audio file they have becomes one that Asterisk plays without converting it."""

import asyncio
import re
from pathlib import Path

import numpy as np
import soundfile
import soxr

from app.errors import BadInput, NotFound
from app.telephony.speech.prompt_file import PromptFile, playable_folder, prompt_file
from app.telephony.speech.sound import PEAK_DBFS, PROMPT_RATE, Samples, amplitude, write_prompt

LONGEST_S = 15 * 60
_BLOCK_FRAMES = 65536
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


async def import_prompt(source: Path, name: str, folder: Path) -> PromptFile:
    """Converts `source` (WAV, FLAC, OGG, MP3, any rate and channels) to `folder/name.wav`: 8 kHz mono, no peak above -3 dBFS.

    An earlier prompt of that name is replaced at once. NotFound when there is no such file; BadInput, with the remedy, when the file
    cannot be read as audio, is longer than a quarter of an hour, or the name is not one for a file.
    """
    if not _NAME.fullmatch(name):
        raise BadInput(what=f"prompt name {name}", why="use up to 64 letters, digits, dots, dashes and underscores")
    return await asyncio.to_thread(_import, source, name, folder)


def _import(source: Path, name: str, folder: Path) -> PromptFile:
    path = playable_folder(folder) / f"{name}.wav"
    samples = _read(source)
    if samples.size == 0:
        raise BadInput(what=f"prompt {source}", why="there is no sound in it; record it again")
    peak = float(np.abs(samples).max())
    if peak > amplitude(PEAK_DBFS):
        samples = samples * np.float32(amplitude(PEAK_DBFS) / peak)
    try:
        return prompt_file(path, write_prompt(samples, path))
    except OSError as error:
        raise BadInput(
            what=f"folder {folder}",
            why=f"the prompt cannot be written there ({error.strerror}); free space, check its owner",
        ) from error


def _read(source: Path) -> Samples:
    """The mean of all channels at 8 kHz, read block by block. soxr removes what lies above 4 kHz."""
    if not source.is_file():
        raise NotFound(what="prompt file", name=source)
    try:
        with soundfile.SoundFile(source) as audio:
            if audio.frames > audio.samplerate * LONGEST_S:
                raise BadInput(what=f"prompt {source}", why=f"it is longer than {LONGEST_S // 60} minutes; cut it")
            stream = soxr.ResampleStream(audio.samplerate, PROMPT_RATE, 1, dtype="float32", quality="HQ")
            blocks = [
                stream.resample_chunk(block.mean(axis=1))
                for block in audio.blocks(_BLOCK_FRAMES, dtype="float32", always_2d=True)
            ]
            blocks.append(stream.resample_chunk(np.zeros(0, np.float32), last=True))
    except PermissionError as error:
        raise BadInput(
            what=f"prompt {source}", why="it may not be read; give this user the right to read it"
        ) from error
    except (soundfile.SoundFileError, RuntimeError, ValueError) as error:
        raise BadInput(
            what=f"prompt {source}",
            why="it cannot be read as audio; save it as WAV, FLAC, OGG or MP3 and import it again",
        ) from error
    return np.concatenate(blocks).astype(np.float32)
