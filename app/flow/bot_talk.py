"""A talk with a bot, from the block's side: what is asked, heard and remembered."""

from typing import Any

from app.domain.events import BotReplied, PlaybackFinished
from app.domain.prompt import Prompt, PromptKind
from app.domain.questions import AskBot
from app.errors import Unavailable
from app.flow.block import Answer, Block
from app.flow.bot_keys import SILENCE_S, BotKeys, bot_keys
from app.flow.branches import STAY, Move
from app.flow.context import Context
from app.flow.ssml import is_ssml

OVER = ("Fulfilled", "ReadyForFulfillment", "Failed")
"""States in which the bot wants nothing more."""
ROOT = "Lex"


class BotTalk(Block):
    """Tells a bot the caller's keys and plays what it says, until it is done. `context.locals` holds the last reply."""

    def question(self, context: Context) -> dict[str, Any]:
        """Which bot, as fields of AskBot."""
        raise NotImplementedError

    def opening(self, context: Context) -> Prompt | None:
        """What is played in place of the bot's greeting."""
        raise NotImplementedError

    def silence_s(self, context: Context) -> float:
        """How long the caller may take to the first key, where the session does not say."""
        return SILENCE_S

    def understood(self, context: Context, intent: str, state: str) -> Move:
        """The bot is done."""
        raise NotImplementedError

    def silent(self, context: Context) -> Move:
        """The caller pressed nothing."""
        raise NotImplementedError

    def begin(self, context: Context, session: dict[str, str]) -> Move:
        """Opens the talk with these session attributes."""
        context.locals = {"keyed": "", "session": session, "dialog": {}, "intent": "", "slot": "", "most": 0}
        return self._tell(context, "")

    def on_answer(self, context: Context, answer: Answer) -> Move:
        if not isinstance(answer, BotReplied):
            return STAY
        if not answer.state:
            raise Unavailable(what="The bot", why=answer.reason.removesuffix("."), remedy="")
        first = "state" not in context.locals
        context.locals |= {
            "keyed": "", "session": answer.session_attributes, "dialog": answer.dialog, "state": answer.state,
            "intent": answer.intent, "slot": answer.slot, "most": answer.keys,
        }  # fmt: skip
        context.memory[ROOT] = {
            "IntentName": answer.intent,
            "Slots": answer.slots,
            "SessionAttributes": answer.session_attributes,
            "DialogState": answer.state,
        }
        opening = self.opening(context) if first and answer.state not in OVER else None
        prompt = opening or _spoken(context, answer.message)
        if answer.state not in OVER and context.typed and self._keys(context).barge_in:
            return self._take_typed(context)
        if prompt is not None:
            context.play((prompt,))
            return STAY
        return self._listen(context)

    def on_playback_finished(self, context: Context, event: PlaybackFinished) -> Move:
        if event.failed:
            raise Unavailable(what="The prompt", why=event.reason, remedy="")
        return self._listen(context)

    def on_digit(self, context: Context, digit: str) -> Move:
        keys = self._keys(context)
        waits = context.invocation_id is not None or context.locals.get("state") in OVER
        if waits or (context.playback_id is not None and not keys.barge_in):
            context.keep_typed(digit)
            return STAY
        context.stop_playback()
        return self._take(context, digit, keys)

    def on_timer(self, context: Context, name: str) -> Move:
        keyed: str = context.locals["keyed"]
        return self._tell(context, keyed) if keyed else self.silent(context)

    def _listen(self, context: Context) -> Move:
        """Nothing is to be heard any more: either the bot is done, or it is the caller's turn."""
        state: str = context.locals["state"]
        if state in OVER:
            return self.understood(context, context.locals["intent"], state)
        if context.typed:
            return self._take_typed(context)
        context.start_timer("input", self._keys(context).silence_s)
        return STAY

    def _take_typed(self, context: Context) -> Move:
        while context.typed and context.invocation_id is None:
            self._take(context, context.take_typed(1), self._keys(context))
        return STAY

    def _take(self, context: Context, digit: str, keys: BotKeys) -> Move:
        keyed: str = context.locals["keyed"]
        if digit == keys.ends and keyed:
            return self._tell(context, keyed)
        keyed = "" if digit == keys.deletes else keyed + digit
        context.locals["keyed"] = keyed
        if len(keyed) >= keys.most:
            return self._tell(context, keyed)
        context.start_timer("input", keys.pause_s if keyed else keys.silence_s)
        return STAY

    def _tell(self, context: Context, text: str) -> Move:
        context.cancel_timer("input")
        contact_id, known = context.contact.contact_id, context.locals
        fields = self.question(context)
        context.ask(
            lambda invocation: AskBot(
                contact_id=contact_id,
                invocation_id=invocation,
                text=text,
                session_id=context.state.execution_id,
                session_attributes=known["session"],
                dialog=known["dialog"],
                **fields,
            )
        )
        return STAY

    def _keys(self, context: Context) -> BotKeys:
        known = context.locals
        return bot_keys(
            known["session"],
            known["intent"],
            known["slot"],
            asked_for=known["most"],
            silence_s=self.silence_s(context),
        )


def _spoken(context: Context, message: str) -> Prompt | None:
    """What the bot says, in the contact's voice."""
    message = message.strip()
    if not message:
        return None
    kind = PromptKind.SSML if is_ssml(message) else PromptKind.TEXT
    return Prompt(kind, message, context.contact.voice, context.contact.language)
