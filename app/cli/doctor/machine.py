"""The machine: disk, clock, open files, time zones, and a voice to speak with."""

import asyncio
import ctypes
import resource
import shutil
import tempfile
import zoneinfo
from collections.abc import AsyncIterator
from pathlib import Path

from app.cli.doctor.examined import Examined
from app.cli.findings import Finding, error, ok, warning
from app.errors import TrunklineError
from app.store.repositories.configurations import Configurations
from app.telephony.audio import read_wav, speech_present
from app.telephony.speech import SpeechCache, open_engine

RECORDING_BYTES_AN_HOUR = 3600 * 32_000
"""Stereo, 8 kHz, 16 bits."""
FEW_HOURS = 50
LEAST_FREE_PERCENT = 5.0
FEW_FILES = 1024
STA_UNSYNC = 0x40


async def disk(examined: Examined) -> AsyncIterator[Finding]:
    """Room for recordings."""
    folder = examined.settings.var
    if not folder.exists():
        yield warning("disk", f"{folder} does not exist yet.", "The first `make run` makes it.")
        return
    usage = shutil.disk_usage(folder)
    hours = usage.free // RECORDING_BYTES_AN_HOUR
    words = f"{usage.free / 1e9:.1f} GB are free in {folder}: room for {hours} hours of recordings."
    if usage.free < usage.total * LEAST_FREE_PERCENT / 100:
        yield error("disk", words, "Delete old recordings or move the folder: soon nothing can be recorded any more.")
    elif hours < FEW_HOURS:
        yield warning("disk", words, "Delete old recordings or move the folder to a larger disk.")
    else:
        yield ok("disk", words)


class _Timex(ctypes.Structure):
    """The beginning of Linux' struct timex; the rest is room for what the kernel writes."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


async def clock(examined: Examined) -> AsyncIterator[Finding]:
    """Whether the kernel believes its clock is kept by NTP."""
    state = _Timex()
    try:
        answered = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(state)) >= 0
    except (OSError, AttributeError):
        answered = False
    if not answered:
        yield ok("clock", "whether it is kept by NTP cannot be seen here.")
    elif state.status & STA_UNSYNC:
        words = "this machine's clock is not kept by NTP: records will drift from the carrier's."
        yield warning("clock", words, "Install and start chrony or systemd-timesyncd.")
    else:
        yield ok("clock", f"it is kept by NTP, within {state.maxerror / 1000:.0f} ms.")


async def open_files(examined: Examined) -> AsyncIterator[Finding]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard <= FEW_FILES:
        words = f"a process of this user may open {hard} files at most: enough for some {hard // 10} calls."
        yield warning(
            "open files", words, "Raise the hard limit to 65536 (limits.conf, or LimitNOFILE of the service)."
        )
    else:
        shown = "any number of" if hard == resource.RLIM_INFINITY else str(hard)
        yield ok("open files", f"a process of this user may open {shown} files (now {soft}).")


async def time_zones(examined: Examined) -> AsyncIterator[Finding]:
    """The time zones of all hours of operation are known."""
    database = examined.database
    hours = (await Configurations(database).current()).hours if database is not None else {}
    for each in hours.values():
        try:
            zoneinfo.ZoneInfo(each.time_zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            words = f"the hours {each.name} are in {each.time_zone}, which is not known here."
            yield error("time zones", words, "Correct the name, or install the Python package tzdata.")
            return
    yield ok("time zones", f"{len(zoneinfo.available_timezones())} are known, those of all hours among them.")


async def speech(examined: Examined) -> AsyncIterator[Finding]:
    """A word is really spoken, and heard."""
    program = examined.engine.espeak if examined.engine is not None else None
    with tempfile.TemporaryDirectory(prefix="trunkline-doctor-") as folder:
        try:
            cache = SpeechCache(Path(folder), open_engine(program=program))
            prompt = await cache.prompt("Welcome to Trunkline.")
            samples, rate = await asyncio.to_thread(read_wav, prompt.path)
        except TrunklineError as reason:
            yield error("speech", f"nothing can be said: {reason}", "Prompts of text would be skipped.")
            return
    if speech_present(samples, rate):
        yield ok("speech", f"a sentence was spoken ({prompt.duration_ms} ms).")
    else:
        yield error("speech", "the engine speaks, but there is no voice to be heard.", "Try espeak-ng by hand.")
