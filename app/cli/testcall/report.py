"""What is told of a test call once it is over: what was heard, the record's main fields, what the recording holds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.errors import TrunklineError
from app.telephony.audio import SILENCE_DBFS, AnySamples, level_db, longest_silence_ms, read_wav, speech_present


@dataclass(frozen=True, slots=True)
class Heard:
    """What a sound file holds. `silence_ms` is all silence together, `longest_silence_ms` the longest stretch of it."""

    path: str
    duration_ms: int
    speech: bool
    silence_ms: int
    longest_silence_ms: int
    level_dbfs: float

    @property
    def words(self) -> str:
        speech = "speech heard" if self.speech else "NO SPEECH"
        return (
            f"{self.duration_ms / 1000:.1f} s, {speech}, {self.silence_ms} ms of silence "
            f"(longest {self.longest_silence_ms} ms), level {self.level_dbfs:.0f} dBFS"
        )


@dataclass(frozen=True, slots=True)
class Report:
    """One test call, for people and machines."""

    number: str
    calling: str
    answered: bool
    ended: str
    contact_id: str
    path: list[dict[str, Any]]
    unpressed: str
    heard: Heard | None
    record: dict[str, Any] | None
    recording: dict[str, Heard]
    """The stereo recording's sides: `customer` and `agent`."""


def heard_in(samples: AnySamples, rate: int, path: str) -> Heard:
    """The analysis of one channel of sound."""
    frame = rate // 50
    whole = samples[: samples.size // frame * frame].reshape(-1, frame)
    quiet = sum(1 for row in whole if level_db(row) < SILENCE_DBFS)
    return Heard(
        path,
        samples.size * 1000 // rate,
        speech_present(samples, rate),
        quiet * 20,
        longest_silence_ms(samples, rate),
        round(level_db(samples), 1),
    )


def analyse(path: Path) -> Heard | None:
    """A mono file; None when it cannot be read."""
    try:
        samples, rate = read_wav(path)
    except TrunklineError:
        return None
    return heard_in(samples, rate, str(path)) if samples.size else None


def analyse_sides(path: Path) -> dict[str, Heard]:
    """A stereo recording: the customer is left, the agent right. Nothing when it cannot be read here."""
    try:
        samples, rate = read_wav(path)
    except TrunklineError:
        return {}
    if samples.ndim != 2:
        return {}
    sides = zip(("customer", "agent"), np.ascontiguousarray(samples.T), strict=False)
    return {side: heard_in(values, rate, str(path)) for side, values in sides}


def lines_of(report: Report) -> list[str]:
    """The report for people."""
    lines = ["", f"Ended: {report.ended}."]
    if report.unpressed:
        lines.append(f"Nobody asked for the keys {report.unpressed}.")
    if report.heard is not None:
        lines += [f"Heard:      {report.heard.path}", f"            {report.heard.words}"]
    if report.record is None:
        lines.append("The contact trace record is not written yet." if report.contact_id else "There is no record.")
        return lines
    lines += _record_lines(report.record)
    for side, heard in report.recording.items():
        lines.append(f"            {side}: {heard.words}")
    return lines


def _record_lines(record: dict[str, Any]) -> list[str]:
    queue, agent, recording = (record.get(part) or {} for part in ("Queue", "Agent", "Recording"))
    fields = [
        ("Contact", record["ContactId"]),
        ("Began", record.get("InitiationTimestamp")),
        ("Ended", record.get("DisconnectTimestamp")),
        ("Queue", f"{queue['Name']}, waited {queue.get('Duration')} s" if queue else "none"),
        ("Agent", f"{agent['Username']}, talked {agent.get('AgentInteractionDuration')} s" if agent else "none"),
        ("Attributes", ", ".join(f"{name}={value}" for name, value in (record.get("Attributes") or {}).items())),
        ("Recording", f"{recording.get('Location') or '-'} ({recording.get('Status')})" if recording else "none"),
    ]
    return [f"{name + ':':12}{value}" for name, value in fields if value]
