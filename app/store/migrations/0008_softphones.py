"""Agents whose browser rings; their desk phone stays theirs meanwhile."""

import peewee


def up(_migrator: object, db: peewee.Database) -> None:
    """Agents that are there keep the phone they have."""
    flag, no = ("INTEGER", "0") if isinstance(db, peewee.SqliteDatabase) else ("BOOLEAN", "FALSE")
    db.execute_sql(f"ALTER TABLE agent ADD COLUMN softphone {flag} NOT NULL DEFAULT {no}")
