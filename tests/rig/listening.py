"""What a party heard, judged: which prompt from when to when, tones, silence. Times are seconds from the first sample."""

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from app.telephony.audio import Samples, level_db, longest_silence_ms, read_wav, tone_level_db
from app.telephony.speech import SpeechCache, open_engine

RATE = 8000
WINDOW_S = 0.1
LAG_S = 0.06
"""How far a phone's jitter buffer may have moved a piece of a prompt."""
ALIKE = 0.75
QUIET_DBFS = -45.0
TONE_DB = -25.0
NO_TONE_DB = -45.0


@dataclass(frozen=True, slots=True)
class Played:
    """Where a prompt was found: it began at `start_s` and was heard until `until_s`; `likeness` of 1 is the prompt itself."""

    start_s: float
    until_s: float
    likeness: float
    whole: bool


def spoken(var: Path, text: str) -> Samples:
    """The prompt as the installation speaks it."""

    async def speak() -> Path:
        cache = SpeechCache(var / "speech", open_engine(program=_espeak(var)))
        try:
            return (await cache.prompt(text, language="en-US")).path
        finally:
            await cache.close()

    samples, rate = read_wav(asyncio.run(speak()))
    assert rate == RATE
    return samples


def find_prompt(heard: Samples, prompt: Samples) -> Played:
    """Where the prompt is in what was heard, by correlation; `likeness` says whether it is there at all (0.5 and more)."""
    head = prompt[: RATE * 6 // 5]
    if heard.size < head.size:
        return Played(0, 0, 0, False)
    start = int(np.argmax(_correlation(heard, head)))
    window, likenesses, until_s = int(RATE * WINDOW_S), [], start / RATE
    for offset in range(0, prompt.size - window + 1, window):
        piece = prompt[offset : offset + window]
        if level_db(piece) < QUIET_DBFS:
            continue
        likeness = _likeness(heard, piece, start + offset)
        likenesses.append((offset, likeness))
        if likeness >= ALIKE:
            until_s = (start + offset + window) / RATE
    first = [likeness for offset, likeness in likenesses if offset < head.size]
    whole = until_s - start / RATE > prompt.size / RATE - 0.5
    return Played(start / RATE, until_s, float(np.median(first)) if first else 0.0, whole)


def has_prompt(heard: Samples, prompt: Samples) -> bool:
    return find_prompt(heard, prompt).likeness >= 0.5


def tone_spans(heard: Samples, hz: float, rate: int = RATE, window_s: float = 0.1) -> list[tuple[float, float]]:
    """When the tone was there, as (from, until) in seconds; gaps shorter than one window are none."""
    window = int(rate * window_s)
    spans: list[tuple[float, float]] = []
    for offset in range(0, heard.size - window + 1, window):
        if tone_level_db(heard[offset : offset + window], rate, hz) < TONE_DB:
            continue
        start_s, until_s = offset / rate, (offset + window) / rate
        if spans and start_s - spans[-1][1] < window_s / 2:
            spans[-1] = (spans[-1][0], until_s)
        else:
            spans.append((start_s, until_s))
    return spans


def tone_heard_s(heard: Samples, hz: float, rate: int = RATE, window_s: float = 0.1) -> float:
    """For how long the tone was there, all in all; a short tone wants a short window."""
    return sum(until_s - start_s for start_s, until_s in tone_spans(heard, hz, rate, window_s))


def goes_on(heard: Samples, hz: float, rate: int = RATE) -> bool:
    """The tone is there most of the time, and as loud as somebody who speaks: what breaks off another tone is neither."""
    parts = [tone_level_db(part, rate, hz) > TONE_DB for part in np.array_split(heard, 3)]
    return sum(parts) >= 2


def longest_gap_s(heard: Samples, hz: float, rate: int = RATE) -> float:
    """The longest stretch without the tone between its first and its last moment."""
    spans = tone_spans(heard, hz, rate)
    gaps = [later[0] - earlier[1] for earlier, later in pairwise(spans)]
    return max(gaps, default=0.0)


def longest_without_s(heard: Samples, hz: float, rate: int = RATE) -> float:
    """The longest stretch without the tone, the first and the last moment included."""
    edges = [(0.0, 0.0), *tone_spans(heard, hz, rate), (heard.size / rate, 0.0)]
    return max(later[0] - earlier[1] for earlier, later in pairwise(edges))


def between(heard: Samples, start_s: float, until_s: float, rate: int = RATE) -> Samples:
    return heard[max(int(start_s * rate), 0) : max(int(until_s * rate), 0)]


def assert_tone(heard: Samples, hz: float, rate: int = RATE) -> None:
    level = tone_level_db(heard, rate, hz)
    assert level > TONE_DB, f"{hz} Hz is not there: {level:.0f} dBFS in {heard.size / rate:.1f} s"


def assert_no_tone(heard: Samples, hz: float, rate: int = RATE) -> None:
    assert tone_heard_s(heard, hz, rate) == 0, f"{hz} Hz is there at {tone_spans(heard, hz, rate)}"


def assert_sounding(heard: Samples, what: str, silence_ms: int = 1500) -> None:
    """There is something to be heard, and no silence longer than that."""
    assert level_db(heard) > -40, f"{what}: {level_db(heard):.0f} dBFS"
    silence = longest_silence_ms(heard, RATE)
    assert silence <= silence_ms, f"{what}: {silence} ms of silence"


def _espeak(var: Path) -> Path:
    from app.telephony.install import ensure_engine

    return ensure_engine(var).espeak


def _correlation(heard: Samples, piece: Samples) -> Samples:
    """Normalised cross-correlation of the piece at every place of what was heard."""
    size = 1 << (heard.size + piece.size - 1).bit_length()
    raw = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(piece, size)), size)[
        : heard.size - piece.size + 1
    ]
    energy = np.concatenate(([0.0], np.cumsum(np.square(heard))))
    local = np.sqrt(np.maximum(energy[piece.size :] - energy[: -piece.size], 1e-9))
    return np.asarray(raw / (local * max(float(np.linalg.norm(piece)), 1e-9) + 1e-3))


def _likeness(heard: Samples, piece: Samples, at: int) -> float:
    """How well the piece matches near that place."""
    lag = int(RATE * LAG_S)
    around = heard[max(at - lag, 0) : at + lag + piece.size]
    return float(_correlation(around, piece).max()) if around.size >= piece.size else 0.0
