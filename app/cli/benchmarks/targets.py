"""Who serves the calls of the benchmarks: app_queue alone, a minimal Stasis script, and the whole application; all on one Asterisk."""

import asyncio
import json
import pstats
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from app.cli.benchmarks import machine
from app.cli.benchmarks.content import NUMBER, write_content
from app.cli.benchmarks.ground import APPLICATION, NODE, USER, Ground
from app.domain.lines import Phone
from app.errors import Unavailable
from app.store.db import Database
from app.telephony.ari.client import AriClient
from app.telephony.ari.node import AriNode
from app.telephony.node.endpoints import push_phone
from app.telephony.node.secrets import api_token

PROJECT = Path(__file__).resolve().parents[3]
FIFO = "bench-fifo"
START_TIMEOUT_S = 30.0


class Target(Protocol):
    """One way of serving the calls. `called` is the number that leads to it."""

    name: str
    called: str

    def begin(self) -> None:
        """Makes it ready to be called; what else could disturb the measurement is put away."""
        ...

    def settle(self) -> None:
        """Returns when it has finished everything that belongs to the calls so far."""
        ...

    def finish(self) -> None: ...

    def pid(self) -> int | None:
        """The process whose processor time is the application's; None when there is no application."""
        ...

    def findings(self) -> dict[str, Any]:
        """What else there is to tell."""
        ...


DIALPLAN = f"""
[from-trunk](+)
exten => bench-queue,1,Goto(bench-queue,s,1)
exten => bench-stasis,1,Goto(bench-stasis,s,1)

[bench-queue]
exten => s,1,Answer()
 same => n,Playback({{home}}/greeting)
 same => n,Queue(bench,,,,3600)
 same => n,Hangup()

[bench-stasis]
exten => s,1,Stasis({FIFO})
 same => n,Hangup()
"""
"""The added contexts: extensions that lead to the two baselines, and app_queue's whole application. `{home}` is the ground's folder."""


def queues(phones: tuple[Phone, ...]) -> str:
    """The queue of app_queue: the agent who has been free longest, each call recorded from the moment it is taken."""
    members = "\n".join(f"member => PJSIP/{phone.name}" for phone in phones)
    return f"""
[general]
persistentmembers = no
autofill = yes
shared_lastcall = no
[bench]
strategy = leastrecent
ringinuse = no
timeout = 20
retry = 1
wrapuptime = 0
autopause = no
joinempty = yes
musicclass = default
monitor-format = wav
{members}
"""


def push_phones(ground: Ground, phones: tuple[Phone, ...]) -> None:
    """Makes the phones known to Asterisk exactly as the application does."""

    async def push() -> None:
        url = f"http://127.0.0.1:{ground.settings.http_port}/ari"
        client = AriClient(AriNode(NODE, url, USER, ground.secrets.ari_password), APPLICATION)
        try:
            for phone in phones:
                await push_phone(client, phone)
        finally:
            await client.close()

    asyncio.run(push())


class DialplanQueue:
    """The first baseline. Its module is loaded only while it is measured: the others do not bear its bookkeeping."""

    name, called = "app_queue", "bench-queue"

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def begin(self) -> None:
        told = self._ground.command("module load app_queue.so")
        if "Loaded" not in told:
            raise Unavailable(what="app_queue", why=told.strip() or "Asterisk does not load it", remedy="")

    def settle(self) -> None:
        _wait(lambda: self._ground.channels() == 0 and self._ground.backlog() == 0)

    def finish(self) -> None:
        self._ground.command("module unload app_queue.so")

    def pid(self) -> int | None:
        return None

    def findings(self) -> dict[str, Any]:
        return {}


class StasisScript:
    """The second baseline."""

    name, called = "stasis_script", "bench-stasis"

    def __init__(self, ground: Ground, phones: tuple[Phone, ...], greeting: Path) -> None:
        self._ground, self._greeting = ground, greeting
        self._list = ground.home / "fifo-phones"
        self._list.write_text("\n".join(phone.name for phone in phones))
        self._log = ground.logs / "stasis_fifo.log"
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        self._log.write_text("")
        sound = str(self._greeting).removesuffix(".wav")
        url = f"http://127.0.0.1:{self._ground.settings.http_port}"
        script: list[str | Path] = [sys.executable, "-m", "app.cli.benchmarks.stasis_fifo"]
        command = [*script, url, USER, self._ground.secrets.ari_password, FIFO, sound, self._list]
        self._process = machine.start(command, on=machine.cores()[1:], log=self._log, folder=PROJECT)
        if not _wait(lambda: "ready" in self._log.read_text()):
            raise Unavailable(what="The Stasis script", why=self._log.read_text()[-300:] or "it is silent", remedy="")

    def settle(self) -> None:
        _wait(lambda: self._ground.channels() == 0)

    def finish(self) -> None:
        if self._process is not None:
            machine.end(self._process)
            self._process = None

    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def findings(self) -> dict[str, Any]:
        return {}


class Application:
    """Ours: `python -m app serve` as a user runs it, with its journal, records, recordings and web port. It runs all the time."""

    name, called = "trunkline", NUMBER

    def __init__(
        self,
        ground: Ground,
        phones: tuple[Phone, ...],
        greeting: Path,
        profile: Path | None = None,
        *,
        music: bool = True,
    ) -> None:
        self._ground, self._phones, self._profile = ground, phones, profile
        self._log = ground.logs / "serve.log"
        self._process: subprocess.Popen[bytes] | None = None
        song = next(iter(sorted(ground.engine.moh.glob("*.wav"))), greeting) if music else None
        database = Database.open(self._variables()["TRUNKLINE_DATABASE_URL"], ground.home)
        try:
            asyncio.run(write_content(database, ground.trunks[0], phones, greeting, song))
        finally:
            database.close()
        self._token = api_token(ground.home)

    def start(self) -> None:
        """Starts the process; the phones may register then."""
        profiled: list[str | Path] = ["-m", "cProfile", "-o", self._profile] if self._profile else []
        command: list[str | Path] = [sys.executable, *profiled, "-m", "app", "serve", "--no-demo"]
        on, variables = machine.cores()[1:], self._variables()
        self._process = machine.start(command, on=on, log=self._log, folder=PROJECT, environment=variables)
        if not _wait(lambda: self._process is None or self._process.poll() is not None or bool(self._status())):
            raise self._broken("it does not answer on its web port")
        if self._process.poll() is not None:
            raise self._broken("it ended")

    def begin(self) -> None:
        if not _wait(lambda: self._available() == len(self._phones)):
            raise self._broken(f"only {self._available()} of {len(self._phones)} agents are available")

    def settle(self) -> None:
        _wait(lambda: self._ground.channels() == 0)
        _wait(lambda: not self._status().get("contacts", [0]), pause_s=0.5)

    def finish(self) -> None:
        """It goes on, idle: nothing of the others' calls reaches it."""

    def stop(self) -> None:
        if self._process is not None:
            machine.end(self._process, 15.0)

    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def findings(self) -> dict[str, Any]:
        status = self._status()
        states: dict[str, int] = {}
        for agent in status.get("agents", []):
            words = f"{agent['status']}, {agent['activity']}"
            states[words] = states.get(words, 0) + 1
        contacts, turns = len(status.get("contacts", [])), (status.get("turns") or {}).get("working", {})
        return {"unhandled": status.get("unhandled"), "contacts_left": contacts, "agents": states, "turns": turns}

    def costliest(self, count: int = 60) -> list[dict[str, Any]]:
        """The functions in which the main thread of the profiled process spent most time itself; call it after `stop`."""
        if self._profile is None or not self._profile.exists():
            return []
        found = pstats.Stats(str(self._profile)).stats.items()  # type: ignore[attr-defined]
        rows = [
            {
                "function": f"{Path(file).name}:{line} {name}",
                "calls": calls,
                "own_s": round(own, 3),
                "whole_s": round(whole, 3),
            }
            for (file, line, name), (_, calls, own, whole, _) in found
        ]
        return sorted(rows, key=lambda row: -float(row["own_s"]))[:count]

    def _available(self) -> int:
        return sum(
            one["status"] == "Available" and one["activity"] == "idle" for one in self._status().get("agents", [])
        )

    def _status(self) -> dict[str, Any]:
        """The application's own status page as JSON; empty while it does not answer."""
        address = f"http://127.0.0.1:{self._ground.web_port}/api/status"
        asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {self._token}"})
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:
                return dict(json.load(answer))
        except (OSError, ValueError):
            return {}

    def _variables(self) -> dict[str, str]:
        settings = self._ground.settings
        values = {
            "VAR": self._ground.home,
            "DATABASE_URL": f"sqlite:///{self._ground.home / 'trunkline.db'}",
            "NODE": NODE,
            "ASTERISK": "external",
            "WEB_HOST": "127.0.0.1",
            "WEB_PORT": self._ground.web_port,
            "BIND_ADDRESS": settings.bind_address,
            "SIP_PORT": settings.sip_port,
            "HTTP_PORT": settings.http_port,
            "AMI_PORT": settings.ami_port,
            "ARI_PORT": settings.ari_port,
            "RTP_START": settings.rtp_start,
            "RTP_END": settings.rtp_end,
            "LOG_LEVEL": "warning",
        }
        return {f"TRUNKLINE_{name}": str(value) for name, value in values.items()}

    def _broken(self, why: str) -> Unavailable:
        lines = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        return Unavailable(what="The application", why=f"{why}; its last words: {' / '.join(lines[-5:])}", remedy="")


def _wait(ready: Callable[[], bool], timeout_s: float = START_TIMEOUT_S, pause_s: float = 0.1) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if ready():
            return True
        time.sleep(pause_s)
    return False
