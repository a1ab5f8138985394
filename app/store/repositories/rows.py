"""Helpers for rows that are written under a key that the caller chose."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import peewee

from app.errors import NotFound
from app.store.models.base import JsonField, current


def insert_once(model: type[peewee.Model], rows: Sequence[Mapping[str, object]]) -> None:
    """Adds rows that all have the same columns; those whose key is there already are left as they are.

    Every call writes such rows, so the statement is not made by peewee, which takes longer for that than the database for the
    insertion. Peewee's defaults do not apply: `rows` name every column that the table wants.
    """
    database = current.obj
    assert database is not None
    columns, json = tuple(rows[0]), _json_columns(model)
    values = [json[name].db_value(row[name]) if name in json else row[name] for row in rows for name in columns]
    places = ", ".join([f"({', '.join([database.param] * len(columns))})"] * len(rows))
    table = model._meta.table_name
    database.execute_sql(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places} ON CONFLICT DO NOTHING", values)


@cache
def _json_columns(model: type[peewee.Model]) -> dict[str, JsonField]:
    return {name: field for name, field in model._meta.fields.items() if isinstance(field, JsonField)}


def upsert(model: type[peewee.Model], keys: dict[str, Any], values: dict[str, Any]) -> None:
    """Writes a row under its key, new or changed. What refers to the row stays."""
    insertion = model.insert(**keys, **values)
    targets = [getattr(model, name) for name in keys]
    if values:
        changes = {getattr(model, name): value for name, value in values.items()}
        insertion.on_conflict(conflict_target=targets, update=changes).execute()
    else:
        insertion.on_conflict_ignore().execute()


def remove(model: type[peewee.Model], key: str, what: str) -> None:
    """Deletes the row with this primary key; NotFound when there is none."""
    if not model.delete_by_id(key):
        raise NotFound(what=what, name=key)
