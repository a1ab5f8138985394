"""Where functions and bots live."""

import peewee


def up(_migrator: object, db: peewee.Database) -> None:
    db.execute_sql(
        """
        CREATE TABLE place (
            kind TEXT NOT NULL,
            called TEXT NOT NULL,
            runs TEXT NOT NULL,
            target TEXT NOT NULL,
            secret TEXT NOT NULL,
            PRIMARY KEY (kind, called)
        )
        """
    )
