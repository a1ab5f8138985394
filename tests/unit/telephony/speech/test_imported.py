"""Prompts made of people's own files."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.errors import BadInput, NotFound
from app.telephony.audio import read_wav, tone, tone_level_db
from app.telephony.speech import import_prompt, imported

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "rate"), [("a.wav", 44_100), ("a.flac", 48_000), ("a.ogg", 44_100), ("a.mp3", 44_100), ("a.wav", 8000)]
)
async def test_any_format_becomes_8_khz_mono(tmp_path: Path, name: str, rate: int) -> None:
    both = np.column_stack(
        (tone(440, 2000, rate, -10), tone(6000, 2000, rate, -10) if rate > 12_000 else tone(440, 2000, rate, -10))
    )
    soundfile.write(tmp_path / name, both, rate)
    prompt = await import_prompt(tmp_path / name, "welcome", tmp_path / "prompts")
    samples, new_rate = read_wav(prompt.path)
    assert (new_rate, samples.ndim) == (8000, 1)
    assert prompt.duration_ms == pytest.approx(2000, abs=60)
    assert prompt.sound_uri == f"sound:{tmp_path}/prompts/welcome"
    middle = samples[2000:14_000]
    assert tone_level_db(middle, 8000, 440) == pytest.approx(-16 if rate > 12_000 else -10, abs=0.5)
    assert tone_level_db(middle, 8000, 2000) < -70


async def test_a_new_version_replaces_the_old(tmp_path: Path) -> None:
    for duration_ms in (1000, 500):
        soundfile.write(tmp_path / "a.wav", tone(440, duration_ms), 8000)
        prompt = await import_prompt(tmp_path / "a.wav", "hours", tmp_path / "prompts")
    assert prompt.duration_ms == 500
    assert [file.name for file in (tmp_path / "prompts").iterdir()] == ["hours.wav"]


async def test_what_is_no_audio_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("hello")
    with pytest.raises(BadInput, match=r"cannot be read as audio; save it as WAV"):
        await import_prompt(tmp_path / "a.wav", "a", tmp_path)
    with pytest.raises(NotFound, match=r"no prompt file named .*none\.wav"):
        await import_prompt(tmp_path / "none.wav", "a", tmp_path)
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 8000)
    with pytest.raises(BadInput, match="no sound in it"):
        await import_prompt(tmp_path / "empty.wav", "a", tmp_path)


@pytest.mark.parametrize("name", ["../a", "", "a/b", "a,b", "-x", "x" * 65])
async def test_a_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="prompt name"):
        await import_prompt(tmp_path / "a.wav", name, tmp_path)


async def test_a_prompt_of_an_hour_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imported, "LONGEST_S", 1)
    soundfile.write(tmp_path / "a.wav", tone(440, 1500), 8000)
    with pytest.raises(BadInput, match="longer than"):
        await import_prompt(tmp_path / "a.wav", "a", tmp_path)
