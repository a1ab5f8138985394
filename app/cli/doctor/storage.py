"""The database and the journal in front of it."""

from collections.abc import AsyncIterator
from pathlib import Path

from app.cli.doctor.examined import Examined
from app.cli.findings import Finding, error, ok, warning
from app.errors import TrunklineError
from app.store import facts
from app.store.lines import fact_of

LARGE_LAG = 1_000


async def database(examined: Examined) -> AsyncIterator[Finding]:
    """It can be reached, and its schema is this version's (opening it brings it there)."""
    if examined.database is None:
        yield error("database", examined.database_problem, "")
        return
    place = examined.database.place
    try:
        await examined.database.read(facts.last_seq)
    except TrunklineError as reason:
        yield error("database", str(reason), "")
        return
    yield ok("database", f"{place} answers; its schema is this version's.")


async def journal(examined: Examined) -> AsyncIterator[Finding]:
    """How far the database is behind what was journalled."""
    if examined.database is None:
        return
    kept = await examined.database.read(facts.last_seq)
    lag = max(newest_in(examined.settings.var / "journal") - kept, 0)
    if examined.server is None:
        yield ok("journal", f"{lag} facts wait for the next start." if lag else "everything is in the database.")
    elif lag > LARGE_LAG:
        words = f"{lag} facts are not in the database yet."
        yield warning("journal", words, "The database is slow or away: nothing is lost, but its disk fills.")
    else:
        yield ok("journal", f"it is {lag} facts ahead of the database.")


def newest_in(folder: Path) -> int:
    """The number of the newest whole fact in the spool; 0 when there is none."""
    for path in sorted(folder.glob("*.jsonl"), reverse=True):
        try:
            lines = path.read_bytes().splitlines(keepends=True)
        except OSError:
            continue
        for line in reversed(lines):
            fact = fact_of(line)
            if fact is not None:
                return fact.seq
    return 0
