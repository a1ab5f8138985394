"""Who a flow can ask outside: functions, bots, and whoever encrypts for a private key's holder."""

from dataclasses import dataclass
from typing import Any, Protocol

from app.domain.events import BotReplied
from app.domain.questions import AskBot
from app.errors import TrunklineError


class NotAnswered(TrunklineError):
    """{who} gave no answer: {why}."""


class Functions(Protocol):
    """The other end of Invoke function. `app.integrations.functions` is the real one, `app.sim.outside` the one in memory."""

    async def invoke(self, function: str, event: dict[str, Any], timeout_s: float) -> bytes:
        """What the function (its ARN or name) answers to the event, as JSON text of at most `ANSWER_LIMIT` bytes.

        NotAnswered in every other case, at the latest after `timeout_s`. Being cancelled ends what was begun.
        """
        ...


class Bots(Protocol):
    """The other end of Get customer input from a bot. `docs/bots.md` says what a bot promises."""

    async def ask(self, question: AskBot) -> BotReplied:
        """NotAnswered when the bot cannot be asked."""
        ...


class Keys(Protocol):
    """Encrypts what customers enter, for the holder of a private key only."""

    async def seal(self, entered: str, key_id: str, certificate: str) -> str:
        """The ciphertext in base64. NotAnswered when the certificate cannot be used; the reason never holds what was entered."""
        ...


ANSWER_LIMIT = 32 * 1024
"""Bytes of a function's answer."""


@dataclass(frozen=True, slots=True)
class Helpers:
    """Everybody outside that a flow can ask. What is None is not set up."""

    functions: Functions | None = None
    bots: Bots | None = None
    keys: Keys | None = None
