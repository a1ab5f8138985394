"""The first schema: what administrators set, and what happened."""

import peewee

CONFIGURATION = (
    """
    CREATE TABLE setting (
        key TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE web_user (
        username TEXT NOT NULL PRIMARY KEY,
        password_hash TEXT NOT NULL,
        role TEXT NOT NULL,
        agent_id TEXT,
        disabled {flag} NOT NULL,
        must_change_password {flag} NOT NULL,
        created_ms {long} NOT NULL,
        last_login_ms {long}
    )
    """,
    """
    CREATE TABLE web_session (
        token_hash TEXT NOT NULL PRIMARY KEY,
        username TEXT NOT NULL REFERENCES web_user (username) ON DELETE CASCADE,
        created_ms {long} NOT NULL,
        seen_ms {long} NOT NULL,
        expires_ms {long} NOT NULL
    )
    """,
    "CREATE INDEX web_session_username ON web_session (username)",
    "CREATE INDEX web_session_expires_ms ON web_session (expires_ms)",
    """
    CREATE TABLE hours_of_operation (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        time_zone TEXT NOT NULL,
        spans TEXT NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX hours_of_operation_name ON hours_of_operation (name)",
    """
    CREATE TABLE queue (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        hours_id TEXT REFERENCES hours_of_operation (id) ON DELETE RESTRICT,
        capacity INTEGER,
        enabled {flag} NOT NULL,
        outbound_number TEXT,
        outbound_name TEXT
    )
    """,
    "CREATE UNIQUE INDEX queue_name ON queue (name)",
    "CREATE INDEX queue_hours_id ON queue (hours_id)",
    """
    CREATE TABLE routing_profile (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX routing_profile_name ON routing_profile (name)",
    """
    CREATE TABLE routing_profile_queue (
        profile_id TEXT NOT NULL REFERENCES routing_profile (id) ON DELETE CASCADE,
        queue_id TEXT NOT NULL REFERENCES queue (id) ON DELETE RESTRICT,
        channel TEXT NOT NULL,
        priority INTEGER NOT NULL,
        delay_s INTEGER NOT NULL,
        PRIMARY KEY (profile_id, queue_id, channel)
    )
    """,
    "CREATE INDEX routing_profile_queue_queue_id ON routing_profile_queue (queue_id)",
    """
    CREATE TABLE phone (
        name TEXT NOT NULL PRIMARY KEY,
        secret TEXT NOT NULL,
        kind TEXT NOT NULL,
        codecs TEXT NOT NULL,
        transport TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE agent (
        id TEXT NOT NULL PRIMARY KEY,
        username TEXT NOT NULL,
        profile_id TEXT NOT NULL REFERENCES routing_profile (id) ON DELETE RESTRICT,
        phone TEXT REFERENCES phone (name) ON DELETE SET NULL,
        first_name TEXT NOT NULL,
        last_name TEXT NOT NULL,
        ring_timeout_s INTEGER NOT NULL,
        after_contact_work_s INTEGER,
        available_when_registered {flag} NOT NULL,
        missed_return_s INTEGER
    )
    """,
    "CREATE UNIQUE INDEX agent_username ON agent (username)",
    "CREATE INDEX agent_profile_id ON agent (profile_id)",
    "CREATE INDEX agent_phone ON agent (phone)",
    """
    CREATE TABLE trunk (
        name TEXT NOT NULL PRIMARY KEY,
        mode TEXT NOT NULL,
        host TEXT NOT NULL,
        port INTEGER NOT NULL,
        transport TEXT NOT NULL,
        srtp TEXT NOT NULL,
        username TEXT NOT NULL,
        secret TEXT NOT NULL,
        codecs TEXT NOT NULL,
        match_addresses TEXT NOT NULL,
        position INTEGER NOT NULL,
        enabled {flag} NOT NULL,
        from_user TEXT NOT NULL,
        from_domain TEXT NOT NULL,
        outbound_caller_id TEXT NOT NULL,
        tls_verify {flag} NOT NULL,
        media_timeout_s INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE contact_flow (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        type TEXT NOT NULL,
        description TEXT NOT NULL,
        published_version INTEGER
    )
    """,
    "CREATE UNIQUE INDEX contact_flow_name ON contact_flow (name)",
    """
    CREATE TABLE flow_version (
        flow_id TEXT NOT NULL REFERENCES contact_flow (id) ON DELETE CASCADE,
        version INTEGER NOT NULL,
        content TEXT NOT NULL,
        state TEXT NOT NULL,
        created_ms {long} NOT NULL,
        created_by TEXT NOT NULL,
        PRIMARY KEY (flow_id, version)
    )
    """,
    """
    CREATE TABLE default_flow (
        type TEXT NOT NULL PRIMARY KEY,
        flow_id TEXT NOT NULL REFERENCES contact_flow (id) ON DELETE RESTRICT
    )
    """,
    "CREATE INDEX default_flow_flow_id ON default_flow (flow_id)",
    """
    CREATE TABLE phone_number (
        number TEXT NOT NULL PRIMARY KEY,
        flow_id TEXT NOT NULL REFERENCES contact_flow (id) ON DELETE RESTRICT,
        trunk TEXT REFERENCES trunk (name) ON DELETE SET NULL,
        description TEXT NOT NULL
    )
    """,
    "CREATE INDEX phone_number_flow_id ON phone_number (flow_id)",
    "CREATE INDEX phone_number_trunk ON phone_number (trunk)",
    """
    CREATE TABLE prompt (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        path TEXT NOT NULL,
        description TEXT NOT NULL,
        duration_ms INTEGER
    )
    """,
    "CREATE UNIQUE INDEX prompt_name ON prompt (name)",
    """
    CREATE TABLE configuration (
        version TEXT NOT NULL PRIMARY KEY,
        content TEXT NOT NULL,
        created_ms {long} NOT NULL
    )
    """,
)

HISTORY = (
    """
    CREATE TABLE journal (
        seq {long} NOT NULL PRIMARY KEY,
        at_ms {long} NOT NULL,
        kind TEXT NOT NULL,
        contact_id TEXT,
        payload TEXT NOT NULL
    )
    """,
    "CREATE INDEX journal_contact_id ON journal (contact_id)",
    """
    CREATE TABLE snapshot (
        seq {long} NOT NULL PRIMARY KEY,
        payload {bytes} NOT NULL
    )
    """,
    """
    CREATE TABLE contact_record (
        contact_id TEXT NOT NULL PRIMARY KEY,
        initial_contact_id TEXT,
        previous_contact_id TEXT,
        next_contact_id TEXT,
        channel TEXT NOT NULL,
        initiation_method TEXT NOT NULL,
        customer_number TEXT NOT NULL,
        system_number TEXT NOT NULL,
        initiated_ms {long} NOT NULL,
        connected_to_system_ms {long},
        enqueued_ms {long},
        dequeued_ms {long},
        connected_to_agent_ms {long},
        interaction_ended_ms {long},
        after_work_started_ms {long},
        after_work_ended_ms {long},
        disconnected_ms {long},
        finished_ms {long},
        disconnect_reason TEXT,
        queue_id TEXT,
        queue_name TEXT NOT NULL,
        agent_id TEXT,
        agent_username TEXT NOT NULL,
        profile_id TEXT,
        profile_name TEXT NOT NULL,
        connection_attempts INTEGER NOT NULL,
        attributes TEXT NOT NULL,
        record TEXT NOT NULL,
        trace TEXT NOT NULL
    )
    """,
    "CREATE INDEX contact_record_initiated_ms ON contact_record (initiated_ms)",
    "CREATE INDEX contact_record_agent_id_initiated_ms ON contact_record (agent_id, initiated_ms)",
    "CREATE INDEX contact_record_queue_id_initiated_ms ON contact_record (queue_id, initiated_ms)",
    "CREATE INDEX contact_record_customer_number_initiated_ms ON contact_record (customer_number, initiated_ms)",
    """
    CREATE TABLE recording (
        contact_id TEXT NOT NULL PRIMARY KEY,
        status TEXT NOT NULL,
        location TEXT NOT NULL,
        duration_ms {long} NOT NULL,
        size_bytes {long} NOT NULL,
        sha256 TEXT NOT NULL,
        reason TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE agent_event (
        id TEXT NOT NULL PRIMARY KEY,
        at_ms {long} NOT NULL,
        agent_id TEXT NOT NULL,
        type TEXT NOT NULL,
        event TEXT NOT NULL
    )
    """,
    "CREATE INDEX agent_event_at_ms ON agent_event (at_ms)",
    "CREATE INDEX agent_event_agent_id_at_ms ON agent_event (agent_id, at_ms)",
)


def up(_migrator: object, db: peewee.Database) -> None:
    """Makes all tables; the braces stand for the engine's names of types."""
    if isinstance(db, peewee.SqliteDatabase):
        types = {"long": "INTEGER", "flag": "INTEGER", "bytes": "BLOB"}
    else:
        types = {"long": "BIGINT", "flag": "BOOLEAN", "bytes": "BYTEA"}
    for statement in CONFIGURATION + HISTORY:
        db.execute_sql(statement.format_map(types))
