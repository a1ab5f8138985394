"""A command line loads what it names, and nothing else: a server is there sooner."""

import subprocess
import sys

import pytest

from app.cli.application import COMMANDS, GROUPS
from app.config import PROJECT
from tests.unit.cli.conftest import Type

pytestmark = pytest.mark.unit

LOADED = """
import sys
from app.cli.application import main
main(["serve", "--help"])
print(*(name for name in sys.modules if name.startswith(("app.cli.bench", "app.sim", "app.cli.checks"))))
"""


def test_a_server_loads_no_benchmarks_and_no_simulator() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == ""


def test_every_command_is_where_the_table_says(trunkline: Type) -> None:
    for name in (*COMMANDS, *GROUPS):
        asked = trunkline(name, "--help")
        assert asked.code == 0, (name, asked.err)
        assert f" {name} [OPTIONS]" in asked.out, name


def test_all_are_shown_to_who_names_none(trunkline: Type) -> None:
    shown = trunkline("--help").out
    assert all(f"  {name} " in shown for name in (*COMMANDS, *GROUPS))
