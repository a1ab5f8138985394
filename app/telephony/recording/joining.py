"""Finished recordings: the two files that Asterisk wrote of a call become one stereo file, the customer left and the agent right.

MixMonitor, on the customer's channel, writes what the customer said (read) and what the customer heard, the agent (write), each to
a mono file. Joining streams block by block in a worker thread: memory stays the same for ten seconds and for ten hours.
"""

import asyncio
import errno
import hashlib
import os
import shutil
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.errors import NotFound
from app.telephony.recording.wav_file import (
    BLOCK_FRAMES,
    PCM,
    Frames,
    RecordingFailed,
    RecordingFault,
    WavFile,
    open_wav,
    read_blocks,
)

__all__ = [
    "FinishedRecording",
    "Peaks",
    "RecordingFailed",
    "RecordingFault",
    "disk_free_percent",
    "finish_recording",
    "peaks",
]

_QUIET_S = 3.0
"""MixMonitor writes 32 KB at a time: at 8 kHz an open file grows every 2.05 seconds."""
_QUIET_LIMIT_S = 9.0
_QUIET_POLL_S = 0.1
_LARGEST_BYTES = 4 * 1024**3 - 1024


@dataclass(frozen=True, slots=True)
class FinishedRecording:
    """A stereo WAV that is whole and on disk. `sha256` is of the file, in hexadecimal digits."""

    path: Path
    duration_ms: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Peaks:
    """What a player draws: for each channel the loudest sample of each bin, 0.0 to 1.0."""

    channels: tuple[tuple[float, ...], ...]
    duration_ms: int


async def finish_recording(
    customer: Path, agent: Path, out: Path, *, keep_customer: bool = True, keep_agent: bool = True
) -> FinishedRecording:
    """Joins the two mono files to `out`, which appears whole or not at all, then removes them. Safe to call again at any time.

    The shorter file is followed by silence; a side that is not kept is silent throughout. A length that Asterisk did not live to
    write into a header is taken from the file's size. RecordingFailed leaves the two files where they are and no `out`.
    """
    deadline_s = time.monotonic() + _QUIET_LIMIT_S
    while True:
        finished = await asyncio.to_thread(_finish_if_quiet, customer, agent, out, keep_customer, keep_agent)
        if finished is not None:
            return finished
        if time.monotonic() > deadline_s:
            fault = RecordingFault.STILL_WRITTEN
            raise RecordingFailed(name=str(customer), fault=fault, detail="stop the recording first")
        await asyncio.sleep(_QUIET_POLL_S)


async def peaks(path: Path, bins: int) -> Peaks:
    """The outline of a recording in at most `bins` bins. NotFound when there is no such file; RecordingFailed when it is damaged."""
    return await asyncio.to_thread(_peaks, path, max(bins, 1))


def disk_free_percent(path: Path) -> float:
    """How much of the disk that holds `path` (or will hold it) is free for this user, 0.0 to 100.0."""
    folder = next(parent for parent in (path.absolute(), *path.absolute().parents) if parent.exists())
    usage = shutil.disk_usage(folder)
    return 100.0 * usage.free / max(usage.total, 1)


def _finish_if_quiet(
    customer: Path, agent: Path, out: Path, keep_customer: bool, keep_agent: bool
) -> FinishedRecording | None:
    """None while Asterisk has not closed the files and may still write; those that nobody will ever close count once they
    have not grown for `_QUIET_S`."""
    if _growing(customer) or _growing(agent):
        return None
    return _finish(customer, agent, out, keep_customer, keep_agent)


def _growing(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < _QUIET_S and not open_wav(path).closed
    except OSError:
        return False
    except RecordingFailed as error:
        return error.fault is RecordingFault.CORRUPT


def _finish(customer: Path, agent: Path, out: Path, keep_customer: bool, keep_agent: bool) -> FinishedRecording:
    if out.exists() and not (customer.exists() and agent.exists()):
        finished = _facts(out)
    else:
        left, right = open_wav(customer, needed=1), open_wav(agent, needed=1)
        if left.rate != right.rate:
            detail = f"{customer} has {left.rate} samples a second and {agent} {right.rate}"
            raise RecordingFailed(name=str(out), fault=RecordingFault.CORRUPT, detail=detail)
        if not max(left.frames, right.frames):
            raise RecordingFailed(name=str(out), fault=RecordingFault.EMPTY, detail=f"{customer} and {agent}")
        try:
            finished = _join((left, right), (keep_customer, keep_agent), out)
        except OSError as error:
            remedy = "; free disk space" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
            raise RecordingFailed(
                name=str(out), fault=RecordingFault.DISK, detail=f"{error.strerror}{remedy}"
            ) from error
    for leftover in (customer, agent):
        leftover.unlink(missing_ok=True)
    return finished


def _join(sides: tuple[WavFile, WavFile], kept: tuple[bool, bool], out: Path) -> FinishedRecording:
    """Writes the stereo file beside `out` and moves it there once it is on disk."""
    out.parent.mkdir(parents=True, exist_ok=True)
    rate, frames = sides[0].rate, max(side.frames for side in sides)
    header = _header(rate, frames, out)
    part = out.with_name(f".{out.name}.part")
    digest = hashlib.sha256(header)
    try:
        with part.open("wb") as file:
            file.write(header)
            for block in _stereo(sides, kept, frames):
                data = block.tobytes()
                digest.update(data)
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, out)
        _sync_folder(out.parent)
    finally:
        part.unlink(missing_ok=True)
    return FinishedRecording(out, frames * 1000 // rate, len(header) + frames * 4, digest.hexdigest())


def _stereo(sides: tuple[WavFile, WavFile], kept: tuple[bool, bool], frames: int) -> Iterator[Frames]:
    readers = [read_blocks(side) if keep else iter(()) for side, keep in zip(sides, kept, strict=True)]
    for start in range(0, frames, BLOCK_FRAMES):
        block = np.zeros((min(BLOCK_FRAMES, frames - start), 2), "<i2")
        for channel, reader in enumerate(readers):
            samples = next(reader, None)
            if samples is not None:
                block[: len(samples), channel] = samples[:, 0]
        yield block


def _header(rate: int, frames: int, out: Path) -> bytes:
    data_bytes = frames * 4
    if data_bytes > _LARGEST_BYTES:
        raise RecordingFailed(name=str(out), fault=RecordingFault.DISK, detail="a WAV file holds 4 GB at most")
    return struct.pack(
        *("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + data_bytes, b"WAVE", b"fmt ", 16, PCM, 2),
        *(rate, rate * 4, 4, 16, b"data", data_bytes),
    )


def _facts(out: Path) -> FinishedRecording:
    """What is known of a recording that was finished before, its content read again."""
    wav = open_wav(out, needed=2)
    digest = hashlib.sha256()
    with out.open("rb") as file:
        while data := file.read(1024 * 1024):
            digest.update(data)
    return FinishedRecording(out, wav.frames * 1000 // wav.rate, out.stat().st_size, digest.hexdigest())


def _peaks(path: Path, bins: int) -> Peaks:
    if not path.exists():
        raise NotFound(what="recording", name=path)
    wav = open_wav(path)
    width = max(-(-wav.frames // bins), 1)
    highest = np.zeros((-(-wav.frames // width), wav.channels), np.int32)
    position = 0
    for block in read_blocks(wav):
        rows = np.arange(position, position + len(block)) // width
        first = np.concatenate(([0], np.flatnonzero(np.diff(rows)) + 1))
        loudest = np.maximum.reduceat(np.abs(block.astype(np.int32)), first, axis=0)
        highest[rows[first]] = np.maximum(highest[rows[first]], loudest)
        position += len(block)
    channels = tuple(tuple((highest[:, channel] / 32768).round(4).tolist()) for channel in range(wav.channels))
    return Peaks(channels, wav.frames * 1000 // wav.rate)


def _sync_folder(folder: Path) -> None:
    """Makes the new name of a file outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
