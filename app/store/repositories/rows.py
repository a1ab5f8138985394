"""Helpers for rows that are written under a key that the caller chose."""

from typing import Any

import peewee

from app.errors import NotFound


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
