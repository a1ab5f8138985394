"""Bots of Amazon Lex V2, by its operation RecognizeText."""

from typing import Any
from urllib.parse import quote

import msgspec

from app.calls.ports import NotAnswered
from app.domain.events import BotReplied
from app.domain.place import lex_bot
from app.domain.questions import AskBot
from app.integrations.aws import Aws

STATES = {"Close": "", "ConfirmIntent": "ConfirmIntent", "ElicitIntent": "ElicitIntent", "ElicitSlot": "ElicitSlot"}
"""What Lex wants next, as the state of the dialog; at its close and where Lex leaves it to us, the intent's own state counts."""


class LexBots:
    """Asks Lex. It keeps the talk itself, under the session's id."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    async def ask(self, arn: str, question: AskBot) -> BotReplied:
        """The bot's reply. An opening needs nothing of Lex: the flow's prompt, or the caller, has the first word."""
        if not question.text:
            return BotReplied(
                question.contact_id,
                question.invocation_id,
                "ElicitIntent",
                session_attributes=question.session_attributes,
            )
        region, bot, alias = lex_bot(arn)
        locale, session = question.language.replace("-", "_"), quote(question.session_id, safe="")
        path = f"/bots/{bot}/botAliases/{alias}/botLocales/{locale}/sessions/{session}/text"
        body: dict[str, Any] = {"text": question.text}
        if question.session_attributes:
            body["sessionState"] = {"sessionAttributes": question.session_attributes}
        reply = await self._aws.post("lexv2-runtime", region, path, msgspec.json.encode(body), question.timeout_s)
        if reply.status != 200:
            raise NotAnswered(
                who=arn, why=f"Amazon Lex says {reply.status}: {reply.body[:300].decode(errors='replace')}"
            )
        try:
            return read_reply(question, msgspec.json.decode(reply.body))
        except (msgspec.DecodeError, AttributeError, TypeError) as error:
            raise NotAnswered(who=arn, why=f"what Amazon Lex answered cannot be read ({error})") from None


def read_reply(question: AskBot, answer: dict[str, Any]) -> BotReplied:
    """A RecognizeText response as a reply."""
    state = answer.get("sessionState") or {}
    intent, action = state.get("intent") or {}, state.get("dialogAction") or {}
    messages = [
        message.get("content", "")
        for message in answer.get("messages") or ()
        if message.get("contentType") in ("PlainText", "SSML", "CustomPayload")
    ]
    slots = {name: _value(slot) for name, slot in (intent.get("slots") or {}).items()}
    return BotReplied(
        question.contact_id,
        question.invocation_id,
        STATES.get(action.get("type", ""), "") or intent.get("state") or "Failed",
        " ".join(filter(None, messages)),
        intent.get("name") or "",
        slots,
        {name: str(value) for name, value in (state.get("sessionAttributes") or {}).items()},
        slot=action.get("slotToElicit") or "",
    )


def _value(slot: Any) -> str | None:
    """What Lex understood, or else what was said."""
    value = (slot or {}).get("value") or {}
    found = value.get("interpretedValue") or value.get("originalValue")
    return None if found is None else str(found)
