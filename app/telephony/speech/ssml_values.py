"""The values that SSML's attributes take, as factors, decibels and milliseconds. A value that means nothing is a ValueError in words."""

import re
from dataclasses import replace
from typing import TypeVar

from app.telephony.speech.segment import Manner

_BREAKS_MS = {"none": 0, "x-weak": 0, "weak": 150, "medium": 250, "strong": 400, "x-strong": 700}
_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.3, "x-fast": 1.6}
_PITCHES = {"x-low": 0.6, "low": 0.8, "medium": 1.0, "default": 1.0, "high": 1.25, "x-high": 1.5}
_GAINS_DB = {"silent": -90.0, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 4.0, "x-loud": 8.0}
_EMPHASIS = {"strong": (0.85, 4.0), "moderate": (0.92, 2.0), "none": (1.0, 0.0), "reduced": (1.1, -3.0)}
"""Level -> (rate, gain in dB)."""

Number = TypeVar("Number", int, float)

_TIME = re.compile(r"\+?(\d{1,6}(?:\.\d{1,3})?)(ms|s)")
_PERCENT = re.compile(r"([+-]?)(\d{1,4}(?:\.\d{1,3})?)%")
_DECIBELS = re.compile(r"([+-]?\d{1,3}(?:\.\d{1,3})?)db", re.IGNORECASE)


def break_ms(time: str, strength: str) -> int:
    """A break's length: `time` (`500ms`, `2s`, at most 10 s) wins over `strength`; with neither it is as after a comma."""
    if time:
        match = _TIME.fullmatch(time.strip())
        if match is None:
            raise ValueError(f'a break of time="{time}" is not like 500ms or 2s')
        return min(round(float(match[1]) * (1000 if match[2] == "s" else 1)), 10_000)
    return _named(_BREAKS_MS, strength or "medium", "break strength")


def rate_factor(value: str, current: float) -> float:
    """`slow`, `90%` (of the voice's own rate) or `+10%` (of the current); kept between a fifth and double."""
    match = _PERCENT.fullmatch(value.strip())
    if match is None:
        return _named(_RATES, value, "prosody rate")
    share = float(match[2]) / 100
    factor = current * (1 + share if match[1] == "+" else 1 - share) if match[1] else share
    return min(max(factor, 0.2), 2.0)


def pitch_factor(value: str, current: float) -> float:
    """`low` or `+10%`; kept between a half and double."""
    match = _PERCENT.fullmatch(value.strip())
    if match is None:
        return _named(_PITCHES, value, "prosody pitch")
    share = float(match[2]) / 100
    return min(max(current * (1 - share if match[1] == "-" else 1 + share), 0.5), 2.0)


def gain_db(value: str, current: float) -> float:
    """`soft` or `-6dB`; at most 10 dB louder."""
    match = _DECIBELS.fullmatch(value.strip())
    if match is None:
        return _named(_GAINS_DB, value, "prosody volume")
    return min(max(current + float(match[1]), -90.0), 10.0)


def emphasised(manner: Manner, level: str) -> Manner:
    """The manner with an emphasis: slower and louder, or the reverse."""
    if level not in _EMPHASIS:
        raise ValueError(f'an emphasis of level="{level}" is none of {", ".join(_EMPHASIS)}')
    rate, gain = _EMPHASIS[level]
    return replace(manner, rate=manner.rate * rate, gain_db=manner.gain_db + gain)


def _named(table: dict[str, Number], value: str, what: str) -> Number:
    number = table.get(value.strip().casefold())
    if number is None:
        raise ValueError(f'a {what} of "{value}" is none of {", ".join(table)}, nor a number with its unit')
    return number
