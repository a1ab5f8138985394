"""A real SIP phone in a test's hands: baresip, headless. It says a tone and writes down, in real time, everything it hears.

The same program is a registered desk phone (`DeskPhone`) and a caller of the telephone network behind a trunk (`TrunkCaller`).
"""

import atexit
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import soundfile

from app.telephony.audio import Samples, as_floats, write_wav
from app.telephony.install import TestTools
from tests.rig.ports import free_port, free_ports
from tests.rig.waiting import until

RATE = 8000
SILENT_HZ = 0.0
REAL_TIME = os.sched_param(1)
"""Phones run before everything else, where that is allowed. One that lags behind hears gaps; and baresip crashes when sound
reaches it before the answer does and its player's first thread has not begun when the answer makes a second one."""

CONFIGURATION = """
poll_method epoll
sip_listen {address}:{sip_port}
audio_player aufile,{heard}
audio_source aufile,{says}
audio_alert aufile,{alert}
ausrc_srate {rate}
auplay_srate {rate}
ausrc_channels 1
auplay_channels 1
audio_buffer 40-160
rtp_tos 184
rtp_ports {rtp_start}-{rtp_end}
rtp_timeout 0
net_interface {address}
call_max_calls 4
call_local_timeout 120
module_path {modules}
module g711.so
module aufile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control_port}
statmode_default off
redial_attempts 0
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that happened at the phone: baresip's word for it, when (seconds since the epoch), and the rest of what it said."""

    what: str
    at_s: float
    details: dict[str, Any]


@dataclass(slots=True)
class Baresip:
    """One running phone. `tone_hz` is what it says all the time; 0 says nothing."""

    tools: TestTools
    account: str
    address: str = "127.0.0.1"
    tone_hz: float = 440.0
    seen: list[Seen] = field(default_factory=list)
    sip_port: int = field(default_factory=free_port)
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="phone-")))
    _control_port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None
    _control: socket.socket | None = None

    def start(self) -> Self:
        """Returns when the phone takes commands."""
        says = self.home / "says.wav"
        os.link(_tone_file(self.tone_hz), says)
        rtp_start = free_ports(8)
        (self.home / "config").write_text(
            CONFIGURATION.format(
                address=self.address,
                sip_port=self.sip_port,
                heard=self.heard_file,
                says=says,
                alert=self.home / "alert.wav",
                rate=RATE,
                rtp_start=rtp_start,
                rtp_end=rtp_start + 6,
                modules=self.tools.baresip_modules,
                control_port=self._control_port,
            )
        )
        (self.home / "accounts").write_text(self.account.format(phone=self) + "\n")
        (self.home / "contacts").write_text("")
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.tools.baresip, "-4", "-s", "-f", self.home],
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        with suppress(PermissionError):
            os.sched_setscheduler(self._process.pid, os.SCHED_RR, REAL_TIME)
        self._control = until(self._connect, "baresip takes commands", tell=self.log)
        threading.Thread(target=self._listen, args=(self._control,), daemon=True).start()
        return self

    def close(self) -> None:
        """Hangs up, and removes what the phone wrote."""
        if self._process is not None:
            if self._process.poll() is None:
                with suppress(OSError):
                    self.command("quit")
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(2)
            self._process.kill()
            self._process.wait()
            self._process = None
        if self._control is not None:
            self._control.close()
        if not os.environ.get("TRUNKLINE_KEEP"):
            shutil.rmtree(self.home, ignore_errors=True)

    def vanish(self) -> None:
        """Ends the phone like a pulled plug: nobody is told."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    # -- what a hand does ------------------------------------------------------------------------------------------------

    def command(self, name: str, parameters: str = "") -> None:
        """One command of baresip's menu; its answer arrives among what was `seen`."""
        assert self._control is not None
        text = json.dumps({"command": name, "params": parameters, "token": name})
        self._control.sendall(f"{len(text)}:{text},".encode())

    def answer(self) -> None:
        self.command("accept")

    def hang_up(self) -> None:
        """Ends the call, or declines the one that rings."""
        self.command("hangup")

    def press(self, digits: str) -> None:
        """Presses keys as RFC 4733 telephone events, one after the other."""
        for number, digit in enumerate(digits):
            if number:
                time.sleep(0.25)
            self.command("sndcode", digit)

    def say(self, samples: Samples) -> None:
        """Says this from now on in place of its tone, over and over for minutes: the phone hangs up at its end."""
        says = self.home / f"says-{time.monotonic_ns()}.wav"
        write_wav(says, np.tile(samples, RATE * 200 // samples.size + 1), RATE)
        self.command("ausrc", f"aufile,{says}")

    # -- what happened -----------------------------------------------------------------------------------------------------

    def times(self, what: str) -> list[float]:
        """When this happened, each time, in seconds since the epoch."""
        return [seen.at_s for seen in self.seen if seen.what == what]

    def wait(self, what: str, timeout_s: float = 10.0, times: int = 1) -> float:
        """When this happened for the nth time (waiting for it)."""
        until(
            lambda: self._alive() and len(self.times(what)) >= times,
            f"the phone sees {what}",
            timeout_s,
            tell=lambda: f"{self.seen}\n{self.log()}",
        )
        return self.times(what)[times - 1]

    def wait_ringing(self, timeout_s: float = 10.0, times: int = 1) -> float:
        return self.wait("CALL_INCOMING", timeout_s, times)

    def wait_established(self, timeout_s: float = 10.0, times: int = 1) -> float:
        return self.wait("CALL_ESTABLISHED", timeout_s, times)

    def wait_ended(self, timeout_s: float = 10.0, times: int = 1) -> float:
        return self.wait("CALL_CLOSED", timeout_s, times)

    def wait_registered(self, timeout_s: float = 10.0) -> None:
        """It may happen before the phone takes commands, so it is read from the log."""
        until(lambda: "200 OK" in self.log(), "the phone registers", timeout_s, tell=self.log)

    @property
    def in_call(self) -> bool:
        return len(self.times("CALL_ESTABLISHED")) > len(self.times("CALL_CLOSED"))

    @property
    def heard_file(self) -> Path:
        return self.home / "heard.wav"

    def heard(self, last_s: float | None = None) -> Samples:
        """What the phone heard in its latest call so far, or at the end of that; the first sample came when the call was answered."""
        if not self.heard_file.exists():
            return np.zeros(0)
        with self.heard_file.open("rb") as heard:
            samples = max((heard.seek(0, os.SEEK_END) - 44) // 2, 0)
            wanted = samples if last_s is None else min(int(last_s * RATE), samples)
            heard.seek(44 + (samples - wanted) * 2)
            return as_floats(np.frombuffer(heard.read(wanted * 2), dtype=np.int16))

    def log(self) -> str:
        path = self.home / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def crashed(self) -> bool:
        """The program died of itself: no fault of who is tested, and such a test is run once more."""
        return self._process is not None and self._process.poll() not in (None, 0, -signal.SIGKILL)

    def _alive(self) -> bool:
        assert self._process is not None
        code = self._process.poll()
        if code not in (None, 0, -signal.SIGKILL):
            raise AssertionError(
                f"baresip died of {signal.Signals(-code).name if code < 0 else code}: {self.log()[-3000:]}"
            )
        return True

    # -- the wire to the program -------------------------------------------------------------------------------------------

    def _connect(self) -> socket.socket | None:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"baresip ended: {self.log()}")
        try:
            return socket.create_connection(("127.0.0.1", self._control_port), timeout=None)
        except OSError:
            return None

    def _listen(self, control: socket.socket) -> None:
        pending = b""
        while True:
            try:
                received = control.recv(65536)
            except OSError:
                return
            if not received:
                return
            at_s = time.time()
            pending += received
            while b":" in pending:
                length, _, rest = pending.partition(b":")
                if len(rest) < int(length) + 1:
                    break
                text, pending = rest[: int(length)], rest[int(length) + 1 :]
                message = json.loads(text.decode(errors="replace"))
                what = message.get("type") if message.get("event") else f"answer to {message.get('token')}"
                self.seen.append(Seen(str(what), at_s, message))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()


@functools.cache
def _tone_file(hz: float) -> Path:
    """Ten minutes of a tone, for every phone that says it."""
    folder = Path(tempfile.mkdtemp(prefix="tone-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "says.wav"
    write_wav(path, np.sin(2 * np.pi * hz * np.arange(RATE * 600) / RATE) * 0.25, RATE)
    return path


def desk_phone(
    tools: TestTools,
    name: str,
    secret: str,
    sip_port: int,
    *,
    tone_hz: float = 1000.0,
    answers_itself: bool = False,
    address: str = "127.0.0.1",
) -> Baresip:
    """An agent's desk phone that registers at Asterisk's `sip_port`."""
    mode = "auto" if answers_itself else "manual"
    account = (
        f"<sip:{name}@127.0.0.1:{sip_port}>;auth_user={name};auth_pass={secret};regint=60;answermode={mode}"
        ";audio_codecs=PCMA/8000/1"
    )
    return Baresip(tools, account, address, tone_hz)


def trunk_caller(
    tools: TestTools, number: str = "+12065550123", *, address: str = "127.0.0.2", tone_hz: float = 440.0
) -> Baresip:
    """A customer whose call comes in over the trunk that is known by `address`."""
    account = f"<sip:{number}@{address}:{{phone.sip_port}}>;regint=0;audio_codecs=PCMA/8000/1"
    return Baresip(tools, account, address, tone_hz)


def dial(caller: Baresip, number: str, sip_port: int) -> float:
    """Calls the number at Asterisk's `sip_port`; the moment, in seconds since the epoch."""
    at_s = time.time()
    caller.command("dial", f"sip:{number}@127.0.0.1:{sip_port}")
    return at_s


def read_recording(path: Path) -> tuple[Samples, Samples, int]:
    """A stereo recording's left and right channel, and its rate."""
    samples, rate = soundfile.read(path, dtype="float64", always_2d=True)
    assert samples.shape[1] == 2, f"{path} has {samples.shape[1]} channels"
    return samples[:, 0], samples[:, 1], int(rate)
