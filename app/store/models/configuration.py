"""Tables of what administrators set."""

import peewee
from peewee import BigIntegerField, BooleanField, CompositeKey, ForeignKeyField, IntegerField, TextField

from app.store.models.base import Base, JsonField


class Setting(Base):
    key = TextField(primary_key=True)
    value = JsonField()


class WebUser(Base):
    """Somebody who may sign in: `role` is one of `calls.ports.ROLES`."""

    username = TextField(primary_key=True)
    password_hash = TextField()
    role = TextField()
    agent_id = TextField(null=True)
    disabled = BooleanField(default=False)
    must_change_password = BooleanField(default=False)
    created_ms = BigIntegerField()
    last_login_ms = BigIntegerField(null=True)


class WebSession(Base):
    """A session of the web, by the hash of its token: what is kept here opens no door."""

    token_hash = TextField(primary_key=True)
    user = ForeignKeyField(WebUser, backref="sessions", on_delete="CASCADE", column_name="username")
    created_ms = BigIntegerField()
    seen_ms = BigIntegerField()
    expires_ms = BigIntegerField(index=True)


class HoursOfOperation(Base):
    """`spans` is a list of [weekday, start minute, end minute]."""

    id = TextField(primary_key=True)
    name = TextField(unique=True)
    time_zone = TextField()
    spans = JsonField()


class Queue(Base):
    id = TextField(primary_key=True)
    name = TextField(unique=True)
    hours = ForeignKeyField(HoursOfOperation, null=True, on_delete="RESTRICT")
    capacity = IntegerField(null=True)
    enabled = BooleanField(default=True)
    outbound_number = TextField(null=True)
    outbound_name = TextField(null=True)
    outbound_flow = TextField(null=True)


class RoutingProfile(Base):
    id = TextField(primary_key=True)
    name = TextField(unique=True)


class RoutingProfileQueue(Base):
    profile = ForeignKeyField(RoutingProfile, backref="queues", on_delete="CASCADE", index=False)
    queue = ForeignKeyField(Queue, on_delete="RESTRICT")
    channel = TextField(default="VOICE")
    priority = IntegerField(default=1)
    delay_s = IntegerField(default=0)

    class Meta:
        primary_key = CompositeKey("profile", "queue", "channel")


class Phone(Base):
    """As `domain.lines.Phone`."""

    name = TextField(primary_key=True)
    secret = TextField()
    kind = TextField()
    codecs = JsonField()
    transport = TextField()


class Agent(Base):
    id = TextField(primary_key=True)
    username = TextField(unique=True)
    profile = ForeignKeyField(RoutingProfile, on_delete="RESTRICT")
    phone = ForeignKeyField(Phone, null=True, on_delete="SET NULL", column_name="phone")
    first_name = TextField(default="")
    last_name = TextField(default="")
    ring_timeout_s = IntegerField(default=20)
    after_contact_work_s = IntegerField(null=True)
    available_when_registered = BooleanField(default=False)
    missed_return_s = IntegerField(null=True)
    auto_accept = BooleanField(default=False)
    missed_limit = IntegerField(null=True)
    missed_limit_status = TextField(default="Offline")
    offline_when_lost_s = IntegerField(null=True)
    outside_number = TextField(default="")
    softphone = BooleanField(default=False)
    """The agent's browser rings instead of the phone."""


class AgentStatus(Base):
    """A status of the instance's own; Available and Offline are in no table."""

    name = TextField(primary_key=True)
    productive = BooleanField(default=False)
    enabled = BooleanField(default=True)
    description = TextField(default="")


class Trunk(Base):
    """As `domain.lines.Trunk`; `position` is its order (a word that SQL keeps for itself), `match_addresses` its match."""

    name = TextField(primary_key=True)
    mode = TextField()
    host = TextField()
    port = IntegerField()
    transport = TextField()
    srtp = TextField()
    username = TextField(default="")
    secret = TextField(default="")
    codecs = JsonField()
    match_addresses = JsonField()
    position = IntegerField(default=1)
    enabled = BooleanField(default=True)
    from_user = TextField(default="")
    from_domain = TextField(default="")
    outbound_caller_id = TextField(default="")
    tls_verify = BooleanField(default=True)
    media_timeout_s = IntegerField(default=0)


class ContactFlow(Base):
    id = TextField(primary_key=True)
    name = TextField(unique=True)
    type = TextField()
    description = TextField(default="")
    published_version = IntegerField(null=True)


class FlowDraft(Base):
    """What was saved of a flow and is not published yet."""

    flow = ForeignKeyField(ContactFlow, primary_key=True, backref="drafts", on_delete="CASCADE")
    content = TextField()
    saved_ms = BigIntegerField()
    saved_by = TextField(default="")


class FlowVersion(Base):
    """A published version of a flow; it never changes. A rollback publishes an old one anew, `restored_from` its number."""

    flow = ForeignKeyField(ContactFlow, backref="versions", on_delete="CASCADE", index=False)
    version = IntegerField()
    content = TextField()
    published_ms = BigIntegerField()
    published_by = TextField(default="")
    restored_from = IntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("flow", "version")


class QuickConnect(Base):
    """As `domain.quick_connect.QuickConnect`."""

    id = TextField(primary_key=True)
    name = TextField(unique=True)
    type = TextField()
    description = TextField()
    agent = ForeignKeyField(Agent, null=True, on_delete="RESTRICT")
    queue = ForeignKeyField(Queue, null=True, on_delete="RESTRICT")
    number = TextField(default="")
    flow = ForeignKeyField(ContactFlow, null=True, on_delete="RESTRICT")


class QueueQuickConnect(Base):
    """Which quick connects agents have who serve the queue."""

    queue = ForeignKeyField(Queue, on_delete="CASCADE", index=False)
    quick_connect = ForeignKeyField(QuickConnect, on_delete="CASCADE")

    class Meta:
        primary_key = CompositeKey("queue", "quick_connect")


class DefaultFlow(Base):
    type = TextField(primary_key=True)
    flow = ForeignKeyField(ContactFlow, on_delete="RESTRICT")


class PhoneNumber(Base):
    number = TextField(primary_key=True)
    flow = ForeignKeyField(ContactFlow, on_delete="RESTRICT")
    trunk = ForeignKeyField(Trunk, null=True, on_delete="SET NULL", column_name="trunk")
    description = TextField(default="")


class Prompt(Base):
    id = TextField(primary_key=True)
    name = TextField(unique=True)
    path = TextField()
    description = TextField(default="")
    duration_ms = IntegerField(null=True)


class ResourceMapping(Base):
    """What imported flows name (an ARN, id or name), and the id or name of our resource that is meant."""

    kind = TextField()
    imported = TextField()
    own = TextField()

    class Meta:
        primary_key = CompositeKey("kind", "imported")


class Place(Base):
    """Where a function or bot lives; `runs` is how it is asked there."""

    kind = TextField()
    called = TextField()
    runs = TextField()
    target = TextField()
    secret = TextField(default="")

    class Meta:
        primary_key = CompositeKey("kind", "called")


class Configuration(Base):
    """A configuration of the instance as JSON, by the hash of its content."""

    version = TextField(primary_key=True)
    content = TextField()
    created_ms = BigIntegerField()


CONFIGURATION_MODELS: tuple[type[peewee.Model], ...] = (
    Setting,
    WebUser,
    WebSession,
    HoursOfOperation,
    Queue,
    RoutingProfile,
    RoutingProfileQueue,
    Phone,
    Agent,
    AgentStatus,
    Trunk,
    ContactFlow,
    FlowDraft,
    FlowVersion,
    QuickConnect,
    QueueQuickConnect,
    DefaultFlow,
    PhoneNumber,
    Prompt,
    ResourceMapping,
    Place,
    Configuration,
)
