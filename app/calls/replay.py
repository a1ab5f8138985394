"""A recorded journal, told again: the facts of an installation go through the production brain, and the commands must be those of then.

A journal file is JSON. `configurations` holds every version of the instance that was in force, `version` names the first, and
`facts` are `[number, milliseconds, kind, event, commands]`, one a line; a command is `[kind, fields]`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

import msgspec

from app.calls.brain import Brain
from app.calls.codec import decode_event
from app.calls.memory import Memory
from app.calls.ports import Fact
from app.domain.commands import Command
from app.domain.events import ConfigurationChanged
from app.domain.instance import Instance
from app.errors import BadInput, TrunklineError

WrittenCommand = tuple[str, dict[str, Any]]
"""A command as a journal file holds it: its kind and its fields."""


class Differs(TrunklineError):
    """Fact {seq} ({kind}) of the journal {why}."""


class JournalFile(msgspec.Struct, frozen=True):
    """What a journal file holds."""

    about: str
    version: str
    configurations: dict[str, Instance]
    facts: list[tuple[int, int, str, dict[str, Any], list[WrittenCommand]]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A fact, the commands that it gives now, and those it gave when the journal was recorded."""

    fact: Fact
    commands: list[WrittenCommand]
    recorded: list[WrittenCommand]

    @property
    def difference(self) -> str:
        """The first command that is not as it was, in words; empty when all are."""
        for now, then in zip_longest(self.commands, self.recorded):
            if now != then:
                return f"gives {_in_words(now)} and gave {_in_words(then)} when it was recorded"
        return ""


def read_journal(text: bytes) -> JournalFile:
    """BadInput when the text is no journal file."""
    try:
        journal = msgspec.json.decode(text, type=JournalFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(what="The journal file", why=f"{error}; record it again") from error
    named = {version: replace(instance, version=version) for version, instance in journal.configurations.items()}
    if journal.version not in named:
        raise BadInput(
            what="The journal file", why=f"the configuration {journal.version} that it begins with is not in it"
        )
    return msgspec.structs.replace(journal, configurations=named)


def write_journal(
    about: str, version: str, configurations: dict[str, Instance], steps: Iterable[tuple[Fact, list[WrittenCommand]]]
) -> bytes:
    """The journal as a file, a line for each fact."""
    encode = msgspec.json.Encoder(order="deterministic").encode
    lines = [
        b"  " + encode((fact.seq, fact.at_ms, fact.kind, msgspec.Raw(fact.payload), commands))
        for fact, commands in steps
    ]
    head = b",\n".join(
        b" " + encode(name) + b": " + encode(value)
        for name, value in (("about", about), ("version", version), ("configurations", configurations))
    )
    return b"{\n" + head + b',\n "facts": [\n' + b",\n".join(lines) + b"\n ]\n}\n"


def replay(journal: JournalFile) -> Iterator[Replayed]:
    """Every fact in order. Raises Differs for one that is out of its order or that the brain cannot take, UnreadableFact for a
    damaged one."""
    brain = Brain(Memory(journal.version), journal.configurations[journal.version], journal.configurations.__getitem__)
    last_ms = 0
    for number, (seq, at_ms, kind, payload, recorded) in enumerate(journal.facts, 1):
        fact = Fact(seq, at_ms, kind, None, msgspec.json.encode(payload))
        if seq != number:
            raise Differs(seq=seq, kind=kind, why=f"stands where fact {number} should be")
        if at_ms < last_ms:
            raise Differs(seq=seq, kind=kind, why="is older than the one before it")
        event = decode_event(seq, kind, fact.payload)
        if isinstance(event, ConfigurationChanged) and event.version not in journal.configurations:
            raise Differs(seq=seq, kind=kind, why=f"names the configuration {event.version}, which is not in the file")
        last_ms = at_ms
        try:
            commands = brain.handle(event, at_ms)
        except Exception as error:
            raise Differs(seq=seq, kind=kind, why=f"cannot be taken: {type(error).__name__}: {error}") from error
        yield Replayed(fact, [written(command) for command in commands], recorded)


def check(journal: JournalFile) -> int:
    """How many commands the journal gives. Raises Differs at the first fact whose commands are not those recorded."""
    count = 0
    for step in replay(journal):
        if step.difference:
            raise Differs(seq=step.fact.seq, kind=step.fact.kind, why=step.difference)
        count += len(step.commands)
    return count


def written(command: Command) -> WrittenCommand:
    """A command as a journal file holds it."""
    return type(command).__name__, msgspec.json.decode(msgspec.json.encode(command))


def _in_words(command: WrittenCommand | None) -> str:
    if command is None:
        return "nothing more"
    return f"{command[0]} {msgspec.json.encode(command[1], order='deterministic').decode()}"
