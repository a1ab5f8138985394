"""A real Postgres server of the tests' own: in a temporary folder, on a free port, gone when the tests end."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from app.errors import TrunklineError
from app.telephony.install import TestTools, ensure_test_tools
from tests.rig.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
USER, PASSWORD = "trunkline", "rig-password"
START_TIMEOUT_S = 30


class NoPostgres(Exception):
    """The tests cannot start Postgres; the text says what to do."""


def tools() -> TestTools:
    """The machine's Postgres or the one that `make test` fetched, and how to start it as an ordinary user."""
    try:
        return ensure_test_tools(Path(os.environ.get("TRUNKLINE_VAR") or ROOT / "var"))
    except TrunklineError as error:
        raise NoPostgres(f"There is no Postgres to test with. {error}") from None


class PostgresServer:
    """One server. `stop` and `start` again keep its data and its port."""

    def __init__(self) -> None:
        self._tools = tools()
        self._folder = Path(tempfile.mkdtemp(prefix="trunkline-pg-", dir="/tmp"))
        self._data = self._folder / "data"
        shutil.chown(self._folder, self._tools.postgres_uid)
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._initialise()
        self.start()

    def url(self, database: str = "postgres", password: str = PASSWORD, port: int | None = None) -> str:
        return f"postgresql://{USER}:{password}@127.0.0.1:{port or self.port}/{database}"

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        self._databases += 1
        name = f"test_{self._databases}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    def start(self) -> None:
        options = ("-D", self._data, "-p", str(self.port), "-k", self._folder)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._tools.postgres_user, self._tools.postgres, *options],
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
                return
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log_text = (self._folder / "log").read_text()[-2000:]
                    raise NoPostgres(f"{self._tools.postgres} does not start: {error}\n{log_text}") from None
            time.sleep(0.05)

    def stop(self) -> None:
        """Cuts every connection at once, as a crash does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
            self._process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _initialise(self) -> None:
        password_file = self._folder / "password"
        password_file.write_text(PASSWORD)
        shutil.chown(password_file, self._tools.postgres_uid)
        made = subprocess.run(
            [
                *self._tools.postgres_user,
                self._tools.initdb,
                "-D", self._data,
                "-U", USER,
                "--pwfile", password_file,
                "--auth-local=trust",
                "--auth-host=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            capture_output=True,
            cwd=self._folder,
        )  # fmt: skip
        if made.returncode != 0:
            raise NoPostgres(f"{self._tools.initdb} failed: {made.stderr.decode(errors='replace')[-2000:]}")
        with (self._data / "postgresql.conf").open("a") as configuration:
            configuration.write("fsync = off\nlisten_addresses = '127.0.0.1'\nmax_connections = 60\n")
