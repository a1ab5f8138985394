"""Functions, bots and keys in memory and in virtual time."""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.calls.ports import NotAnswered
from app.domain.events import BotReplied
from app.domain.questions import AskBot
from app.telephony.fake.agenda import Agenda


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function answers: `value` as JSON after `takes_ms`, or nothing because of `fails`."""

    value: Any = None
    takes_ms: int = 0
    fails: str = ""


class FakeFunctions:
    """Functions by name: an answer, or what makes one of the event. `events` keeps what they were told."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self.answers: dict[str, Answer | Callable[[dict[str, Any]], Answer]] = {}
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.waiting = 0
        """Invocations that wait for virtual time to pass."""

    async def invoke(self, function: str, event: dict[str, Any], timeout_s: float) -> bytes:
        self.events.append((function, event))
        answer = self.answers.get(function)
        if answer is None:
            raise NotAnswered(who=f"The function {function}", why="there is none of this name")
        if not isinstance(answer, Answer):
            answer = answer(event)
        limit_ms = round(timeout_s * 1000)
        await self._pass(min(answer.takes_ms, limit_ms))
        if answer.takes_ms >= limit_ms:
            raise NotAnswered(who=f"The function {function}", why=f"it did not return within {timeout_s:g} s")
        if answer.fails:
            raise NotAnswered(who=f"The function {function}", why=answer.fails)
        return json.dumps(answer.value).encode()

    async def _pass(self, duration_ms: int) -> None:
        if duration_ms <= 0:
            return
        over = asyncio.get_running_loop().create_future()
        entry = self._agenda.after(duration_ms, lambda: over.set_result(None))
        self.waiting += 1
        try:
            await over
        finally:
            self.waiting -= 1
            entry.cancel()


class FakeBots:
    """Bots by name, each what makes a reply of a question."""

    def __init__(self) -> None:
        self.bots: dict[str, Callable[[AskBot], BotReplied]] = {}

    async def ask(self, question: AskBot) -> BotReplied:
        bot = self.bots.get(question.bot)
        if bot is None:
            raise NotAnswered(who=f"The bot {question.bot}", why="there is none of this name")
        return bot(question)


class FakeKeys:
    """Encrypts nothing, and says so. `sealed` keeps what was entered."""

    def __init__(self) -> None:
        self.sealed: list[tuple[str, str]] = []

    async def seal(self, entered: str, key_id: str, certificate: str) -> str:
        self.sealed.append((key_id, entered))
        return base64.b64encode(f"not encrypted: {len(entered)} keys for {key_id}".encode()).decode()
