"""What the commands on an installation's flows have in common: its flows at hand, its server told afterwards."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import typer

from app.calls.ports import FlowFinding
from app.calls.publishing import Publishing
from app.cli.context import open_database, settings
from app.cli.output import complain
from app.cli.running import tell_server
from app.errors import BadInput
from app.integrations.known import Known, known_names
from app.store.db import Database
from app.store.repositories.configurations import Configurations
from app.store.repositories.flow_logs import FlowLogs
from app.store.repositories.flows import Flows
from app.store.repositories.places import Places
from app.store.repositories.resources import ResourceMap

T = TypeVar("T")
BY = "command line"
NAME = typer.Argument(help="The flow, by name or id.")
JSON = typer.Option(False, "--json", help="For machines.")


def at_desk(work: Callable[[Publishing], Awaitable[T]], *, changes: bool = False) -> T:
    """The work's result, on this installation's flows. `changes`: a running server takes over what is different now."""
    chosen = settings()
    with open_database(chosen) as database:

        async def act() -> T:
            return await work(publishing(database, chosen.var))

        result = asyncio.run(act())
    if changes:
        tell_server(chosen)
    return result


def publishing(database: Database, var: Path) -> Publishing:
    """The service layer for flows over a database; `var` is the installation's folder."""

    async def outside() -> Known:
        return known_names(await Places(database).all(), var)

    return Publishing(Flows(database), ResourceMap(database), Configurations(database), FlowLogs(database), outside)


def read_file(path: Path) -> str:
    """A file's text. BadInput when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(what=f"The file {path}", why=(error.strerror or str(error)).lower()) from None
    except UnicodeDecodeError:
        raise BadInput(what=f"The file {path}", why="it is not text in UTF-8") from None


def complain_of(findings: Iterable[FlowFinding]) -> None:
    """One line a finding."""
    for finding in findings:
        complain(f"{finding.severity:<7}  {finding.flow}: {finding.sentence}")


def when(at_ms: int | None) -> str:
    """A moment by the machine's clock."""
    if at_ms is None:
        return ""
    return datetime.fromtimestamp(at_ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S")
