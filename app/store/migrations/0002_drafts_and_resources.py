"""A flow's draft stands apart from its versions, which are published ones only; the map of resources."""

import peewee

STATEMENTS = (
    """
    CREATE TABLE flow_draft (
        flow_id TEXT NOT NULL PRIMARY KEY REFERENCES contact_flow (id) ON DELETE CASCADE,
        content TEXT NOT NULL,
        saved_ms {long} NOT NULL,
        saved_by TEXT NOT NULL
    )
    """,
    """
    INSERT INTO flow_draft (flow_id, content, saved_ms, saved_by)
    SELECT saved.flow_id, saved.content, saved.created_ms, saved.created_by
    FROM flow_version AS saved
    WHERE saved.state = 'saved'
      AND saved.version = (SELECT MAX(every.version) FROM flow_version AS every WHERE every.flow_id = saved.flow_id)
    """,
    "DELETE FROM flow_version WHERE state = 'saved'",
    "ALTER TABLE flow_version DROP COLUMN state",
    "ALTER TABLE flow_version RENAME COLUMN created_ms TO published_ms",
    "ALTER TABLE flow_version RENAME COLUMN created_by TO published_by",
    "ALTER TABLE flow_version ADD COLUMN restored_from INTEGER",
    """
    CREATE TABLE resource_mapping (
        kind TEXT NOT NULL,
        imported TEXT NOT NULL,
        own TEXT NOT NULL,
        PRIMARY KEY (kind, imported)
    )
    """,
)


def up(_migrator: object, db: peewee.Database) -> None:
    """A version that was saved but never published and is not the newest is forgotten: nothing could bring it back."""
    long = "INTEGER" if isinstance(db, peewee.SqliteDatabase) else "BIGINT"
    for statement in STATEMENTS:
        db.execute_sql(statement.format(long=long))
