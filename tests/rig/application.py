"""The whole application as a newcomer starts it (`python -m app serve`), with its own folder, ports and Asterisk, in a test's hands."""

import asyncio
import base64
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from app.config import PROJECT
from app.store.db import Database
from app.store.models.history import ContactRecord, Journal
from app.telephony.install import TestTools, ensure_engine, ensure_test_tools
from app.telephony.node import process
from app.telephony.node.layout import Layout
from tests.rig.ports import free_port
from tests.rig.waiting import until

START_TIMEOUT_S = 40.0
TRUNK_ADDRESS = "127.0.0.2"
"""Where the carrier's calls come from: phones use 127.0.0.1."""

Fill = Callable[[Database, Path], Awaitable[None]]
"""Writes a test's agents, phones, trunks and flows; is handed the installation's folder."""


def project_var() -> Path:
    """The folder that holds the engine and the test tools."""
    return Path(os.environ.get("TRUNKLINE_VAR") or PROJECT / "var").resolve()


def test_tools() -> TestTools:
    return ensure_test_tools(project_var())


@dataclass(slots=True)
class ApplicationRig:
    """One installation. `start` and the ways to end it can be used again and again; its Asterisk lives on in between."""

    database_url: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    var: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="tl-", dir="/tmp")))
    web_port: int = field(default_factory=free_port)
    ari_port: int = field(default_factory=free_port)
    http_port: int = field(default_factory=free_port)
    ami_port: int = field(default_factory=free_port)
    sip_port: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM))
    starts: int = 0
    _process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        ensure_engine(project_var())
        (self.var / "engine").symlink_to(project_var() / "engine")

    # -- life --------------------------------------------------------------------------------------------------------------

    def fill(self, *contents: Fill) -> Self:
        """Writes content into the database while the application does not run."""
        asyncio.run(self._fill(contents))
        return self

    async def _fill(self, contents: tuple[Fill, ...]) -> None:
        database = Database.open(self.url, self.var)
        try:
            for content in contents:
                await content(database, self.var)
        finally:
            database.close()

    def start(self, *, wait: bool = True) -> Self:
        """Starts the application; `wait`: returns when it serves calls."""
        self.starts += 1
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app", "serve"],
                cwd=PROJECT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, timeout_s: float = START_TIMEOUT_S) -> None:
        """Returns when Asterisk is connected to the application."""
        until(self._serves, "the application serves", timeout_s, tell=lambda: self.log()[-4000:])

    def kill9(self) -> None:
        """Ends the application at once; Asterisk goes on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def terminate(self, timeout_s: float = 15.0) -> int:
        """Asks the application to end, as an administrator does; its exit code. Asterisk goes on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(timeout_s)
        self._process = None
        return code

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def close(self) -> None:
        """Ends everything and removes the installation's folder; what went wrong before is not asked about."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            self._process.wait()
            self._process = None
        pid = self.asterisk_pid()
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        kept = os.environ.get("TRUNKLINE_KEEP")
        if kept:
            print(f"kept: {self.var}")
        else:
            shutil.rmtree(self.var, ignore_errors=True)

    def command(self, *arguments: str, timeout_s: float = 60.0) -> "subprocess.CompletedProcess[str]":
        """`python -m app ...` on this installation."""
        return subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            cwd=PROJECT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        """The environment of an installation of its own on this machine."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
        rtp_start = 10_000 + self.sip_port // 4 % 9 * 1_000
        own = {
            "VAR": self.var,
            "DATABASE_URL": self.database_url,
            "WEB_HOST": "127.0.0.1",
            "BIND_ADDRESS": "127.0.0.1",
            "WEB_PORT": self.web_port,
            "ARI_PORT": self.ari_port,
            "HTTP_PORT": self.http_port,
            "AMI_PORT": self.ami_port,
            "SIP_PORT": self.sip_port,
            "RTP_START": rtp_start,
            "RTP_END": rtp_start + 998,
        }
        return kept | {f"TRUNKLINE_{name}": str(value) for name, value in (own | self.settings).items()}

    # -- what it says ------------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.var / 'trunkline.db'}"

    @property
    def log_file(self) -> Path:
        return self.var / "serve.log"

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def api(self, method: str, path: str, body: object = None) -> Any:
        """The answer of the JSON API to this machine's own token."""
        token = json.loads((self.var / "secrets.json").read_text()).get("api_token", "")
        return _request(f"http://127.0.0.1:{self.web_port}{path}", method, f"Bearer {token}", body)

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.api("GET", "/api/status")
        return found

    def contacts(self) -> list[dict[str, Any]]:
        """The contacts that are not finished, oldest first."""
        found: list[dict[str, Any]] = self.status()["contacts"]
        return found

    def agent(self, agent_id: str) -> dict[str, Any]:
        found: dict[str, Any] = next(agent for agent in self.status()["agents"] if agent["agent_id"] == agent_id)
        return found

    def wait_contact(self, state: str, timeout_s: float = 15.0, number: int = 0) -> dict[str, Any]:
        """The contact (the oldest unless another `number` is asked for), once it is in this state."""

        def found() -> dict[str, Any] | None:
            contacts = self.contacts()
            return contacts[number] if len(contacts) > number and contacts[number]["state"] == state else None

        return until(found, f"a contact is {state}", timeout_s, tell=self._situation)  # type: ignore[return-value]

    def wait_agent(self, agent_id: str, activity: str, timeout_s: float = 15.0, status: str | None = None) -> None:
        def so() -> bool:
            agent = self.agent(agent_id)
            return agent["activity"] == activity and status in (None, agent["status"])

        until(so, f"agent {agent_id} is {activity}", timeout_s, tell=self._situation)

    def set_agent_status(self, agent_id: str, status: str) -> None:
        self.api("POST", f"/api/agents/{agent_id}/status", {"status": status})

    def records(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api("GET", "/api/records?limit=500")
        return found

    def wait_record(self, contact_id: str, timeout_s: float = 20.0) -> dict[str, Any]:
        """The contact trace record, once it is written."""
        until(
            lambda: any(record["contact_id"] == contact_id for record in self.records()),
            f"the record of {contact_id}",
            timeout_s,
            tell=self._situation,
        )
        return self.record(contact_id)

    def record(self, contact_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api("GET", f"/api/contacts/{contact_id}")
        return found

    def trace(self, contact_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.api("GET", f"/api/contacts/{contact_id}/trace")
        return found

    def recording(self, contact_id: str) -> Path:
        """A copy of the recording, fetched as a player would."""
        token = json.loads((self.var / "secrets.json").read_text())["api_token"]
        url = f"http://127.0.0.1:{self.web_port}/api/contacts/{contact_id}/recording"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        path = self.var / f"heard-{contact_id}.wav"
        with urllib.request.urlopen(request, timeout=10) as answer:
            path.write_bytes(answer.read())
        return path

    # -- its Asterisk ------------------------------------------------------------------------------------------------------

    def asterisk_pid(self) -> int | None:
        return process.find(Layout(self.var))

    def kill_asterisk(self) -> None:
        pid = self.asterisk_pid()
        assert pid is not None, "no Asterisk runs"
        os.kill(pid, signal.SIGKILL)

    def ari(self, path: str) -> Any:
        """What Asterisk itself answers over ARI, past the application."""
        return _request(f"http://127.0.0.1:{self.http_port}/ari/{path}", "GET", self._ari_user())

    def ari_delete(self, path: str) -> None:
        """Ends something in Asterisk, past the application; what is gone already is no error."""
        with suppress(AssertionError):
            _request(f"http://127.0.0.1:{self.http_port}/ari/{path}", "DELETE", self._ari_user())

    def _ari_user(self) -> str:
        secrets = json.loads((self.var / "secrets.json").read_text())
        return "Basic " + base64.b64encode(f"trunkline:{secrets['ari_password']}".encode()).decode()

    def channels(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ari("channels")
        return found

    # -- what must be true after every test ----------------------------------------------------------------------------------

    def wait_idle(self, timeout_s: float = 15.0) -> None:
        """No channel, no bridge, no contact left."""
        until(lambda: not self.channels(), "no channel is left", timeout_s, tell=lambda: self.channels())
        until(lambda: not self.ari("bridges"), "no bridge is left", timeout_s, tell=lambda: self.ari("bridges"))
        until(lambda: not self.contacts(), "no contact is left", timeout_s, tell=self._situation)

    def check(self, contacts: int | None = None, timeout_s: float = 15.0) -> None:
        """Zero channels, bridges and unhandled exceptions, and one contact trace record for each contact.

        `contacts`: how many there were by the test's own count.
        """
        self.wait_idle(timeout_s)
        assert self.status()["unhandled"] == 0, self.log()[-4000:]
        assert self.ask("GET", "/health")["unhandled_exceptions"] == 0, self.log()[-4000:]
        traces = re.findall(r"Traceback.*?(?=\n\S|\Z)", self.log(), re.DOTALL)
        assert not traces, traces[0]
        arrived, recorded = self._kept()
        assert set(recorded) == arrived, f"contacts without a record: {arrived - set(recorded)}, {self._situation()}"
        if contacts is not None:
            assert len(recorded) == contacts, f"{len(recorded)} records of {contacts} contacts"

    def ask(self, method: str, path: str) -> Any:
        """The answer to somebody who is not signed in."""
        return _request(f"http://127.0.0.1:{self.web_port}{path}", method, "")

    def disconnect_reasons(self) -> list[str]:
        """Who or what ended each contact."""
        return list(self._kept()[1].values())

    def _kept(self) -> tuple[set[str], dict[str, str]]:
        """Every contact that the journal knows, and the disconnect reason of every record."""
        database = Database.open(self.url, self.var)
        try:
            arrived = database.read_now(
                lambda: list(Journal.select(Journal.contact_id).where(Journal.kind == "CallArrived"))
            )
            records = database.read_now(lambda: list(ContactRecord.select()))
        finally:
            database.close()
        return {fact.contact_id for fact in arrived}, {each.contact_id: each.disconnect_reason for each in records}

    def _serves(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the application ended with {self._process.returncode}: {self.log()[-4000:]}")
        with suppress(OSError, ValueError, KeyError):
            lines = self.status()["lines"]
            return any(line["kind"] == "asterisk" and line["state"] == "ok" for line in lines)
        return False

    def _situation(self) -> str:
        with suppress(OSError):
            status = self.status()
            return f"contacts {status['contacts']}, agents {status['agents']}\n{self.log()[-3000:]}"
        return self.log()[-3000:]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _request(url: str, method: str, authorization: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": authorization} if authorization else {}
    if data is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
    except urllib.error.HTTPError as refused:
        text = refused.read()
        if refused.code != 503:
            raise AssertionError(f"{method} {url}: {refused.code} {text.decode(errors='replace')}") from None
    return json.loads(text) if text else None
