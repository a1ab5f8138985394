"""What programs ask: calls to customers, callbacks."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StartOutboundContact:
    """Has a customer called and led through a flow (by id or name), with the caller id of a number or a queue of the instance. The
    same `client_token` starts the same contact only once, whenever it is sent again; without one every call is new."""

    number: str
    flow: str
    client_token: str = ""
    caller_number: str = ""
    queue_id: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    timeout_s: int = 30


@dataclass(frozen=True, slots=True)
class ListCallbacks:
    """Lists the callbacks that wait, in the order of their time."""


@dataclass(frozen=True, slots=True)
class CancelCallback:
    """Gives up a callback for which nobody is being called yet."""

    contact_id: str
