"""A real Asterisk for tests: minimal configuration in its own directory, its own ports, started, stopped and killed at will."""

import functools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from app.telephony.install import Engine, ensure_engine
from tests.rig.configuration import MODULES, TEMPLATES
from tests.rig.ports import free_port, free_ports


class RigError(Exception):
    """The rig could not do what the test asked for; the message holds the end of Asterisk's log."""


@functools.cache
def engine() -> Engine:
    """The Asterisk that the application itself would run; fetched when this machine has none yet."""
    return ensure_engine(Path(os.environ.get("TRUNKLINE_VAR", "var")))


@dataclass(slots=True)
class AsteriskRig:
    """One Asterisk node. `overrides` replaces or adds whole configuration files, with the same {names} filled in."""

    node: str = "node1"
    application: str = "trunkline"
    ari_user: str = "trunkline"
    ari_password: str = "ari-secret"
    listener_user: str = "asterisk"
    listener_password: str = "listener-secret"
    ami_user: str = "trunkline"
    ami_password: str = "ami-secret"
    listener_port: int = field(default_factory=free_port)
    http_port: int = field(default_factory=free_port)
    ami_port: int = field(default_factory=free_port)
    sip_port: int = field(default_factory=free_port)
    rtp_start: int = field(default_factory=lambda: free_ports(100))
    modules: tuple[str, ...] = tuple(MODULES.split())
    overrides: dict[str, str] = field(default_factory=dict)
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="rig-")))
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def base_url(self) -> str:
        """Where this node's ARI answers over HTTP."""
        return f"http://127.0.0.1:{self.http_port}/ari"

    @property
    def pid(self) -> int:
        """Process id of the running Asterisk."""
        return self._running().pid

    def render(self) -> None:
        """Writes the configuration files."""
        values = {name: getattr(self, name) for name in self.__slots__ if not name.startswith("_")}
        values |= {
            "modules_directory": engine().modules,
            "data_directory": engine().data,
            "moh_directory": engine().moh,
            "rtp_end": self.rtp_start + 98,
            "module_lines": "\n".join(f"load = {name}.so" for name in self.modules),
        }
        for part in ("etc", "lib", "cache", "spool/recording", "spool/monitor", "run", "log"):
            (self.home / part).mkdir(parents=True, exist_ok=True)
        for name, template in (TEMPLATES | self.overrides).items():
            (self.home / "etc" / name).write_text(template.format(**values).lstrip())

    def start(self, wait_s: float = 20.0) -> Self:
        """Starts Asterisk and returns when it is fully booted."""
        self.render()
        command = [str(engine().asterisk), "-f", "-C", str(self.home / "etc/asterisk.conf")]
        with (self.home / "log/console").open("ab") as console:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        deadline = time.monotonic() + wait_s
        while "fully booted" not in self.cli("core waitfullybooted"):
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.kill()
                raise RigError(f"Asterisk did not start: {self.log()[-2000:]}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """Stops Asterisk as an administrator would (`core stop now`), killing it if that takes more than 5 s."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self.kill()

    def kill(self) -> None:
        """Ends Asterisk like a power failure."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """Stops Asterisk and removes everything it wrote."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def cli(self, command: str) -> str:
        """What Asterisk's console answers to a command; empty when it does not run."""
        call = [str(engine().asterisk), "-C", str(self.home / "etc/asterisk.conf"), "-rx", command]
        return subprocess.run(call, capture_output=True, text=True, timeout=15, check=False).stdout

    def log(self) -> str:
        """Asterisk's notices, warnings and errors so far."""
        parts = [self.home / "log/messages", self.home / "log/console"]
        return "\n".join(part.read_text(errors="replace") for part in parts if part.exists())

    def cpu_s(self) -> float:
        """Processor time that this Asterisk has used, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise RigError("this Asterisk does not run")
        return self._process

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()
