"""What a run of a flow is between two events, what it may look at, and what one step of it yields."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.domain.commands import Command
from app.domain.contact import Contact
from app.domain.figures import QueueFigures
from app.domain.ids import ChannelId, ContactId, ExecutionId, FlowId, InvocationId, PlaybackId, QueueId, TimerId
from app.domain.instance import Agent, FlowType, Instance
from app.domain.requests import Request
from app.domain.trace import TraceEntry

FLOW_ATTRIBUTES = "FlowAttributes"
"""Where a run's memory keeps what Set flow attributes sets; gone when another flow begins."""
MODULES = "Modules"
"""Where it keeps how the last module ended."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a run returns to from a module: the block that invoked it, and the memory of the flow that the block is in."""

    flow_id: FlowId
    version: int
    block: str
    memory: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlowState:
    """One run, as plain JSON: whatever is not in here does not survive a restart.

    The dictionaries are replaced, never changed in place. `block` None means that the run is over.
    """

    execution_id: ExecutionId
    contact_id: ContactId
    channel_id: ChannelId
    type: FlowType
    flow_id: FlowId
    version: int
    block: str | None
    counter: int = 0
    """How many ids this run has given out; playback 3 of run R is `R.3`, timer 4 is `R.t4`."""
    steps: int = 0
    """Blocks entered since the run last waited."""
    entered_ms: int = 0
    """When the present block was entered."""
    waiting_ms: int = 0
    """Since when the run waits."""
    locals: dict[str, Any] = field(default_factory=dict)
    """The present block's own notes; gone when it is left."""
    memory: dict[str, Any] = field(default_factory=dict)
    """What outlives a block: results by the name of their JSONPath root (`External`), counters, the loop to return to."""
    typed: str = ""
    """Keys pressed before anybody asked for them."""
    playback_id: PlaybackId | None = None
    timers: dict[str, TimerId] = field(default_factory=dict)
    """The block's pending timers by the block's name for them."""
    invocation_id: InvocationId | None = None
    """What the block asked and has no answer to yet."""
    callers: tuple[Caller, ...] = ()
    """The flows and modules that wait for the present module, the outermost first."""

    visit: dict[str, Any] | None = None
    """What the present block was given, for its entry in the flow log; None while logging is off."""

    @property
    def ended(self) -> bool:
        return self.block is None


@dataclass(frozen=True, slots=True)
class FlowView:
    """Everything a flow may look at. `draw` gives the next random number in [0, 1); `agent` is the one the contact is with."""

    instance: Instance
    contact: Contact
    figures: Callable[[QueueId], QueueFigures]
    agent: Agent | None
    draw: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Step:
    """The result of one step: the run's new state, the contact as the blocks changed it, what is to be done, what happened.

    `commands` holds commands and requests in order; a run's last step holds exactly one FlowEnded or EnterQueue.
    """

    state: FlowState
    contact: Contact
    commands: tuple[Command | Request, ...] = ()
    trace: tuple[TraceEntry, ...] = ()
    log: tuple[dict[str, Any], ...] = ()
    """Entries of the flow log."""
