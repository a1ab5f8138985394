"""The whole application as a newcomer starts it (`python -m app serve`), with its own Asterisk, in a test's hands."""

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from app.config import PROJECT
from app.telephony.dialling import ROBOT
from tests.rig.installation import Installation
from tests.rig.waiting import NeverHappened, until

START_TIMEOUT_S = 40.0


@dataclass(slots=True)
class ApplicationRig(Installation):
    """One installation. `start` and the ways to end it can be used again and again; its Asterisk lives on in between."""

    module: str = "app"
    """What `python -m` runs: `app`, or a module that runs it and looks on."""
    starts: int = 0
    _process: "subprocess.Popen[bytes] | None" = None

    # -- life --------------------------------------------------------------------------------------------------------------

    def start(self, *, wait: bool = True) -> Self:
        """Starts the application; `wait`: returns when it serves calls."""
        self.starts += 1
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.module, "serve"],
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
        """Returns when Asterisk is connected to the application and knows the phones: one that registers before is refused, and
        asks again a minute later."""
        until(self._serves, "the application serves", timeout_s, tell=lambda: self.log()[-4000:])
        until(lambda: not self._unknown_phones(), "Asterisk knows the phones", tell=self._unknown_phones)

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

    # -- what it says ------------------------------------------------------------------------------------------------------

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

    def wait_trunk(self, name: str, timeout_s: float = 40.0) -> None:
        """The far end has answered Asterisk, which asks again after 30 s only: a trunk without an answer is not called over."""
        endpoint = f"endpoints/PJSIP/trunk-{name}"
        until(lambda: self.ari(endpoint)["state"] == "online", f"trunk {name} answers", timeout_s, tell=self._situation)

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
        with suppress(NeverHappened):
            until(self._each_has_its_record, "facts and records reach the database", 5, every_s=0.2)
        arrived, recorded = self._kept()
        assert arrived <= set(recorded), f"contacts without a record: {arrived - set(recorded)}, {self._situation()}"
        if contacts is not None:
            assert len(recorded) == contacts, f"{len(recorded)} records of {contacts} contacts"

    def _each_has_its_record(self) -> bool:
        """The journal's facts are in the database a moment later than the record."""
        arrived, recorded = self._kept()
        return arrived <= set(recorded)

    def reason(self, contact_id: str) -> str:
        """Who or what ended the contact."""
        return self._kept()[1][contact_id]

    def disconnect_reasons(self) -> list[str]:
        """Who or what ended each contact."""
        return list(self._kept()[1].values())

    def _serves(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the application ended with {self._process.returncode}: {self.log()[-4000:]}")
        with suppress(OSError, ValueError, KeyError):
            lines = self.status()["lines"]
            return any(line["kind"] == "asterisk" and line["state"] == "ok" for line in lines)
        return False

    def _unknown_phones(self) -> set[str]:
        lines = self.status()["lines"]
        phones = {line["name"] for line in lines if line["kind"] == "phone" and not line["name"].startswith(ROBOT)}
        return phones and phones - {endpoint["resource"] for endpoint in self.ari("endpoints/PJSIP")}

    def _situation(self) -> str:
        with suppress(OSError):
            status = self.status()
            return f"contacts {status['contacts']}, agents {status['agents']}\n{self.log()[-3000:]}"
        return self.log()[-3000:]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
