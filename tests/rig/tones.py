"""Tones of known frequency, and how much of one a recording holds: audio proven by its content."""

import wave
from pathlib import Path

import numpy as np

RATE = 8_000


def write_tone(path: Path, hertz: int, seconds: float) -> str:
    """Writes a WAV file (8 kHz, 16 bit, mono) and returns its media URI for a playback."""
    samples = 8_000 * np.sin(2 * np.pi * hertz * np.arange(int(RATE * seconds)) / RATE)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return f"sound:{path.with_suffix('')}"


def read_wave(path: Path) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """The samples of a mono 16-bit WAV file."""
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64)


def level(samples: "np.ndarray[tuple[int], np.dtype[np.float64]]", hertz: int) -> float:
    """Amplitude of this frequency, where a full tone of `write_tone` is about 8,000."""
    if not len(samples):
        return 0.0
    turns = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / RATE)
    return float(2 * abs(np.dot(samples, turns)) / len(samples))
