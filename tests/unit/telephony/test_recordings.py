"""Two mono files become one stereo file, or stay where they are with a reason."""

import asyncio
import errno
import hashlib
import os
import struct
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.errors import NotFound
from app.telephony.audio import read_wav, tone, tone_level_db, write_tone
from app.telephony.recording import joining as recordings
from app.telephony.recording.joining import (
    RecordingFailed,
    RecordingFault,
    disk_free_percent,
    finish_recording,
    peaks,
)

pytestmark = pytest.mark.unit


@pytest.fixture
def legs(tmp_path: Path) -> tuple[Path, Path, Path]:
    """What Asterisk wrote: the customer's 440 Hz for 3 s, the agent's 1,000 Hz for 2 s; and where the recording goes."""
    customer, agent = tmp_path / "c-rx.wav", tmp_path / "c-tx.wav"
    write_tone(customer, 440, 3000)
    write_tone(agent, 1000, 2000)
    return customer, agent, tmp_path / "2026" / "contact.wav"


def as_after_a_kill(path: Path, cut_bytes: int = 0) -> None:
    """The header as it is before the file is closed; `cut_bytes` are missing at the end; last written a minute ago."""
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, 4, 0)
    struct.pack_into("<I", data, 40, 0)
    path.write_bytes(data[: len(data) - cut_bytes])
    os.utime(path, (time.time() - 60, time.time() - 60))


async def failure(customer: Path, agent: Path, out: Path) -> RecordingFault:
    with pytest.raises(RecordingFailed) as caught:
        await finish_recording(customer, agent, out)
    assert not list(out.parent.glob("*contact*"))
    return caught.value.fault


async def test_customer_left_agent_right_and_neither_in_the_other(legs: tuple[Path, Path, Path]) -> None:
    finished = await finish_recording(*legs)
    samples, rate = read_wav(legs[2])
    assert (rate, samples.shape) == (8000, (24_000, 2))
    left, right = samples[:, 0], samples[:, 1]
    assert tone_level_db(left, rate, 440) == pytest.approx(-12, abs=0.1)
    assert tone_level_db(right[:16_000], rate, 1000) == pytest.approx(-12, abs=0.1)
    assert tone_level_db(left, rate, 1000) < -80
    assert tone_level_db(right, rate, 440) < -80
    assert not right[16_000:].any()
    assert finished.path == legs[2]
    assert (finished.duration_ms, finished.size_bytes) == (3000, legs[2].stat().st_size)
    assert finished.sha256 == hashlib.sha256(legs[2].read_bytes()).hexdigest()


async def test_leftovers_go_and_nothing_else_stays(legs: tuple[Path, Path, Path]) -> None:
    await finish_recording(*legs)
    assert not legs[0].exists()
    assert not legs[1].exists()
    assert [file.name for file in legs[2].parent.iterdir()] == ["contact.wav"]


async def test_samples_are_kept_bit_by_bit_over_many_blocks(legs: tuple[Path, Path, Path]) -> None:
    generator = np.random.default_rng(3)
    both = generator.integers(-32768, 32767, (200_001, 2), dtype=np.int16)
    for path, column in zip(legs[:2], both.T, strict=True):
        soundfile.write(path, column, 16_000, subtype="PCM_16")
    await finish_recording(*legs)
    joined, rate = soundfile.read(legs[2], dtype="int16")
    assert rate == 16_000
    assert np.array_equal(joined, both)


async def test_finishing_again_tells_the_same(legs: tuple[Path, Path, Path]) -> None:
    first = await finish_recording(*legs)
    assert await finish_recording(*legs) == first
    legs[0].write_bytes(b"left over by a kill between two removals")
    os.utime(legs[0], (0, 0))
    assert await finish_recording(*legs) == first
    assert not legs[0].exists()


@pytest.mark.parametrize("cut_bytes", [0, 1, 4001])
async def test_a_header_that_asterisk_did_not_live_to_write_is_mended(
    legs: tuple[Path, Path, Path], cut_bytes: int
) -> None:
    as_after_a_kill(legs[0], cut_bytes)
    finished = await finish_recording(*legs)
    assert finished.duration_ms == (48_000 - cut_bytes) // 2 * 1000 // 8000
    assert tone_level_db(read_wav(legs[2])[0][:20_000, 0], 8000, 440) == pytest.approx(-12, abs=0.1)


async def test_a_header_that_promises_more_than_there_is_is_mended(legs: tuple[Path, Path, Path]) -> None:
    legs[0].write_bytes(legs[0].read_bytes()[:16_044])
    os.utime(legs[0], (0, 0))
    assert (await finish_recording(*legs)).duration_ms == 2000


async def test_a_header_that_promises_less_than_there_is_is_mended(legs: tuple[Path, Path, Path]) -> None:
    data = bytearray(legs[0].read_bytes())
    struct.pack_into("<I", data, 40, 1600)
    legs[0].write_bytes(data)
    os.utime(legs[0], (0, 0))
    assert (await finish_recording(*legs)).duration_ms == 3000


async def test_titles_after_the_samples_are_not_sound(legs: tuple[Path, Path, Path]) -> None:
    with legs[0].open("ab") as file:
        file.write(b"LIST" + struct.pack("<I", 4) + b"INFO")
    assert (await finish_recording(*legs)).duration_ms == 3000


async def test_a_side_that_is_not_kept_is_silent(legs: tuple[Path, Path, Path]) -> None:
    finished = await finish_recording(*legs, keep_customer=False)
    samples, _ = read_wav(legs[2])
    assert finished.duration_ms == 3000
    assert not samples[:, 0].any()
    assert samples[:, 1].any()


async def test_a_leg_without_a_word_is_silence(legs: tuple[Path, Path, Path]) -> None:
    soundfile.write(legs[1], np.zeros(0), 8000, subtype="PCM_16")
    assert (await finish_recording(*legs)).duration_ms == 3000


async def test_what_cannot_be_joined_is_told_and_kept(legs: tuple[Path, Path, Path], tmp_path: Path) -> None:
    customer, agent, out = legs
    assert await failure(customer, tmp_path / "none.wav", out) is RecordingFault.MISSING
    rubbish, stub, stereo, wide = (tmp_path / f"{name}.wav" for name in ("rubbish", "stub", "stereo", "wide"))
    rubbish.write_bytes(b"x" * 5000)
    stub.write_bytes(agent.read_bytes()[:30])
    soundfile.write(stereo, np.zeros((800, 2)), 8000, subtype="PCM_16")
    write_tone(wide, 440, 1000, rate=16_000)
    for path in (rubbish, stub, stereo, wide):
        os.utime(path, (0, 0))
        assert await failure(customer, path, out) is RecordingFault.CORRUPT
        assert path.exists()
    assert customer.exists()


async def test_two_empty_files_are_no_recording(legs: tuple[Path, Path, Path]) -> None:
    for path in legs[:2]:
        soundfile.write(path, np.zeros(0), 8000, subtype="PCM_16")
    assert await failure(*legs) is RecordingFault.EMPTY


async def test_a_full_disk_leaves_the_files_and_no_half_recording(
    legs: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(recordings.os, "fsync", full)
    with pytest.raises(RecordingFailed, match="free disk space"):
        await finish_recording(*legs)
    assert legs[0].exists()
    assert legs[1].exists()
    assert not list(legs[2].parent.iterdir())


async def test_a_half_written_part_of_a_killed_process_goes(legs: tuple[Path, Path, Path]) -> None:
    legs[2].parent.mkdir()
    orphan = legs[2].parent / ".contact.wav.part"
    orphan.write_bytes(b"half")
    await finish_recording(*legs)
    assert not orphan.exists()


async def test_a_file_that_still_grows_is_not_joined(
    legs: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "_QUIET_LIMIT_S", 0.05)
    monkeypatch.setattr(recordings, "_QUIET_POLL_S", 0.0)
    as_after_a_kill(legs[0])
    os.utime(legs[0])
    assert await failure(*legs) is RecordingFault.STILL_WRITTEN
    assert legs[0].exists()


async def test_a_file_that_is_closed_meanwhile_is_joined(
    legs: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "_QUIET_POLL_S", 0.0)
    whole = legs[0].read_bytes()
    as_after_a_kill(legs[0])
    os.utime(legs[0])
    finishing = asyncio.create_task(finish_recording(*legs))
    await asyncio.sleep(0)
    legs[0].write_bytes(whole)
    assert (await finishing).duration_ms == 3000


async def test_peaks_are_the_loudest_of_each_bin(tmp_path: Path) -> None:
    path = tmp_path / "r.wav"
    right = np.zeros(80_000)
    right[79_999] = -1.0
    soundfile.write(
        path, np.column_stack((np.concatenate((tone(440, 5000), np.zeros(40_000))), right)), 8000, subtype="PCM_16"
    )
    outline = await peaks(path, 10)
    left, right_bins = outline.channels
    assert outline.duration_ms == 10_000
    assert left == pytest.approx([10 ** (-12 / 20)] * 5 + [0] * 5, abs=0.01)
    assert right_bins == tuple([0.0] * 9 + [1.0])
    assert len((await peaks(path, 333)).channels[0]) <= 333
    with pytest.raises(NotFound):
        await peaks(tmp_path / "none.wav", 10)


def test_free_disk(tmp_path: Path) -> None:
    assert 0 <= disk_free_percent(tmp_path / "not" / "yet") <= 100
