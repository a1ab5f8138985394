"""Outbound with nothing behind it: requests are noted and answered by script."""

import json
import uuid
from pathlib import Path
from typing import Any

from app.domain.commands import TelephonyCommand
from app.domain.events import Event
from app.domain.ids import NodeName
from app.errors import BadInput
from app.telephony.ari.client import AriClient
from app.telephony.ari.errors import AriRequestFailed
from app.telephony.ari.node import AriNode
from app.telephony.ari.operation import Request
from app.telephony.inbound import Inbound
from app.telephony.media import Media
from app.telephony.outbound import Outbound
from app.telephony.recording.recorder import Recorder
from app.telephony.speech.prompt_file import PromptFile

NODE = NodeName("node1")
TRUNKS = ("PJSIP/{number}@a", "PJSIP/{number}@b")


class ScriptedClient(AriClient):
    """Notes requests instead of sending them. `answers` are taken first, by method and address; the rest succeeds."""

    def __init__(self) -> None:
        super().__init__(AriNode("node1", "http://127.0.0.1:1/ari", "user", "password"), "trunkline")
        self.sent: list[str] = []
        self.queries: list[dict[str, str]] = []
        self.bodies: list[Any] = []
        self.answers: dict[str, Any] = {}

    async def request(self, request: Request, timeout_s: float | None = None) -> Any:
        line = f"{request.operation.method} {request.uri}"
        self.sent.append(line)
        self.queries.append(dict(request.query))
        self.bodies.append(json.loads(request.body or b"null"))
        answer = self.answers.get(line, {"id": "x"})
        if isinstance(answer, Exception):
            raise answer
        return answer

    def refuse(self, line: str, status: int, reason: str = "no") -> None:
        self.answers[line] = AriRequestFailed(operation=line, node="node1", status_code=status, reason=reason)


class ScriptedManager:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.error: Exception | None = None

    async def mix_monitor(self, channel: str, file: str | None = None, *, options: str = "") -> None:
        self.sent.append((channel, options))
        if self.error is not None:
            raise self.error

    async def stop_mix_monitor(self, channel: str, mix_monitor_id: str | None = None) -> None:
        self.sent.append((channel, "stop"))
        if self.error is not None:
            raise self.error

    async def mix_monitor_mute(self, channel: str, direction: str, muted: bool) -> None:
        self.sent.append((channel, f"{direction} {'silent' if muted else 'recorded'}"))


class ScriptedSpeech:
    async def prompt(self, text: str, *, ssml: bool | None = None, voice: str = "", language: str = "") -> PromptFile:
        if not text:
            raise BadInput(what="a prompt", why="it says nothing")
        return PromptFile(Path(f"/{text}.wav"), f"sound:/{text}", 500)


class OutboundRig:
    def __init__(self, folder: Path) -> None:
        self.told: list[Event] = []
        self.client, self.manager = ScriptedClient(), ScriptedManager()
        self.recorder = Recorder(folder / "recordings", self.told.append)
        media = Media(ScriptedSpeech(), lambda _: None, folder / "silence")
        inbound = Inbound(NODE, uuid.UUID(int=1))
        self.browsers = False
        self.outbound = Outbound(
            NODE,
            self.client,
            self.manager,
            inbound,
            media,
            self.recorder,
            self.told.append,
            lambda: TRUNKS,
            lambda: self.browsers,
        )

    async def send(self, command: TelephonyCommand) -> list[str]:
        """The requests that this command became."""
        before = len(self.client.sent)
        await self.outbound.carry_out(command)
        return self.client.sent[before:]
