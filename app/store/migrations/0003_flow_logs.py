"""The flow log."""

import peewee

STATEMENTS = (
    """
    CREATE TABLE flow_log (
        seq {long} NOT NULL,
        position INTEGER NOT NULL,
        at_ms {long} NOT NULL,
        contact_id TEXT NOT NULL,
        entry TEXT NOT NULL,
        PRIMARY KEY (seq, position)
    )
    """,
    "CREATE INDEX flow_log_at_ms ON flow_log (at_ms)",
    "CREATE INDEX flow_log_contact_id ON flow_log (contact_id)",
)


def up(_migrator: object, db: peewee.Database) -> None:
    long = "INTEGER" if isinstance(db, peewee.SqliteDatabase) else "BIGINT"
    for statement in STATEMENTS:
        db.execute_sql(statement.format(long=long))
