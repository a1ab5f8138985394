"""An agent may take calls at an outside number."""

import peewee


def up(_migrator: object, db: peewee.Database) -> None:
    """Agents that are there keep their phones."""
    db.execute_sql("ALTER TABLE agent ADD COLUMN outside_number TEXT NOT NULL DEFAULT ''")
