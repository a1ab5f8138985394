"""Recordings as manager actions: what is asked for, what is refused, and what is never asked."""

from pathlib import Path

import pytest

from app.calls.ports import RequestRefused
from app.domain.commands import ContinueRecording, FinishRecording, PauseRecording, StartRecording
from app.domain.ids import ChannelId, ContactId, RecordingId
from app.telephony.ami import AmiDisconnected, AmiRequestFailed
from tests.unit.telephony.scripted import OutboundRig

pytestmark = pytest.mark.unit

CONTACT, CALLER = ContactId("c"), ChannelId("node1-7.1")


@pytest.fixture
def rig(tmp_path: Path) -> OutboundRig:
    return OutboundRig(tmp_path)


async def test_a_recording_writes_each_direction_to_its_file(rig: OutboundRig, tmp_path: Path) -> None:
    spool = tmp_path / "recordings/spool"
    start = StartRecording(CONTACT, CALLER, RecordingId("c.r1"))
    await rig.send(start)
    assert rig.manager.sent == [(CALLER, f"r({spool}/c.r1-customer.wav)t({spool}/c.r1-agent.wav)S")]
    (spool / "c.r1-customer.wav").touch()
    await rig.send(start)
    assert len(rig.manager.sent) == 1


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (AmiRequestFailed(action="MixMonitor", node="node1", reason="No such channel"), 404),
        (AmiDisconnected(action="MixMonitor", node="node1", reason="down", may_repeat=False), 503),
    ],
)
async def test_a_recording_that_does_not_begin_is_refused(rig: OutboundRig, error: Exception, status: int) -> None:
    rig.manager.error = error
    with pytest.raises(RequestRefused) as refused:
        await rig.send(StartRecording(CONTACT, CALLER, RecordingId("c.r1")))
    assert (refused.value.command, refused.value.http_status) == ("StartRecording", status)


@pytest.mark.parametrize("name", ["../../etc/x", "a/b", "", "a)t(b"])
async def test_a_recordings_id_is_never_a_path(rig: OutboundRig, name: str) -> None:
    with pytest.raises(RequestRefused):
        await rig.send(StartRecording(CONTACT, CALLER, RecordingId(name)))
    assert rig.manager.sent == []


async def test_finishing_stops_the_recording_whether_its_channel_lives_or_not(rig: OutboundRig) -> None:
    finish = FinishRecording(CONTACT, CALLER, RecordingId("c.r1"))
    await rig.send(finish)
    rig.manager.error = AmiRequestFailed(action="StopMixMonitor", node="node1", reason="No such channel")
    await rig.send(finish)
    await rig.recorder.close()
    assert rig.manager.sent == [(CALLER, "stop")] * 2


async def test_a_pause_silences_both_directions_until_it_ends(rig: OutboundRig) -> None:
    await rig.send(PauseRecording(CONTACT, CALLER))
    await rig.send(ContinueRecording(CONTACT, CALLER))
    assert rig.manager.sent == [(CALLER, "both silent"), (CALLER, "both recorded")]
