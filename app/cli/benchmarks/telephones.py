"""Telephones by the hundred, played by SIPp: the agents' phones, which register and answer, and the callers."""

import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.cli.benchmarks import machine
from app.cli.benchmarks.ground import Ground
from app.domain.lines import Phone, Trunk
from app.errors import Unavailable

SCENARIOS = Path(__file__).resolve().parent / "scenarios"
CALLERS, AGENTS = "127.0.0.2", "127.0.0.3"
SECRET = "bench-telephone"
VOICE_MS, HELLO_MS = 10_000, 200
"""What an agent says over and over, and a caller once: a dialplan's Answer() waits half a second for a caller's first sound."""
REGISTER_TIMEOUT_S = 30
PATIENCE_S = 30
"""How long after its last call SIPp may take to finish; it is ended then."""


def trunk() -> Trunk:
    """The trunk that the callers come by, on a port that is free now."""
    return Trunk(
        name="bench", host=CALLERS, port=machine.free_ports(1, socket.SOCK_DGRAM, CALLERS)[0], codecs=("ulaw",)
    )


def phones(count: int) -> tuple[Phone, ...]:
    """The agents' phones. One codec everywhere: nothing is transcoded."""
    return tuple(Phone(f"agent{number:04d}", SECRET, codecs=("ulaw",)) for number in range(1, count + 1))


@dataclass(slots=True)
class CallerResult:
    """What the callers of one step counted and saw: moments in seconds since 1970, by the customer's number."""

    placed: int
    failed: int
    retransmissions: int
    invited: dict[str, float] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)


def write_voice(path: Path, duration_ms: int) -> None:
    """A square tone of 400 Hz in raw PCMU."""
    path.write_bytes((b"\x90" * 10 + b"\x10" * 10) * (400 * duration_ms // 1000))


def register(ground: Ground, sipp: Path, phones: Sequence[Phone], folder: Path, port: int) -> None:
    """Registers every phone at one port of AGENTS, which is free again afterwards. Unavailable when a phone is refused."""
    lines = [f"{one.name};[authentication username={one.name} password={one.secret}]" for one in phones]
    numbers, log = folder / "phones.csv", folder / "register.log"
    numbers.write_text("\n".join(["SEQUENTIAL", *lines, ""]))
    command = [
        *(*_sipp(sipp, "register.xml", "register", AGENTS, port), _asterisk(ground), "-inf", numbers),
        *("-m", str(len(phones)), "-r", str(min(len(phones), 200)), "-timeout", f"{REGISTER_TIMEOUT_S}s"),
        *("-oocsf", SCENARIOS / "alive.xml"),
    ]
    process = machine.start(command, on=machine.cores()[:1], log=log, folder=folder)
    try:
        code = process.wait(REGISTER_TIMEOUT_S + 5)
    except subprocess.TimeoutExpired:
        code = -1
    finally:
        machine.end(process, 1.0)
    if code != 0:
        raise _broken("register", code, log)


class Agents:
    """All agents' phones, behind one socket. They answer at once and talk until the other side hangs up."""

    def __init__(self, ground: Ground, sipp: Path, count: int) -> None:
        self._ground, self._sipp, self.phones = ground, sipp, phones(count)
        self._folder = ground.home / "agents"
        (self._port,) = machine.free_ports(1, socket.SOCK_DGRAM, AGENTS)
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0

    def start(self) -> None:
        """Registers every phone, then listens on the same socket. The phones must be known to Asterisk. Unavailable when not."""
        self._folder.mkdir()
        write_voice(self._folder / "voice.ul", VOICE_MS)
        register(self._ground, self._sipp, self.phones, self._folder, self._port)
        command = [*_sipp(self._sipp, "agent.xml", "agent", AGENTS, self._port), _asterisk(self._ground)]
        self._process = machine.start(command, on=machine.cores()[:1], log=self._log, folder=self._folder)
        time.sleep(0.3)
        self.check()

    def check(self) -> None:
        """Unavailable when the phones are gone."""
        if self._process is None or (code := self._process.poll()) is not None:
            raise _broken("agent", code if self._process else None, self._log)

    def stop(self) -> None:
        if self._process is not None:
            machine.end(self._process, 2.0)

    def news(self) -> tuple[dict[str, float], dict[str, float]]:
        """(when each customer's call rang a phone first, when it was taken), of all that happened since the last question."""
        path = self._folder / "agent.moments"
        if not path.exists():
            return {}, {}
        with path.open("rb") as file:
            file.seek(self._read)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        seen = moments(whole.decode(errors="replace"))
        return seen.get("rung", {}), seen.get("joined", {})

    def retransmissions(self) -> int:
        """Of all phones since the start; SIPp tells it once a second."""
        return _last_row(self._folder / "agent.csv").get("Retransmissions(C)", 0)

    @property
    def _log(self) -> Path:
        return self._folder / "agent.log"


class Callers:
    """Customers. Each call of the whole benchmark has a number of its own, so that it can be found at the agent's phone."""

    def __init__(self, ground: Ground, sipp: Path, greeting_ms: int, talk_ms: int) -> None:
        self._ground, self._sipp, self._greeting_ms, self._talk_ms = ground, sipp, greeting_ms, talk_ms
        self._folder = ground.home / "callers"
        self._port = ground.trunks[0].port
        self._folder.mkdir()
        write_voice(self._folder / "hello.ul", HELLO_MS)
        self._calls = self._steps = 0

    def place(self, called: str, rate: float, calls: int) -> CallerResult:
        """Places `calls` calls at `rate` a second and returns when the last of them is over."""
        self._steps += 1
        name = f"step{self._steps}"
        numbers = self._folder / f"{name}-numbers.csv"
        own = [f"+1202{self._calls + index:07d}" for index in range(calls)]
        self._calls += calls
        numbers.write_text("\n".join(["SEQUENTIAL", *own, ""]))
        stay_ms = self._greeting_ms + self._talk_ms
        limit_s = calls / rate + stay_ms / 1000 + PATIENCE_S
        command = [
            *_sipp(self._sipp, "caller.xml", name, CALLERS, self._port),
            _asterisk(self._ground),
            *("-s", called, "-inf", numbers, "-m", str(calls), "-l", str(calls + 1)),
            *("-d", str(self._talk_ms), "-recv_timeout", str(stay_ms)),
            *("-r", str(max(1, round(rate * 10))), "-rp", "10000", "-timeout", f"{limit_s:.0f}s"),
            *("-oocsf", SCENARIOS / "alive.xml"),
        ]
        log = self._folder / f"{name}.log"
        process = machine.start(command, on=machine.cores()[:1], log=log, folder=self._folder)
        try:
            code = process.wait(limit_s + 5)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            machine.end(process, 1.0)
        if code not in (0, 1, 97):
            raise _broken("caller", code, log)
        row = _last_row(self._folder / f"{name}.csv")
        path = self._folder / f"{name}.moments"
        seen = moments(path.read_text(errors="replace") if path.exists() else "")
        placed = row.get("TotalCallCreated", 0)
        failed = calls - row.get("SuccessfulCall(C)", 0)
        return CallerResult(
            placed, failed, row.get("Retransmissions(C)", 0), seen.get("invited", {}), seen.get("answered", {})
        )


class Crowd:
    """Customers who stay until they are hung up; for each who leaves another one calls, so that always as many are there."""

    def __init__(self, ground: Ground, sipp: Path, called: str, rate: float) -> None:
        folder = ground.home / "crowd"
        folder.mkdir(exist_ok=True)
        numbers = folder / "numbers.csv"
        numbers.write_text("\n".join(["SEQUENTIAL", *(f"+1203{index:07d}" for index in range(20_000)), ""]))
        sip_port, media_port, self._port = machine.free_ports(3, socket.SOCK_DGRAM, CALLERS)
        name = f"to-{called.lstrip('+')}"
        command = [
            *_sipp(sipp, "waiting.xml", name, CALLERS, sip_port),
            *(_asterisk(ground), "-s", called, "-inf", numbers, "-l", "1", "-r", str(max(1, round(rate)))),
            *("-mp", str(media_port), "-cp", str(self._port), "-oocsf", SCENARIOS / "alive.xml"),
        ]
        self._log = folder / f"{name}.log"
        self._process = machine.start(command, on=machine.cores()[:1], log=self._log, folder=folder)
        self._control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def grow(self, count: int) -> None:
        """So many are there from now on. Unavailable when the telephones have ended."""
        if (code := self._process.poll()) is not None:
            raise _broken("crowd", code, self._log)
        self._control.sendto(f"cset limit {count}".encode(), (CALLERS, self._port))

    def stop_calling(self) -> None:
        """Nobody new calls any more; who is there stays."""
        self._control.sendto(b"p", (CALLERS, self._port))

    def close(self) -> None:
        self._control.close()
        machine.end(self._process, 1.0)


def moments(text: str) -> dict[str, dict[str, float]]:
    """SIPp's log lines `WORD NUMBER ... SECONDS`: by word and number, the first moment."""
    found: dict[str, dict[str, float]] = {}
    for line in text.splitlines():
        parts = line.split()
        if len(parts) >= 3:
            found.setdefault(parts[0], {}).setdefault(parts[1], float(parts[-1]))
    return found


def _asterisk(ground: Ground) -> str:
    return f"127.0.0.1:{ground.settings.sip_port}"


def _sipp(sipp: Path, scenario: str, name: str, address: str, port: int) -> Sequence[str | Path]:
    return [
        sipp,
        *("-sf", SCENARIOS / scenario, "-i", address, "-p", str(port), "-mi", address, "-nostdin"),
        *("-trace_stat", "-stf", f"{name}.csv", "-fd", "1", "-trace_logs", "-log_file", f"{name}.moments"),
        *("-trace_err", "-error_file", f"{name}.errors", "-watchdog_minor_maxtriggers", "100000"),
        *("-watchdog_major_maxtriggers", "100000", "-buff_size", "8388608", "-max_socket", "60000"),
    ]


def _last_row(path: Path) -> dict[str, int]:
    """The last line of SIPp's statistics, those columns that are whole numbers."""
    if not path.exists():
        return {}
    lines = path.read_text(errors="replace").splitlines()
    if len(lines) < 2:
        return {}
    row = dict(zip(lines[0].split(";"), lines[-1].split(";"), strict=False))
    return {name: int(value) for name, value in row.items() if value.isdigit()}


def _broken(name: str, code: int | None, log: Path) -> Unavailable:
    errors = log.with_suffix(".errors")
    lines = errors.read_text(errors="replace").splitlines() if errors.exists() else []
    told = next((line for line in reversed(lines) if line.strip()), "it said nothing")
    return Unavailable(what=f"SIPp ({name})", why=f"it ended with {code}: {told}", remedy=f"See {log}.")
