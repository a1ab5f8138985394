"""What repositories and first-class objects share. Their methods are generated, see `generated/`."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from app.telephony.ari.operation import Operation

if TYPE_CHECKING:
    from app.telephony.ari.client import AriClient
    from app.telephony.ari.dispatch import Subscription
    from app.telephony.ari.generated.event_union import Event


class Repository:
    """The operations of one resource, as in `client.channels`."""

    __slots__ = ("_client",)

    def __init__(self, client: "AriClient") -> None:
        self._client = client

    async def _send(
        self, operation: Operation, ids: tuple[str, ...] = (), parameters: Mapping[str, object] | None = None
    ) -> Any:
        return await self._client.request(operation.request(ids, parameters))


class AriObject:
    """Something Asterisk holds, with what Asterisk last said about it in `json`.

    `id` names it on its node: an endpoint's is `technology/resource`.
    """

    __slots__ = ("client", "id", "json")
    kind: str

    def __init__(self, client: "AriClient", json: Any) -> None:
        self.client = client
        self.json = json
        self.id: str = self._identify()

    def _identify(self) -> str:
        return str(self.json["id"])

    def on_event(self, event_type: str, listener: Callable[[Any, "Event"], object]) -> "Subscription":
        """Calls `listener(object, event)` for each event of this type that concerns this very object."""
        return self.client.listeners.add_object(self.kind, self.id, event_type, listener)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} on {self.client.node.name}>"
