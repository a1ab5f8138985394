"""What a caller enters by keys after a prompt: up to a number of keys, an ending key or a silence."""

from app.domain.events import PlaybackFinished
from app.errors import Unavailable
from app.flow.block import Block
from app.flow.branches import STAY, Move
from app.flow.context import Context
from app.flow.params import Digits, Number, Seconds, Switch
from app.flow.prompts import PromptParameter


class KeypadEntry(Block):
    """Collects keys in `context.locals`: `digits`, and `ended` once the ending key was pressed."""

    prompt = PromptParameter()
    timeout_s = Seconds(
        "Time to the first key", "InputTimeLimitSeconds", low=1, high=600, default="5", legacy="Timeout"
    )
    between_s = Seconds(
        "Time between keys", "DTMFConfiguration.InterdigitTimeLimitSeconds", low=1, high=20, default="5"
    )
    length = Number(
        "Most keys",
        "InputValidation.CustomValidation.MaximumLength",
        low=1,
        high=64,
        default="20",
        legacy="MaxDigits",
        legacy_json=True,
    )
    terminator = Digits(
        "Keys that end the input", "DTMFConfiguration.InputTerminationSequence", default="#", legacy="TerminatorDigits"
    )
    no_cancel = Switch(
        "The * key does not clear the input",
        "DTMFConfiguration.DisableCancelKey",
        default="False",
        legacy="DisableCancel",
    )

    def entered(self, context: Context) -> Move:
        """The entry is complete: `digits` are empty when nothing came in time, or only the ending key."""
        raise NotImplementedError

    def enter(self, context: Context) -> Move:
        context.locals = {"digits": ""}
        while context.typed:
            if (move := self._take(context, context.take_typed(1))) is not STAY:
                return move
        return self._await_next(context) if context.locals["digits"] else self.invite(context)

    def on_playback_finished(self, context: Context, event: PlaybackFinished) -> Move:
        if event.failed:
            raise Unavailable(what="The prompt", why=event.reason, remedy="")
        context.start_timer("input", self.timeout_s(context))
        return STAY

    def on_digit(self, context: Context, digit: str) -> Move:
        if context.invocation_id is not None:
            return STAY
        context.stop_playback()
        move = self._take(context, digit)
        return self._await_next(context) if move is STAY and context.invocation_id is None else move

    def on_timer(self, context: Context, name: str) -> Move:
        return self.entered(context)

    def invite(self, context: Context) -> Move:
        """Plays the prompt from its beginning."""
        if self.prompt:
            context.play((self.prompt(context),))
        return STAY

    def _await_next(self, context: Context) -> Move:
        wait = self.between_s if context.locals["digits"] else self.timeout_s
        context.start_timer("input", wait(context))
        return STAY

    def _take(self, context: Context, digit: str) -> Move:
        """Adds one key; stays until the entry is complete."""
        digits: str = context.locals["digits"] + digit
        if self.terminator and digits.endswith(self.terminator):
            context.locals |= {"ended": True, "digits": digits.removesuffix(self.terminator)}
            return self.entered(context)
        if digit == "*" and not self.no_cancel:
            digits = ""
        context.locals["digits"] = digits
        return self.entered(context) if len(digits) >= self.length(context) else STAY
