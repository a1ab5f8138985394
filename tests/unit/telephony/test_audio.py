"""Tones, digits, speech and silence, found where they are and nowhere else."""

from pathlib import Path

import numpy as np
import pytest

from app.errors import BadInput
from app.telephony.audio import (
    Samples,
    dtmf_digits,
    dtmf_tones,
    level_db,
    longest_silence_ms,
    read_wav,
    speech_present,
    tone,
    tone_level_db,
    write_tone,
    write_wav,
)

pytestmark = pytest.mark.unit

KEYS = "0123456789*#ABCD"
noise = np.random.default_rng(7).normal


def vowels(duration_ms: int = 2000, rate: int = 8000) -> Samples:
    """Something like a voice: harmonics of a gliding pitch, in syllables of changing colour."""
    moments = np.arange(rate * duration_ms // 1000) / rate
    turns = 2 * np.pi * np.cumsum(130 + 20 * np.sin(2 * np.pi * 0.7 * moments)) / rate
    colour = np.sin(2 * np.pi * 2.3 * moments)
    harmonics = [np.sin(n * turns) / n * (1 + (0.9 if n % 2 else -0.9) * colour) for n in range(1, 20)]
    return np.sum(harmonics, axis=0) * 0.1 * (np.sin(2 * np.pi * 3 * moments) > -0.6)


def test_a_tone_is_found_at_its_level_and_no_other() -> None:
    sound = tone(440, 1000, level_dbfs=-20) + tone(1000, 1000, level_dbfs=-40)
    assert tone_level_db(sound, 8000, 440) == pytest.approx(-20, abs=0.1)
    assert tone_level_db(sound, 8000, 1000) == pytest.approx(-40, abs=0.1)
    assert tone_level_db(sound, 8000, 700) < -90


def test_16_bit_samples_are_the_same_as_floats() -> None:
    whole = (tone(440, 500) * 32768).astype(np.int16)
    assert tone_level_db(whole, 8000, 440) == pytest.approx(-12, abs=0.1)
    assert level_db(whole) == pytest.approx(-12, abs=0.1)


def test_nothing_is_as_quiet_as_it_gets() -> None:
    nothing = np.zeros(0)
    assert tone_level_db(nothing, 8000, 440) == level_db(nothing) == level_db(np.zeros(80)) == -120
    assert (dtmf_digits(nothing, 8000), speech_present(nothing, 8000), longest_silence_ms(nothing, 8000)) == (
        "",
        False,
        0,
    )


@pytest.mark.parametrize("rate", [8000, 16_000, 48_000])
@pytest.mark.parametrize(("tone_ms", "pause_ms"), [(45, 40), (80, 80), (250, 50)])
def test_all_keys_are_heard_once(rate: int, tone_ms: int, pause_ms: int) -> None:
    assert dtmf_digits(dtmf_tones(KEYS + "1122", rate, tone_ms, pause_ms), rate) == KEYS + "1122"


def test_keys_are_heard_in_noise_and_quietly() -> None:
    sound = dtmf_tones(KEYS)
    assert dtmf_digits(sound + noise(0, 0.03, sound.size), 8000) == KEYS
    assert dtmf_digits(sound * 0.1, 8000) == KEYS


@pytest.mark.parametrize(
    "sound",
    [
        vowels(),
        noise(0, 0.1, 16_000),
        tone(697, 1000),
        tone((697, 770, 1209), 1000),
        tone((440, 480), 1000),
        tone(770, 500, level_dbfs=-10) + tone(1336, 500, level_dbfs=-30),
        dtmf_tones("1" * 5, tone_ms=20, pause_ms=80),
        dtmf_tones("123") * 0.001,
    ],
    ids=["voice", "noise", "one tone", "three tones", "ringing", "twist", "too short", "too quiet"],
)
def test_what_is_no_key_is_not_heard_as_one(sound: Samples) -> None:
    assert dtmf_digits(sound, 8000) == ""


def test_a_key_that_no_telephone_has() -> None:
    with pytest.raises(BadInput, match="digit x"):
        dtmf_tones("1x")


def test_a_voice_is_speech() -> None:
    assert speech_present(vowels(), 8000)
    assert speech_present(np.concatenate((np.zeros(16_000), vowels(1000))), 8000)
    assert speech_present(vowels(rate=16_000), 16_000)


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(16_000),
        tone(440, 2000),
        tone((440, 480), 2000),
        np.concatenate([np.concatenate((tone((480, 620), 500), np.zeros(4000)))] * 4),
        np.concatenate([tone(hz, 330) for hz in (950, 1400, 1800)]),
        dtmf_tones("123456789*0#"),
        dtmf_tones("1" * 20, tone_ms=60, pause_ms=30),
        noise(0, 0.1, 16_000),
        np.sign(tone(300, 2000)) * 0.2,
        vowels() * 0.002,
    ],
    ids=["silence", "tone", "ringing", "busy", "information", "keys", "fast keys", "noise", "buzz", "too quiet"],
)
def test_what_is_no_voice_is_not_speech(sound: Samples) -> None:
    assert not speech_present(sound, 8000)


def test_the_longest_silence_counts() -> None:
    sound = np.concatenate((np.zeros(800), tone(440, 500), np.zeros(4000), tone(440, 100), np.zeros(1600)))
    assert longest_silence_ms(sound, 8000) == pytest.approx(500, abs=10)
    assert longest_silence_ms(np.zeros(8000), 8000) == 1000
    assert longest_silence_ms(tone(440, 1000), 8000) == 0


def test_files_come_back_as_they_were(tmp_path: Path) -> None:
    write_tone(tmp_path / "t.wav", (440, 1000), 300, level_dbfs=-20)
    samples, rate = read_wav(tmp_path / "t.wav")
    assert (rate, len(samples)) == (8000, 2400)
    assert tone_level_db(samples, rate, 1000) == pytest.approx(-20, abs=0.1)
    write_wav(tmp_path / "s.wav", np.column_stack((tone(440, 100), np.full(800, 2.0))))
    assert read_wav(tmp_path / "s.wav")[0][:, 1].max() == pytest.approx(1, abs=0.001)
    (tmp_path / "x.wav").write_text("no sound")
    with pytest.raises(BadInput, match="cannot be read as audio"):
        read_wav(tmp_path / "x.wav")
