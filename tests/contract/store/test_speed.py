"""What the store costs, as JSON lines (`pytest -m bench -s tests/contract/store`). Measures, never judges."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from app.domain.contact import Contact, InitiationMethod
from app.domain.ids import ChannelId, ContactId, NodeName
from app.store.db import Database
from app.store.journal import Journal
from app.store.repositories.records import Records
from tests.rig.postgres import ROOT

pytestmark = pytest.mark.bench

PAYLOAD = b'{"channel_id":"node1-5b144a9b","text":"%b"}' % (b"y" * 180)
FACTS = 100_000

FILL_AND_STOP = """
import os, signal, sys
from pathlib import Path
from app.store.db import Database
from app.store.journal import Journal
import app.store.journal as module
module.DRAIN_INTERVAL_S = 1_000
var = Path(sys.argv[2])
journal = Journal.open(Database.open(sys.argv[1], var), var / "journal")
import time
time.sleep(0.3)
for number in range(int(sys.argv[3])):
    journal.append("ChannelAnswered", number, "0b7ee2f0-5b14-4a9b-b4a0-5d3f", sys.argv[4].encode())
os.kill(os.getpid(), signal.SIGKILL)
"""


def report(db: Database, **figures: object) -> None:
    print(json.dumps({"bench": "store", "engine": db.engine} | figures))


def percentile(values: list[int], share: float) -> float:
    return round(sorted(values)[min(int(len(values) * share), len(values) - 1)] / 1_000, 1)


def wait(condition: Callable[[], bool]) -> float:
    began = time.perf_counter()
    while not condition():
        time.sleep(0.005)
    return time.perf_counter() - began


def test_append_and_drain(db: Database, tmp_path: Path) -> None:
    journal = Journal.open(db, tmp_path / "journal")
    took_ns: list[int] = []
    for number in range(FACTS // 5):
        began = time.perf_counter_ns()
        journal.append("ChannelAnswered", number, "0b7ee2f0-5b14-4a9b-b4a0-5d3f", PAYLOAD)
        took_ns.append(time.perf_counter_ns() - began)
        if number % 20 == 0:
            time.sleep(0.001)
    wait(lambda: journal.lag == 0)
    for number in range(FACTS):
        journal.append("ChannelAnswered", number, "0b7ee2f0-5b14-4a9b-b4a0-5d3f", PAYLOAD)
    lag = journal.lag
    drained_s = wait(lambda: journal.lag == 0)
    began_s = time.perf_counter()
    read = sum(1 for _ in journal.read_from(FACTS // 5 + 1))
    report(
        db,
        append_us={"mean": round(sum(took_ns) / len(took_ns) / 1_000, 1)}
        | {f"p{share}": percentile(took_ns, share / 100) for share in (50, 99, 99.9)},
        drained_facts_per_s=round(lag / drained_s) if drained_s else None,
        read_from_database={"facts": read, "s": round(time.perf_counter() - began_s, 2)},
    )
    journal.close()


def test_recovery_from_the_spool(db: Database, url: str, tmp_path: Path) -> None:
    arguments = [url, str(tmp_path), str(FACTS), PAYLOAD.decode()]
    killed = subprocess.run([sys.executable, "-c", FILL_AND_STOP, *arguments], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    size = sum(os.path.getsize(path) for path in (tmp_path / "journal").glob("*.jsonl"))
    began_s = time.perf_counter()
    journal = Journal.open(db, tmp_path / "journal")
    opened_s = time.perf_counter() - began_s
    facts = sum(1 for _ in journal.read_from(1))
    read_s = time.perf_counter() - began_s - opened_s
    report(db, recovered_facts=facts, bytes=size, open_s=round(opened_s, 2), read_s=round(read_s, 2))
    journal.close()


async def test_records_and_the_loop(db: Database, tmp_path: Path) -> None:
    journal, records = Journal.open(db, tmp_path / "journal"), Records(db)
    ticks: list[float] = []

    async def tick() -> None:
        while True:
            ticks.append(time.perf_counter())
            await asyncio.sleep(0.001)

    def contact(number: int) -> Contact:
        ids = ContactId(f"contact-{number}"), NodeName("n"), ChannelId(f"n-{number}")
        return Contact(*ids, InitiationMethod.INBOUND, "+15550100", "+15550199", number)

    ticking = asyncio.ensure_future(tick())
    began_s = time.perf_counter()
    for group in range(50):
        for number in range(100):
            journal.append("ChannelAnswered", number, "contact", PAYLOAD)
        await asyncio.gather(*(records.write(contact(group * 20 + n), {"n": n}, ()) for n in range(20)))
    took_s = time.perf_counter() - began_s
    ticking.cancel()
    gaps_ns = [int((later - earlier) * 1e9) - 1_000_000 for earlier, later in pairwise(ticks)]
    report(
        db,
        records_per_s=round(1_000 / took_s),
        loop_lag_us={f"p{share}": percentile(gaps_ns, share / 100) for share in (50, 99, 100)},
    )
    journal.close()
