"""The caller: one end of a Local channel in a Stasis application of its own, whose other end is the customer of the contact centre.

What the caller hears is recorded by a snoop channel, because that one keeps time: where nothing is sent to the caller, the
recording has silence instead of a gap. And like a telephone the caller sends sound all the time, silence at least: from files, since
Asterisk drops what a generator makes while the other end of a Local channel hears music on hold.
"""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from app.config import Settings
from app.errors import Unavailable
from app.telephony.ari import AriClient, AriError, AriNode
from app.telephony.node.secrets import load_or_create

ARI_USER = "trunkline"
CONTEXT = "trunkline-test"
RING_LIMIT_S = 60
GREETING = "sound:hello-world"
"""What the caller says once an agent has answered."""
SILENCE = ("sound:silence/10",) * 6
_CAUSES = {
    0: "the call ended",
    1: "the number is not in service here (unallocated number)",
    16: "the other side hung up",
    17: "busy",
    18: "nobody answered",
    19: "nobody answered",
    21: "the call was refused",
    34: "there was no free line",
    38: "the network failed",
}


class Caller:
    """One test call. `answered` and `ended` are set as it goes; `cause` says how it ended, in words."""

    def __init__(self, ari: AriClient, token: str) -> None:
        self._ari = ari
        self.token = token
        """Names this call in the contact's path."""
        self.channel, self._far, self._ear = (f"call-{token}-{end}" for end in ("caller", "line", "ear"))
        self._playback = ""
        self._playbacks = 0
        self._taken = False
        self._recording = f"call-{token}"
        self.answered, self.ended = asyncio.Event(), asyncio.Event()
        self.cause = ""
        self._tasks: set[asyncio.Task[None]] = set()

    async def dial(self, number: str, calling: str) -> None:
        """Places the call; `answered` or `ended` follows."""
        await self._ari.channels.originate(
            endpoint=f"Local/{number}@{CONTEXT}/n",
            app=self._ari.application,
            channelId=self.channel,
            otherChannelId=self._far,
            callerId=calling,
            timeout=RING_LIMIT_S,
            variables={"TRUNKLINE_TEST": self.token},
        )

    async def press(self, digit: str) -> None:
        """A key; a playback would hold it up until its end."""
        await self._fall_silent()
        await self._ari.channels.sendDTMF(self.channel, dtmf=digit)
        await self._say(SILENCE)

    async def say_hello(self) -> None:
        await self._fall_silent()
        await self._say((GREETING, *SILENCE))

    async def hang_up(self) -> None:
        """Ends the call; one that is over already is no error."""
        self.cause = self.cause or "the caller hung up"
        with contextlib.suppress(AriError):
            await self._ari.channels.hangup(self.channel)

    async def take_recording(self) -> bytes:
        """The WAV of what the caller heard, removed from Asterisk. Empty when there is none."""
        self._taken = True
        with contextlib.suppress(AriError):
            await self._ari.channels.hangup(self._ear)
        for _ in range(20):
            try:
                sound = await self._ari.recordings.getStoredFile(self._recording)
                await self._ari.recordings.deleteStored(self._recording)
                return bytes(sound)
            except AriError:
                await asyncio.sleep(0.1)
        return b""

    async def leave_nothing(self) -> None:
        """Hangs up, and removes a recording that nobody took: the call was interrupted."""
        await self.hang_up()
        if self.answered.is_set() and not self._taken:
            await self.take_recording()

    def happened(self, event: dict[str, Any]) -> None:
        """One event of the caller's own application."""
        kind = event["type"]
        if kind == "PlaybackFinished" and event["playback"]["id"] == self._playback:
            self._do(self._say(SILENCE))
        if (event.get("channel") or {}).get("id") != self.channel:
            return
        if kind == "StasisStart":
            self.answered.set()
            self._do(self._begin())
        elif kind == "ChannelDestroyed":
            cause = int(event.get("cause") or 0)
            self.cause = self.cause or _CAUSES.get(cause, str(event.get("cause_txt") or f"cause {cause}"))
            self.ended.set()

    def _do(self, work: Coroutine[None, None, None]) -> None:
        """Does something meanwhile; a call that ends under it is no error."""

        async def do() -> None:
            with contextlib.suppress(AriError):
                await work

        task = asyncio.ensure_future(do())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _begin(self) -> None:
        """Records from the answer on, and sends silence."""
        application = self._ari.application
        await self._ari.channels.snoopChannelWithId(self.channel, self._ear, spy="in", app=application)
        await self._ari.channels.record(self._ear, name=self._recording, format="wav", ifExists="overwrite")
        await self._say(SILENCE)

    async def _say(self, media: tuple[str, ...]) -> None:
        self._playbacks += 1
        self._playback = f"{self.channel}-{self._playbacks}"
        await self._ari.channels.playWithId(self.channel, self._playback, media=list(media))

    async def _fall_silent(self) -> None:
        playback, self._playback = self._playback, ""
        if playback:
            with contextlib.suppress(AriError):
                await self._ari.playbacks.stop(playback)


@asynccontextmanager
async def caller_on(settings: Settings) -> AsyncIterator[Caller]:
    """A caller on this installation's Asterisk. Unavailable when it does not answer. Whatever happens, the call is hung up."""
    token = secrets.token_hex(4)
    base_url = f"http://127.0.0.1:{settings.http_port}/ari"
    password = load_or_create(settings.var).ari_password
    node = AriNode(settings.node, base_url, ARI_USER, password)
    application = f"trunkline-call-{token}"
    async with AriClient(node, application) as ari, aiohttp.ClientSession(trust_env=False) as session:
        caller = Caller(ari, token)
        websocket = await _open_events(session, base_url, application, password)
        reader = asyncio.ensure_future(_read(websocket, caller))
        try:
            yield caller
        finally:
            await caller.leave_nothing()
            await websocket.close()
            await asyncio.wait({reader}, timeout=1)


async def _open_events(
    session: aiohttp.ClientSession, base_url: str, application: str, password: str
) -> aiohttp.ClientWebSocketResponse:
    headers = {"Authorization": aiohttp.encode_basic_auth(ARI_USER, password)}
    try:
        return await session.ws_connect(f"{base_url}/events", params={"app": application}, headers=headers)
    except (aiohttp.ClientError, OSError, TimeoutError) as reason:
        status = getattr(reason, "status", None)
        refused = f"it refuses the password of {ARI_USER}" if status == 401 else f"nothing answers at {base_url}"
        raise Unavailable(
            what="Asterisk", why=refused, remedy="Start the server with `make run`; `python -m app doctor` tells more."
        ) from None


async def _read(websocket: aiohttp.ClientWebSocketResponse, caller: Caller) -> None:
    async for message in websocket:
        if message.type is aiohttp.WSMsgType.TEXT:
            caller.happened(json.loads(message.data))
    if not caller.ended.is_set():
        caller.cause = "Asterisk closed the connection"
        caller.ended.set()
