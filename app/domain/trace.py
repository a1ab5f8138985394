"""What happened to a contact, for people: the blocks it went through and the decisions that were made about it."""

from dataclasses import dataclass, field
from typing import Any

from app.domain.ids import ContactId


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One step. `kind` is `block`, `routing`, `call` or `error`; `what` its name; `result` the branch taken or the outcome."""

    at_ms: int
    kind: str
    what: str
    result: str = ""
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WriteFlowLog:
    """A command of the shell: entries of the flow log, as JSON objects, in their order, of blocks that the contact went through."""

    contact_id: ContactId
    entries: tuple[dict[str, Any], ...]
