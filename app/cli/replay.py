"""`journal` and `replay`: what an installation lived through as a file, and told again to the code of today."""

import asyncio
from pathlib import Path

import msgspec
import typer

from app.calls.codec import UnreadableFact
from app.calls.ports import Fact
from app.calls.replay import Differs, JournalFile, check, read_journal, replay, write_journal
from app.cli.context import open_database
from app.cli.output import complain, say
from app.domain.events import ConfigurationChanged
from app.domain.instance import Instance
from app.errors import BadInput, NotFound
from app.store.db import Database
from app.store.facts import facts_from
from app.store.repositories.configurations import Configurations

PAGE = 5_000


def add_to(application: typer.Typer) -> None:
    application.command("journal")(journal_command)
    application.command("replay")(replay_command)


def journal_command(
    path: Path = typer.Argument(..., metavar="FILE", help="Where the journal is written to."),
    about: str = typer.Option("", "--about", help="What was recorded, in a sentence."),
) -> None:
    """Writes the installation's journal, its configurations and the commands it gives to a file that `replay` reads."""
    with open_database() as database:
        facts, configurations = asyncio.run(journal_of(database))
    journal = JournalFile(about, next(iter(configurations)), configurations, [(*_written(fact), []) for fact in facts])
    steps = [(step.fact, step.commands) for step in replay(journal)]
    path.write_bytes(write_journal(about, journal.version, configurations, steps))
    say(f"{len(facts)} facts are in {path}. It holds telephone numbers and attributes of callers.")


def replay_command(
    path: Path = typer.Argument(..., metavar="PATH", help="A journal file, or a folder of them."),
    commands: Path | None = typer.Option(
        None,
        "--commands",
        metavar="FILE",
        help="Write every fact and the commands it gives to FILE, and compare nothing.",
    ),
) -> None:
    """Replays recorded journals through the call engine's brain; the commands must be those that were recorded."""
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    different = 0
    for file in files:
        journal = _read(file)
        try:
            if commands is None:
                say(f"{file.name}: {len(journal.facts)} facts give the same {check(journal)} commands.")
            else:
                commands.write_text("".join(_lines(journal)))
        except (Differs, UnreadableFact) as error:
            complain(f"{file.name}: {error}")
            different += 1
    raise typer.Exit(1 if different or not files else 0)


async def journal_of(database: Database) -> tuple[list[Fact], dict[str, Instance]]:
    """Every fact, and every configuration that was in force, the first one first. BadInput when the journal's beginning is gone."""
    facts: list[Fact] = []
    while page := await database.read(facts_from, len(facts) + 1, PAGE):
        facts += page
        if facts[-1].seq != len(facts):
            break
    if not facts or facts[-1].seq != len(facts) or facts[0].kind != ConfigurationChanged.__name__:
        raise BadInput(
            what="The journal", why="its beginning is not there any more; only one that is whole can be told again"
        )
    names = [
        msgspec.json.decode(fact.payload)["version"] for fact in facts if fact.kind == ConfigurationChanged.__name__
    ]
    configurations = Configurations(database)
    return facts, {name: await configurations.load(name) for name in dict.fromkeys(names)}


def _written(fact: Fact) -> tuple[int, int, str, dict[str, object]]:
    return fact.seq, fact.at_ms, fact.kind, msgspec.json.decode(fact.payload)


def _read(file: Path) -> JournalFile:
    try:
        return read_journal(file.read_bytes())
    except OSError as error:
        raise NotFound(what="journal file", name=file) from error


def _lines(journal: JournalFile) -> list[str]:
    lines = []
    for step in replay(journal):
        lines.append(f"{step.fact.seq} {step.fact.at_ms} {step.fact.kind} {step.fact.payload.decode()}\n")
        lines += [f"    {kind} {msgspec.json.encode(fields).decode()}\n" for kind, fields in step.commands]
    return lines
