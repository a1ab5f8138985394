"""The files that Asterisk writes of a call: 16-bit PCM WAV, read block by block, even when nobody lived to complete the header."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from app.errors import TrunklineError

Frames = npt.NDArray[np.int16]
"""Rows of samples, one column a channel."""

BLOCK_FRAMES = 65_536
PCM = 1
_EXTENSIBLE = 0xFFFE
_LARGEST_CHUNK_BYTES = 1024 * 1024


class RecordingFault(StrEnum):
    """Why a recording could not be finished."""

    MISSING = "a file is missing"
    CORRUPT = "a file is damaged"
    EMPTY = "there is no sound in it"
    STILL_WRITTEN = "it is still being written"
    DISK = "it cannot be written"


class RecordingFailed(TrunklineError):
    """The recording {name} could not be finished: {reason} ({detail}). What Asterisk wrote is kept; finish it again when that is mended."""

    def __init__(self, *, name: str, fault: RecordingFault, detail: str) -> None:
        super().__init__(name=name, reason=fault.value, detail=detail)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class WavFile:
    """Where the samples of a 16-bit PCM file lie. `closed` is False when its header was never completed."""

    path: Path
    rate: int
    channels: int
    data_offset: int
    frames: int
    closed: bool


def open_wav(path: Path, needed: int | None = None) -> WavFile:
    """Reads a WAV's header, and mends its length from the file's size. RecordingFailed when it is missing or no 16-bit PCM."""
    try:
        with path.open("rb") as file:
            return _parsed(path, file, needed)
    except FileNotFoundError as error:
        raise RecordingFailed(
            name=str(path), fault=RecordingFault.MISSING, detail="Asterisk may not have begun it"
        ) from error
    except (OSError, struct.error) as error:
        detail = error.strerror or "" if isinstance(error, OSError) else "its header is cut short"
        raise RecordingFailed(name=str(path), fault=RecordingFault.CORRUPT, detail=detail) from error


def _parsed(path: Path, file: BinaryIO, needed: int | None) -> WavFile:
    size = os.fstat(file.fileno()).st_size
    riff, _, wave = struct.unpack("<4sI4s", file.read(12))
    if riff != b"RIFF" or wave != b"WAVE":
        raise RecordingFailed(name=str(path), fault=RecordingFault.CORRUPT, detail="it is not a WAV file")
    rate = channels = 0
    while True:
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"data":
            break
        if length > _LARGEST_CHUNK_BYTES:
            raise RecordingFailed(name=str(path), fault=RecordingFault.CORRUPT, detail="its header is damaged")
        body = file.read(length + length % 2)
        if name == b"fmt ":
            kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", body[:16])
            if (
                kind not in (PCM, _EXTENSIBLE)
                or bits != 16
                or not channels
                or not rate
                or channels != (needed or channels)
            ):
                detail = f"format {kind} with {channels} channels of {bits} bits at {rate} Hz; 16-bit PCM is expected"
                raise RecordingFailed(name=str(path), fault=RecordingFault.CORRUPT, detail=detail)
    if not rate:
        raise RecordingFailed(name=str(path), fault=RecordingFault.CORRUPT, detail="its header names no format")
    offset = file.tell()
    closed = 0 < length <= size - offset and _ends_with_chunks(file, offset + length + length % 2, size)
    return WavFile(
        path, rate, channels, offset, (length if closed else size - offset) // (2 * channels), closed or size == offset
    )


def _ends_with_chunks(file: BinaryIO, position: int, size: int) -> bool:
    """True when nothing follows the samples, or only whole chunks, such as a LIST of titles."""
    while position < size - 1:
        file.seek(position)
        header = file.read(8)
        if len(header) < 8 or not header[:4].isascii():
            return False
        position += 8 + int.from_bytes(header[4:], "little") + header[4] % 2
    return position <= size + 1


def read_blocks(wav: WavFile) -> Iterator[Frames]:
    """The file's frames, block by block. RecordingFailed when it is cut short while it is read."""
    with wav.path.open("rb") as file:
        file.seek(wav.data_offset)
        for start in range(0, wav.frames, BLOCK_FRAMES):
            wanted = min(BLOCK_FRAMES, wav.frames - start)
            data = file.read(wanted * 2 * wav.channels)
            if len(data) < wanted * 2 * wav.channels:
                raise RecordingFailed(
                    name=str(wav.path), fault=RecordingFault.CORRUPT, detail="it was cut short while it was read"
                )
            yield np.frombuffer(data, "<i2").reshape(-1, wav.channels)
