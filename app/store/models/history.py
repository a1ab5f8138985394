"""Tables of what happened."""

import peewee
from peewee import BigIntegerField, BlobField, IntegerField, TextField

from app.store.models.base import Base, JsonField


class Journal(Base):
    """A fact, exactly as the spool holds it."""

    seq = BigIntegerField(primary_key=True)
    at_ms = BigIntegerField()
    kind = TextField()
    contact_id = TextField(null=True, index=True)
    payload = TextField()


class Snapshot(Base):
    """The state that all facts up to and including `seq` add up to."""

    seq = BigIntegerField(primary_key=True)
    payload = BlobField()


class ContactRecord(Base):
    """A finished contact: what lists and reports select by, the whole contact trace record and the contact's trace."""

    contact_id = TextField(primary_key=True)
    initial_contact_id = TextField(null=True)
    previous_contact_id = TextField(null=True)
    next_contact_id = TextField(null=True)
    channel = TextField(default="VOICE")
    initiation_method = TextField()
    customer_number = TextField()
    system_number = TextField()
    initiated_ms = BigIntegerField(index=True)
    connected_to_system_ms = BigIntegerField(null=True)
    enqueued_ms = BigIntegerField(null=True)
    dequeued_ms = BigIntegerField(null=True)
    connected_to_agent_ms = BigIntegerField(null=True)
    interaction_ended_ms = BigIntegerField(null=True)
    after_work_started_ms = BigIntegerField(null=True)
    after_work_ended_ms = BigIntegerField(null=True)
    disconnected_ms = BigIntegerField(null=True)
    finished_ms = BigIntegerField(null=True)
    disconnect_reason = TextField(null=True)
    queue_id = TextField(null=True)
    queue_name = TextField(default="")
    agent_id = TextField(null=True)
    agent_username = TextField(default="")
    profile_id = TextField(null=True)
    profile_name = TextField(default="")
    connection_attempts = IntegerField(default=0)
    attributes = JsonField()
    record = JsonField()
    trace = JsonField()

    class Meta:
        indexes = (
            (("agent_id", "initiated_ms"), False),
            (("queue_id", "initiated_ms"), False),
            (("customer_number", "initiated_ms"), False),
        )


class Recording(Base):
    """The recording of a contact: `status` is AVAILABLE, DELETED or FAILED."""

    contact_id = TextField(primary_key=True)
    status = TextField()
    location = TextField(default="")
    duration_ms = BigIntegerField(default=0)
    size_bytes = BigIntegerField(default=0)
    sha256 = TextField(default="")
    reason = TextField(default="")


class AgentEvent(Base):
    """What an agent did or what became of them, as the agent event stream words it; written once for each id."""

    id = TextField(primary_key=True)
    at_ms = BigIntegerField(index=True)
    agent_id = TextField()
    type = TextField()
    event = JsonField()

    class Meta:
        indexes = ((("agent_id", "at_ms"), False),)


class FlowLog(Base):
    """An entry of the flow log, under the journal's fact that led to it and its place among those of that fact."""

    seq = BigIntegerField()
    position = IntegerField()
    at_ms = BigIntegerField(index=True)
    contact_id = TextField(index=True)
    entry = JsonField()

    class Meta:
        primary_key = peewee.CompositeKey("seq", "position")


class Audit(Base):
    """Who did what to what, and how it ended."""

    id = TextField(primary_key=True)
    at_ms = BigIntegerField(index=True)
    by_whom = TextField()
    role = TextField()
    action = TextField()
    target = TextField()
    details = JsonField()
    outcome = TextField()

    class Meta:
        indexes = ((("target", "at_ms"), False), (("by_whom", "at_ms"), False))


HISTORY_MODELS: tuple[type[peewee.Model], ...] = (
    Journal,
    Snapshot,
    ContactRecord,
    Recording,
    AgentEvent,
    FlowLog,
    Audit,
)
