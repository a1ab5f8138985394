"""The journal loses nothing and doubles nothing, whatever stops in between."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.calls.ports import Fact
from app.errors import Unavailable
from app.store import spool as spool_module
from app.store.db import Database
from app.store.journal import Journal
from tests.contract.store.conftest import Opener
from tests.rig.postgres import ROOT, PostgresServer

pytestmark = pytest.mark.contract

JournalOpener = Callable[[], Journal]


@pytest.fixture
def journal_opener(opener: Opener, tmp_path: Path) -> Iterator[JournalOpener]:
    """Opens the journal as the next process would, after the one before it was closed."""
    opened: list[Journal] = []

    def open_journal() -> Journal:
        for journal in opened:
            journal.close()
        opened[:] = [Journal.open(opener(), tmp_path / "journal")]
        return opened[0]

    yield open_journal
    for journal in opened:
        journal.close()


def fill(journal: Journal, count: int) -> list[Fact]:
    facts = []
    for number in range(count):
        payload = b'{"digit":"%d","text":"\\u0000\xc3\xa9"}' % (number % 10)
        seq = journal.append("DigitReceived", 1_000 + number, f"c-{number % 5}" if number % 7 else None, payload)
        facts.append(Fact(seq, 1_000 + number, "DigitReceived", f"c-{number % 5}" if number % 7 else None, payload))
    return facts


def until(condition: Callable[[], bool], what: str, timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)


def test_facts_are_numbered_from_one_and_read_at_once(journal_opener: JournalOpener) -> None:
    journal = journal_opener()
    facts = fill(journal, 1_234)
    assert [fact.seq for fact in facts] == list(range(1, 1_235))
    assert list(journal.read_from(1)) == facts
    assert list(journal.read_from(1_000)) == facts[999:]


def test_facts_reach_the_database_and_the_spool_empties(
    journal_opener: JournalOpener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module.Spool.__init__, "__kwdefaults__", {"sync_interval_s": 1.0, "segment_bytes": 5_000})
    journal = journal_opener()
    facts = fill(journal, 2_000)
    until(lambda: journal.lag == 0, "the database has all facts")
    segments = (tmp_path / "journal").glob
    until(lambda: [path.stem > f"{1:020d}" for path in segments("*.jsonl")] == [True], "only the last segment is left")
    assert list(journal.read_from(1)) == facts


def test_numbers_go_on_after_a_restart_even_when_all_is_pruned(journal_opener: JournalOpener) -> None:
    fill(journal_opener(), 10)
    journal = journal_opener()
    facts = fill(journal, 5)
    assert facts[0].seq == 11
    assert [fact.seq for fact in journal.read_from(9)] == [9, 10, 11, 12, 13, 14, 15]


async def test_pruning_keeps_what_no_snapshot_contains(journal_opener: JournalOpener) -> None:
    journal = journal_opener()
    fill(journal, 100)
    until(lambda: journal.lag == 0, "drained")
    assert await journal.prune(100) == 0
    await journal.save_snapshot(60, b"state at 60")
    assert await journal.prune(1_000) == 60
    assert next(journal.read_from(1)).seq == 61
    await journal.save_snapshot(100, b"state at 100")
    await journal.prune(1_000)
    reopened = journal_opener()
    assert list(reopened.read_from(1)) == []
    assert fill(reopened, 1)[0].seq == 101


async def test_the_newest_snapshot_wins(journal_opener: JournalOpener) -> None:
    journal = journal_opener()
    assert journal.latest_snapshot() is None
    for seq in (5, 9, 7, 9, 12, 13):
        await journal.save_snapshot(seq, b'{"upto":%d,"nul":"\x00"}' % seq)
    assert journal.latest_snapshot() == (13, b'{"upto":13,"nul":"\x00"}')


async def test_a_contact_has_its_own_facts(journal_opener: JournalOpener) -> None:
    journal = journal_opener()
    facts = fill(journal, 50)
    until(lambda: journal.lag == 0, "drained")
    assert await journal.facts_of("c-3") == [fact for fact in facts if fact.contact_id == "c-3"]


APPENDER = """
import sys
from pathlib import Path
from app.store.db import Database
from app.store.journal import Journal
journal = Journal.open(Database.open(sys.argv[1], Path(sys.argv[2])), Path(sys.argv[2]) / "journal")
while True:
    seq = journal.append("DigitReceived", 1, "c", b'{"digit":"1"}')
    if seq % 100 == 0:
        print(seq, flush=True)
"""


def test_a_killed_process_leaves_every_fact_once(journal_opener: JournalOpener, url: str, tmp_path: Path) -> None:
    told = 0
    for after in (500, 3_000, 20_000):
        process = subprocess.Popen(
            [sys.executable, "-c", APPENDER, url, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                told = int(line)
                if told >= after:
                    break
            os.kill(process.pid, signal.SIGKILL)
            told = max([told, *(int(line) for line in process.stdout if line.endswith("\n"))])
        process.wait()
    journal = journal_opener()
    numbers = [fact.seq for fact in journal.read_from(1)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= told
    until(lambda: journal.lag == 0, "drained")
    assert [fact.seq for fact in journal.read_from(1)] == numbers


def test_a_full_disk_raises_an_alarm_and_calls_go_on(
    journal_opener: JournalOpener, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = journal_opener()
    fill(journal, 3)

    def refuses(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal._spool, "append", refuses)
    assert fill(journal, 3)[-1].seq == 6
    assert "no space left on device" in journal.alarm
    assert "Free some space" in journal.alarm
    monkeypatch.undo()
    fill(journal, 1)
    assert journal.alarm == ""
    assert [fact.seq for fact in journal.read_from(1)] == [1, 2, 3, 4, 5, 6, 7]


def test_a_spool_never_meets_another_database(journal_opener: JournalOpener, url: str, tmp_path: Path) -> None:
    appender = [sys.executable, "-c", APPENDER, url, str(tmp_path)]
    with subprocess.Popen(appender, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    other = Database.open(f"sqlite:///{tmp_path}/other.db", tmp_path)
    try:
        with pytest.raises(Unavailable, match="another database"):
            Journal.open(other, tmp_path / "journal")
    finally:
        other.close()
    assert sum(1 for _ in journal_opener().read_from(1)) >= 100


def test_an_outage_of_the_database_costs_nothing(postgres_server: PostgresServer, tmp_path: Path) -> None:
    db = Database.open(postgres_server.new_database(), tmp_path)
    journal = Journal.open(db, tmp_path / "journal")
    fill(journal, 100)
    until(lambda: journal.lag == 0, "drained before the outage")
    postgres_server.stop()
    try:
        fill(journal, 1_000)
        until(lambda: not db.healthy and journal.alarm != "", "the outage is noticed")
        assert "nothing listens there" in db.reason
        assert "rig-password" not in db.reason + journal.alarm
        assert journal.lag == 1_000
        with pytest.raises(Unavailable, match="Start Postgres"):
            list(journal.read_from(1))
    finally:
        postgres_server.start()
    until(lambda: journal.lag == 0, "drained after the outage")
    until(lambda: db.healthy and journal.alarm == "", "healthy again")
    assert [fact.seq for fact in journal.read_from(1)] == list(range(1, 1_101))
    journal.close()
    db.close()
