"""The journal's table: facts in by the batch and out in order, with the least work that each engine allows."""

from collections.abc import Iterable
from typing import cast

import peewee

from app.calls.ports import Fact
from app.store.models.base import current
from app.store.models.history import Journal, Snapshot

SNAPSHOTS_KEPT = 3

_COLUMNS = "seq, at_ms, kind, contact_id, payload"
_SQLITE_INSERT = f"INSERT INTO journal ({_COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_POSTGRES_INSERT = (
    f"INSERT INTO journal ({_COLUMNS}) "
    "SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING"
)


def insert_facts(facts: list[Fact]) -> None:
    """Adds facts; those whose number is there already are left as they are."""
    rows = [(fact.seq, fact.at_ms, fact.kind, fact.contact_id, fact.payload.decode()) for fact in facts]
    database = current.obj
    assert database is not None
    if isinstance(database, peewee.SqliteDatabase):
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined]
            database.connection().executemany(_SQLITE_INSERT, rows)
    else:
        database.execute_sql(_POSTGRES_INSERT, [list(column) for column in zip(*rows, strict=True)])


def facts_from(seq: int, limit: int) -> list[Fact]:
    """Up to `limit` facts from number `seq` on."""
    query = Journal.select().where(Journal.seq >= seq).order_by(Journal.seq).limit(limit)
    return _facts(query)


def facts_of_contact(contact_id: str) -> list[Fact]:
    """All facts that name the contact."""
    query = Journal.select().where(Journal.contact_id == contact_id).order_by(Journal.seq)
    return _facts(query)


def _facts(query: "peewee.ModelSelect[Journal]") -> list[Fact]:
    rows = cast("Iterable[tuple[int, int, str, str | None, str]]", query.tuples())
    return [Fact(seq, at_ms, kind, contact_id, payload.encode()) for seq, at_ms, kind, contact_id, payload in rows]


def last_seq() -> int:
    """The highest number ever given to a fact that reached the database, 0 when there was none."""
    numbers = (
        Journal.select(peewee.fn.MAX(Journal.seq)).scalar(),
        Snapshot.select(peewee.fn.MAX(Snapshot.seq)).scalar(),
    )
    return max(number or 0 for number in numbers)


def store_snapshot(seq: int, payload: bytes) -> None:
    """Keeps the newest snapshots; writing one twice is harmless."""
    Snapshot.insert(seq=seq, payload=payload).on_conflict(
        conflict_target=[Snapshot.seq], update={Snapshot.payload: payload}
    ).execute()
    kept = [row.seq for row in Snapshot.select(Snapshot.seq).order_by(Snapshot.seq.desc()).limit(SNAPSHOTS_KEPT)]
    Snapshot.delete().where(Snapshot.seq.not_in(kept)).execute()


def newest_snapshot() -> tuple[int, bytes] | None:
    row = Snapshot.select().order_by(Snapshot.seq.desc()).first()
    return None if row is None else (row.seq, bytes(row.payload))


def delete_facts(before_seq: int, limit: int) -> int:
    """Removes up to `limit` of the oldest facts numbered below `before_seq`, never one that the newest snapshot lacks."""
    newest = Snapshot.select(peewee.fn.MAX(Snapshot.seq)).scalar() or 0
    oldest = Journal.select(peewee.fn.MIN(Journal.seq)).scalar() or 0
    end = min(before_seq, newest + 1, oldest + limit)
    return int(Journal.delete().where(Journal.seq < end).execute())
