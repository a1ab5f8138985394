"""Callers and desk phones by the hundred: SIPp, with the scenarios of tests/sipp.

One `Sipp` is one running process: callers over a trunk (`callers`), or all desk phones of a test behind one port (`desk_phones`).
"""

import csv
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import soundfile

from app.domain.lines import Phone
from app.telephony.install import TestTools
from tests.rig.ports import free_port
from tests.rig.waiting import until

SCENARIOS = Path(__file__).resolve().parents[1] / "sipp"
RATE = 8000
DEFAULT_STAY_S = 3600.0
ALAW, ULAW = ("ALAW", 8), ("ULAW", 0)
"""Codecs and their payload types."""
REFUSALS = (403, 404, 486, 603)
"""What a `carrier` answers to numbers that end so."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What SIPp counted, and how long each answer took."""

    created: int
    successful: int
    failed: int
    answers_ms: tuple[float, ...]

    def answer_percentile_ms(self, percent: float) -> float:
        return float(np.percentile(self.answers_ms, percent)) if self.answers_ms else 0.0


@dataclass(slots=True)
class Sipp:
    """One SIPp process in its own folder."""

    tools: TestTools
    scenario: str
    arguments: list[str]
    address: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="sipp-")))
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> Self:
        (self.home / "scenario.xml").write_text(self.scenario)
        media_port = 45_000 + self.port // 4 % 700 * 20
        command = [
            str(self.tools.sipp), "-sf", "scenario.xml", "-i", self.address, "-p", str(self.port), "-mi", self.address,
            "-mp", str(media_port), "-nostdin", "-aa",
            "-trace_stat", "-stf", "statistics.csv", "-fd", "1", "-trace_rtt", "-rtt_freq", "1",
            "-trace_err", "-error_file", "errors.log", *self.arguments,
        ]  # fmt: skip
        with (self.home / "screen.log").open("ab") as screen:
            self._process = subprocess.Popen(
                command, cwd=self.home, stdin=subprocess.DEVNULL, stdout=screen, stderr=screen
            )
        return self

    def close(self) -> None:
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(3)
            self._process.kill()
            self._process.wait()
            self._process = None
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def wait(self, timeout_s: float) -> Outcome:
        """What came out, once all calls are over."""
        assert self._process is not None
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"SIPp's calls are not over after {timeout_s} s: {self.trouble()}") from None
        return self.outcome()

    def outcome(self) -> Outcome:
        """What SIPp has counted so far; its counters are up to a second old."""
        counted = self._counters()
        return Outcome(
            created=int(counted.get("TotalCallCreated", 0)),
            successful=int(counted.get("SuccessfulCall(C)", 0)),
            failed=int(counted.get("FailedCall(C)", 0)),
            answers_ms=self._answers_ms(),
        )

    @property
    def answered(self) -> int:
        """Calls answered so far."""
        return len(self._answers_ms())

    @property
    def in_call(self) -> int:
        """Calls that go on, up to a second ago."""
        return int(self._counters().get("CurrentCall", 0))

    def trouble(self) -> str:
        """What SIPp complained about."""
        texts = [self.home / "errors.log", self.home / "screen.log"]
        return "\n".join(path.read_text(errors="replace")[-1500:] for path in texts if path.exists())

    def _counters(self) -> dict[str, str]:
        path = self.home / "statistics.csv"
        if not path.exists():
            return {}
        lines = [line for line in path.read_text(errors="replace").splitlines() if line.count(";") > 10]
        rows = list(csv.DictReader(lines, delimiter=";"))
        return {name: value or "0" for name, value in rows[-1].items() if name} if rows else {}

    def _answers_ms(self) -> tuple[float, ...]:
        found: list[float] = []
        for path in self.home.glob("scenario_*_rtt.csv"):
            for line in path.read_text().splitlines()[1:]:
                cells = line.split(";")
                if len(cells) >= 2 and cells[1]:
                    found.append(float(cells[1]))
        return tuple(found)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()


def callers(
    tools: TestTools,
    number: str,
    sip_port: int,
    count: int,
    *,
    rate: float = 10.0,
    keys: Sequence[tuple[int, str]] = (),
    stay_s: float = DEFAULT_STAY_S,
    tone_hz: float | None = None,
    address: str = "127.0.0.2",
    answer_timeout_s: float = 30.0,
) -> Sipp:
    """`count` callers of `number`, `rate` a second. `keys` are pressed one after another: (milliseconds of thought, key).

    A caller stays for `stay_s` after the last key, unless he is hung up on. With `tone_hz` he speaks; RTP costs processor time.
    """
    pressed = "\n".join(
        _scenario("key.xml", after_ms=after_ms, digit=digit, number=number_of + 2)
        for number_of, (after_ms, digit) in enumerate(keys)
    )
    speak, media_port = _voice(tone_hz)
    scenario = _scenario(
        "caller.xml",
        speak=speak,
        keys=pressed,
        media_port=media_port,
        stay_ms=int(stay_s * 1000),
        answer_timeout_ms=int(answer_timeout_s * 1000),
    )
    arguments = [f"127.0.0.1:{sip_port}", "-s", number, "-m", str(count), "-l", str(max(count, 1)), "-r", str(rate)]
    return _with_voice(Sipp(tools, scenario, arguments, address), tone_hz)


def desk_phones(
    tools: TestTools,
    phones: Sequence[Phone],
    sip_port: int,
    *,
    ring_s: float = 0.2,
    talk_s: float = DEFAULT_STAY_S,
    tone_hz: float | None = None,
) -> Sipp:
    """All these phones behind one port: logged in at Asterisk; they answer, after `ring_s`, once the result is started."""
    speak, media_port = _voice(tone_hz)
    scenario = _scenario(
        "desk_phone_answers.xml",
        speak=speak,
        media_port=media_port,
        ring_ms=int(ring_s * 1000),
        talk_ms=int(talk_s * 1000),
    )
    answering = _with_voice(Sipp(tools, scenario, []), tone_hz)
    _register(answering, phones, sip_port)
    return answering


def refusing_trunk(tools: TestTools, address: str) -> Sipp:
    """A carrier that is there and takes no call: it answers 503 to each."""
    return Sipp(tools, _scenario("trunk_refuses.xml"), [], address)


def carrier(tools: TestTools, address: str, *, tone_hz: float, speak_s: float = 2.0) -> Sipp:
    """A carrier that answers by the number that is called: `tests/sipp/carrier.xml` has the numbers. `tone_hz` is what it says, in
    another codec than all other phones speak."""
    speak, media_port = _voice(tone_hz, ULAW)
    refusals = "".join(_scenario("refusal.xml", code=code) for code in REFUSALS)
    filled = {"speak": speak, "media_port": media_port, "speak_ms": int(speak_s * 1000), "dials_ms": 1_000}
    scenario = _scenario("carrier.xml", refusals=refusals, **filled)
    return _with_voice(Sipp(tools, scenario, [], address), tone_hz, ULAW)


def _register(answering: Sipp, phones: Sequence[Phone], sip_port: int) -> None:
    """Logs the phones in from the port where they will answer: a phone is called where its log-in came from."""
    scenario = (SCENARIOS / "desk_phone_registers.xml").read_text()
    arguments = [f"127.0.0.1:{sip_port}", "-m", str(len(phones)), "-r", "50", "-inf", "phones.csv"]
    registering = Sipp(answering.tools, scenario, arguments, port=answering.port)
    lines = [f"{phone.name};[authentication username={phone.name} password={phone.secret}]" for phone in phones]
    (registering.home / "phones.csv").write_text("\n".join(["SEQUENTIAL", *lines, ""]))
    with registering:
        until(lambda: not registering.running, "the desk phones register", 20, tell=registering.trouble)
        outcome = registering.outcome()
        assert outcome.successful == len(phones), f"{outcome}: {registering.trouble()}"


def _scenario(name: str, **values: object) -> str:
    """A scenario with its {names} filled in; other braces do not occur in SIP."""
    text = (SCENARIOS / name).read_text()
    for key, value in values.items():
        text = text.replace("{" + key + "}", str(value))
    return text


def _voice(tone_hz: float | None, codec: tuple[str, int] = ALAW) -> tuple[str, str]:
    if tone_hz is None:
        return "", "[media_port]"
    name, payload = codec
    stream = f'rtp_stream="voice.{name.lower()},-1,{payload}"'
    return f"  <nop><action><exec {stream}/></action></nop>", "[rtpstream_audio_port]"


def _with_voice(sipp: Sipp, tone_hz: float | None, codec: tuple[str, int] = ALAW) -> Sipp:
    if tone_hz is not None:
        moments = np.arange(RATE) / RATE
        samples = np.sin(2 * np.pi * round(tone_hz) * moments) * 0.25
        soundfile.write(sipp.home / f"voice.{codec[0].lower()}", samples, RATE, format="RAW", subtype=codec[0])
    return sipp
