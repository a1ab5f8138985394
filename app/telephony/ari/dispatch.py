"""Listeners after ari-py's manner: by type of event, by kind of object, by one very object."""

import asyncio
import inspect
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from app.telephony.ari.base import AriObject
from app.telephony.ari.generated import channel_object, objects
from app.telephony.ari.generated.event_union import OBJECT_FIELDS, Event

if TYPE_CHECKING:
    from app.telephony.ari.client import AriClient

log = logging.getLogger(__name__)

EventListener = Callable[[Event], object]
ObjectListener = Callable[[Any, Event], object]


class Subscription:
    """A listener that is listening. `close` ends that."""

    __slots__ = ("_listeners", "_table", "_where")

    def __init__(self, table: dict[Any, list[Any]], where: Any, listener: Any) -> None:
        self._table = table
        self._where = where
        self._listeners = listener
        table.setdefault(where, []).append(listener)

    def close(self) -> None:
        """Stops listening; once is enough."""
        listeners = self._table.get(self._where, [])
        if self._listeners in listeners:
            listeners.remove(self._listeners)
        if not listeners:
            self._table.pop(self._where, None)


class Listeners:
    """Who wants to hear of what. A listener may be a coroutine function: it then runs as a task of its own."""

    def __init__(self, client: "AriClient") -> None:
        self._client = client
        self._by_type: dict[str, list[EventListener]] = {}
        self._by_kind: dict[tuple[str, str], list[ObjectListener]] = {}
        self._by_object: dict[tuple[str, str, str], list[ObjectListener]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def add(self, event_type: str, listener: EventListener) -> Subscription:
        return Subscription(self._by_type, event_type, listener)

    def add_kind(self, kind: str, event_type: str, listener: ObjectListener) -> Subscription:
        """Raises ValueError for a type of event that never concerns this kind of object."""
        if not any(field_kind == kind for _, field_kind in OBJECT_FIELDS.get(event_type, ())):
            raise ValueError(f"{event_type} brings no {kind}")
        return Subscription(self._by_kind, (kind, event_type), listener)

    def add_object(self, kind: str, object_id: str, event_type: str, listener: ObjectListener) -> Subscription:
        return Subscription(self._by_object, (kind, object_id, event_type), listener)

    def dispatch(self, event: Event) -> None:
        """Calls everybody concerned. A listener that raises is logged and disturbs nobody."""
        event_type = event["type"]
        for listener in tuple(self._by_type.get(event_type, ())):
            self._call(event_type, listener, event)
        if not (self._by_kind or self._by_object):
            return
        heard: set[str] = set()
        for field, kind in OBJECT_FIELDS.get(event_type, ()):
            json = event.get(field)
            if json is None:
                continue
            item = make(self._client, kind, json)
            if kind not in heard:
                heard.add(kind)
                for object_listener in tuple(self._by_kind.get((kind, event_type), ())):
                    self._call(event_type, object_listener, item, event)
            for object_listener in tuple(self._by_object.get((kind, item.id, event_type), ())):
                self._call(event_type, object_listener, item, event)

    def _call(self, event_type: str, listener: Callable[..., object], *arguments: object) -> None:
        try:
            outcome = listener(*arguments)
        except Exception:
            log.exception("an ARI listener failed", extra={"node": self._client.node.name, "event_type": event_type})
            return
        if inspect.iscoroutine(outcome):
            self.spawn(outcome)

    def spawn(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Runs a coroutine as a task that is kept, and logged if it fails."""
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("an ARI listener failed", exc_info=task.exception(), extra={"node": self._client.node.name})

    def close(self) -> None:
        """Cancels what listeners still run."""
        for task in self._tasks:
            task.cancel()


def make(client: "AriClient", kind: str, json: Any) -> AriObject:
    """The first-class object of this kind."""
    made: AriObject = getattr(channel_object if kind == "Channel" else objects, kind)(client, json)
    return made
