"""Quick connects; who did what."""

import peewee

STATEMENTS = (
    """
    CREATE TABLE quick_connect (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        type TEXT NOT NULL,
        description TEXT NOT NULL,
        agent_id TEXT REFERENCES agent (id) ON DELETE RESTRICT,
        queue_id TEXT REFERENCES queue (id) ON DELETE RESTRICT,
        number TEXT NOT NULL,
        flow_id TEXT REFERENCES contact_flow (id) ON DELETE RESTRICT
    )
    """,
    "CREATE UNIQUE INDEX quick_connect_name ON quick_connect (name)",
    "CREATE INDEX quick_connect_agent_id ON quick_connect (agent_id)",
    "CREATE INDEX quick_connect_queue_id ON quick_connect (queue_id)",
    "CREATE INDEX quick_connect_flow_id ON quick_connect (flow_id)",
    """
    CREATE TABLE queue_quick_connect (
        queue_id TEXT NOT NULL REFERENCES queue (id) ON DELETE CASCADE,
        quick_connect_id TEXT NOT NULL REFERENCES quick_connect (id) ON DELETE CASCADE,
        PRIMARY KEY (queue_id, quick_connect_id)
    )
    """,
    "CREATE INDEX queue_quick_connect_quick_connect_id ON queue_quick_connect (quick_connect_id)",
    """
    CREATE TABLE audit (
        id TEXT NOT NULL PRIMARY KEY,
        at_ms {long} NOT NULL,
        by_whom TEXT NOT NULL,
        role TEXT NOT NULL,
        action TEXT NOT NULL,
        target TEXT NOT NULL,
        details TEXT NOT NULL,
        outcome TEXT NOT NULL
    )
    """,
    "CREATE INDEX audit_at_ms ON audit (at_ms)",
    "CREATE INDEX audit_target_at_ms ON audit (target, at_ms)",
    "CREATE INDEX audit_by_whom_at_ms ON audit (by_whom, at_ms)",
)


def up(_migrator: object, db: peewee.Database) -> None:
    long = "INTEGER" if isinstance(db, peewee.SqliteDatabase) else "BIGINT"
    for statement in STATEMENTS:
        db.execute_sql(statement.format(long=long))
