"""Everything that can be asked of the service layer, in one table: from it come the API's routes, the permission checks, the audit and
docs/api.md."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.calls.ports.asks import agents, contacts, outbound, reading, supervision
from app.calls.ports.permissions import Permission
from app.calls.ports.views import (
    AgentView,
    AuditEntry,
    CallbackView,
    ContactAnswer,
    ContactView,
    ExplanationView,
    PanelView,
    QueueView,
    QuickConnectView,
    RecordView,
    SoftphoneAccess,
    Started,
    Status,
    WaitingView,
)
from app.domain.trace import TraceEntry
from app.errors import (
    BadInput,
    ContactGone,
    Denied,
    LimitReached,
    NotFound,
    NotNow,
    NotYours,
    TrunklineError,
    Unavailable,
)

Errors = tuple[type[TrunklineError], ...]

OWN: Errors = (NotYours, ContactGone, NotNow)
"""What stands in the way of an agent who does something with a contact."""


@dataclass(frozen=True, slots=True)
class Action:
    """A row. `ask` is the request's dataclass: its docstring says what is done, its fields are the path's, the query's (GET and DELETE)
    and the JSON body's. `answer` is the shape of what comes back. `by_agent`: only for users who are agents."""

    ask: type
    method: str
    path: str
    permission: Permission
    answer: Any
    errors: Errors = ()
    by_agent: bool = False
    audited: bool = False

    @property
    def name(self) -> str:
        """What the audit calls it, such as `end after contact work`."""
        letters = (f" {letter.lower()}" if letter.isupper() else letter for letter in self.ask.__name__)
        return "".join(letters).strip()


def _read(ask: type, path: str, permission: Permission, answer: Any, *errors: type[TrunklineError]) -> Action:
    return Action(ask, "GET", path, permission, answer, errors)


def _do(
    ask: type, path: str, permission: Permission, answer: Any, *errors: type[TrunklineError], method: str = "POST"
) -> Action:
    return Action(ask, method, path, permission, answer, errors, audited=True)


def _own(ask: type, verb: str, *errors: type[TrunklineError]) -> Action:
    """Something an agent does with a contact of their own."""
    path = f"/api/contacts/{{contact_id}}/{verb}"
    return Action(ask, "POST", path, Permission.TAKE_CONTACTS, ContactAnswer, (*OWN, *errors), True, True)


def _panel(
    ask: type,
    method: str,
    path: str,
    answer: Any,
    *errors: type[TrunklineError],
    needs: Permission = Permission.TAKE_CONTACTS,
) -> Action:
    """Something an agent does without a contact."""
    return Action(ask, method, f"/api/panel{path}", needs, answer, errors, by_agent=True, audited=method != "GET")


_ROWS = (
    _read(reading.ReadStatus, "/api/status", Permission.SEE_STATUS, Status),
    _do(reading.Reload, "/api/reload", Permission.CONFIGURE, None),
    _panel(agents.ReadPanel, "GET", "", PanelView),
    _panel(agents.ListQuickConnects, "GET", "/quick-connects", tuple[QuickConnectView, ...]),
    _panel(agents.ChoosePhone, "POST", "/phone", AgentView, BadInput, NotFound, NotNow),
    _panel(
        agents.ConnectSoftphone,
        "POST",
        "/softphone",
        SoftphoneAccess,
        BadInput,
        Unavailable,
        needs=Permission.USE_PHONE,
    ),
    _panel(agents.ClearContact, "POST", "/clear", AgentView, NotNow),
    _panel(
        contacts.Dial,
        "POST",
        "/calls",
        ContactAnswer,
        BadInput,
        NotFound,
        NotNow,
        LimitReached,
        needs=Permission.CALL_OUT,
    ),
    _do(
        agents.ChooseStatus,
        "/api/agents/{agent_id}/status",
        Permission.CHANGE_AGENTS,
        AgentView,
        Denied,
        NotFound,
        BadInput,
    ),
    _own(contacts.Decline, "decline"),
    _own(contacts.HangUp, "hang-up"),
    _own(contacts.Hold, "hold"),
    _own(contacts.Resume, "resume"),
    _own(contacts.Mute, "mute"),
    _own(contacts.SendDigits, "digits", BadInput),
    _own(contacts.Transfer, "transfer", BadInput, NotFound, LimitReached),
    _own(contacts.Swap, "swap"),
    _own(contacts.Join, "join"),
    _own(contacts.Drop, "drop"),
    _own(contacts.Leave, "leave"),
    _own(contacts.PauseRecording, "recording-pause"),
    _own(agents.EndAfterContactWork, "end-work"),
    _read(supervision.ListContacts, "/api/contacts", Permission.SEE_CONTACTS, tuple[ContactView, ...]),
    _read(
        supervision.ReadContact, "/api/contacts/{contact_id}/live", Permission.SEE_CONTACTS, ContactView, ContactGone
    ),
    _read(
        supervision.ExplainContact,
        "/api/contacts/{contact_id}/explanation",
        Permission.SEE_CONTACTS,
        ExplanationView,
        NotFound,
    ),
    _read(supervision.ReadWaiting, "/api/contacts/{contact_id}/waiting", Permission.SEE_STATUS, WaitingView, NotFound),
    _do(
        supervision.Supervise,
        "/api/contacts/{contact_id}/supervision",
        Permission.SUPERVISE,
        ContactAnswer,
        BadInput,
        ContactGone,
        NotNow,
    ),
    _do(
        supervision.StopSupervising,
        "/api/contacts/{contact_id}/supervision",
        Permission.SUPERVISE,
        ContactAnswer,
        ContactGone,
        NotNow,
        method="DELETE",
    ),
    _read(supervision.ListQueues, "/api/queues", Permission.SEE_STATUS, tuple[QueueView, ...]),
    _do(
        outbound.StartOutboundContact,
        "/api/outbound-contacts",
        Permission.START_CONTACTS,
        Started,
        BadInput,
        NotFound,
        NotNow,
        LimitReached,
    ),
    _read(outbound.ListCallbacks, "/api/callbacks", Permission.SEE_CONTACTS, tuple[CallbackView, ...]),
    _do(
        outbound.CancelCallback,
        "/api/callbacks/{contact_id}",
        Permission.MANAGE_CALLBACKS,
        None,
        ContactGone,
        NotNow,
        method="DELETE",
    ),
    _read(reading.ListRecords, "/api/records", Permission.SEE_RECORDS, tuple[RecordView, ...], BadInput),
    _read(reading.ReadRecord, "/api/contacts/{contact_id}", Permission.SEE_RECORDS, dict[str, Any], NotFound),
    _read(
        reading.ReadTrace, "/api/contacts/{contact_id}/trace", Permission.SEE_RECORDS, tuple[TraceEntry, ...], NotFound
    ),
    Action(
        reading.OpenRecording,
        "GET",
        "/api/contacts/{contact_id}/recording",
        Permission.HEAR_RECORDINGS,
        Path,
        (NotFound,),
        audited=True,
    ),
    _read(supervision.ListAudit, "/api/audit", Permission.SEE_AUDIT, tuple[AuditEntry, ...], BadInput),
)

ACTIONS: dict[type, Action] = {row.ask: row for row in _ROWS}
"""The rows, by what is asked."""
