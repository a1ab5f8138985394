"""One Asterisk for the module's tests, and for each test a fresh client that it has connected to."""

import asyncio
import math
import struct
import wave
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.telephony.ari import AriClient, AriNode, AriRequestFailed, AriServer
from tests.rig.asterisk import AsteriskRig


@dataclass(slots=True)
class Connection:
    """A client, the server it is reached by, and everything the client told."""

    rig: AsteriskRig
    client: AriClient
    server: AriServer
    events: list[Any] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    async def until(self, condition: Callable[[], object], what: str, timeout_s: float = 10.0) -> None:
        """Waits until the condition holds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not condition():  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
        assert condition(), f"not within {timeout_s} s: {what}"

    def of(self, event_type: str, **ids: str) -> list[Any]:
        """The events of this type whose channel, playback or bridge has this id."""
        found = [event for event in self.events if event["type"] == event_type]
        return [event for event in found if all(event.get(name, {}).get("id") == value for name, value in ids.items())]

    async def event(self, event_type: str, timeout_s: float = 10.0, **ids: str) -> Any:
        await self.until(lambda: self.of(event_type, **ids), f"{event_type} {ids}", timeout_s)
        return self.of(event_type, **ids)[0]


def connection_to(rig: AsteriskRig, *, port: int | None = None, **options: Any) -> Connection:
    """A client and a server that wait for this Asterisk."""
    node = AriNode(rig.node, rig.base_url, rig.ari_user, rig.ari_password)
    client = AriClient(node, rig.application, **options)
    listener = AriServer(
        [client],
        user=rig.listener_user,
        password=rig.listener_password,
        port=rig.listener_port if port is None else port,
    )
    connection = Connection(rig, client, listener)
    client.sink = lambda _, event: connection.events.append(event)
    client.on_disconnected = lambda _, reason: connection.lost.append(reason)
    return connection


@pytest.fixture(scope="module")
def rig() -> Iterator[AsteriskRig]:
    with AsteriskRig() as running:
        yield running


@pytest.fixture
async def connection(rig: AsteriskRig) -> AsyncIterator[Connection]:
    made = connection_to(rig)
    await made.server.start()
    await made.until(lambda: made.client.connected, "Asterisk connects", 10)
    yield made
    if not made.client.closed:
        await clean(made.client)
        await made.server.close()


async def clean(client: AriClient) -> None:
    """Leaves no channel and no bridge behind."""
    for item in [*await client.channels.list(), *await client.bridges.list()]:
        with suppress(AriRequestFailed):
            await (client.channels.hangup(item.id) if item.kind == "Channel" else client.bridges.destroy(item.id))
    async with asyncio.timeout(5):
        while await client.channels.list() or await client.bridges.list():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Media URI of ten seconds of 440 Hz."""
    path: Path = tmp_path_factory.mktemp("sounds") / "tone.wav"
    samples = (int(8_000 * math.sin(2 * math.pi * 440 * index / 8_000)) for index in range(80_000))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return f"sound:{path.with_suffix('')}"
