"""Where a function lives and how it is asked: the map of the instance, then the file of its name."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any, Protocol

import msgspec

from app.calls.ports import NotAnswered
from app.domain.place import FUNCTION, Place, function_names
from app.integrations.functions.circuit import Circuit
from app.integrations.functions.workers import Workers


class Remote(Protocol):
    """How functions of one sort are asked that live elsewhere."""

    def invoke(self, place: Place, event: bytes, timeout_s: float) -> Awaitable[bytes]: ...


class MapOfFunctions:
    """`calls.ports.Functions`. `remote` says who asks each sort of place that is not a file."""

    def __init__(self, workers: Workers, remote: dict[str, Remote]) -> None:
        self._workers, self._remote = workers, remote
        self._places: dict[str, Place] = {}
        self._circuits: dict[tuple[str, str], Circuit] = {}

    def know(self, places: Iterable[Place]) -> None:
        """Takes over the map."""
        self._places = {place.called: place for place in places if place.kind == FUNCTION}

    def place(self, function: str) -> Place:
        """Where the function lives. NotAnswered when nobody knows."""
        names = function_names(function)
        for name in names:
            if name in self._places:
                return self._places[name]
        if names and self._workers.has(names[-1]):
            return Place(FUNCTION, function, "python", names[-1])
        raise NotAnswered(
            who=f"The function {function}", why="the map of functions has no such name, and the folder no such file"
        )

    async def invoke(self, function: str, event: dict[str, Any], timeout_s: float) -> bytes:
        place, written = self.place(function), msgspec.json.encode(event)
        if place.where == "python":
            return await self._workers.invoke(place.target, function, written, timeout_s)
        circuit = self._circuits.setdefault((place.where, place.target), Circuit())
        now = asyncio.get_running_loop().time
        if (wait_s := circuit.wait_s(now())) > 0:
            raise NotAnswered(who=place.target, why=f"it has failed too often; it is tried again in {wait_s:.0f} s")
        try:
            answer = await self._remote[place.where].invoke(place, written, timeout_s)
        except BaseException:
            circuit.failed(now())
            raise
        circuit.succeeded()
        return answer
