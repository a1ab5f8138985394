"""Loudness, trimming and resampling of prompts."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.telephony.audio import level_db, tone, tone_level_db
from app.telephony.speech.sound import PEAK_DBFS, assembled, limited, speech_rms, to_telephone, trimmed, write_prompt

pytestmark = pytest.mark.unit


def engine_file(folder: Path, name: str, hz: float, level_dbfs: float, rate: int = 22_050) -> Path:
    path = folder / name
    quiet = np.zeros(rate // 2)
    soundfile.write(path, np.concatenate((quiet, tone(hz, 1000, rate, level_dbfs), quiet)), rate, subtype="PCM_16")
    return path


def test_what_lies_above_4_khz_does_not_come_back_as_an_alias() -> None:
    mixed = (tone(440, 3000, 22_050, -12) + tone(6000, 3000, 22_050, -12)).astype(np.float32)
    low = to_telephone(mixed, 22_050)[800:-800]
    assert tone_level_db(low, 8000, 440) == pytest.approx(-12, abs=0.2)
    assert tone_level_db(low, 8000, 2000) < -72


def test_a_quiet_and_a_loud_engine_end_at_the_same_loudness(tmp_path: Path) -> None:
    levels = [level_db(assembled([(engine_file(tmp_path, f"{level}.wav", 440, level), 0.0)])) for level in (-40, -3)]
    assert levels[0] == pytest.approx(levels[1], abs=0.3)


def test_a_gain_changes_one_segment_against_the_other(tmp_path: Path) -> None:
    sound = assembled(
        [(engine_file(tmp_path, "a.wav", 400, -10), 0.0), 200, (engine_file(tmp_path, "b.wav", 900, -20), -6.0)]
    )
    first, second = sound[1600:7200], sound[11_200:16_800]
    assert tone_level_db(first, 8000, 400) - tone_level_db(second, 8000, 900) == pytest.approx(6, abs=0.5)


def test_edges_are_trimmed_and_pauses_kept(tmp_path: Path) -> None:
    sound = assembled(
        [(engine_file(tmp_path, "a.wav", 400, -10), 0.0), 700, (engine_file(tmp_path, "b.wav", 400, -10), 0.0)]
    )
    assert sound.size / 8 == pytest.approx(50 + 1000 + 700 + 1000 + 100, abs=5)
    assert np.abs(sound[:380]).max() < 0.01
    assert np.abs(sound[-760:]).max() < 0.01


def test_no_peak_passes_the_ceiling() -> None:
    loud = limited((np.random.default_rng(1).normal(0, 1, 20_000)).astype(np.float32))
    assert 20 * np.log10(np.abs(to_telephone(loud, 16_000)).max()) <= PEAK_DBFS + 0.01


def test_nothing_audible_is_no_sound() -> None:
    assert trimmed(np.zeros(8000, np.float32), 8000).size == 0
    assert speech_rms(np.zeros(0, np.float32), 8000) == 0
    assert assembled([100]).size == (50 + 100 + 100) * 8


def test_a_prompt_is_written_whole(tmp_path: Path) -> None:
    assert write_prompt(np.full(8000, 0.25, np.float32), tmp_path / "p.wav") == 1000
    info = soundfile.info(tmp_path / "p.wav")
    assert (info.samplerate, info.channels, info.subtype, info.frames) == (8000, 1, "PCM_16", 8000)
    assert [file.name for file in tmp_path.iterdir()] == ["p.wav"]
