"""Units of work behave alike on both engines."""

import asyncio
import threading

import pytest

from app.errors import BadInput
from app.store.db import Database
from app.store.models.configuration import Queue, Setting
from tests.contract.store.conftest import Opener

pytestmark = pytest.mark.contract


def put(key: str, value: object = 0) -> str:
    Setting.insert(key=key, value=value).execute()
    return key


def keys() -> list[str]:
    return [row.key for row in Setting.select().where(~Setting.key.startswith("instance")).order_by(Setting.key)]


async def test_what_was_written_is_read(db: Database) -> None:
    value = {"b": 1, "a": ["\u0000", "é", None, 2**60]}
    assert await db.run(put, "one", value) == "one"
    assert await db.read(lambda: Setting.get_by_id("one").value) == value


async def test_many_at_once_are_all_written(db: Database) -> None:
    await asyncio.gather(*(db.run(put, f"{number:04}") for number in range(500)))
    assert await db.read(keys) == [f"{number:04}" for number in range(500)]


async def test_a_refused_unit_undoes_itself_and_no_other(db: Database) -> None:
    await db.run(put, "taken")

    def writes_then_clashes() -> None:
        put("half")
        put("taken")

    outcomes = await asyncio.gather(
        db.run(put, "before"), db.run(writes_then_clashes), db.run(put, "after"), return_exceptions=True
    )
    assert isinstance(outcomes[1], BadInput)
    assert "there already" in str(outcomes[1])
    assert await db.read(keys) == ["after", "before", "taken"]


async def test_an_error_of_the_unit_itself_comes_out_unchanged(db: Database) -> None:
    def fails() -> None:
        put("never")
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await db.run(fails)
    assert await db.read(keys) == []


async def test_foreign_keys_hold(db: Database) -> None:
    def queue_with_unknown_hours() -> None:
        Queue.insert(id="q", name="Q", hours="nowhere").execute()

    with pytest.raises(BadInput, match="does not exist"):
        await db.run(queue_with_unknown_hours)


async def test_the_loop_is_free_while_the_database_works(db: Database) -> None:
    release = threading.Event()

    def waits() -> bool:
        return release.wait(10)

    pending = [asyncio.ensure_future(db.run(waits)), asyncio.ensure_future(db.read(waits))]
    for _ in range(100):
        await asyncio.sleep(0)
    assert not any(task.done() for task in pending)
    assert await db.read(keys) == []
    release.set()
    assert await asyncio.gather(*pending) == [True, True]


def test_closing_finishes_what_is_queued(opener: Opener) -> None:
    database = opener()
    pending = [database._submit(database._writers, put, f"{number:03}") for number in range(200)]
    database.close()
    assert all(future.result(0) for future in pending)
    assert len(opener().read_now(keys)) == 200


def test_two_databases_of_one_process_do_not_meet(opener: Opener, tmp_path: "pytest.TempPathFactory") -> None:
    first, second = opener(), Database.open(f"sqlite:///{tmp_path}/other.db", tmp_path)  # type: ignore[arg-type]
    try:
        first.run_now(put, "first")
        second.run_now(put, "second")
        assert (first.read_now(keys), second.read_now(keys)) == (["first"], ["second"])
    finally:
        second.close()
