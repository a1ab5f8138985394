"""What a walk leaves: the blocks it went through, what was heard, how it ended, and what went wrong inside."""

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.contact import Contact
from app.domain.ids import FlowId


class End(StrEnum):
    """How a walk can end; `Ending.name` says which one."""

    DISCONNECT = "disconnect"
    """The flow hung up."""
    ENDED = "end"
    """The flow is over: End flow, or there was no further block."""
    FAILED = "failed"
    CALLER = "caller hung up"
    CANCELLED = "cancelled"
    QUEUE = "queue"
    """The contact waits in this queue."""
    AGENT = "agent"
    """This agent took the contact and hung up after the talk."""
    NUMBER = "number"
    """The caller was connected to this number for good."""
    TO_AGENT = "transfer to agent"
    FLOW = "flow"
    """The contact was handed to a flow that is not at hand."""
    HOLD = "hold"
    TIME = "time is up"
    STUCK = "stuck"
    """The run waits for something that nobody will ever send."""


@dataclass(frozen=True, slots=True)
class Ending:
    kind: End
    name: str = ""
    reason: str = ""

    @property
    def words(self) -> str:
        """As a scenario expects it: `disconnect`, `queue Sales`, `number +12025550199`."""
        return f"{self.kind.value} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Visit:
    """A block that was left, or (without a block) something that happened around the flow. Times count from the call's beginning."""

    at_ms: int
    took_ms: int
    flow_id: FlowId
    flow: str
    block: str
    title: str
    branch: str
    """The branch's label or the result in words."""
    key: str = ""
    """The branch's key in the compiled flow; empty when the block was not left by a branch."""
    heard: tuple[str, ...] = ()
    changed: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FunctionCall:
    name: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that must never happen: an exception, a state that does not survive the journal. `place` is where in Trunkline."""

    flow: str
    block: str
    words: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Walked:
    """One walk, from beginning to end."""

    ending: Ending
    took_ms: int
    path: tuple[Visit, ...]
    heard: tuple[str, ...]
    calls: tuple[FunctionCall, ...]
    contact: Contact
    faults: tuple[Fault, ...] = ()
