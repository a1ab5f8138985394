"""The second baseline: the least Stasis application that greets, queues first come first served, rings a free agent and joins the two.

Run by the benchmark as `python -m app.cli.benchmarks.stasis_fifo URL USER PASSWORD APPLICATION GREETING PHONES-FILE`. It keeps
nothing: no journal, no flow, no records, no recording, no recovery, no limits.
"""

import asyncio
import sys
from collections import deque
from pathlib import Path
from typing import Any

import aiohttp


class Fifo:
    """Callers wait in one line, phones in another; whoever is first in both is joined."""

    def __init__(self, session: aiohttp.ClientSession, application: str, greeting: str, phones: list[str]) -> None:
        self.session, self.application, self.greeting = session, application, greeting
        self.free, self.waiting = deque(phones), deque[str]()
        self.phone_of: dict[str, str] = {}
        self.other_of: dict[str, str] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    def event(self, event: dict[str, Any]) -> None:
        handler = getattr(self, f"on_{event['type']}", None)
        if handler is not None:
            task = asyncio.get_running_loop().create_task(handler(event))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def send(self, method: str, path: str, **parameters: str) -> None:
        async with self.session.request(method, f"ari/{path}", params=parameters) as answer:
            await answer.read()

    async def on_StasisStart(self, event: dict[str, Any]) -> None:  # noqa: N802
        channel, arguments = event["channel"]["id"], event["args"]
        if not arguments:
            await self.send("POST", f"channels/{channel}/answer")
            await self.send("POST", f"channels/{channel}/play", media=f"sound:{self.greeting}")
            return
        caller, bridge = arguments[0], f"bridge-{channel}"
        await self.send("POST", f"bridges/{bridge}", type="mixing")
        await self.send("POST", f"bridges/{bridge}/addChannel", channel=f"{caller},{channel}")

    async def on_PlaybackFinished(self, event: dict[str, Any]) -> None:  # noqa: N802
        self.waiting.append(event["playback"]["target_uri"].removeprefix("channel:"))
        await self.match()

    async def on_StasisEnd(self, event: dict[str, Any]) -> None:  # noqa: N802
        channel = event["channel"]["id"]
        if channel in self.waiting:
            self.waiting.remove(channel)
        await self.on_ChannelDestroyed(event)
        other = self.other_of.pop(channel, None)
        if other is not None:
            self.other_of.pop(other, None)
            await self.send("DELETE", f"channels/{other}")
            await self.send("DELETE", f"bridges/bridge-{max(channel, other, key=len)}")

    async def on_ChannelDestroyed(self, event: dict[str, Any]) -> None:  # noqa: N802
        """An agent's phone is free as soon as the first event says so."""
        phone = self.phone_of.pop(event["channel"]["id"], None)
        if phone is not None:
            self.free.append(phone)
            await self.match()

    async def match(self) -> None:
        while self.free and self.waiting:
            phone, caller = self.free.popleft(), self.waiting.popleft()
            agent = f"agent-{caller}"
            self.phone_of[agent], self.other_of[caller], self.other_of[agent] = phone, agent, caller
            await self.send(
                *("POST", f"channels/{agent}"),
                endpoint=f"PJSIP/{phone}",
                app=self.application,
                appArgs=caller,
                originator=caller,
            )


async def main(url: str, user: str, password: str, application: str, greeting: str, phones: str) -> None:
    """Serves until it is ended."""
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(f"{url}/", auth=aiohttp.BasicAuth(user, password), connector=connector) as session:
        fifo = Fifo(session, application, greeting, Path(phones).read_text().split())
        async with session.ws_connect("ari/events", params={"app": application}) as websocket:
            print("ready", flush=True)
            async for message in websocket:
                fifo.event(message.json())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
