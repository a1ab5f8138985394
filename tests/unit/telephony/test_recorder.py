"""Recordings and their disk: a call waits for it no longer than it must, and people are told."""

import asyncio
import threading
import time
from pathlib import Path

import pytest

from app.calls.ports import RequestRefused
from app.domain.commands import FinishRecording, StartRecording
from app.domain.contact import RecordingStatus
from app.domain.events import Event, RecordingFinished
from app.domain.ids import ChannelId, ContactId, RecordingId
from app.telephony.ami.values import Direction
from app.telephony.ears import LISTENERS_GONE_S
from app.telephony.recording.recorder import DISK_PATIENCE_S, Recorder

pytestmark = pytest.mark.unit

ABOUT = (ContactId("c-1"), ChannelId("node1-1"), RecordingId("c-1.r1"), True, True)


class Asterisk:
    """What Asterisk was asked for."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.stopped: list[str] = []

    async def mix_monitor(self, channel: str, file: str | None = None, *, options: str = "") -> None:
        self.started.append(channel)

    async def stop_mix_monitor(self, channel: str, mix_monitor_id: str | None = None) -> None:
        self.stopped.append(channel)

    async def mix_monitor_mute(self, channel: str, direction: Direction, muted: bool) -> None:
        raise NotImplementedError


class Hanging(Recorder):
    """Its disk answers nobody until it is let go."""

    let_go = threading.Event()

    def _has_begun(self, customer: Path) -> bool:
        return self.let_go.wait(10)

    def _over(self, command: FinishRecording) -> bool:
        return self.let_go.wait(10)


async def test_a_disk_that_hangs_holds_no_call_up(tmp_path: Path) -> None:
    told: list[Event] = []
    recorder, asterisk = Hanging(tmp_path, told.append), Asterisk()
    began_s = time.monotonic()
    with pytest.raises(RequestRefused, match="the disk does not answer"):
        await recorder.start(asterisk, StartRecording(*ABOUT))
    await recorder.finish(asterisk, FinishRecording(*ABOUT))
    assert time.monotonic() - began_s < 2 * DISK_PATIENCE_S + 0.5
    assert (asterisk.started, asterisk.stopped) == ([], ["node1-1"])
    assert recorder.view().state == "down"
    began_s = time.monotonic()
    with pytest.raises(RequestRefused, match="the disk does not answer"):
        await recorder.start(asterisk, StartRecording(*ABOUT))
    assert time.monotonic() - began_s < DISK_PATIENCE_S / 2, "known to hang, it is not waited for again"
    recorder.let_go.set()
    await recorder.close()


async def test_a_recording_begins_once_and_trouble_is_over_when_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    folder.write_text("in the way")
    told: list[Event] = []
    recorder, asterisk = Recorder(folder, told.append), Asterisk()
    with pytest.raises(RequestRefused, match=r"recordings"):
        await recorder.start(asterisk, StartRecording(*ABOUT))
    assert recorder.view().state == "down"
    folder.unlink()
    await recorder.start(asterisk, StartRecording(*ABOUT))
    (folder / "spool" / "c-1.r1-customer.wav").touch()
    await recorder.start(asterisk, StartRecording(*ABOUT))
    assert (asterisk.started, recorder.view().state) == (["node1-1"], "ok")
    await recorder.close()


async def test_the_next_recording_of_a_channel_waits_until_the_one_before_is_forgotten(tmp_path: Path) -> None:
    recorder, asterisk = Recorder(tmp_path / "recordings", lambda event: None), Asterisk()
    await recorder.start(asterisk, StartRecording(*ABOUT))
    await recorder.finish(asterisk, FinishRecording(*ABOUT))
    began_s = time.monotonic()
    await recorder.start(asterisk, StartRecording(ContactId("c-2"), ABOUT[1], RecordingId("c-2.r1")))
    assert time.monotonic() - began_s >= LISTENERS_GONE_S * 0.9
    assert asterisk.started == ["node1-1"] * 2
    await recorder.close()


async def test_a_recording_that_was_joined_before_stops_no_other_one_of_its_channel(tmp_path: Path) -> None:
    made = tmp_path / "2026" / "01" / "31" / "c-1.wav"
    made.parent.mkdir(parents=True)
    made.touch()
    recorder, asterisk = Recorder(tmp_path, lambda event: None), Asterisk()
    await recorder.finish(asterisk, FinishRecording(*ABOUT))
    assert asterisk.stopped == []
    await recorder.close()


async def test_what_cannot_be_joined_has_failed_with_the_reason(tmp_path: Path) -> None:
    finished: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
    recorder = Recorder(tmp_path, finished.set_result)
    await recorder.finish(Asterisk(), FinishRecording(*ABOUT))
    event = await finished
    assert isinstance(event, RecordingFinished)
    assert (event.recording.status, "Asterisk has not written" in event.recording.reason) == (
        RecordingStatus.FAILED,
        True,
    )
    await recorder.close()
