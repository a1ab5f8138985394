"""One installation of the application for tests: its own folder, ports and settings, what is written into it, and who can be asked."""

import asyncio
import base64
import json
import os
import signal
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
from tests.rig.ports import free_port, media_ports

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
class Installation:
    """A folder with an engine, free ports, and the environment that makes `python -m app` use them."""

    database_url: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    var: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="tl-", dir="/tmp")))
    web_port: int = field(default_factory=free_port)
    ari_port: int = field(default_factory=free_port)
    http_port: int = field(default_factory=free_port)
    ami_port: int = field(default_factory=free_port)
    sip_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        ensure_engine(project_var())
        if (project_var() / "engine").exists():
            (self.var / "engine").symlink_to(project_var() / "engine")

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
        rtp_start, rtp_end = media_ports()
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
            "RTP_END": rtp_end,
        }
        return kept | {f"TRUNKLINE_{name}": str(value) for name, value in (own | self.settings).items()}

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.var / 'trunkline.db'}"

    @property
    def log_file(self) -> Path:
        return self.var / "serve.log"

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    # -- who can be asked --------------------------------------------------------------------------------------------------

    def api(self, method: str, path: str, body: object = None, agent: str = "") -> Any:
        """The answer of the JSON API to this machine's own token; with `agent` it is asked in this agent's stead."""
        token = json.loads((self.var / "secrets.json").read_text()).get("api_token", "")
        return _request(f"http://127.0.0.1:{self.web_port}{path}", method, f"Bearer {token}", body, agent)

    def ask(self, method: str, path: str) -> Any:
        """The answer to somebody who is not signed in."""
        return _request(f"http://127.0.0.1:{self.web_port}{path}", method, "")

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

    def recording(self, contact_id: str) -> Path:
        """A copy of the recording, fetched as a player would."""
        token = json.loads((self.var / "secrets.json").read_text())["api_token"]
        url = f"http://127.0.0.1:{self.web_port}/api/contacts/{contact_id}/recording"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        path = self.var / f"heard-{contact_id}.wav"
        with urllib.request.urlopen(request, timeout=10) as answer:
            path.write_bytes(answer.read())
        return path

    def _kept(self) -> tuple[set[str], dict[str, str]]:
        """Every contact that the journal knows or that a record names as the next, and the disconnect reason of every record."""
        database = Database.open(self.url, self.var)
        kinds = ("CallArrived", "RecordWritten")
        try:
            known = database.read_now(lambda: list(Journal.select(Journal.contact_id).where(Journal.kind.in_(kinds))))
            records = database.read_now(lambda: list(ContactRecord.select()))
        finally:
            database.close()
        following = {record.next_contact_id for record in records if record.next_contact_id}
        return {fact.contact_id for fact in known} | following, {
            each.contact_id: each.disconnect_reason for each in records
        }


def _request(url: str, method: str, authorization: str, body: object = None, agent: str = "") -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": authorization} if authorization else {}
    headers |= {"X-Agent": agent} if agent else {}
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
