"""What was heard: tones, digits, speech and silence found in samples, for test calls, the doctor and the tests.

Samples are one-dimensional: floats of -1.0 to 1.0, or 16-bit integers. Levels are dBFS; 0 is the RMS of a sine at full scale.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from app.errors import BadInput

Samples = npt.NDArray[np.float64]
AnySamples = npt.NDArray[np.float64] | npt.NDArray[np.float32] | npt.NDArray[np.int16]

SILENCE_DBFS = -50.0
_NOTHING_DB = -120.0
_DTMF_LOW = (697, 770, 852, 941)
_DTMF_HIGH = (1209, 1336, 1477, 1633)
_DTMF_KEYS = ("123A", "456B", "789C", "*0#D")
_DTMF_FRAME_S = 0.0256
_DTMF_FRAMES = 4
"""Frames (a quarter of a frame apart) that must agree: 45 ms of tone, as ITU-T Q.24 wants 40 ms to be heard and 23 ms not to be."""
_DTMF_LEAST_DBFS = -36.0
_TWIST_DB = 8.0
_SPEECH_LEAST_MS = 200
_SYLLABLE_FRAMES = 4
"""A voice lasts 80 ms at the least; the start and end of a tone, whose spectrum is as broad, do not."""


def as_floats(samples: AnySamples) -> Samples:
    """Samples as floats of -1.0 to 1.0."""
    if samples.dtype == np.int16:
        return samples.astype(np.float64) / 32768
    return samples.astype(np.float64, copy=False)


def level_db(samples: AnySamples) -> float:
    """The level of everything in the samples; -120 for digital silence and for no samples at all."""
    values = as_floats(samples)
    return _decibels(2 * float(np.mean(np.square(values)))) if values.size else _NOTHING_DB


def tone_level_db(samples: AnySamples, rate: int, hz: float) -> float:
    """The level of one frequency, by Goertzel's single bin under a Hann window: other tones 10 Hz away in a second do not leak in."""
    values = as_floats(samples)
    if values.size == 0:
        return _NOTHING_DB
    window = np.hanning(values.size + 2)[1:-1]
    turns = np.exp(-2j * np.pi * hz / rate * np.arange(values.size))
    strength = 2 * abs(np.dot(values * window, turns)) / window.sum()
    return _decibels(float(strength) ** 2)


def longest_silence_ms(samples: AnySamples, rate: int, threshold_dbfs: float = SILENCE_DBFS) -> int:
    """The longest stretch of 10 ms frames below the threshold; no samples are no silence."""
    frame = rate // 100
    quiet = 2 * np.mean(np.square(_frames(as_floats(samples), frame, frame)), axis=1) < 10 ** (threshold_dbfs / 10)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(np.int8), [0]))))
    lengths = edges[1::2] - edges[::2]
    return int(lengths.max()) * 10 if lengths.size else 0


def speech_present(samples: AnySamples, rate: int) -> bool:
    """True when at least 200 ms sound like a voice: neither silence, nor one or two steady tones, nor noise.

    A voiced 32 ms frame has its energy in many harmonics: more than three narrow peaks, yet far from an even spectrum. Music often
    counts as speech; ringing, busy and DTMF tones, hiss and comfort noise do not.
    """
    size = int(rate * 0.032)
    frames = _frames(as_floats(samples), size, size // 2)
    loud = 2 * np.mean(np.square(frames), axis=1) > 10 ** (-45 / 10)
    if not loud.any():
        return False
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    frequencies = np.fft.rfftfreq(size, 1 / rate)
    spectrum = spectrum[:, (frequencies > 80) & (frequencies < min(3600, rate / 2))] + 1e-12
    flatness = np.exp(np.mean(np.log(spectrum), axis=1)) / np.mean(spectrum, axis=1)
    voiced = _lasting(loud & (_share_of_peaks(spectrum, peaks=2) < 0.93) & (flatness < 0.25), _SYLLABLE_FRAMES)
    return bool(np.count_nonzero(voiced) * 16 >= _SPEECH_LEAST_MS and _changes(spectrum[voiced]))


def dtmf_digits(samples: AnySamples, rate: int) -> str:
    """The keys pressed, in order: each a pair of ITU-T Q.23 tones of 45 ms or more; a pause or another key ends it."""
    size = int(rate * _DTMF_FRAME_S)
    frames = _frames(as_floats(samples), size, size // 4) * np.hanning(size)
    turns = np.exp(-2j * np.pi * np.outer(np.arange(size) / rate, _DTMF_LOW + _DTMF_HIGH))
    power = np.abs(frames @ turns * 2 / (np.hanning(size).sum())) ** 2
    total = np.sum(np.square(frames), axis=1) * 2 / np.sum(np.square(np.hanning(size)))
    return _pressed(_key(power[i, :4], power[i, 4:], float(total[i])) for i in range(len(frames)))


def tone(
    frequencies: float | Sequence[float], duration_ms: int, rate: int = 8000, level_dbfs: float = -12.0
) -> Samples:
    """Sines together, each at that level; a single frequency or several, as in DTMF and ringing tones."""
    moments = np.arange(rate * duration_ms // 1000) / rate
    each = [frequencies] if isinstance(frequencies, int | float) else frequencies
    sines = [np.sin(2 * np.pi * hz * moments) for hz in each]
    return np.sum(sines, axis=0) * 10 ** (level_dbfs / 20) if sines else np.zeros(moments.size)


def dtmf_tones(digits: str, rate: int = 8000, tone_ms: int = 80, pause_ms: int = 80) -> Samples:
    """The digits as a telephone dials them. BadInput for a key that no telephone has."""
    pieces: list[Samples] = []
    for digit in digits:
        row = next((number for number, keys in enumerate(_DTMF_KEYS) if digit.upper() in keys), None)
        if row is None:
            raise BadInput(what=f"digit {digit}", why="a telephone has 0 to 9, *, # and A to D")
        pair = (_DTMF_LOW[row], _DTMF_HIGH[_DTMF_KEYS[row].index(digit.upper())])
        pieces += [tone(pair, tone_ms, rate, -10.0), np.zeros(rate * pause_ms // 1000)]
    return np.concatenate(pieces) if pieces else np.zeros(0)


def write_wav(path: Path, samples: AnySamples, rate: int = 8000) -> None:
    """16-bit PCM; one channel, or as many as the samples have columns."""
    soundfile.write(path, np.clip(as_floats(samples), -1, 32767 / 32768), rate, subtype="PCM_16", format="WAV")


def write_tone(
    path: Path, frequencies: float | Sequence[float], duration_ms: int, rate: int = 8000, level_dbfs: float = -12.0
) -> None:
    """A WAV with that tone: what a party says in a test call, so that it can be looked for in what others heard."""
    write_wav(path, tone(frequencies, duration_ms, rate, level_dbfs), rate)


def read_wav(path: Path) -> tuple[Samples, int]:
    """Samples (a column for each channel when there are several) and rate. BadInput when it is not audio."""
    try:
        values, rate = soundfile.read(path, dtype="float64")
    except RuntimeError as error:
        raise BadInput(what=f"sound file {path}", why="it cannot be read as audio") from error
    return values, int(rate)


def _decibels(power: float) -> float:
    return max(10 * float(np.log10(power)), _NOTHING_DB) if power > 0 else _NOTHING_DB


def _frames(values: Samples, size: int, hop: int) -> Samples:
    """Overlapping frames as rows; what does not fill a frame at the end is left out."""
    if values.size < size:
        return np.zeros((0, size))
    return np.lib.stride_tricks.sliding_window_view(values, size)[::hop]


def _share_of_peaks(spectrum: Samples, peaks: int) -> Samples:
    """How much of each row's energy lies in its strongest peaks, a peak being five bins wide (a Hann window's main lobe and a bin)."""
    left, taken = spectrum.copy(), np.zeros(len(spectrum))
    columns = np.arange(spectrum.shape[1])
    for _ in range(peaks):
        near = np.abs(columns[None, :] - left.argmax(axis=1)[:, None]) <= 2
        taken += np.where(near, left, 0).sum(axis=1)
        left = np.where(near, 0, left)
    return np.asarray(taken / spectrum.sum(axis=1))


def _lasting(chosen: npt.NDArray[np.bool_], frames: int) -> npt.NDArray[np.bool_]:
    """Only the runs of that many chosen frames or more."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], chosen.astype(np.int8), [0]))))
    kept = np.zeros(chosen.size, dtype=np.bool_)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        kept[start:end] = end - start >= frames
    return kept


def _changes(spectrum: Samples) -> bool:
    """True when the spectrum's shape is not the same all the time, as a steady sound's is."""
    shape = spectrum / spectrum.sum(axis=1, keepdims=True)
    return bool(np.abs(shape - shape.mean(axis=0)).sum(axis=1).mean() > 0.4)


def _key(low: Samples, high: Samples, total: float) -> str:
    """The key that a frame holds, or nothing: both tones strong, alone in their groups, alike in level and most of all there is."""
    row, column = int(low.argmax()), int(high.argmax())
    pair = float(low[row] + high[column])
    alone = low[row] > 6 * np.delete(low, row).max() and high[column] > 6 * np.delete(high, column).max()
    strong = min(low[row], high[column]) > 10 ** (_DTMF_LEAST_DBFS / 10)
    if not (strong and alone and pair > 0.7 * total):
        return ""
    return _DTMF_KEYS[row][column] if abs(_decibels(float(low[row] / high[column]))) < _TWIST_DB else ""


def _pressed(keys: Iterable[str]) -> str:
    """A key is one press however many frames it lasts; two frames without it end it."""
    digits, held, candidate, count = "", "", "", 0
    for key in keys:
        count = count + 1 if key == candidate else 1
        candidate = key
        if not key and count >= 2:
            held = ""
        elif key and key != held and count >= _DTMF_FRAMES:
            digits, held = digits + key, key
    return digits
