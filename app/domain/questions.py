"""Questions that a flow asks somebody outside: functions, bots, and whoever encrypts. Commands of the shell, each answered by an event."""

from dataclasses import dataclass
from typing import Any

from app.domain.ids import ChannelId, ContactId, InvocationId


@dataclass(frozen=True, slots=True)
class InvokeFunction:
    """Asks a function (its ARN or name); FunctionReturned answers, within `timeout_s` at the latest.

    `event` is the JSON object that the function receives. Its answer is flat text unless `nested` allows any JSON object.
    """

    contact_id: ContactId
    invocation_id: InvocationId
    function: str
    event: dict[str, Any]
    timeout_s: float
    nested: bool = False


@dataclass(frozen=True, slots=True)
class AskBot:
    """Tells a bot what the customer said or pressed; BotReplied answers. `text` empty opens the talk."""

    contact_id: ContactId
    invocation_id: InvocationId
    bot: str
    alias: str
    region: str
    text: str
    session_id: str
    session_attributes: dict[str, str]
    dialog: dict[str, Any]
    """The bot's own state, as it gave it with its last reply."""
    name: str = ""
    """What people call a bot that is named by ARN."""
    language: str = "en-US"
    timeout_s: float = 8.0


@dataclass(frozen=True, slots=True)
class SealInput:
    """Encrypts the keys that were kept out of sight for a channel; InputSealed answers.

    `keys` is the entry as the run saw it: CONCEALED for each key that was kept from it.
    """

    contact_id: ContactId
    invocation_id: InvocationId
    channel_id: ChannelId
    key_id: str
    certificate: str
    """X.509 certificate, PEM."""
    keys: str


Invocation = InvokeFunction | AskBot | SealInput
"""Questions to somebody outside; each is answered by an event with its `invocation_id`."""
