"""Questions to somebody outside, side by side: each is asked in a task of its own and answered by an event, whatever happens."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from app.calls.memory import Memory
from app.calls.ports import ANSWER_LIMIT, Helpers, NotAnswered
from app.calls.vault import Vault
from app.domain.events import BotReplied, Event, FunctionReturned, InputSealed
from app.domain.ids import ExecutionId, InvocationId
from app.domain.questions import AskBot, Invocation, InvokeFunction, SealInput
from app.errors import TrunklineError

log = structlog.get_logger(__name__)

NOT_SET_UP = "none is set up"
GRACE_S = 0.05
"""Who keeps the time limit says best what was too slow; after this much more it is kept here."""
DEEPEST = 32
"""Lists and objects in one another in a function's answer."""


class Outside:
    """Asks and posts the answers. What one of them does, and how long it takes, is nobody else's matter."""

    def __init__(self, helpers: Helpers, vault: Vault, post: Callable[[Event], None]) -> None:
        self._helpers, self._vault, self._post = helpers, vault, post
        self._tasks: dict[InvocationId, asyncio.Task[None]] = {}
        self.asked = 0

    @property
    def active(self) -> int:
        """Questions that are not answered yet."""
        return len(self._tasks)

    def ask(self, command: Invocation) -> None:
        """Asks; the answer comes as an event. A question that is being asked already is not asked again."""
        if command.invocation_id in self._tasks:
            return
        self.asked += 1
        entered = self._vault.take(command.channel_id, command.keys) if isinstance(command, SealInput) else None
        task = asyncio.get_running_loop().create_task(self._answer(command, entered))
        self._tasks[command.invocation_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(command.invocation_id, None))

    def resume(self, memory: Memory) -> None:
        """Asks again what had no answer when the last process ended, where a run still waits for it."""
        for live in memory.contacts.values():
            for invocation_id, asked in live.asked.items():
                run = live.runs.get(ExecutionId(invocation_id.rsplit(".", 1)[0]))
                if run is not None and run.invocation_id == invocation_id and asked.command is not None:
                    self.ask(asked.command)

    def abandon(self) -> None:
        """Lets everything go unanswered: the next process asks again."""
        for task in list(self._tasks.values()):
            task.cancel()

    async def _answer(self, command: Invocation, entered: str | None) -> None:
        if isinstance(command, InvokeFunction):
            self._post(await self._invoke(command))
        elif isinstance(command, AskBot):
            self._post(await self._ask_bot(command))
        else:
            self._post(await self._seal(command, entered))

    async def _invoke(self, command: InvokeFunction) -> FunctionReturned:
        result, reason = None, ""
        try:
            if self._helpers.functions is None:
                raise NotAnswered(who="The function", why=NOT_SET_UP)
            async with asyncio.timeout(command.timeout_s + GRACE_S):
                answer = await self._helpers.functions.invoke(command.function, command.event, command.timeout_s)
            result = read_answer(answer, nested=command.nested)
        except TimeoutError:
            reason = f"The function gave no answer within {command.timeout_s:g} s."
        except Exception as error:
            reason = _words(error, command)
        return FunctionReturned(command.contact_id, command.invocation_id, result, reason)

    async def _ask_bot(self, command: AskBot) -> BotReplied:
        try:
            if self._helpers.bots is None:
                raise NotAnswered(who="The bot", why=NOT_SET_UP)
            async with asyncio.timeout(command.timeout_s):
                return await self._helpers.bots.ask(command)
        except TimeoutError:
            reason = f"The bot gave no answer within {command.timeout_s:g} s."
        except Exception as error:
            reason = _words(error, command)
        return BotReplied(command.contact_id, command.invocation_id, "", reason=reason)

    async def _seal(self, command: SealInput, entered: str | None) -> InputSealed:
        if entered is None:
            return InputSealed(
                command.contact_id,
                command.invocation_id,
                "",
                "The keys that were pressed are known no more: the application was started anew.",
                lost=True,
            )
        value, reason = "", ""
        try:
            if self._helpers.keys is None:
                raise NotAnswered(who="Encryption", why=NOT_SET_UP)
            value = await self._helpers.keys.seal(entered, command.key_id, command.certificate)
        except TrunklineError as error:
            reason = str(error)
        except Exception as error:
            reason = f"The input could not be encrypted ({type(error).__name__})."
        return InputSealed(command.contact_id, command.invocation_id, value, reason)


def _words(error: Exception, command: Invocation) -> str:
    if isinstance(error, TrunklineError):
        return str(error)
    log.exception("a question to somebody outside failed", question=type(command).__name__)
    return f"{type(error).__name__}: {error}"


def read_answer(answer: bytes, *, nested: bool) -> dict[str, Any]:
    """A function's answer as external attributes: a flat object of text, or any object when `nested`.

    Numbers and booleans of a flat object are taken as text, null as the empty text. NotAnswered says what is wrong with it.
    """
    if len(answer) > ANSWER_LIMIT:
        raise NotAnswered(who="The function", why=f"it answered with more than {ANSWER_LIMIT // 1024} KB")
    try:
        value = msgspec.json.decode(answer)
        msgspec.json.encode(value)
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        raise NotAnswered(who="The function", why=f"it did not answer with JSON ({error})") from None
    if not isinstance(value, dict):
        raise NotAnswered(who="The function", why="its answer is not a JSON object")
    if _depth(value) > DEEPEST:
        raise NotAnswered(who="The function", why=f"its answer is nested more than {DEEPEST} deep")
    if nested:
        return value
    for name, each in value.items():
        if isinstance(each, dict | list):
            raise NotAnswered(who="The function", why=f"{name!r} in its answer is not text, a number or a boolean")
    return {name: _flat(each) for name, each in value.items()}


def _depth(value: Any) -> int:
    """How many lists and objects lie in one another. The decoder has refused what is too deep to be walked."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


def _flat(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
