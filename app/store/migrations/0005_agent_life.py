"""Statuses of the instance's own; an agent's phone may answer by itself; rules for agents who miss contacts or lose their phone."""

import peewee

STATEMENTS = (
    """
    CREATE TABLE agent_status (
        name TEXT NOT NULL PRIMARY KEY,
        productive {flag} NOT NULL,
        enabled {flag} NOT NULL,
        description TEXT NOT NULL
    )
    """,
    "ALTER TABLE agent ADD COLUMN auto_accept {flag} NOT NULL DEFAULT {no}",
    "ALTER TABLE agent ADD COLUMN missed_limit INTEGER",
    "ALTER TABLE agent ADD COLUMN missed_limit_status TEXT NOT NULL DEFAULT 'Offline'",
    "ALTER TABLE agent ADD COLUMN offline_when_lost_s INTEGER",
)


def up(_migrator: object, db: peewee.Database) -> None:
    """Agents that are there keep working as before: every rule is off."""
    sqlite = isinstance(db, peewee.SqliteDatabase)
    flag, no = ("INTEGER", "0") if sqlite else ("BOOLEAN", "FALSE")
    for statement in STATEMENTS:
        db.execute_sql(statement.format(flag=flag, no=no))
