"""What all models share: the database of the running thread, and a text column that holds JSON."""

import json
import threading
from typing import TYPE_CHECKING, Any

import msgspec
import peewee

_here = threading.local()


def use_database(database: peewee.Database) -> None:
    """Models used by this thread speak to `database` from now on."""
    _here.database = database


class _ThreadDatabase(peewee.DatabaseProxy):
    """Each worker thread belongs to one database, so one process can hold several (as a copy between engines needs)."""

    @property
    def obj(self) -> peewee.Database | None:
        return getattr(_here, "database", None)

    @obj.setter
    def obj(self, value: peewee.Database | None) -> None:
        pass


current = _ThreadDatabase()


class JsonField(peewee.TextField):
    """JSON kept as text exactly as it was given, on both engines (Postgres's own type reorders keys and refuses U+0000)."""

    def db_value(self, value: Any) -> str:
        return msgspec.json.encode(value).decode()

    def python_value(self, value: Any) -> Any:
        return json.loads(value)


class Base(peewee.Model):
    """A table. Ids are text, times are whole milliseconds since the epoch."""

    class Meta:
        database = current
        legacy_table_names = False

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Peewee gives every foreign key `x` a plain `x_id`, which its stubs do not know."""
            ...
