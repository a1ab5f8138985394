"""A queue may have an outbound whisper flow of its own."""

import peewee


def up(_migrator: object, db: peewee.Database) -> None:
    """Queues that are there go on with the default one."""
    db.execute_sql("ALTER TABLE queue ADD COLUMN outbound_flow TEXT")
