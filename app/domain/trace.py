"""What happened to a contact, for people: the blocks it went through and the decisions that were made about it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One step. `kind` is `block`, `routing`, `call` or `error`; `what` its name; `result` the branch taken or the outcome."""

    at_ms: int
    kind: str
    what: str
    result: str = ""
    details: dict[str, str] = field(default_factory=dict)
