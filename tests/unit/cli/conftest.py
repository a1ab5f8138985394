"""An installation in a temporary folder, and commands run as a person would type them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli import context
from app.cli.application import main


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str


Type = Callable[..., Outcome]


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's folder; its web port is one that nobody listens on."""
    for name in ("TRUNKLINE_DATABASE_URL", "TRUNKLINE_WEB_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRUNKLINE_VAR", str(tmp_path))
    monkeypatch.setenv("TRUNKLINE_WEB_PORT", "1")
    monkeypatch.setattr("app.logs.configure", lambda level: None)
    context.choose_var(None)
    return tmp_path


@pytest.fixture
def trunkline(var: Path, capfd: pytest.CaptureFixture[str]) -> Type:
    """`trunkline("phone", "list")` runs one command line."""

    def run(*arguments: str) -> Outcome:
        capfd.readouterr()
        code = main(arguments)
        said = capfd.readouterr()
        return Outcome(code, said.out, said.err)

    return run
