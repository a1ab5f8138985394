"""An Asterisk of the benchmark's own, configured by the product's own provisioning, with what the baselines need added to it."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from app.cli.benchmarks import machine
from app.domain.lines import NetworkSettings, Trunk
from app.errors import Unavailable
from app.telephony.install import Engine, ensure_engine
from app.telephony.node.layout import Layout
from app.telephony.node.provisioning import provision
from app.telephony.node.secrets import NodeSecrets

NODE = "bench"
APPLICATION = "trunkline"
USER = "trunkline"
START_TIMEOUT_S = 30.0
COMMAND_TIMEOUT_S = 15.0
RTP_START, RTP_END = 12_000, 27_998


@dataclass(slots=True)
class Ground:
    """One running Asterisk in a temporary folder; everything listens and talks on 127.0.0.0/8. Use it as a context.

    `added` are lines to put at the end of Asterisk's files, by file name; `{home}` and `{sounds}` in them are filled in.
    Asterisk reads its files in a copy of the product's folder, so that an application that provisions itself on the same
    installation changes nothing in them.
    """

    installation: Path
    trunks: tuple[Trunk, ...] = ()
    added: dict[str, str] = field(default_factory=dict)
    home: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="trunkline-bench-")))
    settings: NetworkSettings = field(init=False)
    engine: Engine = field(init=False)
    secrets: NodeSecrets = field(init=False)
    web_port: int = field(init=False)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def layout(self) -> Layout:
        return Layout(self.home)

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def pid(self) -> int:
        if self._process is None or self._process.poll() is not None:
            raise Unavailable(what="The benchmark's Asterisk", why="it has ended", remedy=f"See {self.logs}.")
        return self._process.pid

    def start(self) -> None:
        """Writes the configuration and starts Asterisk. Unavailable says why it did not start."""
        machine.raise_open_files()
        self.engine = ensure_engine(self.installation)
        if self.engine.source == "private":
            (self.home / "engine").symlink_to(self.installation.resolve() / "engine")
        http_port, ami_port, ari_port, self.web_port = machine.free_ports(4)
        (sip_port,) = machine.free_ports(1, socket.SOCK_DGRAM)
        self.settings = NetworkSettings(
            sip_port=sip_port,
            http_port=http_port,
            ami_port=ami_port,
            ari_port=ari_port,
            rtp_start=RTP_START,
            rtp_end=RTP_END,
            bind_address="127.0.0.1",
        )
        self.secrets = provision(self.settings, self.trunks, self.engine, self.home, NODE).secrets
        own = self._own_configuration()
        command: list[str | Path] = [self.engine.asterisk, "-f", "-C", own / "asterisk.conf"]
        cores = machine.cores()
        self._process = machine.start(command, on=cores, log=self.layout.console_log, folder=self.home)
        deadline = time.monotonic() + START_TIMEOUT_S
        while "fully booted" not in self.command("core waitfullybooted"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable(
                    what="The benchmark's Asterisk", why=self._last_words(), remedy="Is another one running?"
                )
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends Asterisk and removes everything it wrote."""
        if self._process is not None:
            machine.end(self._process)
        shutil.rmtree(self.home, ignore_errors=True)

    def command(self, text: str) -> str:
        """What Asterisk's console answers; empty when it does not."""
        line: list[str | Path] = [self.engine.asterisk, "-C", self.home / "bench-etc" / "asterisk.conf", "-rx", text]
        with contextlib.suppress(subprocess.TimeoutExpired):
            done = subprocess.run(line, capture_output=True, text=True, timeout=COMMAND_TIMEOUT_S, check=False)
            return done.stdout
        return ""

    def channels(self) -> int:
        """How many channels are up now."""
        found = [line.split()[0] for line in self.command("core show channels count").splitlines() if "channel" in line]
        return int(found[0]) if found and found[0].isdigit() else -1

    def wait_until_quiet(self, timeout_s: float = 20.0) -> int:
        """Waits until no channel is left; how many are left when the time is over."""
        deadline = time.monotonic() + timeout_s
        while (left := self.channels()) != 0 and time.monotonic() < deadline:
            time.sleep(0.2)
        return left

    def backlog(self) -> int:
        """Messages within Asterisk that nobody has read yet. A module whose messages they are must not be unloaded."""
        rows = [line.split() for line in self.command("core show taskprocessors like stasis/").splitlines()]
        return sum(int(row[2]) for row in rows if len(row) == 8 and row[2].isdigit())

    def complaints(self) -> list[str]:
        """The first warnings and errors of Asterisk."""
        path = self.layout.log / "messages.log"
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        return [line for line in lines if "ERROR" in line or "WARNING" in line]

    def _own_configuration(self) -> Path:
        own = self.home / "bench-etc"
        shutil.copytree(self.layout.etc, own)
        main = own / "asterisk.conf"
        main.write_text(main.read_text().replace(str(self.layout.etc), str(own)))
        for name, text in self.added.items():
            with (own / name).open("a") as file:
                file.write("\n" + text.replace("{home}", str(self.home)))
        return own

    def _last_words(self) -> str:
        log = self.layout.console_log
        lines = log.read_text(errors="replace").split("\n") if log.exists() else []
        told = [line.strip() for line in lines if "ERROR" in line] or [line.strip() for line in lines if line.strip()]
        return f"it does not start; its last words: {told[-1]}" if told else "it does not start and says nothing"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
