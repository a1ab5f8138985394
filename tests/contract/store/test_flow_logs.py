"""The flow log in the store: written beside the calls, never twice, in order, also after the database was away."""

import asyncio
import time
from contextlib import suppress
from typing import Any

import pytest

from app.calls.ports import LoggedBlock
from app.errors import Unavailable
from app.store.db import Database
from app.store.repositories.flow_logs import BATCH, DAY_MS, FlowLogs

pytestmark = pytest.mark.contract


def block(seq: int, position: int = 0, contact_id: str = "c1", at_ms: int | None = None) -> LoggedBlock:
    moment_ms = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    return LoggedBlock(seq, position, moment_ms, contact_id, {"Identifier": f"{seq}.{position}", "Text": "Zoë \u0000"})


def places(entries: tuple[dict[str, Any], ...]) -> list[str]:
    return [entry["Identifier"] for entry in entries]


class Interrupted(Database):
    """A database that is away while a test wants it to be."""

    away = False

    async def run(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        if self.away:
            raise Unavailable(what="The database", why="the test took it away", remedy="")
        return await super().run(function, *args, **kwargs)


async def test_entries_are_kept_in_order_and_once(db: Database) -> None:
    logs = FlowLogs(db)
    for number in (block(7, 1), block(7), block(9, contact_id="c2"), block(8), block(7)):
        logs.append(number)
    assert places(await logs.read("c1")) == ["7.0", "7.1", "8.0"]
    assert places(await FlowLogs(db).read("c2")) == ["9.0"]
    assert await logs.read("c3") == ()
    assert (await logs.read("c2"))[0]["Text"] == "Zoë \u0000"


async def test_what_waits_is_written_by_itself_in_batches(db: Database) -> None:
    logs = FlowLogs(db)
    running = asyncio.create_task(logs.run())
    for seq in range(BATCH + 5):
        logs.append(block(seq))
    async with asyncio.timeout(10):
        while len(await FlowLogs(db).read("c1")) < BATCH + 5:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_database_that_is_away_is_waited_for(url: str, tmp_path: Any) -> None:
    database = Interrupted(url, tmp_path)
    try:
        logs = FlowLogs(database)
        running = asyncio.create_task(logs.run())
        await logs.flush()
        database.away = True
        logs.append(block(1))
        with pytest.raises(Unavailable):
            await logs.flush()
        logs.append(block(2))
        assert await logs.read("c1") == ()
        database.away = False
        async with asyncio.timeout(10):
            while len(await FlowLogs(database).read("c1")) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    finally:
        database.close()


async def test_old_entries_are_forgotten(db: Database) -> None:
    logs = FlowLogs(db, keep_days=2)
    logs.append(block(1, at_ms=time.time_ns() // 1_000_000 - 3 * DAY_MS))
    logs.append(block(2))
    await logs.flush()
    assert await logs.clean() == 1
    assert places(await logs.read("c1")) == ["2.0"]
