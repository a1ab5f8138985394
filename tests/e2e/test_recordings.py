"""Recordings on a real Asterisk: a pause leaves its place silent, and whatever is wrong with their disk, the call goes on."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.telephony.audio import Samples
from tests.e2e.conftest import ALICE_HZ, CALLER_HZ
from tests.e2e.talking import HOLD_HZ, ask, hold, talk, to_queue, until_hears
from tests.rig import contents
from tests.rig.application import ApplicationRig
from tests.rig.baresip import Baresip, read_recording
from tests.rig.listening import tone_spans
from tests.rig.waiting import until

pytestmark = pytest.mark.e2e

PAUSED_S = 2.0
NEAR_S = 0.3
SMALL = "size=192k"
"""Holds a recording of three seconds."""


@pytest.fixture(scope="module")
def centre() -> Iterator[ApplicationRig]:
    with ApplicationRig() as rig:
        agents = contents.agents(["alice"], ring_timeout_s=15, after_contact_work_s=1)
        rig.fill(contents.demo, contents.trunk, agents, contents.tone_prompt("hold", HOLD_HZ, 3.0), to_queue, hold)
        rig.start()
        yield rig
        rig.check()


def test_a_folder_that_cannot_be_written_harms_no_call(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    """Something else lies where recordings are begun. The status page and the record say so; once it is gone, calls are recorded again."""
    spool = centre.var / "recordings" / "spool"
    shutil.rmtree(spool, ignore_errors=True)
    spool.parent.mkdir(exist_ok=True)
    spool.write_text("in the way")
    contact_id = talk(centre, caller, alice)
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    (line,) = (each for each in centre.status()["lines"] if each["kind"] == "recordings")
    assert (line["state"], str(spool) in line["words"]) == ("down", True)
    assert ask(centre, "hold")["recording"] == "failed"
    until_hears(caller=(caller, {"hold"}))
    ask(centre, "resume")
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    caller.hang_up()
    alice.wait_ended()
    told = centre.wait_record(contact_id)["Recording"]
    assert (told["Status"], str(spool) in told["DeletionReason"]) == ("DELETED", True)
    assert "recording failed" in [entry["what"] for entry in centre.trace(contact_id)]
    spool.unlink()
    centre.wait_agent("alice", "idle")


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own over the folder."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", SMALL, "tmpfs", folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("file systems may not be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_fills_up_in_a_talk_harms_no_call(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    """Asterisk can write no more of the recording: the two talk on, and the record says that there is none or that it is cut short."""
    folder = centre.var / "recordings"
    with small_disk(folder):
        contact_id = talk(centre, caller, alice)
        until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
        ballast = folder / "ballast"
        with pytest.raises(OSError, match="No space left"):
            ballast.write_bytes(bytes(1_000_000))
        time.sleep(3.0)
        until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
        caller.hang_up()
        alice.wait_ended()
        told = centre.wait_record(contact_id)["Recording"]
        assert (told["Status"], "disk" in told["DeletionReason"]) == ("DELETED", True), told
        (line,) = (each for each in centre.status()["lines"] if each["kind"] == "recordings")
        assert line["state"] == "down"
    until(lambda: not centre.contacts(), "the contact is over")


def test_a_pause_is_silent_in_its_place(centre: ApplicationRig, caller: Baresip, alice: Baresip) -> None:
    """After all that trouble. The recording keeps the call's time: what is heard after a pause is where the record says."""
    contact_id = talk(centre, caller, alice)
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    assert ask(centre, "recording-pause")["recording"] == "paused"
    time.sleep(PAUSED_S)
    assert ask(centre, "recording-pause", {"paused": False})["recording"] == "on"
    until_hears(caller=(caller, {"alice"}), alice=(alice, {"caller"}))
    ask(centre, "hold")
    until_hears(caller=(caller, {"hold"}))
    caller.hang_up()
    alice.wait_ended()
    kept = centre.wait_record(contact_id)["Recording"]
    ((start_s, end_s),) = ((gap["StartMs"] / 1000, gap["EndMs"] / 1000) for gap in kept["Gaps"])
    customer, agent, rate = read_recording(centre.recording(contact_id))
    assert end_s - start_s == pytest.approx(PAUSED_S, abs=NEAR_S)
    for side, hz in ((customer, CALLER_HZ), (agent, ALICE_HZ)):
        assert silent_around(side, hz, rate, (start_s + end_s) / 2) == pytest.approx((start_s, end_s), abs=NEAR_S)
    assert tone_spans(customer, CALLER_HZ, rate)[-1][1] > customer.size / rate - NEAR_S, "on hold too"
    assert tone_spans(agent, HOLD_HZ, rate)[0][0] > tone_spans(agent, ALICE_HZ, rate)[-1][1] - NEAR_S


def silent_around(heard: Samples, hz: float, rate: int, moment_s: float) -> tuple[float, float]:
    """When the tone had ended last before that moment, and when it began again after it."""
    spans = tone_spans(heard, hz, rate)
    ended = max(until_s for _, until_s in spans if until_s <= moment_s)
    return ended, min(from_s for from_s, _ in spans if from_s >= moment_s)
