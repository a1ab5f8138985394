"""Where one embedded Asterisk keeps what it reads and writes, and what it is run from."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.errors import Unavailable

_SOCKET_PATH_BYTES = 107
"""Linux' limit for the path of a Unix socket."""


class EnginePaths(Protocol):
    """An installed Asterisk: what starts it, and the folders of its modules, data (with sounds/en) and music on hold."""

    @property
    def asterisk(self) -> Path: ...
    @property
    def modules(self) -> Path: ...
    @property
    def data(self) -> Path: ...
    @property
    def moh(self) -> Path: ...


@dataclass(frozen=True, slots=True)
class Layout:
    """Folders of one Asterisk under the instance's `var` folder."""

    var: Path

    @property
    def root(self) -> Path:
        return self.var / "asterisk"

    @property
    def etc(self) -> Path:
        return self.root / "etc"

    @property
    def lib(self) -> Path:
        return self.root / "lib"

    @property
    def db(self) -> Path:
        return self.root / "db"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def spool(self) -> Path:
        return self.root / "spool"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def log(self) -> Path:
        return self.var / "log" / "asterisk"

    @property
    def configuration(self) -> Path:
        return self.etc / "asterisk.conf"

    @property
    def control_socket(self) -> Path:
        return self.run / "asterisk.ctl"

    @property
    def pid_file(self) -> Path:
        return self.run / "asterisk.pid"

    @property
    def console_log(self) -> Path:
        return self.log / "console.log"

    def create(self) -> None:
        """Makes the folders, closed to other users. Unavailable when the path is too long for a control socket."""
        if len(os.fsencode(self.control_socket)) > _SOCKET_PATH_BYTES:
            raise Unavailable(
                what="Asterisk",
                why=f"the path {self.control_socket} is too long for a control socket ({_SOCKET_PATH_BYTES} bytes at most)",
                remedy="Move the installation, or point the var folder to a shorter path.",
            )
        spool = (self.spool / "monitor", self.spool / "recording")
        for folder in (self.etc, self.lib, self.db, self.keys, self.run, self.cache, self.log, *spool):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.etc, self.db, self.keys, self.run):
            folder.chmod(0o700)
