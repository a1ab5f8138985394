"""Speech as telephones carry it: trimmed, at one loudness, 8 kHz without aliases.

Loudness: speech at about -20 dBFS RMS with no peak above -3 dBFS. Resampling is soxr's: pydub's own leaves what lies above 4 kHz as
audible aliases (at -8 dB where soxr leaves -83 dB); pydub assembles the segments, pauses and gains and writes the file.
"""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

Samples = npt.NDArray[np.float32]
"""Mono, -1.0 to 1.0."""

PROMPT_RATE = 8000
SPEECH_RMS_DBFS = -20.0
PEAK_DBFS = -3.0
LEAD_IN_MS, LEAD_OUT_MS = 50, 100
_JOINT_MS = 40
_ROOM_DB = 12.0
"""Segments are put together this far below their final loudness, so that a gain cannot clip."""
_SILENCE_DBFS = -50.0


def amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def trimmed(samples: Samples, rate: int, lead_in_ms: int = 0, lead_out_ms: int = 0) -> Samples:
    """The sound from its first to its last audible sample, with so much silence before and after it. Nothing audible: no samples."""
    audible = np.flatnonzero(np.abs(samples) > amplitude(_SILENCE_DBFS))
    if audible.size == 0:
        return samples[:0]
    before, after = rate * lead_in_ms // 1000, rate * lead_out_ms // 1000
    sound = samples[audible[0] : audible[-1] + 1]
    return np.concatenate((np.zeros(before, np.float32), sound, np.zeros(after, np.float32)))


def speech_rms(samples: Samples, rate: int) -> float:
    """The RMS of the stretches that hold speech: 20 ms frames within 30 dB of the loudest, so that pauses do not count."""
    frame = max(rate // 50, 1)
    whole = samples[: samples.size // frame * frame].reshape(-1, frame)
    if whole.size == 0:
        return float(np.sqrt(np.mean(np.square(samples)))) if samples.size else 0.0
    power = np.mean(np.square(whole, dtype=np.float64), axis=1)
    loud = power[power > power.max() * 1e-3]
    return float(np.sqrt(loud.mean())) if loud.size else 0.0


def limited(samples: Samples, peak_dbfs: float = PEAK_DBFS) -> Samples:
    """Peaks rounded off so that none exceeds `peak_dbfs`; what lies 4 dB below it is left as it is."""
    ceiling, knee = amplitude(peak_dbfs), amplitude(peak_dbfs - 4)
    size = np.abs(samples)
    rounded = knee + (ceiling - knee) * np.tanh((size - knee) / (ceiling - knee))
    return np.where(size > knee, np.copysign(rounded, samples), samples).astype(np.float32)


def to_telephone(samples: Samples, rate: int) -> Samples:
    """8 kHz, everything above 4 kHz removed rather than folded back; no peak above PEAK_DBFS."""
    low: Samples = soxr.resample(samples, rate, PROMPT_RATE, quality="HQ").astype(np.float32)
    peak = float(np.abs(low).max()) if low.size else 0.0
    return low * np.float32(min(1.0, amplitude(PEAK_DBFS) / peak)) if peak else low


def read_mono(path: Path) -> tuple[Samples, int]:
    """An engine's file: its first channel and its rate. RuntimeError when it is not audio."""
    values, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return np.ascontiguousarray(values[:, 0]), int(rate)


def assembled(spoken: Sequence[tuple[Path, float] | int]) -> Samples:
    """The finished prompt at 8 kHz from engine files, each with its gain in dB, and pauses in milliseconds."""
    read = [part if isinstance(part, int) else (*read_mono(part[0]), part[1]) for part in spoken]
    rate = max((part[1] for part in read if isinstance(part, tuple)), default=PROMPT_RATE)
    whole = AudioSegment.silent(0, frame_rate=rate)
    after_speech = False
    for part in read:
        if isinstance(part, int):
            whole += AudioSegment.silent(part, frame_rate=rate)
            after_speech = False
            continue
        if after_speech:
            whole += AudioSegment.silent(_JOINT_MS, frame_rate=rate)
        whole += _evened(part[0], part[1], rate).apply_gain(part[2])
        after_speech = True
    together = np.asarray(whole.get_array_of_samples(), dtype=np.float32) * np.float32(amplitude(_ROOM_DB) / 32768)
    edge = [np.zeros(rate * length_ms // 1000, np.float32) for length_ms in (LEAD_IN_MS, LEAD_OUT_MS)]
    return to_telephone(np.concatenate((edge[0], limited(together), edge[1])), rate)


def _evened(samples: Samples, own_rate: int, rate: int) -> Any:
    """One segment, trimmed, at `rate` and at the common loudness, as pydub's AudioSegment."""
    if own_rate != rate:
        samples = soxr.resample(samples, own_rate, rate, quality="HQ").astype(np.float32)
    sound = trimmed(samples, rate)
    loudness = speech_rms(sound, rate)
    if loudness:
        sound = sound * np.float32(amplitude(SPEECH_RMS_DBFS) / loudness)
    return as_segment(limited(sound) * np.float32(amplitude(-_ROOM_DB)), rate)


def as_segment(samples: Samples, rate: int) -> Any:
    """Samples as pydub's AudioSegment: 16 bit, mono."""
    whole = np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2")
    return AudioSegment(data=whole.tobytes(), sample_width=2, frame_rate=rate, channels=1)


def write_prompt(samples: Samples, path: Path) -> int:
    """Writes an 8 kHz 16-bit mono WAV that appears whole or not at all; returns its length in milliseconds."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with as_segment(samples, PROMPT_RATE).export(str(part), format="wav") as file:
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return samples.size * 1000 // PROMPT_RATE
